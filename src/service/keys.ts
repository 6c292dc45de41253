/** Use cases on API keys: make one, list them, give one another secret, end one. */
import { makeKey } from "../auth/key-text.ts";
import type { Principal } from "../auth/principal.ts";
import { SCOPES, WHOLE_SCOPES, type Scope } from "../auth/scope.ts";
import * as catalog from "../catalog/keys.ts";
import { parseDuration } from "../engine/duration.ts";
import { countCodePoints } from "../engine/limits.ts";
import { checkConfigurationName, quote } from "../engine/names.ts";
import { DetentError } from "../errors.ts";
import { newAuditEntry } from "./audit.ts";
import type { House } from "./house.ts";
import { cutPage, keyOfTime, pageSizeOf, readKeyOfTime, readPageToken } from "./paging.ts";
import { Rules } from "./rules.ts";
import { refuseErased, tenantMeant } from "./tenant-meant.ts";

const MOST_NAME_POINTS = 128;
const MOST_NAMES = 100;
const DAY_MS = 24 * 60 * 60_000;
/** How long a key goes on working beside the one that takes its place. */
const GRACE_MS = { usual: DAY_MS, longest: 30 * DAY_MS };

/** A key as it is shown: never with what it is made of. */
export type KeyView = Omit<catalog.StoredKey, "hash" | "oldHash">;

/** A key, and the only time that it is shown whole. */
export interface ShownKey {
  readonly key: KeyView;
  readonly secret: string;
}

export interface CreateKeyInput {
  /** With the root key: whose. */
  readonly tenant?: string | undefined;
  readonly name: string;
  readonly scopes: readonly string[];
  /** Absent or empty: the whole tenant. */
  readonly configurations?: readonly string[] | undefined;
  /** Epoch ms; absent: it does not expire. */
  readonly expiresAt?: number | undefined;
}

/** Makes a key. Whoever makes it with another key gives it no scope which that one has not, and no longer life. */
export async function createKey(house: House, principal: Principal, input: CreateKeyInput): Promise<ShownKey> {
  const { name, configurations = [], expiresAt } = input;
  const now = house.now();
  const rules = new Rules();
  if (name.trim() === "") rules.broken("/name", "required", "name is required: it tells what the key is for", name);
  if (countCodePoints(name) > MOST_NAME_POINTS) {
    rules.broken("/name", "limit_exceeded", `name has more than ${MOST_NAME_POINTS} code points, the limit`, name);
  }
  rules.wellFormed("/name", name);
  const scopes = checkScopes(rules, input.scopes, SCOPES);
  checkNames(rules, "/configurations", configurations, checkConfigurationName);
  const whole = scopes.find((scope) => configurations.length > 0 && WHOLE_SCOPES.includes(scope));
  if (whole !== undefined) {
    const message = `configurations: the scope "${whole}" is about the whole tenant, not about some configurations`;
    rules.broken("/configurations", "contradiction", message);
  }
  rules.instant("/expires_at", expiresAt);
  if (expiresAt !== undefined && expiresAt <= now) {
    rules.broken("/expires_at", "range", "expires_at must be to come", new Date(expiresAt).toISOString());
  }
  rules.enforce();
  refuseMore(principal, scopes);
  refuseLonger(principal, expiresAt);
  await requirePresent(house, principal);
  const tenant = await tenantMeant(house, principal, input.tenant);
  const { id, text } = makeKey();
  const key = {
    id,
    name,
    scopes,
    configurations: [...new Set(configurations)],
    hash: await house.hashKey(text),
    createdAt: now,
    createdBy: principal.actor,
    ...(expiresAt !== undefined && { expiresAt }),
  };
  const { hash: _hash, ...facts } = key;
  const { configurations: reached } = key;
  const details = {
    name,
    scopes,
    configurations: reached,
    ...(expiresAt !== undefined && { expires_at: timeOf(expiresAt) }),
  };
  const entry = newAuditEntry(house, principal, "key.created", id, details);
  if (!(await catalog.insertKey(house.catalog(tenant), key, entry))) {
    await refuseErased(house, tenant, "/tenant");
    throw new DetentError("QUOTA_EXCEEDED", `the tenant has ${catalog.MOST_KEYS} keys that work, which is the limit`);
  }
  return { key: { ...facts, tenant }, secret: text };
}

/** Throws NOT_FOUND where the tenant has no key of that id. */
export async function getKey(house: House, principal: Principal, id: string, named?: string): Promise<KeyView> {
  const tenant = await tenantMeant(house, principal, named);
  return toKeyView(await find(house, tenant, id));
}

export interface ListKeysInput {
  readonly tenant?: string | undefined;
  readonly pageSize?: number | undefined;
  readonly pageToken?: string | undefined;
}

/** Oldest first, ended ones among them. */
export async function listKeys(house: House, principal: Principal, input: ListKeysInput) {
  const limit = pageSizeOf(input.pageSize);
  const tenant = await tenantMeant(house, principal, input.tenant);
  const binding = [tenant, "keys"];
  const after = readKeyOfTime(await readPageToken(house, binding, input.pageToken));
  const position = after && { createdAt: after.at, id: after.id };
  const found = await catalog.listKeys(house.catalog(tenant), position, limit + 1);
  const { page, nextPageToken } = await cutPage(house, binding, { found, limit }, (last) =>
    keyOfTime(last.createdAt, last.id),
  );
  return { keys: page.map(toKeyView), nextPageToken };
}

export interface RerollKeyInput {
  readonly tenant?: string | undefined;
  readonly id: string;
  /** A duration: how long the present secret goes on working; absent or empty: a day. */
  readonly grace?: string | undefined;
}

/**
 * Gives a key another secret. Of two earlier ones only the last goes on. Whoever has another key sees that secret, so it is his
 * only where he could have made such a key; an earlier secret, which is about to end, makes no later one.
 */
export async function rerollKey(house: House, principal: Principal, input: RerollKeyInput): Promise<ShownKey> {
  const graceMs = checkGrace(input.grace || undefined);
  const tenant = await tenantMeant(house, principal, input.tenant);
  const record = await find(house, tenant, input.id);
  const now = house.now();
  if (record.revokedAt !== undefined || now >= (record.expiresAt ?? Infinity)) {
    throw new DetentError("NOT_FOUND", `the key ${quote(record.id)} has ended; make another one`);
  }
  refuseMore(
    principal,
    SCOPES.filter((scope) => record.scopes.includes(scope)),
  );
  refuseLonger(principal, record.expiresAt);
  await requirePresent(house, principal);
  const { text } = makeKey(record.id);
  const [hash, oldUntil] = [await house.hashKey(text), now + graceMs];
  const entry = newAuditEntry(house, principal, "key.rerolled", record.id, {
    old_secret_until: timeOf(oldUntil),
  });
  if (!(await catalog.rerollKey(house.catalog(tenant), record, { hash, oldUntil }, entry))) {
    throw new DetentError("UNAVAILABLE", "the key was changed at the same time; try again");
  }
  return { key: { ...toKeyView(record), oldUntil }, secret: text };
}

/** Ends a key for good, within 30 s everywhere; one that was revoked stays as it is. */
export async function revokeKey(house: House, principal: Principal, id: string, named?: string): Promise<KeyView> {
  await requirePresent(house, principal);
  const tenant = await tenantMeant(house, principal, named);
  const entry = newAuditEntry(house, principal, "key.revoked", id, {});
  await catalog.revokeKey(house.catalog(tenant), id, entry.at, entry);
  return toKeyView(await find(house, tenant, id));
}

/** Those of `allowed`, each once; broken rules are collected. */
export function checkScopes(rules: Rules, named: readonly string[], allowed: readonly Scope[]): Scope[] {
  if (named.length === 0) rules.broken("/scopes", "required", "scopes are required, one at least");
  if (named.length > MOST_NAMES) {
    const message = `scopes has ${named.length} members, the limit is ${MOST_NAMES}`;
    rules.broken("/scopes", "limit_exceeded", message, String(named.length));
    return [];
  }
  const scopes = new Set<Scope>();
  for (const [index, text] of named.entries()) {
    const scope = allowed.find((known) => known === text);
    if (scope !== undefined) scopes.add(scope);
    else rules.broken(`/scopes/${index}`, "one_of", `scopes: each is one of ${allowed.join(", ")}`, text);
  }
  return [...scopes];
}

/** Checks each name of a list, and how many there are. */
export function checkNames(
  rules: Rules,
  pointer: string,
  names: readonly string[],
  check: (name: string) => ReturnType<typeof checkConfigurationName>,
): void {
  if (names.length > MOST_NAMES) {
    const message = `${pointer.slice(1)} has ${names.length} members, the limit is ${MOST_NAMES}`;
    rules.broken(pointer, "limit_exceeded", message, String(names.length));
  } else for (const [index, name] of names.entries()) rules.name(`${pointer}/${index}`, name, check);
}

/** Throws PERMISSION_DENIED for a scope that the credential itself has not; the root key can give every one. */
export function refuseMore(principal: Principal, scopes: readonly Scope[]): void {
  if (principal.isRoot) return;
  const missing = scopes.find((scope) => !principal.scopes.has(scope));
  if (missing === undefined) return;
  const message = `the credential lacks the scope "${missing}", and so cannot give it`;
  throw new DetentError("PERMISSION_DENIED", message, { metadata: { scope: missing } });
}

/** Throws PERMISSION_DENIED where a key would go on after the credential has ended. */
function refuseLonger({ expiresAt }: Principal, until: number | undefined): void {
  if (expiresAt === undefined || (until !== undefined && until <= expiresAt)) return;
  const message = `the credential ends at ${timeOf(expiresAt)}, and so cannot give a key that ends later or never`;
  throw new DetentError("PERMISSION_DENIED", message);
}

/**
 * What changes keys is done with a key as it is now, not as an isolate remembers it, and with its present secret: whoever has found
 * the one before must not take the key over while it is being replaced. Throws PERMISSION_DENIED.
 */
async function requirePresent(house: House, { tenant, keyId, secretHash }: Principal): Promise<void> {
  if (!keyId) return;
  const record = await catalog.findKey(house.catalog(tenant), keyId);
  if (record?.hash === secretHash && record?.revokedAt === undefined) return;
  throw new DetentError("PERMISSION_DENIED", "keys are changed with the present secret of a key that was not revoked");
}

function checkGrace(grace: string | undefined): number {
  if (grace === undefined) return GRACE_MS.usual;
  const rules = new Rules();
  const ms = parseDuration(grace);
  if (ms === undefined) rules.broken("/grace", "duration", "grace must be a duration like P1D, PT30M or 30m", grace);
  else if (ms > GRACE_MS.longest) {
    rules.broken("/grace", "limit_exceeded", `grace is ${grace}, the limit is 30 days`, grace);
  }
  rules.enforce();
  return ms ?? 0;
}

async function find(house: House, tenant: string, id: string): Promise<catalog.StoredKey> {
  const record = await catalog.findKey(house.catalog(tenant), id);
  if (record === undefined) throw new DetentError("NOT_FOUND", `there is no key ${quote(id)}`);
  return record;
}

/** As audit entries have times. */
function timeOf(at: number): string {
  return new Date(at).toISOString();
}

/** A key without what it is made of. */
export function toKeyView({ hash: _hash, oldHash: _oldHash, ...view }: catalog.StoredKey): KeyView {
  return view;
}
