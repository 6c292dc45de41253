import { SignJWT } from "jose";
import { expect, test } from "vitest";
import { authenticate, recheck, type GateDeps } from "../../src/auth/gate.ts";
import { KeyHasher, sha256 } from "../../src/auth/hash.ts";
import type { StoredKey } from "../../src/catalog/keys.ts";
import { makeKey, ROOT_KEY_ID } from "../../src/auth/key-text.ts";
import { readSecrets } from "../../src/auth/secrets.ts";
import { EVERY_SCOPE } from "../../src/auth/scope.ts";
import { Tokens, type TokenClaims } from "../../src/auth/token.ts";
import { settingsOf, type Bindings } from "../../src/env.ts";
import { SECRETS } from "../secrets.ts";

const settings = (vars: Record<string, string>) => settingsOf(vars as unknown as Bindings);
const nothing = new Headers();
const NOW = Date.UTC(2026, 10, 26);
const ROOT = makeKey(ROOT_KEY_ID);
/** Rests on no key. */
const ROOTLESS = { tenant: "dev", actor: "anonymous", scopes: EVERY_SCOPE };
const hasher = new KeyHasher([SECRETS.DETENT_KEY_PEPPER]);
const tokens = new Tokens([SECRETS.DETENT_TOKEN_SECRET]);

async function gate(records: readonly StoredKey[] = [], more: Partial<GateDeps> = {}): Promise<GateDeps> {
  return {
    keyring: {
      find: (id) => Promise.resolve(records.find((record) => record.id === id)),
      findAnew: (id) => Promise.resolve(records.find((record) => record.id === id)),
      noteUse: () => undefined,
    },
    hasher,
    tokens,
    rootKeyHash: await sha256(ROOT.text),
    anonymousTenant: undefined,
    corsOrigins: [],
    quotas: {},
    now: () => NOW,
    ...more,
  };
}

async function makeRecord(more: Partial<StoredKey> = {}): Promise<{ text: string; record: StoredKey }> {
  const { id, text } = makeKey();
  const record: StoredKey = {
    id,
    tenant: "acme",
    name: "shop",
    scopes: ["machines:read"],
    configurations: [],
    hash: await hasher.hash(text),
    createdAt: 0,
    createdBy: "root",
    ...more,
  };
  return { text, record };
}

const bearer = (text: string): Headers => new Headers({ authorization: `Bearer ${text}` });
const ask = (deps: GateDeps, headers: Headers, url = "https://api.example.com/x") => authenticate(deps, url, headers);

test.each(["http://localhost:8787/x", "http://127.0.0.1/x", "http://[::1]:8787/x"])(
  "%s is local: without a credential it acts as the anonymous tenant",
  async (url) => {
    const quotas = { machines: 5, requestsPerSecond: 9 };
    // Nobody limits how often a developer asks his own machine.
    const anonymous = { tenant: "dev", actor: "anonymous", scopes: EVERY_SCOPE, keyId: "", quotas: { machines: 5 } };
    expect(await ask(await gate([], { anonymousTenant: "dev", quotas }), nothing, url)).toEqual(anonymous);
  },
);

test.each([
  "http://example.com/x",
  "http://localhost.example.com/x",
  "http://127.0.0.1.example.com/x",
  "http://192.168.0.1/x",
  "http://localhost@example.com/x",
])("%s is not local", async (url) => {
  await expect(ask(await gate([], { anonymousTenant: "dev" }), nothing, url)).rejects.toThrow("a credential is needed");
});

test.each(["cf-ray", "x-forwarded-for", "forwarded"])("what came with %s came through a proxy", async (name) => {
  const deps = await gate([], { anonymousTenant: "dev" });
  await expect(ask(deps, new Headers({ [name]: "x" }), "http://localhost/x")).rejects.toThrow("a credential is needed");
});

test.each([
  ["https://evil.example", false],
  ["null", false],
  ["http://localhost:9999", false],
  ["http://localhost:8787", true],
  ["https://app.example.com", true],
])("a page of %s acts as the anonymous tenant: %s", async (origin, mayAct) => {
  const deps = await gate([], { anonymousTenant: "dev", corsOrigins: ["https://app.example.com"] });
  const entered = ask(deps, new Headers({ origin }), "http://localhost:8787/x");
  if (mayAct) expect(await entered).toMatchObject({ tenant: "dev" });
  else await expect(entered).rejects.toThrow("a credential is needed");
});

test("a secret that is not known may be a newer one: the key is read anew", async () => {
  const { record } = await makeRecord();
  const next = makeKey(record.id).text;
  const rerolled = { ...record, hash: await hasher.hash(next), oldHash: record.hash, oldUntil: NOW + 1 };
  const keyring = { ...(await gate([record])).keyring, findAnew: () => Promise.resolve(rerolled) };
  expect(await ask(await gate([], { keyring }), bearer(next))).toMatchObject({ tenant: "acme", keyId: record.id });
  await expect(ask(await gate([], { keyring }), bearer(makeKey(record.id).text))).rejects.toThrow("is not valid");
});

test("a credential is asked about again: it ends with its key, and not because nobody answers", async () => {
  const { record } = await makeRecord();
  const principal = { tenant: "acme", actor: "", scopes: EVERY_SCOPE, restsOn: record.id };
  const ofRecord = async (change: Partial<StoredKey>) => recheck(await gate([{ ...record, ...change }]), principal);
  await expect(ofRecord({})).resolves.toBeUndefined();
  await expect(ofRecord({ revokedAt: NOW })).rejects.toThrow("the key was revoked");
  await expect(ofRecord({ expiresAt: NOW })).rejects.toThrow("the key has expired");
  await expect(recheck(await gate(), principal)).rejects.toThrow("is not valid");
  const find = () => Promise.reject(new Error("D1 is down"));
  const { keyring } = await gate();
  await expect(recheck(await gate([], { keyring: { ...keyring, find } }), principal)).resolves.toBeUndefined();
  await expect(recheck(await gate(), { ...ROOTLESS })).resolves.toBeUndefined();
});

test("without an anonymous tenant nobody comes in without a credential", async () => {
  await expect(ask(await gate(), nothing, "http://localhost/x")).rejects.toThrow("a credential is needed");
});

test("a key is who its record says, narrowed as it says", async () => {
  const expiresAt = NOW + 1;
  const { text, record } = await makeRecord({ configurations: ["orders"], expiresAt, quotas: { machines: 3 } });
  const quotas = { machines: 5, requestsPerSecond: 9 };
  expect(await ask(await gate([record], { quotas }), bearer(text))).toEqual({
    tenant: "acme",
    actor: `key:${record.id}`,
    keyId: record.id,
    restsOn: record.id,
    secretHash: record.hash,
    scopes: new Set(["machines:read"]),
    reach: { configurations: new Set(["orders"]) },
    quotas: { machines: 3, requestsPerSecond: 9 },
    expiresAt,
  });
});

test("every way a key is no key any more, or never was", async () => {
  const { text, record } = await makeRecord();
  const other = makeKey(record.id).text;
  const cases: [string, Partial<StoredKey> | undefined, string, string][] = [
    ["nobody's id", undefined, text, "the credential is not valid"],
    ["another secret", {}, other, "the credential is not valid"],
    ["revoked", { revokedAt: NOW - 1 }, text, "the key was revoked"],
    ["expired", { expiresAt: NOW }, text, "the key has expired"],
    ["rerolled, its time is over", { hash: "A".repeat(43), oldHash: record.hash, oldUntil: NOW }, text, "was rerolled"],
    ["a wrong checksum", {}, `${text.slice(0, -1)}${text.endsWith("0") ? "1" : "0"}`, "the credential is not valid"],
    ["cut off", {}, text.slice(0, -1), "the credential is not valid"],
    ["another's revoked", { revokedAt: NOW - 1 }, other, "the credential is not valid"],
    ["another root", {}, makeKey(ROOT_KEY_ID).text, "the credential is not valid"],
  ];
  for (const [name, change, sent, why] of cases) {
    const deps = await gate(change === undefined ? [] : [{ ...record, ...change }]);
    const refused = expect(ask(deps, bearer(sent)), name).rejects;
    await refused.toMatchObject({ reason: "UNAUTHENTICATED", message: expect.stringContaining(why) as string });
  }
});

test("a key that was rerolled goes on until its time is over, and is told to end then", async () => {
  const { text, record } = await makeRecord();
  const next = makeKey(record.id);
  const rerolled = { ...record, hash: await hasher.hash(next.text), oldHash: record.hash, oldUntil: NOW + 1 };
  expect(await ask(await gate([rerolled]), bearer(text))).toMatchObject({ tenant: "acme", expiresAt: NOW + 1 });
  expect(await ask(await gate([rerolled]), bearer(next.text))).not.toHaveProperty("expiresAt");
});

test("the root key has no tenant and one scope", async () => {
  const root = { tenant: "", actor: "root", scopes: new Set(["keys:admin"]), isRoot: true, quotas: {} };
  expect(await ask(await gate(), bearer(ROOT.text))).toEqual(root);
});

const CLAIMS: TokenClaims = {
  tenant: "acme",
  key: "",
  subject: "customer-7",
  scopes: ["machines:read", "events:send"],
  configurations: ["orders"],
  machines: [["orders", "order/1"]],
  events: ["cancel"],
  expiresAt: NOW / 1_000 + 60,
};

test("a token is its key's tenant, narrowed to what it names, until it expires", async () => {
  const { record } = await makeRecord();
  const token = await tokens.sign({ ...CLAIMS, key: record.id }, "id");
  expect(await ask(await gate([record]), bearer(token))).toEqual({
    tenant: "acme",
    actor: `token:${record.id}/customer-7`,
    restsOn: record.id,
    scopes: new Set(["machines:read", "events:send"]),
    reach: {
      configurations: new Set(["orders"]),
      machines: new Set(["orders/order/1"]),
      events: new Set(["cancel"]),
    },
    quotas: {},
    expiresAt: NOW + 60_000,
  });
});

test("every way a token is none any more, or never was", async () => {
  const { record } = await makeRecord();
  const claims = { ...CLAIMS, key: record.id };
  const token = await tokens.sign(claims, "id");
  const [header = "", payload = "", signature = ""] = token.split(".");
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const body = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
  const forged = await new Tokens(["another secret of no less than 43 characters in all"]).sign(claims, "id");
  // With the deployment's own secret: what else of a token is looked at.
  const sign = (issuer: string, alg: string): Promise<string> =>
    new SignJWT({ ...body })
      .setProtectedHeader({ alg })
      .setIssuer(issuer)
      .sign(new TextEncoder().encode(SECRETS.DETENT_TOKEN_SECRET));
  const cases: [string, Partial<StoredKey> | undefined, string, string][] = [
    ["of another issuer", {}, await sign("another", "HS256"), "the credential is not valid"],
    ["signed by another algorithm", {}, await sign("detent", "HS512"), "the credential is not valid"],
    ["signed by another", {}, forged, "the credential is not valid"],
    ["no algorithm", {}, `${encode({ alg: "none" })}.${payload}.`, "the credential is not valid"],
    ["another algorithm", {}, `${encode({ alg: "HS512" })}.${payload}.${signature}`, "the credential is not valid"],
    ["changed", {}, `${header}.${encode({ ...body, tenant: "other" })}.${signature}`, "the credential is not valid"],
    ["nobody's key", undefined, token, "the credential is not valid"],
    ["another tenant's key", { tenant: "other" }, token, "the credential is not valid"],
    ["a revoked key", { revokedAt: NOW - 1 }, token, "the key was revoked"],
    ["an expired key", { expiresAt: NOW - 1 }, token, "the key has expired"],
    ["text", {}, "a.b.c", "the credential is not valid"],
  ];
  for (const [name, change, sent, why] of cases) {
    const deps = await gate(change === undefined ? [] : [{ ...record, ...change }]);
    const refused = expect(ask(deps, bearer(sent)), name).rejects;
    await refused.toMatchObject({ reason: "UNAUTHENTICATED", message: expect.stringContaining(why) as string });
  }
  const late = await gate([record], { now: () => NOW + 66_000 });
  await expect(ask(late, bearer(token))).rejects.toThrow("the token has expired");
});

test("a token of the anonymous tenant opens what that opens, and nothing elsewhere", async () => {
  const token = await tokens.sign({ ...CLAIMS, tenant: "dev" }, "id");
  const local = await gate([], { anonymousTenant: "dev" });
  expect(await ask(local, bearer(token), "http://localhost/x")).toMatchObject({ tenant: "dev" });
  await expect(ask(local, bearer(token))).rejects.toThrow("the credential is not valid");
  await expect(ask(await gate(), bearer(token), "http://localhost/x")).rejects.toThrow("the credential is not valid");
});

test("what was made with an earlier secret is known as long as that is listed", async () => {
  const later = new KeyHasher(["a newer pepper of no less than 43 characters in all", SECRETS.DETENT_KEY_PEPPER]);
  const { text, record } = await makeRecord();
  expect(await ask(await gate([record], { hasher: later }), bearer(text))).toMatchObject({ tenant: "acme" });
  expect(await later.hash(text)).not.toBe(record.hash);
  const newer = "a newer token secret of no less than 43 characters";
  const token = await tokens.sign({ ...CLAIMS, key: record.id }, "id");
  const both = new Tokens([newer, SECRETS.DETENT_TOKEN_SECRET]);
  expect(await ask(await gate([record], { tokens: both }), bearer(token))).toMatchObject({ tenant: "acme" });
  const refused = ask(await gate([record], { tokens: new Tokens([newer]) }), bearer(token));
  await expect(refused).rejects.toThrow("the credential is not valid");
});

test("secrets that are missing or short are named, and never shown", () => {
  expect(() => readSecrets({})).toThrow(
    /missing: DETENT_KEY_PEPPER, DETENT_TOKEN_SECRET, DETENT_ROOT_KEY_HASH.*wrangler secret put/,
  );
  for (const name of Object.keys(SECRETS)) {
    expect(() => readSecrets({ ...SECRETS, [name]: "" })).toThrow(`missing: ${name}`);
    expect(() => readSecrets({ ...SECRETS, [name]: "hunter2" })).toThrow(new RegExp(`^${name} must(?!.*hunter2)`));
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

test.each([{ configurations: [] }, { machines: [] }, { events: [] }])(
  "a token whose list is empty (%o) is none: it would read as reaching everything",
  async (empty) => {
    const whole = {
      tenant: "acme",
      key: "",
      subject: "",
      scopes: ["machines:read"] as const,
      configurations: ["orders"],
    };
    const claims = { ...whole, ...empty, expiresAt: Math.floor(Date.now() / 1_000) + 60 };
    expect(await tokens.read(await tokens.sign(claims, "id"), Date.now())).toBeUndefined();
    const full = { ...whole, expiresAt: claims.expiresAt };
    expect(await tokens.read(await tokens.sign(full, "id"), Date.now())).toMatchObject({ configurations: ["orders"] });
  },
);
