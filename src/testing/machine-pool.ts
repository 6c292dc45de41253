/** Brings machines into situations: one that is there already, one made as it was, or one that comes the same way again. */
import type { Action } from "./step.ts";
import type { Machine, Presence, Snapshot, Subject, TestMachine } from "./target.ts";
import { takeStep } from "./take-step.ts";

/** Where a machine is, and what has led there. */
export interface Place {
  /** Each event with its id, so that what waits has the same one whichever machine it is. */
  readonly path: readonly Action[];
  /** As it was there. */
  readonly machine: Machine;
}

/** Machines that are kept; each has a database of its own, or is one on a service. */
const MOST_READY = 100;
/** What is remembered of others, in rows: about 100 MB. */
const MOST_ROWS = 200_000;
/** Where the clock is real, a timer may come first; one that does so each time always will. */
const MOST_ATTEMPTS = 3;

/** What is kept for a place. */
interface Kept {
  readonly machine: TestMachine | undefined;
  readonly snapshot: Snapshot | undefined;
}

export class MachinePool {
  readonly #subject: Subject;
  readonly #kept = new Map<Place, Kept>();
  #ready = 0;
  #rows = 0;

  constructor(subject: Subject) {
    this.#subject = subject;
  }

  /**
   * A machine that is there; whoever has it keeps it here again, or closes it. Undefined: timers took every one somewhere
   * else, which only happens where the clock is real.
   */
  async bring(place: Place): Promise<TestMachine | undefined> {
    for (let attempts = 0; attempts < MOST_ATTEMPTS; attempts += 1) {
      const { machine: ready, snapshot } = this.#kept.get(place) ?? {};
      const machine = ready ?? snapshot?.make() ?? (await this.#comeTo(place));
      this.#set(place, { machine: undefined, snapshot: snapshot ?? this.#remember(machine) });
      if (await this.#isThere(machine, place, ready === undefined)) return machine;
      await machine.close(false);
    }
    return undefined;
  }

  /** Keeps a machine that is there, or what it was; where there is no room it is closed, and another one comes the same way. */
  async keep(place: Place, machine: TestMachine): Promise<void> {
    const { snapshot } = this.#kept.get(place) ?? {};
    if (this.#ready < MOST_READY) return this.#set(place, { machine, snapshot });
    this.#set(place, { machine: undefined, snapshot: snapshot ?? this.#remember(machine) });
    await machine.close(false);
  }

  /** Nobody asks for this place any more. */
  async release(place: Place): Promise<void> {
    const { machine } = this.#kept.get(place) ?? {};
    this.#set(place, undefined);
    await machine?.close(false);
  }

  async close(): Promise<void> {
    for (const { machine } of this.#kept.values()) await machine?.close(false);
    this.#kept.clear();
  }

  async #isThere(
    machine: TestMachine,
    { machine: { state, revision, timers } }: Place,
    isNew: boolean,
  ): Promise<boolean> {
    if (this.#subject.hasTestClock || (!isNew && timers.length === 0)) return true;
    const now = await machine.read();
    return typeof now !== "string" && now.state === state && now.revision === revision;
  }

  #remember(machine: TestMachine): Snapshot | undefined {
    return this.#rows < MOST_ROWS ? machine.snapshot?.() : undefined;
  }

  #set(place: Place, kept: Kept | undefined): void {
    const before = this.#kept.get(place);
    this.#ready += Number(kept?.machine !== undefined) - Number(before?.machine !== undefined);
    this.#rows += (kept?.snapshot?.rows ?? 0) - (before?.snapshot?.rows ?? 0);
    if (kept?.machine === undefined && kept?.snapshot === undefined) this.#kept.delete(place);
    else this.#kept.set(place, kept);
  }

  async #comeTo({ path }: Place): Promise<TestMachine> {
    const machine = this.#subject.newMachine();
    try {
      let presence: Presence = "none";
      for (const [index, action] of path.entries()) {
        ({ after: presence } = await takeStep(machine, action, { before: presence, place: index }));
      }
      return machine;
    } catch (error) {
      await machine.close(false);
      throw error;
    }
  }
}
