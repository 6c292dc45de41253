/** Time that stands still until everything that could happen has happened, and then jumps to what comes next. */
export class Clock {
  now = 1_000_000;
  #next = 0;
  readonly #timers = new Map<number, { readonly at: number; readonly work: () => void }>();

  /** Calls back after `ms`; the answer cancels. */
  after(ms: number, work: () => void): () => void {
    const id = (this.#next += 1);
    this.#timers.set(id, { at: this.now + Math.max(0, ms), work });
    return () => void this.#timers.delete(id);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  /** Lets time pass until `work` is settled, and answers what it gave. */
  async until<T>(work: Promise<T>): Promise<T> {
    const state = { isSettled: false };
    const noted = work.finally(() => {
      state.isSettled = true;
    });
    // Whoever awaits the answer below hears of a failure.
    noted.catch(() => {});
    while (!state.isSettled) await this.run(this.now + 100);
    return await noted;
  }

  /** Lets time pass until `until` or, without it, until nothing is waiting any more. */
  async run(until = Number.POSITIVE_INFINITY): Promise<void> {
    for (;;) {
      await settle();
      let first: { readonly id: number; readonly at: number } | undefined;
      for (const [id, { at }] of this.#timers) if (first === undefined || at < first.at) first = { id, at };
      if (first === undefined || first.at > until) {
        if (Number.isFinite(until)) this.now = Math.max(this.now, until);
        return;
      }
      const timer = this.#timers.get(first.id);
      this.#timers.delete(first.id);
      this.now = Math.max(this.now, first.at);
      timer?.work();
    }
  }
}

/** Lets everything that is ready happen. */
function settle(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
