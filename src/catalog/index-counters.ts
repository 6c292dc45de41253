/**
 * What an index-writer counts of each tenant, for the metrics: it hears of every change, refusal and failure, while the
 * isolates of the worker share nothing. Counts live in memory and are stored now and then, never once per event; what is
 * read has been stored, so that no count that anybody has seen goes back. Knows no platform, only its Deps.
 *
 * A kill loses the counts of a few seconds that nobody has read. What is told again, because a kill took the answer,
 * is counted again.
 */
import { REASONS } from "../errors.ts";
import type { FailedEvent, IndexEntry, RefusalFact, TransitionFact } from "./index-entry.ts";

/** `refused` and `failed` with their reason behind a space. */
type Happening =
  | "transitioned"
  | "created"
  | "deleted"
  | "ignored"
  | "deferred"
  | `refused ${string}`
  | `failed ${string}`;

/** How often something has happened to machines of a configuration. */
export interface HappeningCount {
  /** Empty where there is no such configuration. */
  readonly configuration: string;
  readonly happening: Happening;
  readonly count: number;
}

/** What one index-writer has counted of a tenant. */
export interface IndexCounts {
  readonly happenings: readonly HappeningCount[];
  /** Statements that had something of the tenant's, tellings that were committed, and that were not. */
  readonly batches: number;
  readonly entries: number;
  readonly unavailable: number;
  readonly rejected: number;
  /** How many facts were in the index within each of LAG_BOUNDS_MS, and later: not cumulative. */
  readonly lags: readonly number[];
  readonly lagSumMs: number;
}

/** Lists may be 5 s behind; 95 % of changes are to be there within half a second. */
export const LAG_BOUNDS_MS = [50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 60_000] as const;
/** Stands for the configurations that are not counted by name; no name begins so. */
export const OTHER_CONFIGURATIONS = "_other";
/** Each may have a dozen series at whoever reads the metrics. */
const MOST_CONFIGURATIONS = 200;

/**
 * A row a tenant each time, so the pause grows with the tenants: three rows a second at most, however many they are.
 * The first count after a pause is stored at once: a timer would keep an idle object awake, which costs more than a row.
 */
const PAUSE_MS = { least: 5_000, perRow: 300 } as const;
/** Stored counts are read again when they are needed. */
const MOST_TENANTS_KEPT = 500;

export interface IndexCountersDeps {
  /** A tenant's counts as they were stored. */
  load(tenant: string): string | undefined;
  delete(tenant: string): void;
  /** All or nothing of it. */
  store(counts: readonly { readonly tenant: string; readonly counts: string }[]): void;
  /** Calls back after `ms`, and stays awake until then. */
  after(ms: number, work: () => void): void;
  now(): number;
}

interface Tally {
  readonly configurations: Map<string, Map<Happening, number>>;
  readonly totals: { -readonly [K in "batches" | "entries" | "unavailable" | "rejected" | "lagSumMs"]: number };
  readonly lags: number[];
}

export class IndexCounters {
  readonly #deps: IndexCountersDeps;
  readonly #tallies = new Map<string, Tally>();
  readonly #unstored = new Set<string>();
  #nextAt = 0;
  #isWaiting = false;

  constructor(deps: IndexCountersDeps) {
    this.#deps = deps;
  }

  /** Counts what D1 has committed. */
  committed(entries: readonly IndexEntry[], failed: readonly FailedEvent[]): void {
    const now = this.#deps.now();
    for (const tenant of new Set([...entries, ...failed].map((item) => item.tenant))) {
      this.#change(tenant).totals.batches += 1;
    }
    for (const { tenant, configuration, transitions, refusals, lookups } of entries) {
      const tally = this.#change(tenant);
      tally.totals.entries += 1;
      for (const fact of transitions) count(tally, configuration, happeningOf(fact), now - fact.at);
      for (const fact of lookups) count(tally, configuration, fact.kind, now - fact.at);
      for (const fact of refusals) count(tally, configuration, `refused ${verdictOf(fact).reason}`, now - fact.at);
    }
    for (const fact of failed) {
      const tally = this.#change(fact.tenant);
      tally.totals.entries += 1;
      const { result, reason } = verdictOf(fact);
      // Whatever a sender calls a configuration that does not exist must not crowd out those that do.
      const configuration = reason === "CONFIGURATION_NOT_FOUND" ? "" : fact.configuration;
      count(tally, configuration, `${result} ${reason}`, now - fact.at);
    }
    this.#storeInTime();
  }

  /** Counts what was not taken. Rejected: it never will be. */
  refused(items: readonly { readonly tenant: string }[], isRejected: boolean): void {
    for (const { tenant } of items) this.#change(tenant).totals[isRejected ? "rejected" : "unavailable"] += 1;
    this.#storeInTime();
  }

  /** The tenant's counts; they are stored when this returns. */
  read(tenant: string): IndexCounts {
    const tally = this.#tallyOf(tenant);
    if (this.#unstored.has(tenant)) this.#store([tenant]);
    return toCounts(tally);
  }

  /** Nothing was ever counted of the tenant. */
  forget(tenant: string): void {
    this.#tallies.delete(tenant);
    this.#unstored.delete(tenant);
    this.#deps.delete(tenant);
  }

  #change(tenant: string): Tally {
    this.#unstored.add(tenant);
    return this.#tallyOf(tenant);
  }

  #tallyOf(tenant: string): Tally {
    const known = this.#tallies.get(tenant) ?? toTally(this.#deps.load(tenant));
    this.#tallies.set(tenant, known);
    return known;
  }

  #storeInTime(): void {
    if (this.#isWaiting || this.#unstored.size === 0) return;
    const wait = this.#nextAt - this.#deps.now();
    if (wait <= 0) return this.#store([...this.#unstored]);
    this.#isWaiting = true;
    this.#deps.after(wait, () => {
      this.#isWaiting = false;
      this.#store([...this.#unstored]);
    });
  }

  #store(tenants: readonly string[]): void {
    // Also when it fails: whatever is wrong is not asked again at once.
    this.#nextAt = this.#deps.now() + Math.max(PAUSE_MS.least, tenants.length * PAUSE_MS.perRow);
    this.#deps.store(tenants.map((tenant) => ({ tenant, counts: JSON.stringify(toCounts(this.#tallyOf(tenant))) })));
    for (const tenant of tenants) this.#unstored.delete(tenant);
    if (this.#tallies.size <= MOST_TENANTS_KEPT) return;
    for (const tenant of this.#tallies.keys()) if (!this.#unstored.has(tenant)) this.#tallies.delete(tenant);
  }
}

function count(tally: Tally, configuration: string, happening: Happening | undefined, lagMs: number): void {
  const { configurations, totals, lags } = tally;
  const bucket = LAG_BOUNDS_MS.findIndex((bound) => lagMs <= bound);
  const index = bucket < 0 ? LAG_BOUNDS_MS.length : bucket;
  lags[index] = (lags[index] ?? 0) + 1;
  totals.lagSumMs += Math.max(0, lagMs);
  if (happening === undefined) return;
  const isCounted = configurations.has(configuration) || configurations.size < MOST_CONFIGURATIONS;
  const name = isCounted ? configuration : OTHER_CONFIGURATIONS;
  const counts = configurations.get(name) ?? new Map<Happening, number>();
  counts.set(happening, (counts.get(happening) ?? 0) + 1);
  configurations.set(name, counts);
}

/** Undefined: a change that no event made. */
function happeningOf({ kind, event }: TransitionFact): Happening | undefined {
  if (kind !== "changed") return kind;
  return event === "" ? undefined : "transitioned";
}

/** Words of closed lists, whatever a receipt says, so that the series are as few. */
function verdictOf({ receipt }: Pick<RefusalFact, "receipt">): { result: "refused" | "failed"; reason: string } {
  const { result, reason } = JSON.parse(receipt) as { readonly result?: unknown; readonly reason?: unknown };
  return {
    // An event that would have created its machine may be refused without one.
    result: result === "refused" ? "refused" : "failed",
    reason: typeof reason === "string" && Object.hasOwn(REASONS, reason) ? reason : "INTERNAL",
  };
}

function toCounts({ configurations, totals, lags }: Tally): IndexCounts {
  const happenings = [...configurations].flatMap(([configuration, counts]) =>
    [...counts].map(([happening, times]) => ({ configuration, happening, count: times })),
  );
  return { happenings, ...totals, lags };
}

function toTally(stored: string | undefined): Tally {
  const configurations: Tally["configurations"] = new Map();
  if (stored === undefined) {
    const totals = { batches: 0, entries: 0, unavailable: 0, rejected: 0, lagSumMs: 0 };
    return { configurations, totals, lags: Array.from({ length: LAG_BOUNDS_MS.length + 1 }, () => 0) };
  }
  const { happenings, lags, ...totals } = JSON.parse(stored) as IndexCounts;
  for (const { configuration, happening, count: times } of happenings) {
    const counts = configurations.get(configuration) ?? new Map<Happening, number>();
    configurations.set(configuration, counts.set(happening, times));
  }
  return { configurations, totals, lags: [...lags] };
}
