/**
 * Gathers what machines tell the index and writes it in one batch: D1 takes one query at a time, so one query per event
 * is out of the question. Knows no platform, only its Deps.
 */
import { describeError, type LogFacts, type Severity } from "../log.ts";
import type { FailedEvent, IndexEntry, WriteResult } from "./index-entry.ts";
import { isRefusal } from "./machine-index.ts";

/**
 * While a machine's message waits here its further events gather in the machine, so that they share a call and a
 * statement. Waiting pays only when many wait: the more the last batch had, the longer the next one gathers. A telling
 * waits at most for the batch before its own and for its own: `most` keeps 95 % of them under 500 ms
 * (docs/design/decisions.md has the measurements).
 */
const GATHER_MS = { least: 25, perEntry: 5, most: 150 } as const;
/** D1 takes 2,000,000 bytes per bound value; a batch of several entries stays at half of that. */
const BYTES_PER_BATCH = 1_000_000;
/**
 * A telling that failed is told again by its machine within a minute, for as long as it takes. One that was not for so
 * long is told by nobody: its object was lost, or restored to an earlier time.
 */
const FORGOTTEN_MS = 5 * 60_000;
/** Failed tellings that are remembered: more than that tell nothing more about how long the database has been failing. */
const MOST_REMEMBERED = 10_000;

const WRITTEN: WriteResult = { ok: true };

/** Hears what became of what was told. */
export interface IndexObserver {
  committed(entries: readonly IndexEntry[], failed: readonly FailedEvent[]): void;
  /** Not taken; rejected: it never will be. */
  refused(items: readonly (IndexEntry | FailedEvent)[], isRejected: boolean): void;
}

export interface IndexWriterDeps {
  /** All or nothing of it, committed when it settles. */
  write(entries: readonly IndexEntry[], failed: readonly FailedEvent[]): Promise<void>;
  /** Hands the notifications of stored failed events to their queue. */
  notify(failed: readonly FailedEvent[]): Promise<void>;
  now(): number;
  /** Calls back after `ms`, unless the answered function is called before. */
  after(ms: number, work: () => void): () => void;
  /** Lets work go on after the answer. */
  background(work: Promise<void>): void;
  readonly observer: IndexObserver;
  log(severity: Severity, message: string, facts: LogFacts): void;
}

type Item = { readonly entry: IndexEntry } | { readonly failed: FailedEvent };
interface Waiting {
  readonly item: Item;
  /** Since when the index is behind for want of it; undefined: no list waits for it. */
  readonly since: number | undefined;
  readonly settle: (result: WriteResult) => void;
}

export class IndexWriter {
  readonly #deps: IndexWriterDeps;
  #waiting: Waiting[] = [];
  #writing: readonly Waiting[] = [];
  /** By machine, what the database did not take and the machine will tell again. */
  readonly #failed = new Map<string, { readonly since: number; readonly failedAt: number }>();
  #cancelTimer: (() => void) | undefined;
  #flushing = false;
  #urgent = false;
  #lastCount = 0;

  constructor(deps: IndexWriterDeps) {
    this.#deps = deps;
  }

  /** Settles when D1 has committed the item, or has not. Urgent: do not gather first. */
  write(item: Item, urgent: boolean): Promise<WriteResult> {
    const since = sinceOf(item, this.#deps.now());
    const written = new Promise<WriteResult>((settle) => this.#waiting.push({ item, since, settle }));
    this.#urgent ||= urgent;
    this.#schedule();
    return written;
  }

  /**
   * How far the index is behind what machines have told here, in ms: the age of the oldest change that waits, is being
   * written, or failed and has not been told again. 0 when there is none. What the database refuses for good does not
   * count: it is no delay.
   */
  lagMs(): number {
    const now = this.#deps.now();
    let oldest = now;
    for (const { since } of [...this.#waiting, ...this.#writing]) oldest = Math.min(oldest, since ?? now);
    for (const [machine, { since, failedAt }] of this.#failed) {
      if (now - failedAt > FORGOTTEN_MS) this.#failed.delete(machine);
      else oldest = Math.min(oldest, since);
    }
    return now - oldest;
  }

  #schedule(): void {
    if (this.#flushing || this.#waiting.length === 0) return;
    if (this.#urgent) {
      this.#cancelTimer?.();
      this.#startFlush();
      return;
    }
    const { least, perEntry, most } = GATHER_MS;
    this.#cancelTimer ??= this.#deps.after(Math.min(most, least + perEntry * this.#lastCount), () =>
      this.#startFlush(),
    );
  }

  #startFlush(): void {
    this.#cancelTimer = undefined;
    this.#flushing = true;
    this.#deps.background(this.#flush());
  }

  /** As many of the waiting as fit, at least one. */
  #takeBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { item } of this.#waiting) {
      // Three bytes are the most that a UTF-16 unit takes in UTF-8.
      bytes += 3 * JSON.stringify(item).length;
      if (count > 0 && bytes > BYTES_PER_BATCH) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #flush(): Promise<void> {
    const batch = this.#takeBatch();
    this.#writing = batch;
    this.#lastCount = batch.length;
    // What did not fit has gathered long enough.
    this.#urgent = this.#waiting.length > 0;
    try {
      const results = await this.#store(batch);
      this.#writing = [];
      for (const [index, waiting] of batch.entries()) this.#settle(waiting, results[index] ?? WRITTEN);
      const stored = batch.flatMap(({ item }, index) => ("failed" in item && results[index]?.ok ? [item.failed] : []));
      if (stored.length > 0) this.#deps.background(this.#notify(stored));
      const failure = results.find((result) => !result.ok && !result.rejected);
      if (failure !== undefined) this.#giveUp(failure);
    } finally {
      this.#flushing = false;
      this.#schedule();
    }
  }

  /**
   * While the database fails, those who wait are told so at once: each has its own patience, and would send again what
   * still waits here.
   */
  #giveUp(failure: WriteResult): void {
    const given = this.#waiting.splice(0);
    this.#observe((observer) => observer.refused(given.map(contentOf), false));
    for (const waiting of given) this.#settle(waiting, failure);
  }

  #settle({ item, since, settle }: Waiting, result: WriteResult): void {
    if (since !== undefined && "entry" in item) {
      const machine = JSON.stringify([item.entry.tenant, item.entry.configuration, item.entry.id]);
      const known = this.#failed.get(machine);
      if (result.ok || result.rejected) this.#failed.delete(machine);
      else if (known !== undefined || this.#failed.size < MOST_REMEMBERED) {
        this.#failed.set(machine, { since: Math.min(since, known?.since ?? since), failedAt: this.#deps.now() });
      }
    }
    settle(result);
  }

  /** One entry that the database never takes must not keep the others out: a refused batch is halved until it is alone. */
  async #store(batch: readonly Waiting[]): Promise<WriteResult[]> {
    const entries = batch.flatMap(({ item }) => ("entry" in item ? [item.entry] : []));
    const failed = batch.flatMap(({ item }) => ("failed" in item ? [item.failed] : []));
    try {
      await this.#deps.write(entries, failed);
      this.#observe((observer) => observer.committed(entries, failed));
      return batch.map(() => WRITTEN);
    } catch (error) {
      const cause = describeError(error) ?? "";
      const rejected = isRefusal(error);
      if (!rejected || batch.length === 1) {
        this.#observe((observer) => observer.refused(batch.map(contentOf), rejected));
        return batch.map(() => ({ ok: false, rejected, cause }));
      }
      const middle = batch.length >> 1;
      return [...(await this.#store(batch.slice(0, middle))), ...(await this.#store(batch.slice(middle)))];
    }
  }

  /** Whatever is wrong with the counting, the index is written. */
  #observe(tell: (observer: IndexObserver) => void): void {
    try {
      tell(this.#deps.observer);
    } catch (error) {
      this.#deps.log("error", "what was written could not be counted", { cause: error });
    }
  }

  async #notify(failed: readonly FailedEvent[]): Promise<void> {
    try {
      await this.#deps.notify(failed);
    } catch (error) {
      this.#deps.log("warn", "the queue did not take notifications; the sweeper tries again", { cause: error });
    }
  }
}

function contentOf({ item }: Waiting): IndexEntry | FailedEvent {
  return "entry" in item ? item.entry : item.failed;
}

/** The machine's own time of the first change it tells; where it tells none (its labels, say), the time it came here. */
function sinceOf(item: Item, now: number): number | undefined {
  return "entry" in item ? (item.entry.transitions[0]?.at ?? now) : undefined;
}
