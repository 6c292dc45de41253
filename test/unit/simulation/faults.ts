/** What goes wrong on the way to a part of the platform, drawn by chance. */
import type { Clock } from "./clock.ts";
import type { Chance } from "./random.ts";

/** How long whoever asks waits for a part that does not answer. */
const PATIENCE_MS = 10_000;

const KINDS = ["before", "after", "hangs", "hangs done", "429"] as const;

export class Faults {
  /** How many there were. */
  count = 0;
  /** The share of calls that go wrong; 0: none. */
  share = 0;
  /** What may go wrong: nothing is done, it is done all the same, nobody answers, too much was asked. */
  kinds: readonly (typeof KINDS)[number][] = KINDS;
  readonly #clock: Clock;
  readonly #chance: Chance;

  constructor(clock: Clock, chance: Chance) {
    this.#clock = clock;
    this.#chance = chance;
  }

  /** Does `work`, or something worse: not at all, without an answer, with an error although it was done. */
  async through<T>(work: () => T): Promise<T> {
    await this.#clock.sleep(1 + this.#chance.below(20));
    if (this.#chance.next() >= this.share) return work();
    this.count += 1;
    const kind = this.#chance.pick(this.kinds);
    if (kind === "after" || kind === "hangs done") work();
    if (kind === "hangs" || kind === "hangs done") await this.#clock.sleep(PATIENCE_MS);
    throw new Error(`injected: ${kind}`);
  }
}
