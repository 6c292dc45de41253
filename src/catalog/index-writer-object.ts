/**
 * Gathers what machines tell the index and writes it in one batch: D1 takes one query at a time, so one query per
 * event is out of the question. Answers after D1 has committed.
 */
import { DurableObject } from "cloudflare:workers";
import type { Bindings } from "../env.ts";
import type { IndexEntry } from "./index-entry.ts";
import { writeIndex } from "./machine-index.ts";

/**
 * While a machine's message waits here its further events gather in the machine, so that they share a call and a
 * statement. Waiting pays only when many wait: the more the last batch had, the longer the next one gathers, at most
 * `most`, which is short against the 5 s that lists may be stale (docs/design/decisions.md has the measurements).
 */
const GATHER_MS = { least: 50, perEntry: 40, most: 1_000 } as const;
/** D1 takes 2,000,000 bytes per bound value; a batch of several entries stays at half of that. */
const BYTES_PER_BATCH = 1_000_000;

interface Waiting {
  readonly entry: IndexEntry;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

export class IndexWriterObject extends DurableObject<Bindings> {
  #waiting: Waiting[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #flushing = false;
  #urgent = false;
  #lastCount = 0;

  /** Settles when D1 has committed the entries. Urgent: do not gather first. */
  async write(entries: readonly IndexEntry[], urgent: boolean): Promise<void> {
    const written = entries.map(
      (entry) => new Promise<void>((done, failed) => this.#waiting.push({ entry, done, failed })),
    );
    this.#urgent ||= urgent;
    this.#schedule();
    await Promise.all(written);
  }

  /** For the health check. */
  ping(): string {
    return "ok";
  }

  #schedule(): void {
    if (this.#flushing || this.#waiting.length === 0) return;
    if (this.#urgent) {
      if (this.#timer !== undefined) clearTimeout(this.#timer);
      this.#timer = undefined;
      void this.#flush();
      return;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#flush();
    }, this.#gatherMs());
  }

  #gatherMs(): number {
    return Math.min(GATHER_MS.most, GATHER_MS.least + GATHER_MS.perEntry * this.#lastCount);
  }

  /** As many of the waiting as fit, at least one. */
  #takeBatch(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { entry } of this.#waiting) {
      // Three bytes are the most that a UTF-16 unit takes in UTF-8.
      bytes += 3 * JSON.stringify(entry).length;
      if (count > 0 && bytes > BYTES_PER_BATCH) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #flush(): Promise<void> {
    this.#flushing = true;
    const batch = this.#takeBatch();
    this.#lastCount = batch.length;
    // What did not fit has gathered long enough.
    this.#urgent = this.#waiting.length > 0;
    try {
      await writeIndex(
        this.env.CATALOG,
        batch.map(({ entry }) => entry),
      );
      for (const { done } of batch) done();
    } catch (error) {
      for (const { failed } of batch) failed(error);
    } finally {
      this.#flushing = false;
      this.#schedule();
    }
  }
}
