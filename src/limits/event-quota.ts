/**
 * Whether a tenant may send events today. What it has sent is counted exactly, in D1; an isolate reads that now and then and counts
 * on by itself, so that no event waits for D1. Of several isolates each knows of the others' a little late: more than the quota
 * may pass, never less.
 */
import { DetentError } from "../errors.ts";
import { within } from "../within.ts";

/** How old what is known may be. */
const FRESH_MS = 10_000;
/** The first event of a day waits so long for D1, and no longer. */
const PATIENCE_MS = 1_000;
const DAY_MS = 24 * 60 * 60_000;

export interface EventQuotaDeps {
  /** Events of the tenant that D1 has counted today; rejects when it does not answer. */
  read(tenant: string): Promise<number>;
  /** Lets work go on after the answer. */
  background(work: Promise<void>): void;
  now(): number;
}

interface Known {
  readonly day: number;
  count: number;
  readAt: number;
  /** Being read since then; a time, since whoever reads may be gone. */
  readingSince: number;
}

export class EventQuota {
  readonly #deps: EventQuotaDeps;
  readonly #known = new Map<string, Known>();

  constructor(deps: EventQuotaDeps) {
    this.#deps = deps;
  }

  /** Counts `count` events; throws QUOTA_EXCEEDED, until midnight UTC, for what is beyond `quota`. */
  async spend(tenant: string, quota: number, count: number): Promise<void> {
    const now = this.#deps.now();
    const day = Math.floor(now / DAY_MS);
    let known = this.#known.get(tenant);
    if (known?.day !== day) {
      known = { day, count: 0, readAt: 0, readingSince: -Infinity };
      this.#known.set(tenant, known);
      await this.#read(tenant, known);
    } else if (now - Math.max(known.readAt, known.readingSince) >= FRESH_MS) {
      this.#deps.background(this.#read(tenant, known));
    }
    if (known.count + count > quota) {
      const retryAfterMs = (day + 1) * DAY_MS - now;
      const message = `the tenant has sent its ${quota} events of today; the day ends at midnight UTC`;
      throw new DetentError("QUOTA_EXCEEDED", message, {
        metadata: { quota: "events_per_day", limit: String(quota) },
        retryAfterMs,
      });
    }
    known.count += count;
  }

  /** What is known is at least what D1 has: it hears of events a moment late. While it does not answer, what was known goes on. */
  async #read(tenant: string, known: Known): Promise<void> {
    known.readingSince = this.#deps.now();
    const before = known.count;
    try {
      const counted = await within(PATIENCE_MS, "D1", this.#deps.read(tenant));
      const meanwhile = known.count - before;
      known.count = counted + meanwhile;
    } catch {
      // Events do not wait for D1.
    } finally {
      known.readAt = this.#deps.now();
    }
  }
}
