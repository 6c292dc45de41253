/** An index-writer's counts in its own storage: all the SQL for them. */

/** As much of an object's storage as the counts need. */
export interface CountStorage {
  readonly sql: { exec(query: string, ...bindings: string[]): { toArray(): Record<string, unknown>[] } };
  transactionSync<T>(work: () => T): T;
}

/** A row per tenant, and no index besides: one row is written for each tenant that is stored. */
const CREATE = "CREATE TABLE IF NOT EXISTS counts (tenant TEXT PRIMARY KEY, counts TEXT NOT NULL) WITHOUT ROWID";
const LOAD = "SELECT counts FROM counts WHERE tenant = ?";
const STORE = "INSERT INTO counts (tenant, counts) VALUES (?, ?) ON CONFLICT DO UPDATE SET counts = excluded.counts";

export class CountStore {
  readonly #storage: CountStorage;
  #isReady = false;

  constructor(storage: CountStorage) {
    this.#storage = storage;
  }

  load(tenant: string): string | undefined {
    this.#prepare();
    return this.#storage.sql.exec(LOAD, tenant).toArray()[0]?.["counts"] as string | undefined;
  }

  delete(tenant: string): void {
    this.#prepare();
    this.#storage.sql.exec("DELETE FROM counts WHERE tenant = ?", tenant);
  }

  /** All or nothing of it. */
  store(counts: readonly { readonly tenant: string; readonly counts: string }[]): void {
    this.#prepare();
    this.#storage.transactionSync(() => {
      for (const { tenant, counts: text } of counts) this.#storage.sql.exec(STORE, tenant, text);
    });
  }

  #prepare(): void {
    if (this.#isReady) return;
    this.#storage.sql.exec(CREATE);
    this.#isReady = true;
  }
}
