/** What has happened to a machine, kept for as long as a test looks at it. Pure. */
import type { Change, Receipt } from "./target.ts";

export class Journal {
  readonly #changes: Change[] = [];
  readonly #refused = new Map<string, Receipt>();

  /** The last revision that is known. */
  get revision(): number {
    return this.#changes.at(-1)?.revision ?? 0;
  }

  /** `changes`: those after the last revision that is known; `refused`: all that the machine still has. */
  note(changes: readonly Change[], refused: readonly Receipt[]): void {
    this.#changes.push(...changes);
    for (const receipt of refused) this.#refused.set(receipt.eventId, receipt);
  }

  /** Another one that goes on by itself. */
  copy(): Journal {
    const copy = new Journal();
    copy.note(this.#changes, this.listRefused());
    return copy;
  }

  listChanges(after: number): readonly Change[] {
    return this.#changes.filter(({ revision }) => revision > after);
  }

  listRefused(): readonly Receipt[] {
    return [...this.#refused.values()];
  }
}
