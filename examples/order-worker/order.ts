/** One order as the shop knows it, kept where it outlives restarts: what was told last, and what was done about it. */
import { DurableObject } from "cloudflare:workers";
import type { EventMessage, Telling } from "./messages.ts";
import { settle } from "./settlement.ts";
import { problemIn, type Problem, type Standing, standAfter } from "./standing.ts";

interface Env {
  readonly EVENTS: Queue<EventMessage>;
}

export class Order extends DurableObject<Env> {
  get #standing(): Standing | undefined {
    return this.ctx.storage.kv.get<Standing>("standing");
  }

  get #problem(): Problem | undefined {
    return this.ctx.storage.kv.get<Problem>("problem");
  }

  show(): { standing: Standing | undefined; problem: Problem | undefined } {
    return { standing: this.#standing, problem: this.#problem };
  }

  /** A change was told. It counts as known when what it asks for is done: who fails in between does it again. */
  async stand(order: string, told: Telling): Promise<void> {
    const standing = standAfter(this.#standing, told);
    if (standing === undefined) return;
    if (standing.state === "charging") await this.env.EVENTS.send(await settle(order, standing));
    // Something later may have been told meanwhile.
    const latest = standAfter(this.#standing, told);
    if (latest !== undefined) this.ctx.storage.kv.put("standing", latest);
  }

  /** An event was refused, or found no machine. */
  hear(told: Telling): void {
    const problem = problemIn(this.#problem, told);
    if (problem === undefined) return;
    this.ctx.storage.kv.put("problem", problem);
    // A refused "charged" means that money was taken for an order that is no longer charging: here it would be given back.
    console.log(`${told.subject} ${problem.event} ${problem.reason}: ${problem.message}`);
  }
}
