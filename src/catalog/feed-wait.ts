/** How a caller waits for a feed to go on: at all index-writers, since any of them may commit what is waited for. */
import { within } from "../within.ts";
import type { FeedMark, FeedTopic, IndexWriterCalls } from "./index-entry.ts";

/** A writer that was moved meanwhile, or an answer that was lost, costs no more than this. */
const SLICE_MS = 5_000;
/** How long a writer may take to answer beyond what it was asked to wait, and how often is looked without it. */
const PATIENCE_MS = 1_000;
/** What is committed shortly after is read with the first: under load a page has more entries, and D1 less to do. */
const GATHER_MS = 100;

type Writer = Pick<IndexWriterCalls, "awaitMark" | "leave">;

export interface FeedWaitParts {
  readonly writers: readonly Writer[];
  readonly topic: FeedTopic;
  readonly ms: number;
  /** The caller is gone. */
  readonly signal: AbortSignal | undefined;
  /** Sees to it that work goes on when the caller has its answer. */
  readonly background: (work: Promise<unknown>) => void;
}

interface Watched {
  readonly writer: Writer;
  /** Its place among those who wait; undefined: it has none. */
  waiter: string | undefined;
  /** Undefined: not known, so that it may have committed anything. */
  mark: string | undefined;
  pending: Promise<Progress> | undefined;
}

type Progress = "moved" | "over" | "full";

/** One wait: begin, read, and read again after each `next` that says so. Must be ended. */
export class FeedWait {
  readonly #topic: FeedTopic;
  readonly #watched: readonly Watched[];
  readonly #endsAt: number;
  readonly #over = Promise.withResolvers<"over">();
  readonly #end: () => void;
  #isOver = false;

  constructor({ writers, topic, ms, signal, background }: FeedWaitParts) {
    this.#topic = topic;
    this.#watched = writers.map((writer) => ({ writer, waiter: undefined, mark: undefined, pending: undefined }));
    this.#endsAt = Date.now() + ms;
    const end = (): void => {
      if (this.#isOver) return;
      this.#isOver = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      this.#over.resolve("over");
      // At its end a wait ends at the writers by itself.
      if (Date.now() < this.#endsAt) background(this.#leave());
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
    this.#end = end;
  }

  /** Notes where the writers are. What is read afterwards has all that was committed before. */
  async begin(): Promise<void> {
    await Promise.all(this.#watched.map((watched) => this.#note(watched)));
  }

  /**
   * Settles when something was committed that may not have been read, or when the time is over or the caller is gone. A
   * writer that does not answer is looked after by reading every second.
   */
  async next(): Promise<Progress> {
    const pending = this.#watched.map((watched) => {
      watched.pending ??= this.#follow(watched).finally(() => {
        watched.pending = undefined;
      });
      return watched.pending;
    });
    const progress = await Promise.race([this.#over.promise, ...pending]);
    return progress === "moved" ? await this.#pause(GATHER_MS, progress) : progress;
  }

  end(): void {
    this.#end();
  }

  async #follow(watched: Watched): Promise<Progress> {
    while (!this.#isOver) {
      if (watched.mark === undefined) {
        if ((await this.#pause(PATIENCE_MS, "moved")) === "over") break;
        await this.#note(watched);
        return "moved";
      }
      const answer = await this.#ask(watched, Math.max(0, Math.min(SLICE_MS, this.#endsAt - Date.now())));
      if (answer === "full") return answer;
      if (answer?.isMoved) return "moved";
    }
    return "over";
  }

  /** Places that nobody waits at any more are for others, at once. */
  async #leave(): Promise<void> {
    await Promise.allSettled(
      this.#watched.map(async ({ writer, waiter }) => {
        if (waiter !== undefined) await writer.leave(waiter);
      }),
    );
  }

  async #note(watched: Watched): Promise<void> {
    watched.mark = undefined;
    await this.#ask(watched, 0);
  }

  /** Undefined: the writer does not answer. */
  async #ask(watched: Watched, ms: number): Promise<FeedMark | "full" | undefined> {
    const { mark, writer } = watched;
    const waiter = crypto.randomUUID();
    try {
      if (ms > 0) watched.waiter = waiter;
      const asked = writer.awaitMark({ topic: this.#topic, mark, ms, waiter });
      const answer = await within(ms + PATIENCE_MS, "an index-writer", asked);
      if (answer === undefined) return "full";
      watched.mark = answer.mark;
      return answer;
    } catch {
      watched.mark = undefined;
      return undefined;
    } finally {
      watched.waiter = undefined;
    }
  }

  /** `then` after `ms`, unless the wait is over before. */
  async #pause<T>(ms: number, then: T): Promise<T | "over"> {
    const { promise, resolve } = Promise.withResolvers<T>();
    const timer = setTimeout(() => resolve(then), ms);
    try {
      return await Promise.race([this.#over.promise, promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}
