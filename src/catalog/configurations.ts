/** Configurations in D1: immutable, newest version last in rowid order. */
import type { TenantDb } from "./tenant-db.ts";

export interface StoredConfiguration {
  readonly name: string;
  readonly version: string;
  /** The configuration as uploaded, in its JSON form. */
  readonly source: string;
  readonly createdAt: number;
  /** Since when it takes no new machines; null: it does. */
  readonly deprecatedAt: number | null;
}

const COLUMNS = "name, version, source, created_at AS createdAt, deprecated_at AS deprecatedAt";

/** Stores a configuration; answers false when the name and version are taken, or the tenant has `most` already. */
export async function insertConfiguration(
  db: TenantDb,
  stored: Omit<StoredConfiguration, "deprecatedAt">,
  most: number = Number.MAX_SAFE_INTEGER,
): Promise<boolean> {
  const changes = await db.run(
    `INSERT INTO configurations (tenant, name, version, source, created_at) SELECT ?1, ?2, ?3, ?4, ?5
     WHERE NOT EXISTS (SELECT 1 FROM usage WHERE tenant = ?1 AND configurations >= ?6)
     ON CONFLICT (tenant, name, version) DO NOTHING`,
    stored.name,
    stored.version,
    stored.source,
    stored.createdAt,
    most,
  );
  return changes > 0;
}

/** Notes since when a configuration takes no new machines; what was noted before stays. */
export async function deprecateConfiguration(db: TenantDb, name: string, version: string, at: number): Promise<void> {
  await db.run(
    "UPDATE configurations SET deprecated_at = ?4 WHERE tenant = ?1 AND name = ?2 AND version = ?3 AND deprecated_at IS NULL",
    name,
    version,
    at,
  );
}

export async function findConfiguration(
  db: TenantDb,
  name: string,
  version: string,
): Promise<StoredConfiguration | undefined> {
  const sql = `SELECT ${COLUMNS} FROM configurations WHERE tenant = ?1 AND name = ?2 AND version = ?3`;
  return (await db.first<StoredConfiguration>(sql, name, version)) ?? undefined;
}

export async function configurationExists(db: TenantDb, name: string): Promise<boolean> {
  const row = await db.first("SELECT 1 FROM configurations WHERE tenant = ?1 AND name = ?2 LIMIT 1", name);
  return row !== null;
}

/** The versions of a name, newest first; those of them that take no new machines. */
export interface ListedConfiguration {
  readonly name: string;
  readonly versions: string[];
  readonly deprecated: string[];
}

export const LIST_NAMES = `
  SELECT name, json_group_array(version ORDER BY seq DESC) AS versions,
    (SELECT json_group_array(version ORDER BY seq DESC) FROM configurations AS old INDEXED BY configurations_deprecated
     WHERE old.tenant = ?1 AND old.name = listed.name AND old.deprecated_at IS NOT NULL) AS deprecated
  FROM configurations AS listed INDEXED BY sqlite_autoindex_configurations_1
  WHERE tenant = ?1 AND name > ?2 AND (?3 = '' OR name = ?3) GROUP BY name ORDER BY name LIMIT ?4`;

/** Names in order, after `after`, with their versions, newest first. */
export async function listConfigurations(
  db: TenantDb,
  query: { name: string; after: string; limit: number },
): Promise<ListedConfiguration[]> {
  const rows = await db.all<{ name: string; versions: string; deprecated: string }>(
    LIST_NAMES,
    query.after,
    query.name,
    query.limit,
  );
  return rows.map(({ name, versions, deprecated }) => ({
    name,
    versions: JSON.parse(versions) as string[],
    deprecated: JSON.parse(deprecated) as string[],
  }));
}

/** Sources are up to 256 KiB each: so many are read at a time. */
const VERSIONS_PER_READ = 10;

export const LIST_VERSIONS = `
  SELECT seq, ${COLUMNS} FROM configurations INDEXED BY configurations_by_name
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

export const WALK_CONFIGURATIONS = `
  SELECT ${COLUMNS} FROM configurations
  WHERE tenant = ?1 AND (name, version) > (?2, ?3) ORDER BY name, version LIMIT ?4`;

/** Every version of every name, in the order of names and versions, after one. Not for many at once: sources may be large. */
export function walkConfigurations(
  db: TenantDb,
  after: Pick<StoredConfiguration, "name" | "version">,
  limit: number,
): Promise<StoredConfiguration[]> {
  return db.all(WALK_CONFIGURATIONS, after.name, after.version, limit);
}

export const FIND_VERSIONS = `
  SELECT ${COLUMNS}
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
