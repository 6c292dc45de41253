/** Patience with limits, for whoever asks another part of the platform. */

/** Whoever was asked did not answer in time; he may still. */
export class LateError extends Error {}

/** What `work` gives, or a rejection after `ms`. The work itself is not stopped: it may still happen. */
export async function within<T>(ms: number, part: string, work: PromiseLike<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new LateError(`${part} did not answer within ${ms} ms`)), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
