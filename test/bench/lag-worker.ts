/**
 * The service itself, with an index-writer that notes how long each event took from its acceptance to the commit of the
 * index, and how many statements D1 was asked for. GET /lag answers what was noted since the last time.
 */
import type { IndexEntry } from "../../src/catalog/index-entry.ts";
import type { Bindings } from "../../src/env.ts";
import worker, { IndexWriterObject as RealIndexWriterObject } from "../../src/worker.ts";

export { ErasureObject, JobObject, MachineObject, RebuildObject, SweeperObject } from "../../src/worker.ts";

/** What index-writers noted. */
export interface Noted {
  /** Milliseconds, one for each accepted event. */
  readonly lags: readonly number[];
  readonly statements: number;
  readonly batches: number;
}

interface LagBindings extends Omit<Bindings, "INDEX_WRITERS"> {
  readonly INDEX_WRITERS: DurableObjectNamespace<IndexWriterObject>;
}

interface Counts {
  statements: number;
  batches: number;
}

/** The same database, counting. */
function counting(db: D1Database, counts: Counts): D1Database {
  return {
    prepare: (sql: string) => db.prepare(sql),
    batch: (statements: D1PreparedStatement[]) => {
      counts.statements += statements.length;
      counts.batches += 1;
      return db.batch(statements);
    },
  } as unknown as D1Database;
}

export class IndexWriterObject extends RealIndexWriterObject {
  #lags: number[] = [];
  readonly #counts: Counts;

  constructor(ctx: DurableObjectState, env: Bindings) {
    const counts = { statements: 0, batches: 0 };
    super(ctx, { ...env, CATALOG: counting(env.CATALOG, counts) });
    this.#counts = counts;
  }

  override async write(entry: IndexEntry, urgent: boolean) {
    const result = await super.write(entry, urgent);
    const now = Date.now();
    for (const { kind, at } of entry.transitions) if (kind === "changed") this.#lags.push(now - at);
    return result;
  }

  take(): Noted {
    const noted = { lags: this.#lags, ...this.#counts };
    this.#lags = [];
    Object.assign(this.#counts, { statements: 0, batches: 0 });
    return noted;
  }
}

/** The shards there are. */
const SHARDS = ["index-0", "index-1"];

export default {
  async fetch(request, env, context) {
    if (new URL(request.url).pathname !== "/lag") return await worker.fetch(request, env, context);
    const noted = await Promise.all(SHARDS.map((name) => env.INDEX_WRITERS.getByName(name).take()));
    return Response.json({
      lags: noted.flatMap(({ lags }) => [...lags]),
      statements: noted.reduce((sum, { statements }) => sum + statements, 0),
      batches: noted.reduce((sum, { batches }) => sum + batches, 0),
    } satisfies Noted);
  },
} satisfies ExportedHandler<LagBindings>;
