/** Waiting that may be called off. */
import { setImmediate, setTimeout } from "node:timers/promises";

/** Waits so long; rejects with the signal's reason where that comes first. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, signal && { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/**
 * Rejects with the signal's reason where it is called off. A machine in memory never waits for anything outside, so without
 * this turn nobody could call it off.
 */
export async function checkSignal(signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return;
  await setImmediate();
  signal.throwIfAborted();
}
