/** The one helper through which every query of a tenant reaches D1: ?1 is the tenant, always. */
import { orUnavailable } from "../errors.ts";
import { within } from "../within.ts";

export type Param = string | number | null;

/** A statement and its parameters from `?2` on. */
export type Statement = readonly [sql: string, ...params: Param[]];

/** A caller who waits for D1 is told before it gives up itself. */
const WITHIN_MS = 10_000;

/** D1 for one tenant. Throws UNAVAILABLE when it fails or does not answer. Statements name the tenant as `?1` and their own parameters from `?2` on. */
export class TenantDb {
  readonly #db: D1Database;
  readonly #tenant: string;

  constructor(db: D1Database, tenant: string) {
    this.#db = db;
    this.#tenant = tenant;
  }

  #bind(sql: string, params: readonly Param[]): D1PreparedStatement {
    if (!sql.includes("?1")) throw new Error("a statement must bind the tenant as ?1");
    return this.#db.prepare(sql).bind(this.#tenant, ...params);
  }

  async all<T>(sql: string, ...params: Param[]): Promise<T[]> {
    return (await patiently(this.#bind(sql, params).all<T>())).results;
  }

  first<T>(sql: string, ...params: Param[]): Promise<T | null> {
    return patiently(this.#bind(sql, params).first<T>());
  }

  /** Answers how many rows changed. */
  async run(sql: string, ...params: Param[]): Promise<number> {
    return (await patiently(this.#bind(sql, params).run())).meta.changes;
  }

  /** All of them or none; answers how many rows each changed. */
  async runAll(statements: readonly Statement[]): Promise<number[]> {
    const bound = statements.map(([sql, ...params]) => this.#bind(sql, params));
    return (await patiently(this.#db.batch(bound))).map(({ meta }) => meta.changes);
  }
}

function patiently<T>(work: Promise<T>): Promise<T> {
  return orUnavailable("the catalog", within(WITHIN_MS, "D1", work));
}
