import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { makeKey, parseKey, ROOT_KEY_ID } from "../../src/auth/key-text.ts";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

test("a key is dtk_<keyId>_<secret><crc>; no two are the same", () => {
  const keys = Array.from({ length: 1_000 }, () => makeKey());
  for (const { id, text } of keys) expect(text).toMatch(new RegExp(`^dtk_${id}_[0-9A-Za-z]{43}[0-9A-Za-z]{6}$`));
  expect(new Set(keys.map(({ id }) => id)).size).toBe(1_000);
  expect(new Set(keys.map(({ text }) => text.slice(-49, -6))).size).toBe(1_000);
  expect(makeKey(ROOT_KEY_ID).text).toMatch(/^dtk_root_[0-9A-Za-z]{49}$/);
});

test("the checksum is zlib's CRC-32 of what stands before it, in base62", () => {
  const { text } = makeKey();
  const digits = Array.from(text.slice(-6), (digit) => DIGITS.indexOf(digit));
  expect(digits.reduce((value, digit) => value * 62 + digit, 0)).toBe(crc32(text.slice(0, -6)));
});

test("what is read is what was made; a key that was mistyped anywhere is none", () => {
  const key = makeKey();
  expect(parseKey(key.text)).toEqual(key);
  for (let index = 0; index < key.text.length; index += 1) {
    const wrong = key.text[index] === "x" ? "y" : "x";
    expect(parseKey(key.text.slice(0, index) + wrong + key.text.slice(index + 1)), String(index)).toBeUndefined();
  }
  for (const text of ["", "dtk_", `${key.text}0`, ` ${key.text}`, `${key.text}\n`, key.text.toUpperCase()]) {
    expect(parseKey(text), JSON.stringify(text)).toBeUndefined();
  }
});
