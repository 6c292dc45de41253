/** How fast messages about a job's machines leave. Lives in memory: a job that comes back to it begins a second anew. */

/** What has no room now waits at least so long. */
const LEAST_DELAY_MS = 100;
/** So much of the rate may leave at once. */
const BURST_MS = 1_000;

export interface DueChunk {
  readonly chunk: number;
  readonly machines: number;
}

export class Pace {
  /** Until when, at the job's rate, what has left lasts. */
  #lastsUntil = 0;

  /** Of what is due at `now`, in its order, what the rate (machines a second) has room for, and when there is some for the rest. */
  admit(due: readonly DueChunk[], rate: number, now: number) {
    const sent: number[] = [];
    const later: number[] = [];
    for (const { chunk, machines } of due) {
      if (this.#lastsUntil >= now + BURST_MS) later.push(chunk);
      else {
        this.#lastsUntil = Math.max(now, this.#lastsUntil) + (machines * 1_000) / rate;
        sent.push(chunk);
      }
    }
    const laterAt = Math.max(now + LEAST_DELAY_MS, Math.floor(this.#lastsUntil) - BURST_MS + 1);
    return { sent, later, laterAt };
  }
}
