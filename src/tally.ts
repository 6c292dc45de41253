/** How many of something each key has at the moment, in this isolate: isolates share nothing. */

export class Tally {
  readonly #counts = new Map<string, number>();

  /** Takes one more, unless the key has `most`; the answer gives it back, once. */
  take(key: string, most: number): (() => void) | undefined {
    const count = this.#counts.get(key) ?? 0;
    if (count >= most) return undefined;
    this.#counts.set(key, count + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = (this.#counts.get(key) ?? 1) - 1;
      if (left > 0) this.#counts.set(key, left);
      else this.#counts.delete(key);
    };
  }
}
