/** API keys in D1. What changes one is written together with its entry in the audit log. */
import type { Quotas } from "../limits/quotas.ts";
import { auditStatement, type AuditEntry } from "./audit.ts";
import type { TenantDb } from "./tenant-db.ts";
import { parseQuotas } from "./usage.ts";

export interface StoredKey {
  readonly id: string;
  readonly tenant: string;
  /** What whoever made it calls it. */
  readonly name: string;
  readonly scopes: readonly string[];
  /** Names of the configurations that it reaches; empty: the whole tenant. */
  readonly configurations: readonly string[];
  /** Of the key as it was given out last. */
  readonly hash: string;
  /** Of the key as it was before it was rerolled, which goes on working until `oldUntil`. */
  readonly oldHash?: string;
  /** Epoch ms, as all times here. */
  readonly oldUntil?: number;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt?: number;
  /** To the hour. */
  readonly lastUsedAt?: number;
  readonly revokedAt?: number;
  /** Its tenant's, where they are its own; known of keys that are found by their id. */
  readonly quotas?: Quotas;
}

/** Where a key stands in the list. */
export type KeyPosition = Pick<StoredKey, "createdAt" | "id">;

/** Keys of a tenant that work. */
export const MOST_KEYS = 1_000;

const COLUMNS = `id, tenant, name, scopes, configurations, hash, old_hash AS oldHash, old_until AS oldUntil,
  created_at AS createdAt, created_by AS createdBy, expires_at AS expiresAt, last_used_at AS lastUsedAt,
  revoked_at AS revokedAt`;

/** The one question that names no tenant: the key says whose it is. */
const FIND_KEY_BY_ID = `
  SELECT ${COLUMNS}, (SELECT quotas FROM tenants WHERE tenants.name = keys.tenant) AS quotas FROM keys WHERE id = ?1`;

const FIND_KEY = `SELECT ${COLUMNS} FROM keys WHERE id = ?2 AND tenant = ?1`;

const LIST_KEYS = `
  SELECT ${COLUMNS} FROM keys WHERE tenant = ?1 AND (created_at, id) > (?2, ?3) ORDER BY created_at, id LIMIT ?4`;

const INSERT_KEY = `
  INSERT INTO keys (tenant, id, name, scopes, configurations, hash, created_at, created_by, expires_at)
  SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
  WHERE (SELECT count(*) FROM keys WHERE tenant = ?1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?7))
    < ${MOST_KEYS}
    AND NOT EXISTS (SELECT 1 FROM tenants WHERE name = ?1 AND erasing_at IS NOT NULL)`;

/** Only a key that works, and only from the key that the caller has seen: two rerolls at once must not both succeed. */
const REROLL_KEY = `
  UPDATE keys SET old_hash = hash, old_until = ?4, hash = ?3
  WHERE id = ?2 AND tenant = ?1 AND hash = ?5 AND revoked_at IS NULL`;

const REVOKE_KEY = "UPDATE keys SET revoked_at = ?3 WHERE id = ?2 AND tenant = ?1 AND revoked_at IS NULL";

const NOTE_USE = "UPDATE keys SET last_used_at = ?2 WHERE id = ?1 AND coalesce(last_used_at, 0) < ?2";

/** For the test of their plans. */
export const KEY_STATEMENTS = {
  FIND_KEY_BY_ID,
  FIND_KEY,
  LIST_KEYS,
  INSERT_KEY,
  REROLL_KEY,
  REVOKE_KEY,
  NOTE_USE,
} as const;

type Row = {
  readonly [K in keyof StoredKey]-?: K extends "scopes" | "configurations"
    ? string
    : K extends "quotas"
      ? string | null | undefined
      : StoredKey[K] | null;
};

/** The key of that id, whosever it is. Rejects when D1 does not answer. */
export async function findKeyById(db: D1Database, id: string): Promise<StoredKey | undefined> {
  const row = await db.prepare(FIND_KEY_BY_ID).bind(id).first<Row>();
  return row === null ? undefined : toKey(row);
}

/** Notes when a key was used last. */
export async function noteUse(db: D1Database, id: string, at: number): Promise<void> {
  await db.prepare(NOTE_USE).bind(id, at).run();
}

/** The tenant's key of that id. */
export async function findKey(db: TenantDb, id: string): Promise<StoredKey | undefined> {
  const row = await db.first<Row>(FIND_KEY, id);
  return row === null ? undefined : toKey(row);
}

/** Oldest first, after a position. */
export async function listKeys(db: TenantDb, after: KeyPosition | undefined, limit: number): Promise<StoredKey[]> {
  return (await db.all<Row>(LIST_KEYS, after?.createdAt ?? -1, after?.id ?? "", limit)).map(toKey);
}

/** Stores a key; answers false where the tenant has as many as it may, or is being erased. */
export async function insertKey(db: TenantDb, key: Omit<StoredKey, "tenant">, entry: AuditEntry): Promise<boolean> {
  const { id, name, scopes, configurations, hash, createdAt, createdBy, expiresAt = null } = key;
  const lists = [JSON.stringify(scopes), JSON.stringify(configurations)] as const;
  const [changes = 0] = await db.runAll([
    [INSERT_KEY, id, name, ...lists, hash, createdAt, createdBy, expiresAt],
    auditStatement(entry, "EXISTS (SELECT 1 FROM keys WHERE id = ?8)", id),
  ]);
  return changes > 0;
}

/** Gives a key another hash; the one it has goes on until `oldUntil`. Answers false where the key has changed meanwhile. */
export async function rerollKey(
  db: TenantDb,
  { id, hash: oldHash }: StoredKey,
  { hash, oldUntil }: { readonly hash: string; readonly oldUntil: number },
  entry: AuditEntry,
): Promise<boolean> {
  const [changes = 0] = await db.runAll([
    [REROLL_KEY, id, hash, oldUntil, oldHash],
    auditStatement(entry, "EXISTS (SELECT 1 FROM keys WHERE id = ?8 AND hash = ?9)", id, hash),
  ]);
  return changes > 0;
}

/** Ends a key for good; answers false where it has ended, or there is none. */
export async function revokeKey(db: TenantDb, id: string, at: number, entry: AuditEntry): Promise<boolean> {
  const [changes = 0] = await db.runAll([
    [REVOKE_KEY, id, at],
    // Two revocations in one millisecond are one: the second finds the first one's entry.
    auditStatement(
      entry,
      `EXISTS (SELECT 1 FROM keys WHERE id = ?8 AND revoked_at = ?2)
       AND NOT EXISTS (SELECT 1 FROM audit WHERE tenant = ?1 AND at = ?2 AND action = ?5 AND subject = ?8)`,
      id,
    ),
  ]);
  return changes > 0;
}

function toKey({ quotas, ...row }: Row): StoredKey {
  const present = Object.entries(row).filter(([, value]) => value !== null);
  return {
    ...(Object.fromEntries(present) as unknown as StoredKey),
    ...(quotas && { quotas: parseQuotas(quotas) }),
    scopes: JSON.parse(row.scopes) as string[],
    configurations: JSON.parse(row.configurations) as string[],
  };
}
