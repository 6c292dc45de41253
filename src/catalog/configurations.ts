/** Configurations in D1: immutable, newest version last in rowid order. */
import type { TenantDb } from "./tenant-db.ts";

export interface StoredConfiguration {
  readonly name: string;
  readonly version: string;
  /** The configuration as uploaded, in its JSON form. */
  readonly source: string;
  readonly createdAt: number;
}

/** Stores a configuration; answers false when the name and version are taken. */
export async function insertConfiguration(db: TenantDb, stored: StoredConfiguration): Promise<boolean> {
  const changes = await db.run(
    `INSERT INTO configurations (tenant, name, version, source, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
     ON CONFLICT (tenant, name, version) DO NOTHING`,
    stored.name,
    stored.version,
    stored.source,
    stored.createdAt,
  );
  return changes > 0;
}

export async function findConfiguration(
  db: TenantDb,
  name: string,
  version: string,
): Promise<StoredConfiguration | undefined> {
  const row = await db.first<{ name: string; version: string; source: string; created_at: number }>(
    "SELECT name, version, source, created_at FROM configurations WHERE tenant = ?1 AND name = ?2 AND version = ?3",
    name,
    version,
  );
  return row === null
    ? undefined
    : { name: row.name, version: row.version, source: row.source, createdAt: row.created_at };
}

export async function configurationExists(db: TenantDb, name: string): Promise<boolean> {
  const row = await db.first("SELECT 1 FROM configurations WHERE tenant = ?1 AND name = ?2 LIMIT 1", name);
  return row !== null;
}

/** Names in order, after `after`, with their versions, newest first. */
export async function listConfigurations(
  db: TenantDb,
  query: { name: string; after: string; limit: number },
): Promise<{ name: string; versions: string[] }[]> {
  const rows = await db.all<{ name: string; versions: string }>(
    `SELECT name, json_group_array(version ORDER BY seq DESC) AS versions FROM configurations
     WHERE tenant = ?1 AND name > ?2 AND (?3 = '' OR name = ?3) GROUP BY name ORDER BY name LIMIT ?4`,
    query.after,
    query.name,
    query.limit,
  );
  return rows.map(({ name, versions }) => ({ name, versions: JSON.parse(versions) as string[] }));
}

/** Sources are up to 256 KiB each: so many are read at a time. */
const VERSIONS_PER_READ = 10;

export const LIST_VERSIONS = `
  SELECT seq, name, version, source, created_at AS createdAt FROM configurations INDEXED BY configurations_by_name
  WHERE tenant = ?1 AND name = ?2 AND seq < ?3 ORDER BY seq DESC LIMIT ?4`;

/** Every version of a name, newest first; read as consumed, so that a name may have any number of them. */
export async function* streamVersions(db: TenantDb, name: string): AsyncGenerator<StoredConfiguration> {
  let before = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const rows = await db.all<StoredConfiguration & { seq: number }>(LIST_VERSIONS, name, before, VERSIONS_PER_READ);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < VERSIONS_PER_READ) return;
    before = last.seq;
  }
}

export const FIND_VERSIONS = `
  SELECT listed.name, listed.version, listed.source, listed.created_at AS createdAt
  FROM json_each(?3) AS wanted CROSS JOIN configurations AS listed
  WHERE listed.tenant = ?1 AND listed.name = ?2 AND listed.version = wanted.value`;

/** Those of the versions that are there; read as consumed. */
export async function* findVersions(
  db: TenantDb,
  name: string,
  versions: readonly string[],
): AsyncGenerator<StoredConfiguration> {
  for (let start = 0; start < versions.length; start += VERSIONS_PER_READ) {
    const wanted = JSON.stringify(versions.slice(start, start + VERSIONS_PER_READ));
    yield* await db.all<StoredConfiguration>(FIND_VERSIONS, name, wanted);
  }
}
