/** What became of the lines of a load, counted; the failures, and of many only the first. */

/** Why a line was not applied: the service refused it, or it is not a line that can be sent. */
export interface LineFailure {
  readonly line: number;
  readonly outcome: "refused" | "invalid";
  /** The service's reason; INVALID_LINE for a line that was not sent. */
  readonly reason: string;
  readonly message: string;
}

/** What became of some lines. */
export interface Counts {
  /** Those that had their effect, by this load or before. */
  readonly applied: number;
  /** Of these, events that the machine had decided before: nothing was applied twice. */
  readonly duplicates: number;
  readonly refused: number;
  readonly invalid: number;
}

/** As many failures as are kept to be shown. */
const MOST_SHOWN = 100;

export class Tally {
  #counts: Counts = { applied: 0, duplicates: 0, refused: 0, invalid: 0 };
  readonly #failures: LineFailure[] = [];

  get counts(): Counts {
    return this.#counts;
  }

  /** Lines of which it is known what became of them. */
  get decided(): number {
    const { applied, refused, invalid } = this.#counts;
    return applied + refused + invalid;
  }

  get hasFailures(): boolean {
    return this.#counts.refused + this.#counts.invalid > 0;
  }

  /** The first hundred that were found, in the order of their lines. */
  get failures(): readonly LineFailure[] {
    return this.#failures.toSorted((one, other) => one.line - other.line);
  }

  add(applied: number, duplicates: number, failures: readonly LineFailure[]): void {
    const refused = failures.filter(({ outcome }) => outcome === "refused").length;
    const before = this.#counts;
    this.#counts = {
      applied: before.applied + applied,
      duplicates: before.duplicates + duplicates,
      refused: before.refused + refused,
      invalid: before.invalid + failures.length - refused,
    };
    this.#failures.push(...failures.slice(0, MOST_SHOWN - this.#failures.length));
  }
}
