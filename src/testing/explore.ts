/**
 * Tries everything: from a new machine, every event with every sample, then the same from whatever that has led to. What a
 * machine can be is told apart by its state, its data, what waits and what is due: a situation.
 */
import type { Configuration } from "../engine/configuration.ts";
import { describeAction } from "./describe.ts";
import { findBroken, type Check } from "./invariants.ts";
import { MachinePool } from "./machine-pool.ts";
import type { Samples } from "./samples.ts";
import { ScenarioError } from "./scenario-error.ts";
import { Seen } from "./seen.ts";
import { hasHappened, keyOf, waitingAfter, type Situation, type Way } from "./situation.ts";
import type { Action, Site } from "./step.ts";
import { TargetError } from "./target-error.ts";
import type { Presence, Subject, TestMachine } from "./target.ts";
import { noteRefusedTimers, takeStep, type Taken } from "./take-step.ts";

export interface ExploreOptions {
  readonly samples: Samples;
  readonly check?: Check | undefined;
  /** Of one state so many situations are gone on from. */
  readonly situationsPerState: number;
  /** Steps that are tried in all. */
  readonly mostTries: number;
  readonly site: Site;
}

export interface Exploration {
  readonly seen: Seen;
  /** State -> how it was reached first. */
  readonly ways: ReadonlyMap<string, Way>;
  readonly situations: number;
  readonly tries: number;
  /** Why there may be more than was tried, a sentence each. */
  readonly cuts: readonly string[];
}

/** What a timer has overtaken is tried once more, so often. */
const MOST_AGAIN = 3;

const CREATE: Action = { kind: "create" };

export async function explore(
  subject: Subject,
  configuration: Configuration,
  options: ExploreOptions,
): Promise<Exploration> {
  return await new Explorer(subject, configuration, options).run();
}

function join(states: ReadonlySet<string>): string {
  return [...states].map((state) => JSON.stringify(state)).join(", ");
}

class Explorer {
  readonly #subject: Subject;
  readonly #configuration: Configuration;
  readonly #options: ExploreOptions;
  readonly #pool: MachinePool;
  readonly #seen = new Seen();
  readonly #ways = new Map<string, Way>();
  readonly #queue: Situation[] = [];
  /** Pairs of a situation and events of which its state knows nothing: they seldom lead anywhere, and come last. */
  readonly #idle: { readonly situation: Situation; readonly actions: Action[] }[] = [];
  readonly #known = new Set<string>();
  readonly #perState = new Map<string, number>();
  readonly #crowded = new Set<string>();
  /** States that timers leave before anything can be tried in them. */
  readonly #overtaken = new Set<string>();
  #tries = 0;
  #isCutShort = false;

  constructor(subject: Subject, configuration: Configuration, options: ExploreOptions) {
    this.#subject = subject;
    this.#configuration = configuration;
    this.#options = options;
    this.#pool = new MachinePool(subject);
  }

  async run(): Promise<Exploration> {
    try {
      await this.#runAll();
    } finally {
      await this.#pool.close();
    }
    const { situationsPerState, mostTries } = this.#options;
    const cuts = [
      ...(this.#crowded.size === 0
        ? []
        : [`of ${join(this.#crowded)} more than ${situationsPerState} situations were met`]),
      ...(this.#overtaken.size === 0 ? [] : [`timers left ${join(this.#overtaken)} before all was tried there`]),
      ...(this.#isCutShort ? [`${mostTries} steps were tried, and there are more`] : []),
    ];
    const { size: situations } = this.#known;
    return { seen: this.#seen, ways: this.#ways, situations, tries: this.#tries, cuts };
  }

  async #runAll(): Promise<void> {
    if (this.#isRoomy) await this.#tryWithoutMachine();
    const { creations } = this.#options.samples;
    for (const creation of creations) await this.#begin(creation, "events");
    await this.#goOn();
    const { states, initialStates } = this.#configuration;
    for (const state of states) {
      if (this.#ways.has(state) || !initialStates.includes(state)) continue;
      for (const creation of creations) await this.#begin({ ...creation, state }, "creation");
      await this.#goOn();
    }
    if (!this.#isRoomy) await this.#tryWithoutMachine();
    for (let idle = this.#idle.shift(); idle !== undefined; idle = this.#idle.shift()) {
      await this.#tryAll(idle.situation, idle.actions);
      await this.#pool.release(idle.situation);
      await this.#goOn();
    }
  }

  /** Whether no more may be tried, although there is more. */
  #isOver(): boolean {
    this.#isCutShort ||= this.#tries >= this.#options.mostTries;
    return this.#isCutShort;
  }

  async #tryWithoutMachine(): Promise<void> {
    const machine = this.#subject.newMachine();
    try {
      for (const action of this.#listEvents(this.#configuration.events)) {
        if (this.#isOver()) return;
        this.#seen.addStep(await this.#try(machine, [], action, "none"));
      }
    } finally {
      await machine.close(false);
    }
  }

  async #begin(creation: object, by: Way["by"]): Promise<void> {
    if (this.#isOver()) return;
    const action: Action = { kind: "create", ...creation };
    const machine = this.#subject.newMachine();
    await closing(machine, async () => {
      const taken = await this.#try(machine, [], action, "none");
      // What is created only to get at a state is no part of what was asked.
      if (by === "events") this.#seen.addStep(taken);
      return await this.#meet(machine, taken, { path: [], by, waiting: [] });
    });
  }

  async #goOn(): Promise<void> {
    for (let situation = this.#queue.shift(); situation !== undefined; situation = this.#queue.shift()) {
      const { events } = this.#configuration;
      const { state, timers } = situation.machine;
      const isLively = (event: string): boolean => this.#knows(state, event);
      const lively = this.#listEvents(events.filter(isLively));
      const idle = [CREATE, ...this.#listEvents(events.filter((event) => !isLively(event)))];
      await this.#tryAll(situation, this.#isRoomy ? [...idle, ...lively] : lively);
      if (timers.length > 0 && this.#subject.hasTestClock && !this.#isOver()) await this.#tryTime(situation);
      if (this.#isRoomy) await this.#pool.release(situation);
      else this.#idle.push({ situation, actions: idle });
    }
  }

  /** Whether an event may be more to a state than one that has no transition there. */
  #knows(state: string, event: string): boolean {
    const { edges } = this.#configuration;
    return edges.get(state)?.has(event) === true || this.#configuration.unhandledIn(state) === "defer";
  }

  /** Whether all can be tried as it comes; otherwise every state is to be met before the tries are spent on what leads nowhere. */
  get #isRoomy(): boolean {
    const { states, events } = this.#configuration;
    const { situationsPerState, mostTries, samples } = this.#options;
    const sends = events.reduce((sum, event) => sum + samples.of(event).length, 0);
    // Besides the events there is a creation, and time.
    const most = states.length * (situationsPerState * (sends + 2) + samples.creations.length) + sends;
    return most <= mostTries;
  }

  async #tryAll(situation: Situation, actions: readonly Action[]): Promise<void> {
    const left = [...actions];
    const again = new Map<Action, number>();
    while (left.length > 0 && !this.#isOver()) {
      const machine = await this.#pool.bring(situation);
      if (machine === undefined) {
        this.#overtaken.add(situation.machine.state);
        return;
      }
      await closing(machine, async () => {
        for (let action = left.shift(); action !== undefined; action = left.shift()) {
          const taken = await this.#try(machine, situation.path, action, situation.machine);
          this.#seen.addStep(taken);
          if (this.#isOvertaken(taken)) {
            const times = again.get(action) ?? 0;
            again.set(action, times + 1);
            if (times < MOST_AGAIN) left.unshift(action);
            else this.#overtaken.add(situation.machine.state);
            return false;
          }
          if (hasHappened(taken)) return await this.#meet(machine, taken, situation);
          if (left.length > 0 && this.#isOver()) break;
        }
        await this.#pool.keep(situation, machine);
        return true;
      });
    }
  }

  /** Whether a timer has moved the machine before what was tried could: where the clock is real, it may. */
  #isOvertaken({ changes }: Taken): boolean {
    return !this.#subject.hasTestClock && changes[0]?.originator === "timer";
  }

  /** Until the first timer is due. */
  async #tryTime(situation: Situation): Promise<void> {
    const machine = await this.#pool.bring(situation);
    if (machine === undefined) return;
    await closing(machine, async () => {
      const ms = Math.max(0, (situation.machine.timers[0]?.dueAt ?? 0) - machine.now());
      const action: Action = { kind: "pass", ms, text: `${ms} ms` };
      const taken = await this.#try(machine, situation.path, action, situation.machine);
      this.#seen.addStep(taken);
      await noteRefusedTimers(machine, this.#seen, new Set());
      return await this.#meet(machine, taken, situation);
    });
  }

  #listEvents(events: readonly string[]): Action[] {
    const { samples } = this.#options;
    return events.flatMap((event) => samples.of(event).map((data) => ({ kind: "send", event, data }) as const));
  }

  async #try(machine: TestMachine, path: readonly Action[], action: Action, before: Presence): Promise<Taken> {
    this.#tries += 1;
    // Each try has an event id of its own, also where it leaves the machine as it was.
    const place = path.length + this.#tries;
    const named: Action = action.kind === "send" ? { ...action, eventId: `try-${place}` } : action;
    const { check, site } = this.#options;
    const fail = (why: string, cause?: unknown): ScenarioError => {
      const story = [...path, action].map((step, i) => `\n    ${i + 1}. ${describeAction(step)}`).join("");
      return new ScenarioError({ message: `a walk has found a way that must not be: ${why}${story}`, site, cause });
    };
    let taken: Taken;
    try {
      taken = await takeStep(machine, named, { before, place });
    } catch (error) {
      if (error instanceof TargetError) throw error;
      throw fail(error instanceof Error ? error.message : String(error), error);
    }
    const broken = findBroken(this.#configuration, taken, check);
    if (broken !== undefined) throw fail(broken);
    return taken;
  }

  /** Remembers where a step has led, to go on from there, unless that is known; answers whether the machine is kept for it. */
  async #meet(machine: TestMachine, taken: Taken, before: Omit<Situation, "machine">): Promise<boolean> {
    const { action, after, changes } = taken;
    const way = { by: before.by, path: [...before.path, action] };
    // A machine need not stay in a state that it comes through.
    const met = [...changes.map(({ to }) => to), ...(typeof after === "string" ? [] : [after.state])];
    for (const one of met) if (!this.#ways.has(one)) this.#ways.set(one, way);
    if (typeof after === "string") return false;
    const { state } = after;
    // What waited and was refused is told nowhere else.
    const refused = before.waiting.length === 0 ? [] : await machine.listRefused();
    const waiting = waitingAfter(before.waiting, taken, new Set(refused.map(({ eventId }) => eventId)));
    const situation: Situation = { ...way, machine: after, waiting };
    const key = keyOf(situation, this.#subject.hasTestClock ? machine.now() : undefined);
    if (this.#known.has(key)) return false;
    const count = this.#perState.get(state) ?? 0;
    if (count >= this.#options.situationsPerState) {
      this.#crowded.add(state);
      return false;
    }
    this.#perState.set(state, count + 1);
    this.#known.add(key);
    this.#queue.push(situation);
    await this.#pool.keep(situation, machine);
    return true;
  }
}

/** Closes the machine unless the work answers that it is kept. */
async function closing(machine: TestMachine, work: () => Promise<boolean>): Promise<void> {
  let isKept = false;
  try {
    isKept = await work();
  } finally {
    if (!isKept) await machine.close(false);
  }
}
