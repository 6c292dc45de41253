/** Credentials: API keys and tokens, as they stand in the header. Known, or refused; never taken for another's. */
import * as fc from "fast-check";
import { SignJWT } from "jose";
import { authenticate, type GateDeps } from "../../../src/auth/gate.ts";
import { KeyHasher, sha256 } from "../../../src/auth/hash.ts";
import { makeKey, ROOT_KEY_ID } from "../../../src/auth/key-text.ts";
import { EVERY_SCOPE, SCOPES } from "../../../src/auth/scope.ts";
import { Tokens } from "../../../src/auth/token.ts";
import type { StoredKey } from "../../../src/catalog/keys.ts";
import { SECRETS } from "../../secrets.ts";
import { edits, editText, HOSTILE_TEXTS, pick, type Edit } from "./mutations.ts";
import { ACCEPTED, fuzz } from "./target.ts";

const NOW = Date.UTC(2026, 10, 26);
const hasher = new KeyHasher([SECRETS.DETENT_KEY_PEPPER]);
const KEYS = Array.from({ length: 5 }, () => makeKey());
const ROOT = makeKey(ROOT_KEY_ID);
const TEXTS = [...KEYS.map(({ text }) => text), ROOT.text];
/** Of the last the record is not there. */
const RECORDS = new Map(
  await Promise.all(
    KEYS.slice(0, -1).map(async ({ id, text }, index): Promise<[string, StoredKey]> => {
      const record: StoredKey = {
        id,
        tenant: `t${index}`,
        name: "k",
        scopes: SCOPES,
        configurations: [],
        hash: await hasher.hash(text),
        createdAt: 0,
        createdBy: "root",
        ...(index === 1 && { revokedAt: 1 }),
        ...(index === 2 && { expiresAt: 1 }),
      };
      return [id, record];
    }),
  ),
);
const deps: GateDeps = {
  keyring: {
    find: (id) => Promise.resolve(RECORDS.get(id)),
    findAnew: (id) => Promise.resolve(RECORDS.get(id)),
    noteUse: () => undefined,
  },
  corsOrigins: [],
  hasher,
  tokens: new Tokens([SECRETS.DETENT_TOKEN_SECRET]),
  rootKeyHash: await sha256(ROOT.text),
  anonymousTenant: undefined,
  quotas: {},
  now: () => NOW,
};

/** Who comes in with a header of this text; undefined where no header can have it. */
async function enter(text: string) {
  let headers: Headers;
  try {
    headers = new Headers({ authorization: text });
  } catch {
    return undefined;
  }
  const principal = await authenticate(deps, "https://detent.example/x", headers);
  for (const scope of principal.scopes) if (!EVERY_SCOPE.has(scope)) throw new Error(`a scope that is none: ${scope}`);
  if (typeof principal.tenant !== "string" || typeof principal.actor !== "string") throw new Error("nobody came in");
  if (Number.isNaN(principal.expiresAt)) throw new Error("it expires at no time");
  return principal;
}

interface Sent {
  readonly key: number;
  readonly made: readonly Edit[];
  readonly scheme: string;
}

fuzz<Sent>({
  name: "a key is known to the letter, or refused",
  inputs: fc.record({
    key: fc.nat({ max: TEXTS.length - 1 }),
    made: edits,
    scheme: fc.oneof(
      { weight: 9, arbitrary: fc.constant("Bearer ") },
      fc.constantFrom("bearer  ", "Basic ", "", "Bearer"),
    ),
  }),
  describe: (sent) => JSON.stringify(sent),
  accepted: 0.06,
  reasons: 2,
  feed: async ({ key, made, scheme }) => {
    const original = pick(TEXTS, key);
    const text = editText(original, made);
    const principal = await enter(scheme + text);
    if (principal === undefined) return "no header";
    if (text.trim() !== original) throw new Error(`taken for ${original}: ${text}`);
    const expected = original === ROOT.text ? "" : RECORDS.get(KEYS[key]?.id ?? "")?.tenant;
    if (principal.tenant !== expected) throw new Error(`${original} came in as ${principal.tenant}`);
    return ACCEPTED;
  },
});

const CLAIMS = {
  tenant: "t0",
  key: KEYS[0]?.id ?? "",
  sub: "somebody",
  scopes: ["machines:read", "events:send"],
  configurations: ["orders"],
  machines: [["orders", "1"]],
  events: ["ship"],
  iss: "detent",
  exp: NOW / 1_000 + 60,
} as const;

const values = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1e300,
    NOW / 1_000,
    "",
    "t1",
    "detent",
    [],
    {},
    [[]],
    [["orders"]],
    ["ops"],
  ),
  fc.constantFrom(...HOSTILE_TEXTS.filter((text) => text.isWellFormed())),
  fc.array(fc.oneof(fc.string(), fc.constantFrom(...SCOPES), fc.tuple(fc.string(), fc.string())), { maxLength: 4 }),
  fc.jsonValue(),
);
const NAMES = [...Object.keys(CLAIMS), "nbf", "iat", "aud", "jti", "__proto__", "constructor", "crit"] as const;

interface Token {
  readonly changes: readonly (readonly [string, unknown])[];
  readonly alg: string;
  readonly isOurs: boolean;
  readonly made: readonly Edit[];
}

fuzz<Token>({
  name: "a token is what this deployment has signed, of a form that it signs, or refused",
  inputs: fc.record({
    changes: fc.array(fc.tuple(fc.constantFrom(...NAMES), values), { maxLength: 3 }),
    alg: fc.oneof({ weight: 9, arbitrary: fc.constant("HS256") }, fc.constantFrom("HS384", "HS512")),
    isOurs: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, fc.constant(false)),
    made: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, edits),
  }),
  describe: (token) => JSON.stringify(token),
  accepted: 0.15,
  reasons: 2,
  feed: async ({ changes, alg, isOurs, made }) => {
    const claims: Record<string, unknown> = { ...CLAIMS };
    for (const [name, value] of changes)
      Object.defineProperty(claims, name, { value, enumerable: true, configurable: true });
    const secret = isOurs ? SECRETS.DETENT_TOKEN_SECRET : "x".repeat(43);
    let original: string;
    try {
      original = await new SignJWT(claims).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));
    } catch {
      return "not signed";
    }
    const text = editText(original, made);
    const principal = await enter(`Bearer ${text}`);
    if (principal === undefined) return "no header";
    if (!isOurs || alg !== "HS256") throw new Error("a token of another secret or algorithm was taken");
    if (text.trim() !== original) throw new Error(`a token that was changed was taken: ${text}`);
    if (principal.tenant !== claims["tenant"] || principal.keyId !== undefined) throw new Error("taken for another");
    if (principal.reach === undefined || principal.expiresAt === undefined) throw new Error("without bounds");
    return ACCEPTED;
  },
});
