/** A token bucket: so many a second, and what was not used up to `burst`. */
export class Bucket {
  #perSecond: number;
  #burst: number;
  #tokens: number;
  #at: number;

  /** Full at `now`, in epoch ms as all times here. */
  constructor(perSecond: number, burst: number, now: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = now;
  }

  /** From now on so many; what is in it stays. */
  change(perSecond: number, burst: number): void {
    this.#perSecond = perSecond;
    this.#burst = burst;
  }

  /**
   * Takes up to `most`, and `least` at any rate where there is one at all: the bucket may go into debt for it, so that what
   * comes as one is taken as one, however small the bucket. Answers how many, or 0 and after how many ms there will be one.
   */
  take(least: number, most: number, now: number): { readonly granted: number; readonly waitMs: number } {
    this.#tokens = Math.min(this.#burst, this.#tokens + (Math.max(0, now - this.#at) * this.#perSecond) / 1_000);
    this.#at = Math.max(this.#at, now);
    if (this.#tokens < 1) {
      return { granted: 0, waitMs: Math.ceil(((1 - this.#tokens) * 1_000) / this.#perSecond) };
    }
    const granted = Math.max(least, Math.min(most, Math.floor(this.#tokens)));
    this.#tokens -= granted;
    return { granted, waitMs: 0 };
  }
}
