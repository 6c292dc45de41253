import { expect, test } from "vitest";
import { authenticate } from "../../src/auth.ts";
import { settingsOf, type Bindings } from "../../src/env.ts";
import { EVERY_SCOPE } from "../../src/scope.ts";

const settings = (vars: Record<string, string>) => settingsOf(vars as unknown as Bindings);
const LOCAL = settings({ DETENT_ANONYMOUS_TENANT: "dev" });
const nothing = new Headers();

test.each(["http://localhost:8787/x", "http://127.0.0.1/x", "http://[::1]:8787/x"])(
  "%s is local: without a credential it acts as the anonymous tenant",
  (url) => {
    expect(authenticate(LOCAL, url, nothing)).toEqual({ tenant: "dev", actor: "anonymous", scopes: EVERY_SCOPE });
  },
);

test.each([
  "http://example.com/x",
  "http://localhost.example.com/x",
  "http://127.0.0.1.example.com/x",
  "http://192.168.0.1/x",
  "http://localhost@example.com/x",
])("%s is not local", (url) => {
  expect(() => authenticate(LOCAL, url, nothing)).toThrow("a credential is needed");
});

test("without an anonymous tenant nobody comes in without a credential", () => {
  for (const vars of [{}, { DETENT_ANONYMOUS_TENANT: "" }]) {
    expect(() => authenticate(settings(vars), "http://localhost/x", nothing)).toThrow("a credential is needed");
  }
});

test.each(["Dev", "-dev", "dev-", "a_b", "a".repeat(64), "a/b"])(
  "%s is no tenant: the setting is refused",
  (tenant) => {
    expect(() => settings({ DETENT_ANONYMOUS_TENANT: tenant })).toThrow(/DETENT_ANONYMOUS_TENANT.*got/);
  },
);

test("an unknown jurisdiction is refused with its value", () => {
  expect(() => settings({ DETENT_JURISDICTION: "mars" })).toThrow(/DETENT_JURISDICTION.*"mars"/);
});
