/** Use case: what has happened to the tenant's machines, for whoever watches over them. */
import { countDeadLetters } from "../catalog/dead-letters.ts";
import { LAG_BOUNDS_MS, type HappeningCount, type IndexCounts } from "../catalog/index-counters.ts";
import { requireScope } from "../auth/scope.ts";
import type { Principal } from "../auth/principal.ts";
import type { House } from "./house.ts";

/** More than this many dead letters are not counted: by then somebody has to look at them in any case. */
const MOST_LETTERS_COUNTED = 10_000;

interface ConfigurationCount {
  /** Empty where there is no such configuration. */
  readonly configuration: string;
  readonly count: number;
}

/** Counts only grow, unless otherwise said. */
export interface Metrics {
  /** Result as in receipts; reason empty where there is none. */
  readonly events: readonly (ConfigurationCount & { readonly result: string; readonly reason: string })[];
  readonly created: readonly ConfigurationCount[];
  readonly deleted: readonly ConfigurationCount[];
  /** Writes to the index that had something of the tenant's. */
  readonly batches: number;
  /** Messages to the index that it has taken. */
  readonly entries: number;
  /** Attempts at such messages that it has not taken: it did not answer, or never will take this one. */
  readonly failures: { readonly unavailable: number; readonly rejected: number };
  /** How long what was decided took to be in the index: how many within each bound, and in all. */
  readonly lag: {
    readonly buckets: readonly { readonly boundMs: number; readonly count: number }[];
    readonly count: number;
    readonly sumMs: number;
  };
  /** How many are held now, up to 10,000. */
  readonly deadLetters: number;
}

/** The caller's tenant's metrics; throws PERMISSION_DENIED without the scope `ops`. */
export async function getMetrics(house: House, principal: Principal): Promise<Metrics> {
  requireScope(principal, "ops");
  const { tenant } = principal;
  const [counts, deadLetters] = await Promise.all([
    house.indexCounts(tenant),
    countDeadLetters(house.catalog(tenant), MOST_LETTERS_COUNTED),
  ]);
  const happenings = addUp(counts.flatMap((one) => one.happenings));
  const ofKind = (kind: string): ConfigurationCount[] =>
    happenings.flatMap(({ configuration, happening, count }) => {
      return happening === kind ? [{ configuration, count }] : [];
    });
  return {
    events: happenings.flatMap(({ configuration, happening, count }) => {
      const [result = "", reason = ""] = happening.split(" ");
      return result === "created" || result === "deleted" ? [] : [{ configuration, result, reason, count }];
    }),
    created: ofKind("created"),
    deleted: ofKind("deleted"),
    batches: sum(counts, (one) => one.batches),
    entries: sum(counts, (one) => one.entries),
    failures: {
      unavailable: sum(counts, (one) => one.unavailable),
      rejected: sum(counts, (one) => one.rejected),
    },
    lag: lagOf(counts),
    deadLetters,
  };
}

/** What the index-writers have counted, each for its own machines, in a fixed order. */
function addUp(counts: readonly HappeningCount[]): HappeningCount[] {
  const sums = new Map<string, HappeningCount>();
  for (const one of counts) {
    const key = `${one.configuration} ${one.happening}`;
    sums.set(key, { ...one, count: one.count + (sums.get(key)?.count ?? 0) });
  }
  return [...sums].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, one]) => one);
}

function lagOf(counts: readonly IndexCounts[]): Metrics["lag"] {
  let count = 0;
  const buckets = LAG_BOUNDS_MS.map((boundMs, index) => {
    count += sum(counts, ({ lags }) => lags[index] ?? 0);
    return { boundMs, count };
  });
  count += sum(counts, ({ lags }) => lags[LAG_BOUNDS_MS.length] ?? 0);
  return { buckets, count, sumMs: sum(counts, (one) => one.lagSumMs) };
}

function sum(counts: readonly IndexCounts[], read: (one: IndexCounts) => number): number {
  return counts.reduce((total, one) => total + read(one), 0);
}
