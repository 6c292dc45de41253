/** Credentials -> Principal: an API key, a token, the root key, or none on a developer's machine. */
import { DetentError } from "../errors.ts";
import { isSameText, sha256, type KeyHasher } from "./hash.ts";
import type { StoredKey } from "../catalog/keys.ts";
import { parseKey, ROOT_KEY_ID } from "./key-text.ts";
import type { Keyring } from "./keyring.ts";
import type { Principal } from "./principal.ts";
import type { Quotas } from "../limits/quotas.ts";
import { reachKeyOf, type Reach } from "./reach.ts";
import { EVERY_SCOPE, SCOPES, type Scope } from "./scope.ts";
import type { TokenClaims, Tokens } from "./token.ts";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
/** A request with one of these has come through a proxy, whatever its host says. */
const PROXY_HEADERS = ["cf-ray", "x-forwarded-for", "forwarded"];
/** Compared with where there is no key: no key has this hash, and it costs the same. */
const NO_HASH = "A".repeat(43);
const ROOT = {
  tenant: "",
  actor: "root",
  scopes: new Set<Scope>(["keys:admin"]),
  isRoot: true,
} as const satisfies Principal;
const CHALLENGE = "send `Authorization: Bearer <key>`";

export interface GateDeps {
  readonly keyring: Pick<Keyring, "find" | "findAnew" | "noteUse">;
  readonly hasher: Pick<KeyHasher, "matches">;
  readonly tokens: Pick<Tokens, "read">;
  readonly rootKeyHash: string;
  /** Tenant of loopback requests without a credential; undefined: there is none. */
  readonly anonymousTenant: string | undefined;
  /** Origins of pages that may call. */
  readonly corsOrigins: readonly string[];
  /** Of tenants that have none of their own. */
  readonly quotas: Quotas;
  now(): number;
}

/** Who asks. Throws UNAUTHENTICATED, or UNAVAILABLE where that cannot be found out. */
export async function authenticate(deps: GateDeps, url: string, headers: Headers): Promise<Principal> {
  const header = headers.get("authorization");
  const isLocal =
    LOOPBACK.has(new URL(url).hostname) &&
    !PROXY_HEADERS.some((name) => headers.has(name)) &&
    isOfNoOtherPage(url, headers.get("origin"), deps.corsOrigins);
  const anonymousTenant = isLocal ? deps.anonymousTenant : undefined;
  if (header === null) {
    if (anonymousTenant === undefined) throw refused("a credential is needed");
    // Nobody else is here who could be kept waiting.
    const { requestsPerSecond: _any, ...quotas } = deps.quotas;
    return { tenant: anonymousTenant, actor: "anonymous", scopes: EVERY_SCOPE, keyId: "", quotas };
  }
  const [, credential = ""] = /^bearer +(\S+) *$/i.exec(header) ?? [];
  return credential.startsWith("dtk_")
    ? await knowKey(deps, credential)
    : await knowToken(deps, credential, anonymousTenant);
}

/** A page from anywhere, open in the browser of a developer, must not act as he does. */
function isOfNoOtherPage(url: string, origin: string | null, corsOrigins: readonly string[]): boolean {
  return (
    origin === null ||
    corsOrigins.includes(origin) ||
    (URL.canParse(origin) && new URL(origin).host === new URL(url).host)
  );
}

async function knowKey(deps: GateDeps, text: string): Promise<Principal> {
  const key = parseKey(text);
  if (key === undefined) throw unknown();
  if (key.id === ROOT_KEY_ID) {
    if (isSameText(await sha256(text), deps.rootKeyHash)) return { ...ROOT, quotas: deps.quotas };
    throw unknown();
  }
  let record = await deps.keyring.find(key.id);
  let match = await compare(deps, text, record);
  if (record !== undefined && match === "neither") {
    // It may have been rerolled since it was read.
    record = await deps.keyring.findAnew(key.id);
    match = await compare(deps, text, record);
  }
  const now = deps.now();
  if (record === undefined || match === "neither") throw unknown();
  const isKey = match === "present";
  if (!isKey && now >= (record.oldUntil ?? 0)) throw refused("the key was rerolled; the new one is valid");
  refuseEnded(record, now);
  deps.keyring.noteUse(record);
  const { id, tenant, scopes, configurations, oldUntil } = record;
  const expiresAt = Math.min(record.expiresAt ?? Infinity, isKey ? Infinity : (oldUntil ?? Infinity));
  return {
    tenant,
    actor: `key:${id}`,
    scopes: new Set(SCOPES.filter((scope) => scopes.includes(scope))),
    keyId: id,
    restsOn: id,
    secretHash: (isKey ? record.hash : record.oldHash) ?? "",
    quotas: { ...deps.quotas, ...record.quotas },
    ...(configurations.length > 0 && { reach: { configurations: new Set(configurations) } }),
    ...(expiresAt !== Infinity && { expiresAt }),
  };
}

/** Which of a key's secrets the text is. Costs the same whichever it is. */
async function compare(
  { hasher }: GateDeps,
  text: string,
  record: StoredKey | undefined,
): Promise<"present" | "old" | "neither"> {
  const isPresent = await hasher.matches(text, record?.hash ?? NO_HASH);
  const isOld = await hasher.matches(text, record?.oldHash ?? NO_HASH);
  return isPresent ? "present" : isOld ? "old" : "neither";
}

/** Throws UNAUTHENTICATED where the key on which a credential rests has ended since; not where that cannot be found out. */
export async function recheck(
  { keyring, now }: Pick<GateDeps, "keyring" | "now">,
  { restsOn }: Principal,
): Promise<void> {
  if (restsOn === undefined) return;
  let record: StoredKey | undefined;
  try {
    record = await keyring.find(restsOn);
  } catch {
    return;
  }
  if (record === undefined) throw unknown();
  refuseEnded(record, now());
}

async function knowToken(deps: GateDeps, text: string, anonymousTenant: string | undefined): Promise<Principal> {
  const claims = await deps.tokens.read(text, deps.now());
  if (claims === undefined) throw unknown();
  if (claims === "expired") throw refused("the token has expired");
  const { tenant, key, subject, scopes, expiresAt } = claims;
  let { quotas } = deps;
  if (key !== "") {
    const record = await deps.keyring.find(key);
    if (record === undefined || record.tenant !== tenant) throw unknown();
    refuseEnded(record, deps.now());
    quotas = { ...quotas, ...record.quotas };
  } else if (tenant !== anonymousTenant) throw unknown();
  return {
    tenant,
    actor: `token:${key}${subject === "" ? "" : `/${subject}`}`,
    scopes: new Set(scopes),
    reach: reachOf(claims),
    ...(key !== "" && { restsOn: key }),
    quotas,
    expiresAt: expiresAt * 1_000,
  };
}

function reachOf({ configurations, machines, events }: TokenClaims): Reach {
  return {
    configurations: new Set(configurations),
    ...(machines && { machines: new Set(machines.map(([configuration, id]) => reachKeyOf({ configuration, id }))) }),
    ...(events && { events: new Set(events) }),
  };
}

function refuseEnded({ revokedAt, expiresAt }: StoredKey, now: number): void {
  if (revokedAt !== undefined) throw refused("the key was revoked");
  if (now >= (expiresAt ?? Infinity)) throw refused("the key has expired");
}

/** The same for everything that is no credential of this deployment. */
function unknown(): DetentError {
  return refused("the credential is not valid");
}

function refused(why: string): DetentError {
  return new DetentError("UNAUTHENTICATED", `${why}; ${CHALLENGE}`);
}
