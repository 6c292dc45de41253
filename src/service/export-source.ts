/** What an export reads from: patiently, and no more than an invocation may ask for. */
import type { TenantDb } from "../catalog/tenant-db.ts";
import { DetentError } from "../errors.ts";
import type { JobCalls } from "../jobs/calls.ts";
import type { MachineAddress, MachineCalls, Reply } from "../machine/calls.ts";
import type { House } from "./house.ts";
import { soon } from "./patience.ts";

/**
 * Calls and queries of one export: the platform allows an invocation 10,000 of the first and 1,000 of the second. Then it
 * ends with a cursor, and is to be continued.
 */
const MOST_CALLS = 5_000;
const MOST_QUERIES = 800;
/** What does not answer is asked again so often, with waits that double from the first. */
const MOST_TRIES = 5;
const FIRST_WAIT_MS = 200;
/** Longer than D1 is waited for. */
const PATIENCE_MS = 15_000;

export interface MachineName {
  readonly configuration: string;
  readonly id: string;
}

/** One export's; it counts what was asked. */
export class ExportSource {
  readonly #house: House;
  readonly #tenant: string;
  readonly #db: TenantDb;
  #calls = 0;
  #queries = 0;

  constructor(house: House, tenant: string) {
    this.#house = house;
    this.#tenant = tenant;
    this.#db = house.catalog(tenant);
  }

  /** An invocation is to ask for no more. */
  get isSpent(): boolean {
    return this.#calls >= MOST_CALLS || this.#queries >= MOST_QUERIES;
  }

  /** Asks the database. Throws UNAVAILABLE, as all here, where there is no answer after so many tries. */
  query<T>(work: (db: TenantDb) => Promise<T>): Promise<T> {
    return this.#ask(() => {
      this.#queries += 1;
      return work(this.#db);
    });
  }

  async #ask<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      this.#calls += 1;
      try {
        return await soon(this.#house, PATIENCE_MS, work());
      } catch (error) {
        const isPassing = error instanceof DetentError && error.reason === "UNAVAILABLE";
        if (!isPassing || tries >= MOST_TRIES) throw error;
      }
      await new Promise<void>((resolve) => void this.#house.after(FIRST_WAIT_MS * 2 ** (tries - 1), resolve));
    }
  }

  /** Rows page by page, until there are fewer than were asked for. */
  async *pages<T>(
    limit: number,
    read: (db: TenantDb, last: T | undefined, limit: number) => Promise<readonly T[]>,
  ): AsyncGenerator<T> {
    for (let last: T | undefined; ;) {
      const after = last;
      const rows = await this.query((db) => read(db, after, limit));
      yield* rows;
      last = rows.at(-1);
      if (rows.length < limit) return;
    }
  }

  askMachine<T>(name: MachineName, work: (machine: MachineCalls, address: MachineAddress) => Promise<Reply<T>>) {
    const address = { tenant: this.#tenant, ...name };
    return this.#ask(() => work(this.#house.machine(address), address));
  }

  askJob<T>(id: string, work: (job: JobCalls) => Promise<T>): Promise<T> {
    return this.#ask(() => work(this.#house.job(this.#tenant, id)));
  }
}
