import { setTimeout as sleep } from "node:timers/promises";

const PAUSE_MS = 100;

/** Asks until `isGood`, or until `ms` have passed; answers the last it found either way, for the test to judge. */
export async function until<T>(ms: number, find: () => T | Promise<T>, isGood: (found: T) => boolean): Promise<T> {
  const deadline = performance.now() + ms;
  for (;;) {
    const found = await find();
    if (isGood(found) || performance.now() > deadline) return found;
    await sleep(PAUSE_MS);
  }
}
