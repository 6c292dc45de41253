/** A key is looked at before it leaves, and is in no message. */
import { expect, test } from "vitest";
import { checkKey, checkWay } from "../../src/credential-check.ts";

test.each(["dtk_abc.DEF-123", "!", "~", "eyJhbGciOi.J9.x_y-z=="])("%s may be a key", (key) => {
  expect(checkKey(key)).toBeUndefined();
});

test.each([
  "",
  " ",
  "dtk_secret\n",
  "dtk_secret\r\nx-evil: 1",
  "dtk secret",
  "dtk_sécret",
  "dtk_secret\u0000",
  "\u007fdtk",
  "ключ",
])("%j is no key, and is not told", (key) => {
  const problem = checkKey(key);
  expect(problem).toMatch(/^the key /);
  expect(problem).not.toMatch(/dtk|secret|evil|ключ/);
});

test("the place of what is wrong is told", () => {
  expect(checkKey("dtk_abc\n")).toContain("at place 8 of 8");
});

test.each([
  "https://detent.example.com",
  "https://10.0.0.1:8787/base",
  "http://localhost:8787",
  "http://127.0.0.1:8787",
  "http://127.1.2.3",
  "http://127.1",
  "http://[::1]:8787",
  "HTTP://LOCALHOST",
])("a key may go to %s", (url) => {
  expect(checkWay(url)).toBeUndefined();
});

test.each([
  "http://detent.example.com",
  "http://10.0.0.1",
  "http://localhost.example.com",
  "http://127.0.0.1.example.com",
  "http://user@detent.example.com",
  "http://localhost@detent.example.com",
  "ws://localhost",
  "ftp://localhost",
  "nonsense",
  "",
])("a key does not go to %s", (url) => {
  expect(checkWay(url)).toMatch(/^a key is not sent to /);
});

test("a password in an address is not told", () => {
  expect(checkWay("http://anna:hunter2@detent.example.com/x?key=hunter2")).not.toContain("hunter2");
});
