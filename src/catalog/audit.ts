/** The audit log in D1: what was done to tenants and keys. An entry is written with what it tells, or not at all. */
import type { JsonText } from "../receipt.ts";
import type { Param, Statement, TenantDb } from "./tenant-db.ts";

export interface AuditEntry {
  /** Unique; with `at` its key. */
  readonly id: string;
  /** Epoch ms. */
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  /** What it was done to: a tenant's name, a key's id. */
  readonly subject: string;
  /** An object. */
  readonly details: JsonText;
}

/** Tells what has become of a tenant; such entries stay when it is erased. */
export const TOMBSTONE_ACTIONS = ["tenant.erasing", "tenant.erased"] as const;

export type AuditPosition = Pick<AuditEntry, "at" | "id">;

const LIST_AUDIT = `
  SELECT id, at, actor, action, subject, details FROM audit
  WHERE tenant = ?1 AND (at, id) < (?2, ?3) ORDER BY at DESC, id DESC LIMIT ?4`;

/** For the test of their plans. */
export const AUDIT_STATEMENTS = { LIST_AUDIT } as const;

/** Writes the entry where `written` holds, which sees what the same batch has done; its own parameters go on from ?8. */
export function auditStatement(entry: AuditEntry, written: string, ...params: Param[]): Statement {
  const sql = `
    INSERT INTO audit (tenant, at, id, actor, action, subject, details)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE ${written}`;
  const { at, id, actor, action, subject, details } = entry;
  return [sql, at, id, actor, action, subject, details, ...params];
}

/** Writes an entry of what no statement does; once, however often it is tried. */
export async function insertAudit(db: TenantDb, entry: AuditEntry): Promise<void> {
  await db.runAll([
    auditStatement(entry, "NOT EXISTS (SELECT 1 FROM audit WHERE tenant = ?1 AND at = ?2 AND id = ?3)"),
  ]);
}

/** Newest first, after a position. */
export function listAudit(db: TenantDb, after: AuditPosition | undefined, limit: number): Promise<AuditEntry[]> {
  return db.all(LIST_AUDIT, after?.at ?? Number.MAX_SAFE_INTEGER, after?.id ?? "", limit);
}
