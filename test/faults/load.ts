/** Callers who never stop asking, and a ledger of what they were answered: what Detent has promised. */
import { CANARY } from "../canary.ts";
import { setTimeout as sleep } from "node:timers/promises";

/** In flight whenever the load runs: each caller asks again as soon as it was answered. */
export const CALLERS = 32;
const ANSWER_WITHIN_MS = 15_000;
/** In a row: each caller has asked in vain this often, 45 s long if it had to wait. */
const UNANSWERED_BY_THE_DEAD = 3 * CALLERS;
const MOST_MACHINES = 80;
/** The machine that is not there. */
export const NOBODY = "nobody";

export const CONFIGURATION = {
  name: "kills",
  starting_state: "closed",
  states: ["closed", "open"],
  transitions: [
    { from: "closed", to: "open", event: "flip" },
    { from: "open", to: "closed", event: "flip" },
    { from: "closed", to: "open", event: "open" },
    { from: "open", to: "closed", event: "close" },
  ],
};

interface Sending {
  readonly machine: string;
  readonly event: string;
  readonly data?: object;
}

type Call =
  | { readonly kind: "create"; readonly machine: string }
  | ({ readonly kind: "event"; readonly eventId: string } & Sending);

/** Other events than the usual, from callers who take their time. */
export interface Habit {
  /** What machines are created with. */
  readonly data: object;
  /** How long a caller waits before it asks again. */
  readonly pauseMs: () => number;
  readonly pick: () => Sending;
}

export interface Decision {
  readonly machine: string;
  readonly from: string;
  readonly revision: number;
  /** Of a refusal. */
  readonly reason?: string;
}

interface Reply {
  readonly from?: string;
  readonly revision?: number;
  readonly reason?: string;
  readonly receipt?: Reply;
}

export class Load {
  readonly machines = new Set<string>();
  readonly accepted = new Map<string, Decision>();
  readonly refused = new Map<string, Decision>();
  /** Events that found no machine. */
  readonly failed = new Map<string, Decision>();
  /** Asked and not answered, or answered with a failure of the platform. */
  unknown: Call[] = [];
  inFlight = 0;
  #asked = 0;
  #unansweredInARow = 0;
  #goal: { answers: number; readonly notBefore: number; readonly reached: () => void } | undefined;
  readonly #failing: boolean;
  readonly #habit: Habit | undefined;
  #running: { origin: string; callers: Promise<void>[] } | undefined;

  /** `failing`: some events are for a machine that is not there. */
  constructor({ failing, habit }: { readonly failing: boolean; readonly habit?: Habit }) {
    this.#failing = failing;
    this.#habit = habit;
  }

  /** Lets the callers go on at `origin`, until `stop`. */
  start(origin: string): void {
    const running = { origin, callers: [] as Promise<void>[] };
    this.#running = running;
    running.callers = Array.from({ length: CALLERS }, async () => {
      for (;;) {
        if (this.#habit !== undefined) await sleep(this.#habit.pauseMs());
        if (this.#running !== running) return;
        await this.#ask(origin, this.#nextCall());
      }
    });
  }

  /**
   * Settles at the `count`th answer from now, and not before `ms` have passed, once whoever got it has asked again. Rejects
   * when a caller gives up.
   */
  async answers(count: number, ms = 0): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#goal = { answers: count, notBefore: performance.now() + ms, reached: resolve };
    await Promise.race([promise, Promise.all(this.#running?.callers ?? [])]);
  }

  /** Settles when every call has its answer, or will have none. */
  async stop(): Promise<void> {
    const { callers = [] } = this.#running ?? {};
    this.#running = undefined;
    await Promise.all(callers);
  }

  /** Asks everything again that had no answer, under the same ids. */
  async askAgain(origin: string): Promise<void> {
    const calls = this.unknown;
    this.unknown = [];
    const caller = async (): Promise<void> => {
      for (let call = calls.pop(); call !== undefined; call = calls.pop()) await this.#ask(origin, call);
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
  }

  /** Creates machines. */
  async create(origin: string, count: number): Promise<void> {
    let left = count;
    const caller = async (): Promise<void> => {
      while (left-- > 0) await this.#ask(origin, this.#newMachine());
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
  }

  /** Sends one event. */
  async send(origin: string, sending: Sending): Promise<void> {
    await this.#ask(origin, this.#newEvent(sending));
  }

  #newEvent(sending: Sending): Call {
    this.#asked += 1;
    return { kind: "event", eventId: `e${this.#asked}`, ...sending };
  }

  #newMachine(): Call {
    this.#asked += 1;
    return { kind: "create", machine: `m${this.#asked}` };
  }

  /** Some machines are busier than others; events that do not fit the state are refused. */
  #nextCall(): Call {
    if (this.#habit !== undefined) return this.#newEvent(this.#habit.pick());
    const chance = Math.random();
    if (chance < 0.01 && this.machines.size < MOST_MACHINES) return this.#newMachine();
    const machines = [...this.machines];
    const machine = machines[Math.floor(machines.length * Math.random() ** 2)];
    if (machine === undefined) throw new Error("there are no machines");
    if (this.#failing && chance > 0.98) return this.#newEvent({ machine: NOBODY, event: "flip" });
    const event = chance < 0.5 ? "flip" : chance < 0.7 ? "open" : chance < 0.9 ? "close" : "nonsense";
    return this.#newEvent({ machine, event });
  }

  async #ask(origin: string, call: Call): Promise<void> {
    this.inFlight += 1;
    let status = 0;
    let reply: Reply = {};
    try {
      const response = await fetch(origin + pathOf(call), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(this.#bodyOf(call)),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      reply = await response.json<Reply>();
      ({ status } = response);
    } catch {
      // Killed before the answer was whole.
    }
    this.inFlight -= 1;
    this.#record(call, status, reply);
  }

  #bodyOf(call: Call): object {
    if (call.kind === "create")
      return { config_id: CONFIGURATION.name, id: call.machine, data: this.#habit?.data, labels: { of: CANARY } };
    return { event: call.event, event_id: call.eventId, data: call.data, details: CANARY, originator: CANARY };
  }

  #record(call: Call, status: number, reply: Reply): void {
    if (status === 0 || status >= 500) {
      this.unknown.push(call);
      this.#unansweredInARow += 1;
      // Whoever kills the server stops the callers with it.
      if (this.#unansweredInARow > UNANSWERED_BY_THE_DEAD) throw new Error(`nobody answers: ${status}`);
      return;
    }
    this.#unansweredInARow = 0;
    if (call.kind === "create" && (status === 201 || reply.reason === "MACHINE_EXISTS")) {
      this.machines.add(call.machine);
    } else if (call.kind === "event" && status === 200) {
      this.accepted.set(call.eventId, decisionOf(call.machine, reply));
    } else if (call.kind === "event" && reply.receipt !== undefined) {
      const decided = call.machine === NOBODY ? this.failed : this.refused;
      decided.set(call.eventId, decisionOf(call.machine, reply.receipt));
    } else {
      throw new Error(`${JSON.stringify(call)} was answered with ${status} ${JSON.stringify(reply)}`);
    }
    const goal = this.#goal;
    if (goal === undefined || --goal.answers > 0 || performance.now() < goal.notBefore) return;
    this.#goal = undefined;
    setImmediate(goal.reached);
  }
}

function pathOf(call: Call): string {
  const machines = "/api/v1/statemachines";
  return call.kind === "create" ? machines : `${machines}/${CONFIGURATION.name}/${call.machine}/events`;
}

function decisionOf(machine: string, { from = "", revision = -1, reason }: Reply): Decision {
  return { machine, from, revision, ...(reason !== undefined && { reason }) };
}
