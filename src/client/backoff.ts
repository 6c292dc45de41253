/** How long to wait before the next attempt, and after which failures there is one. Pure: chance is passed in. */
import type { DetentError } from "./error.ts";
import type { Repeat } from "./repeats.ts";

/** How patient a client is. */
export interface Patience {
  /** Attempts of one call, the first included. */
  readonly attempts: number;
  /** Before the second attempt, ms; doubled before each that follows. */
  readonly firstWaitMs: number;
  /** The longest wait, ms. A server that asks for a longer one is not asked again. */
  readonly longestWaitMs: number;
}

/** About six seconds in all: longer than a machine or a database takes to be moved, which is two. */
export const PATIENCE: Patience = { attempts: 6, firstWaitMs: 200, longestWaitMs: 10_000 };

/** Whether a failed call may be made again: the failure may pass, and a second time does no harm. */
export function isRepeatable(repeat: Exclude<Repeat, "guarded">, { reason, code }: DetentError): boolean {
  if (repeat === "stream") return false;
  // Refused before anything was done.
  if (reason === "RATE_LIMITED") return true;
  if (repeat === "once") return false;
  return isPassing(reason, code);
}

/** Whether a failure may pass by itself. Nobody knows then whether the call took effect. */
export function isPassing(reason: string, code: string): boolean {
  if (reason === "UNAVAILABLE" || reason === "INTERNAL") return true;
  // The attempt took too long; whether the call may still go on its own deadline says.
  return reason === "DEADLINE_EXCEEDED" || code === "unavailable";
}

/** The wait before attempt `next` (2 is the first repeat), ms; undefined: longer than anybody should wait. `random` is in [0, 1). */
export function waitBefore(
  next: number,
  { firstWaitMs, longestWaitMs }: Patience,
  retryAfterMs: number | undefined,
  random: number,
): number | undefined {
  if (retryAfterMs !== undefined && retryAfterMs > longestWaitMs) return undefined;
  // Between half of it and all of it, so that those who failed together do not come back together.
  const whole = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(next - 2, 30));
  const wait = (whole * (1 + random)) / 2;
  return retryAfterMs === undefined ? wait : Math.max(wait, retryAfterMs + firstWaitMs * random);
}
