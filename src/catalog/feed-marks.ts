/**
 * What of which feed an index-writer has committed, for those who follow: they wait here, and not at D1, which takes one
 * query at a time. Lives in memory, as long as its writer; knows no platform, only its Deps.
 */
import type { FailedEvent, FeedMark, FeedTopic, IndexEntry, MarkWait } from "./index-entry.ts";

/** A call that waits takes some kilobytes of the 128 MB that an object has; nobody takes all the places. */
const MOST_WAITERS = { ofTenant: 1_000, ofAll: 5_000 } as const;
/** Topics that are told apart; whoever names a configuration that does not exist makes one, too. */
const MOST_TOPICS = 10_000;

export interface FeedMarksDeps {
  /** Tells this life of the writer from all others. */
  readonly epoch: string;
  /** Calls back after `ms`, unless the answered function is called before. */
  after(ms: number, work: () => void): () => void;
}

export class FeedMarks {
  readonly #deps: FeedMarksDeps;
  #commits = 0;
  /** By topic, the last commit that had something of it. What is not there had so at the latest in `#floor`. */
  readonly #moved = new Map<string, number>();
  #floor = 0;
  readonly #waiters = new Map<string, Set<() => void>>();
  /** How each of them is let go. */
  readonly #leaving = new Map<string, () => void>();
  readonly #waiting = new Map<string, number>();
  #waitingOfAll = 0;

  constructor(deps: FeedMarksDeps) {
    this.#deps = deps;
  }

  /** Wakes whoever waits for something of it. Told after the commit: who is woken finds it in D1. */
  committed(entries: readonly IndexEntry[], failed: readonly FailedEvent[]): void {
    this.#commits += 1;
    for (const topic of topicsOf(entries, failed)) {
      this.#moved.set(topic, this.#commits);
      for (const wake of this.#waiters.get(topic) ?? []) wake();
    }
    if (this.#moved.size <= MOST_TOPICS) return;
    this.#moved.clear();
    this.#floor = this.#commits;
  }

  /**
   * The present mark: at once when `mark` is not of this life or something of the topic was committed after it, otherwise
   * when something is, or after `ms`, or when the waiter leaves. Undefined: too many wait already.
   */
  after({ topic, mark, ms, waiter }: MarkWait): Promise<FeedMark | undefined> {
    const key = keyOf(topic.feed, topic.tenant, topic.configuration);
    const seen = this.#read(mark);
    if (seen === undefined || (this.#moved.get(key) ?? this.#floor) > seen) return Promise.resolve(this.#mark(true));
    return this.#isFull(topic.tenant) ? Promise.resolve(undefined) : this.#wait(key, topic.tenant, ms, waiter);
  }

  /** Gives up the place of somebody who waits. */
  leave(waiter: string): void {
    this.#leaving.get(waiter)?.();
  }

  #wait(key: string, tenant: string, ms: number, waiter: string): Promise<FeedMark> {
    const { promise, resolve } = Promise.withResolvers<FeedMark>();
    const waiters = this.#waiters.get(key) ?? new Set();
    const settle = (isMoved: boolean): void => {
      cancel();
      waiters.delete(wake);
      this.#leaving.delete(waiter);
      if (waiters.size === 0) this.#waiters.delete(key);
      this.#count(tenant, -1);
      // The mark is taken here: until whoever waits goes on, the next commit may be there, and would be taken for read.
      resolve(this.#mark(isMoved));
    };
    const wake = (): void => settle(true);
    const leave = (): void => settle(false);
    const cancel = this.#deps.after(ms, leave);
    this.#leaving.set(waiter, leave);
    this.#waiters.set(key, waiters.add(wake));
    this.#count(tenant, 1);
    return promise;
  }

  #isFull(tenant: string): boolean {
    return this.#waitingOfAll >= MOST_WAITERS.ofAll || (this.#waiting.get(tenant) ?? 0) >= MOST_WAITERS.ofTenant;
  }

  #count(tenant: string, change: 1 | -1): void {
    const count = (this.#waiting.get(tenant) ?? 0) + change;
    if (count === 0) this.#waiting.delete(tenant);
    else this.#waiting.set(tenant, count);
    this.#waitingOfAll += change;
  }

  #mark(isMoved: boolean): FeedMark {
    return { mark: `${this.#deps.epoch}:${this.#commits}`, isMoved };
  }

  /** Undefined: of another life, or none. */
  #read(mark: string | undefined): number | undefined {
    const prefix = `${this.#deps.epoch}:`;
    return mark?.startsWith(prefix) ? Number(mark.slice(prefix.length)) : undefined;
  }
}

function topicsOf(entries: readonly IndexEntry[], failed: readonly FailedEvent[]): Set<string> {
  const topics = new Set<string>();
  const add = (feed: FeedTopic["feed"], { tenant, configuration }: IndexEntry | FailedEvent): void => {
    topics.add(keyOf(feed, tenant, configuration)).add(keyOf(feed, tenant, ""));
  };
  for (const entry of entries) {
    if (entry.transitions.length > 0) add("transitions", entry);
    if (entry.refusals.length > 0) add("failures", entry);
  }
  for (const event of failed) add("failures", event);
  return topics;
}

function keyOf(feed: FeedTopic["feed"], tenant: string, configuration: string): string {
  return `${feed}/${tenant}/${configuration}`;
}
