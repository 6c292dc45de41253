/** The index-writer's Durable Object: wiring only. It stores its counts, and nothing else of its own. */
import { DurableObject } from "cloudflare:workers";
import { logOf, notificationQueueOf, type Bindings } from "../env.ts";
import { toJsonMessages } from "../queue-sender.ts";
import { within } from "../within.ts";
import { CountStore } from "./count-store.ts";
import { FeedMarks } from "./feed-marks.ts";
import { IndexCounters, type IndexCounts } from "./index-counters.ts";
import type { FailedEvent, FeedMark, IndexEntry, MarkWait, WriteResult } from "./index-entry.ts";
import { IndexWriter, type IndexWriterDeps } from "./index-writer.ts";
import { forgetNotifications, writeIndex } from "./machine-index.ts";

/** Long enough for a full batch on a busy D1; whoever waits here has more patience than that. */
const WRITE_WITHIN_MS = 10_000;

export class IndexWriterObject extends DurableObject<Bindings> {
  readonly #counters: IndexCounters;
  readonly #marks: FeedMarks;
  readonly #writer: IndexWriter;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    const store = new CountStore(ctx.storage);
    const log: IndexWriterDeps["log"] = (severity, message, facts) => logOf(env).write(severity, message, facts);
    this.#counters = new IndexCounters({
      load: (tenant) => store.load(tenant),
      store: (counts) => store.store(counts),
      delete: (tenant) => store.delete(tenant),
      after: (ms, work) => {
        const done = scheduler.wait(ms).then(work);
        ctx.waitUntil(done.catch((cause: unknown) => log("error", "the counts could not be stored", { cause })));
      },
      now: () => Date.now(),
    });
    this.#marks = new FeedMarks({ epoch: crypto.randomUUID(), after: callAfter });
    this.#writer = new IndexWriter({
      observer: {
        committed: (entries, failed) => {
          // First: who waits is woken also when the counting fails.
          this.#marks.committed(entries, failed);
          this.#counters.committed(entries, failed);
        },
        refused: (items, isRejected) => this.#counters.refused(items, isRejected),
      },
      write: (entries, failed) => within(WRITE_WITHIN_MS, "D1", writeIndex(this.env.CATALOG, entries, failed)),
      notify: async (failed) => {
        await notificationQueueOf(this.env).send(toJsonMessages(failed.map(({ notification }) => notification)));
        await forgetNotifications(this.env.CATALOG, failed);
      },
      now: () => Date.now(),
      after: callAfter,
      background: (work) => ctx.waitUntil(work),
      log,
    });
  }

  /** What a machine tells; answers after D1 has committed, or has not. Urgent: do not gather first. */
  write(entry: IndexEntry, urgent: boolean): Promise<WriteResult> {
    return this.#writer.write({ entry }, urgent);
  }

  /** Stores events that found no machine; their notifications leave afterwards. */
  recordFailures(failures: readonly FailedEvent[]): Promise<WriteResult[]> {
    return Promise.all(failures.map((failed) => this.#writer.write({ failed }, true)));
  }

  counts(tenant: string): IndexCounts {
    return this.#counters.read(tenant);
  }

  forgetCounts(tenant: string): void {
    this.#counters.forget(tenant);
  }

  /** How far the index is behind what machines have told this writer, in ms. */
  lagMs(): number {
    return this.#writer.lagMs();
  }

  /** Answers when something of the topic was committed after the mark, or after `ms`. */
  awaitMark(wait: MarkWait): Promise<FeedMark | undefined> {
    return this.#marks.after(wait);
  }

  leave(waiter: string): void {
    this.#marks.leave(waiter);
  }

  /** For the health check. */
  ping(): string {
    return "ok";
  }
}

function callAfter(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}
