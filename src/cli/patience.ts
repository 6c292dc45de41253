/** Going on after the service was away: for what follows it for hours. */
import { pause } from "./door.ts";
import { EXIT, Failure } from "./failure.ts";
import type { Output } from "./output.ts";
import { toPrintable } from "./table.ts";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Waits between attempts, longer each time nothing comes. Without end, but not before anything has come: a service that was
 * never there is more likely a wrong address than a restart.
 */
export class Patience {
  readonly #output: Output;
  readonly #signal: AbortSignal;
  #hasBegun = false;
  #failures = 0;

  constructor(output: Output, signal: AbortSignal) {
    this.#output = output;
    this.#signal = signal;
  }

  /** Something came: the service is there. */
  reset(): void {
    this.#hasBegun = true;
    this.#failures = 0;
  }

  /** Waits before the next attempt. Throws `error` where no waiting helps. */
  async wait(error: unknown): Promise<void> {
    const isAbsence = error instanceof Failure && error.exitCode === EXIT.unavailable;
    if (!isAbsence || !this.#hasBegun) throw error;
    const most = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures);
    this.#failures += 1;
    const waitMs = most * (0.5 + Math.random() / 2);
    this.#output.say(toPrintable(`${error.message}; going on in ${(waitMs / 1_000).toFixed(1)} s`));
    await pause(waitMs, this.#signal);
  }
}
