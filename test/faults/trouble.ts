/** Failures of what the service asks, injected by chance from a seed inside the server: the answers are lies, the parts real. */
import { Chance } from "../unit/simulation/random.ts";

const KINDS = ["before", "after", "429", "hangs"] as const;
/** A part that hangs is given up after 10 s: few enough that others have their turn. */
const HANGS = 0.03;

export class Trouble {
  /** How often something went wrong. */
  count = 0;
  /** The share of calls that go wrong; 0: none. */
  share = 0;
  readonly #chance: Chance;

  constructor(seed: number) {
    this.#chance = new Chance(seed);
  }

  /** Does `work`, or something worse: not at all, without an answer, with an error although it was done. */
  async through<T>(work: () => Promise<T>): Promise<T> {
    if (this.#chance.next() >= this.share) return await work();
    this.count += 1;
    const kind = this.#chance.next() < HANGS ? "hangs" : this.#chance.pick(KINDS.slice(0, 3));
    if (kind === "hangs") return await new Promise<never>(() => {});
    if (kind === "after") await work();
    throw new Error(kind === "429" ? "Too Many Requests" : `injected: ${kind}`);
  }

  /** The same database, whose batches go through trouble. */
  database(db: D1Database): D1Database {
    return {
      prepare: (sql: string) => db.prepare(sql),
      batch: (statements: D1PreparedStatement[]) => this.through(() => db.batch(statements)),
    } as unknown as D1Database;
  }

  /** The same queue. */
  queue(queue: Queue): Queue {
    return {
      metrics: () => queue.metrics(),
      send: (body, options) => this.through(() => queue.send(body, options)),
      sendBatch: (messages, options) => this.through(() => queue.sendBatch(messages, options)),
    };
  }
}
