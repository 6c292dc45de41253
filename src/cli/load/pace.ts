/** How fast lines are sent: as many a second as somebody allows. */
import { setTimeout as sleep } from "node:timers/promises";

/** Calls a second that a rate is divided into, so that lines come evenly and not in one burst. */
const CALLS_PER_SECOND = 10;

export class Pace {
  readonly #perSecond: number;
  #nextAt = 0;

  /** Infinity: no limit. */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** As many lines as one call may have. */
  get most(): number {
    return Math.max(1, Math.ceil(this.#perSecond / CALLS_PER_SECOND));
  }

  /** Waits until `lines` more may be sent, or until `stop`. */
  async wait(lines: number, stop: AbortSignal): Promise<void> {
    const now = performance.now();
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + (lines / this.#perSecond) * 1_000;
    if (at > now) await sleep(at - now, undefined, { signal: stop }).catch(() => undefined);
  }
}
