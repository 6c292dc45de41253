/** The tenants of a deployment, in D1. */
import type { Quotas } from "../limits/quotas.ts";
import { auditStatement, type AuditEntry } from "./audit.ts";
import type { JsonText } from "../receipt.ts";
import type { TenantDb } from "./tenant-db.ts";
import { parseQuotas } from "./usage.ts";

export interface Tenant {
  readonly name: string;
  /** Epoch ms, as all times here. */
  readonly createdAt: number;
  /** Its own. */
  readonly quotas: Quotas;
  /** Since when it is being erased, and since when that is done. */
  readonly erasingAt?: number;
  readonly erasedAt?: number;
  /** How many rows of each kind were erased so far. */
  readonly erasedCounts?: Readonly<Record<string, number>>;
}

type Row = {
  readonly [K in keyof Tenant]-?: K extends "erasedCounts" | "quotas" ? JsonText | null : Tenant[K] | null;
};

const COLUMNS =
  "name, created_at AS createdAt, quotas, erasing_at AS erasingAt, erased_at AS erasedAt, erased_counts AS erasedCounts";

const FIND_TENANT = `SELECT ${COLUMNS} FROM tenants WHERE name = ?1`;
const INSERT_TENANT = "INSERT INTO tenants (name, created_at) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING";
const SET_QUOTAS = "UPDATE tenants SET quotas = ?2 WHERE name = ?1 AND erasing_at IS NULL";
const LIST_TENANTS = `SELECT ${COLUMNS} FROM tenants WHERE name > ?1 ORDER BY name LIMIT ?2`;

/** For the test of their plans. */
export const TENANT_STATEMENTS = { FIND_TENANT, SET_QUOTAS, LIST_TENANTS } as const;

function toTenant({ erasedCounts, quotas, ...row }: Row): Tenant {
  const present = Object.entries(row).filter(([, value]) => value !== null);
  const counts = erasedCounts === null ? undefined : (JSON.parse(erasedCounts) as Tenant["erasedCounts"]);
  const told = Object.fromEntries(present) as unknown as Tenant;
  return { ...told, quotas: parseQuotas(quotas), ...(counts && { erasedCounts: counts }) };
}

export async function findTenant(db: TenantDb): Promise<Tenant | undefined> {
  const row = await db.first<Row>(FIND_TENANT);
  return row === null ? undefined : toTenant(row);
}

/** Sets the tenant's own quotas; answers false where there is no such tenant. */
export async function setQuotas(db: TenantDb, quotas: Quotas, entry: AuditEntry): Promise<boolean> {
  const [changes = 0] = await db.runAll([
    [SET_QUOTAS, JSON.stringify(quotas)],
    auditStatement(entry, "EXISTS (SELECT 1 FROM tenants WHERE name = ?1 AND erasing_at IS NULL)"),
  ]);
  return changes > 0;
}

/** Stores the tenant, and that it was; answers false where it is there already, and leaves it as it is. */
export async function insertTenant(db: TenantDb, createdAt: number, entry: AuditEntry): Promise<boolean> {
  const written = "EXISTS (SELECT 1 FROM tenants WHERE name = ?1 AND created_at = ?8)";
  const [changes = 0] = await db.runAll([[INSERT_TENANT, createdAt], auditStatement(entry, written, createdAt)]);
  return changes > 0;
}

/** In the order of their names, after `after`. Of all tenants, and so for the root key alone. */
export async function listTenants(db: D1Database, after: string, limit: number): Promise<Tenant[]> {
  return (await db.prepare(LIST_TENANTS).bind(after, limit).all<Row>()).results.map(toTenant);
}
