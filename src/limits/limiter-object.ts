/** The Durable Object that counts a key's requests for all isolates. In memory: one that was evicted had nothing to count. */
import { DurableObject } from "cloudflare:workers";
import { Bucket } from "./bucket.ts";

export interface LimiterCalls {
  /** As `Bucket.take`, of a bucket of `perSecond` and twice that. */
  take(perSecond: number, least: number, most: number): Promise<{ readonly granted: number; readonly waitMs: number }>;
}

export class LimiterObject extends DurableObject {
  #bucket: Bucket | undefined;

  take(perSecond: number, least: number, most: number) {
    const now = Date.now();
    this.#bucket ??= new Bucket(perSecond, 2 * perSecond, now);
    // While a rate is being changed, isolates tell different ones.
    this.#bucket.change(perSecond, 2 * perSecond);
    return this.#bucket.take(least, most, now);
  }
}
