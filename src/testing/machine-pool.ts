/** Machines for a walk: in the situation that is to be gone on from, whether they are there or have to come the same way. */
import type { Situation } from "./situation.ts";
import type { Presence, Subject, TestMachine } from "./target.ts";
import { takeStep } from "./take-step.ts";

/** Machines that are kept in their situation until it is gone on from; each has a database of its own. */
const MOST_READY = 100;
/** Where the clock is real, a timer may come first; one that does so each time always will. */
const MOST_ATTEMPTS = 3;

export class MachinePool {
  readonly #subject: Subject;
  #readyCount = 0;

  constructor(subject: Subject) {
    this.#subject = subject;
  }

  /** A machine in this situation, for the caller to close or to keep; undefined: timers took every one somewhere else. */
  async take(situation: Situation): Promise<TestMachine | undefined> {
    for (let attempts = 0; attempts < MOST_ATTEMPTS; attempts += 1) {
      const ready = this.#takeReady(situation);
      const machine = ready ?? this.#subject.newMachine();
      let isIn = false;
      try {
        isIn = ready === undefined ? await this.#comeTo(machine, situation) : await this.#isStillIn(machine, situation);
      } finally {
        if (!isIn) await machine.close(false);
      }
      if (isIn) return machine;
    }
    return undefined;
  }

  /** Keeps a machine in its situation for later; answers whether there is room for it. */
  keep(situation: Situation, machine: TestMachine): boolean {
    if (this.#readyCount >= MOST_READY) return false;
    this.#readyCount += 1;
    situation.ready = machine;
    return true;
  }

  /** Gives up the machine that is kept in a situation. */
  async release(situation: Situation): Promise<void> {
    await this.#takeReady(situation)?.close(false);
  }

  #takeReady(situation: Situation): TestMachine | undefined {
    const { ready } = situation;
    if (ready !== undefined) this.#readyCount -= 1;
    situation.ready = undefined;
    return ready;
  }

  async #comeTo(machine: TestMachine, situation: Situation): Promise<boolean> {
    let presence: Presence = "none";
    for (const [place, action] of situation.path.entries()) {
      ({ after: presence } = await takeStep(machine, action, { before: presence, place }));
    }
    return isAt(presence, situation);
  }

  async #isStillIn(machine: TestMachine, situation: Situation): Promise<boolean> {
    const mayMove = !this.#subject.hasTestClock && situation.machine.timers.length > 0;
    return !mayMove || isAt(await machine.read(), situation);
  }
}

function isAt(presence: Presence, { machine }: Situation): boolean {
  return typeof presence !== "string" && presence.state === machine.state && presence.revision === machine.revision;
}
