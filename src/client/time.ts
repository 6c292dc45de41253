/** Times: how the wire's are read, and how to wait. */
import type { Timestamp } from "@bufbuild/protobuf/wkt";

/** The longest that a timer can be set to; a longer one would ring at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Epoch ms of a timestamp; 0 where there is none. */
export function msOf(timestamp: Timestamp | undefined): number {
  return timestamp === undefined ? 0 : Number(timestamp.seconds) * 1_000 + Math.floor(timestamp.nanos / 1e6);
}

/** Calls `ring` after `ms`, or after 24 days where that is sooner. Answers what stops it. */
export function startTimer(ms: number, ring: () => void): () => void {
  const timer = setTimeout(ring, Math.min(ms, LONGEST_TIMER_MS));
  return () => clearTimeout(timer);
}

/** Waits for `ms`, or until `signal` is aborted: then it rejects with the signal's reason. */
export async function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await unlessAborted((resolve) => startTimer(ms, () => resolve(undefined)), signal);
}

/** Thrown by `within` when the time is over. */
export class TimeIsOver extends Error {
  override readonly name = "TimeIsOver";
}

/** What `work` answers, unless `signal` is aborted (then its reason is thrown) or `ms` pass before (then `TimeIsOver`). */
export async function within<T>(work: () => Promise<T>, ms: number, signal: AbortSignal | undefined): Promise<T> {
  return await unlessAborted<T>((resolve, reject) => {
    const stop = startTimer(ms, () => reject(new TimeIsOver()));
    work().then(resolve, reject);
    return stop;
  }, signal);
}

/** What `begin` comes to, unless `signal` is aborted before; what `begin` answers is called at the end in any case. */
async function unlessAborted<T>(
  begin: (resolve: (value: T) => void, reject: (reason: unknown) => void) => () => void,
  signal: AbortSignal | undefined,
): Promise<T> {
  signal?.throwIfAborted();
  const ends: (() => void)[] = [];
  try {
    return await new Promise<T>((resolve, reject) => {
      const abort = (): void => reject(signal?.reason);
      ends.push(begin(resolve, reject), () => signal?.removeEventListener("abort", abort));
      signal?.addEventListener("abort", abort, { once: true });
    });
  } finally {
    for (const end of ends) end();
  }
}
