/** Thrown by a meter that has run out. */
export class SpentError extends Error {
  constructor() {
    super("it takes more work than one event may");
    this.name = "SpentError";
  }
}

/**
 * What evaluating expressions and schemas may cost, in units of about the same work: one step of an expression, one node
 * of JSON looked at, a few characters read. Deterministic, unlike time: the same event costs the same on every machine.
 */
export class Meter {
  #left: number;

  constructor(units: number) {
    this.#left = units;
  }

  /** Counts work before it is done; throws SpentError when there is too much of it. */
  charge(units: number): void {
    this.#left -= units;
    if (!(this.#left >= 0)) throw new SpentError();
  }

  get left(): number {
    return Math.max(0, this.#left);
  }
}
