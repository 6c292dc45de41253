/** The tenants of a deployment, in D1. */
import { auditStatement, type AuditEntry } from "./audit.ts";
import type { TenantDb } from "./tenant-db.ts";

export interface Tenant {
  readonly name: string;
  /** Epoch ms. */
  readonly createdAt: number;
}

const FIND_TENANT = "SELECT name, created_at AS createdAt FROM tenants WHERE name = ?1";

const INSERT_TENANT = "INSERT INTO tenants (name, created_at) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING";

const LIST_TENANTS = "SELECT name, created_at AS createdAt FROM tenants WHERE name > ?1 ORDER BY name LIMIT ?2";

/** For the test of their plans. */
export const TENANT_STATEMENTS = { FIND_TENANT, LIST_TENANTS } as const;

export async function findTenant(db: TenantDb): Promise<Tenant | undefined> {
  return (await db.first<Tenant>(FIND_TENANT)) ?? undefined;
}

/** Stores the tenant, and that it was; answers false where it is there already, and leaves it as it is. */
export async function insertTenant(db: TenantDb, createdAt: number, entry: AuditEntry): Promise<boolean> {
  const written = "EXISTS (SELECT 1 FROM tenants WHERE name = ?1 AND created_at = ?8)";
  const [changes = 0] = await db.runAll([[INSERT_TENANT, createdAt], auditStatement(entry, written, createdAt)]);
  return changes > 0;
}

/** In the order of their names, after `after`. Of all tenants, and so for the root key alone. */
export async function listTenants(db: D1Database, after: string, limit: number): Promise<Tenant[]> {
  return (await db.prepare(LIST_TENANTS).bind(after, limit).all<Tenant>()).results;
}
