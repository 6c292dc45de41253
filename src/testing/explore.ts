/**
 * Tries everything: from a new machine, every event with every sample, then the same from whatever that has led to. What a
 * machine can be is told apart by its state, its data, what waits and what is due: a situation.
 */
import type { Configuration } from "../engine/configuration.ts";
import { canonicalJson } from "../json.ts";
import { describeAction } from "./describe.ts";
import { findBroken, type Check } from "./invariants.ts";
import type { Samples } from "./samples.ts";
import { ScenarioError } from "./scenario-error.ts";
import { Seen } from "./seen.ts";
import type { Action, Site } from "./step.ts";
import type { Machine, Presence, Receipt, Subject, TestMachine } from "./target.ts";
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

/** How a state was reached. */
interface Way {
  /** `creation`: it begins with a machine that was created in a state to which no event led. */
  readonly by: "events" | "creation";
  /** What was done, from the creation on: a shortest way. */
  readonly path: readonly Action[];
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

interface Situation {
  readonly path: readonly Action[];
  readonly by: Way["by"];
  /** Names of deferred events. */
  readonly waiting: readonly string[];
}

export async function explore(
  subject: Subject,
  configuration: Configuration,
  options: ExploreOptions,
): Promise<Exploration> {
  return await new Explorer(subject, configuration, options).run();
}

class Explorer {
  readonly #subject: Subject;
  readonly #configuration: Configuration;
  readonly #options: ExploreOptions;
  readonly #seen = new Seen();
  readonly #ways = new Map<string, Way>();
  readonly #queue: Situation[] = [];
  readonly #known = new Set<string>();
  readonly #perState = new Map<string, number>();
  readonly #crowded = new Set<string>();
  #tries = 0;

  constructor(subject: Subject, configuration: Configuration, options: ExploreOptions) {
    this.#subject = subject;
    this.#configuration = configuration;
    this.#options = options;
  }

  async run(): Promise<Exploration> {
    await this.#tryWithoutMachine();
    for (const creation of this.#options.samples.creations) await this.#begin(creation, "events");
    await this.#goOn();
    const { states, initialStates } = this.#configuration;
    for (const state of states) {
      if (this.#isSpent || this.#ways.has(state) || !initialStates.includes(state)) continue;
      for (const creation of this.#options.samples.creations) await this.#begin({ ...creation, state }, "creation");
      await this.#goOn();
    }
    const { situationsPerState, mostTries } = this.#options;
    const crowded = [...this.#crowded].map((state) => JSON.stringify(state)).join(", ");
    const cuts = [
      ...(crowded === "" ? [] : [`of ${crowded} more than ${situationsPerState} situations were met`]),
      ...(this.#isSpent ? [`${mostTries} steps were tried, and there are more`] : []),
    ];
    const { size: situations } = this.#known;
    return { seen: this.#seen, ways: this.#ways, situations, tries: this.#tries, cuts };
  }

  get #isSpent(): boolean {
    return this.#tries >= this.#options.mostTries;
  }

  async #tryWithoutMachine(): Promise<void> {
    await this.#onMachine([], async (machine, presence) => {
      for (const action of this.#listEvents()) this.#note(await this.#try(machine, [], action, presence));
    });
  }

  async #begin(creation: object, by: Way["by"]): Promise<void> {
    const action: Action = { kind: "create", ...creation };
    await this.#onMachine([], async (machine) => {
      const taken = await this.#try(machine, [], action, "none");
      // What is created only to get at a state is no part of what was asked.
      if (by === "events") this.#note(taken);
      this.#meet(machine, taken, { path: [action], by, waiting: [] });
    });
  }

  async #goOn(): Promise<void> {
    for (let situation = this.#queue.shift(); situation !== undefined; situation = this.#queue.shift()) {
      const { path } = situation;
      const left = [{ kind: "create" } as const, ...this.#listEvents()];
      while (!this.#isSpent && left.length > 0) {
        await this.#onMachine(path, (machine, presence) => this.#tryUntilMoved(machine, presence, situation, left));
      }
      if (!this.#isSpent && this.#subject.hasTestClock) {
        await this.#onMachine(path, (machine, presence) => this.#tryTime(machine, presence, situation));
      }
    }
  }

  /** What leaves the machine as it was leaves it to the next try; what does not needs another one, come the same way. */
  async #tryUntilMoved(machine: TestMachine, presence: Presence, situation: Situation, left: Action[]): Promise<void> {
    while (!this.#isSpent) {
      const action = left.shift();
      if (action === undefined) return;
      const taken = await this.#try(machine, situation.path, action, presence);
      this.#note(taken);
      if (!hasHappened(taken)) continue;
      this.#meet(machine, taken, situation);
      return;
    }
  }

  /** Until the first timer is due. */
  async #tryTime(machine: TestMachine, presence: Presence, situation: Situation): Promise<void> {
    const [timer] = typeof presence === "string" ? [] : presence.timers;
    if (timer === undefined) return;
    const ms = Math.max(0, timer.dueAt - machine.now());
    const action: Action = { kind: "pass", ms, text: `${ms} ms` };
    const taken = await this.#try(machine, situation.path, action, presence);
    this.#note(taken);
    await noteRefusedTimers(machine, this.#seen, new Set());
    this.#meet(machine, taken, situation);
  }

  #listEvents(): Action[] {
    const { events } = this.#configuration;
    const { samples } = this.#options;
    return events.flatMap((event) => samples.of(event).map((data) => ({ kind: "send", event, data }) as const));
  }

  /** A machine that has come this way. */
  async #onMachine(
    path: readonly Action[],
    work: (machine: TestMachine, presence: Presence) => Promise<void>,
  ): Promise<void> {
    const machine = this.#subject.newMachine();
    try {
      let presence: Presence = "none";
      for (const [place, action] of path.entries()) {
        ({ after: presence } = await takeStep(machine, action, { before: presence, place }));
      }
      await work(machine, presence);
    } finally {
      await machine.close(false);
    }
  }

  async #try(machine: TestMachine, path: readonly Action[], action: Action, before: Presence): Promise<Taken> {
    this.#tries += 1;
    // Each try has an event id of its own, also where it leaves the machine as it was.
    const place = path.length + this.#tries;
    const { configuration, check, site } = { configuration: this.#configuration, ...this.#options };
    const fail = (why: string, cause?: unknown): ScenarioError => {
      const story = [...path, action].map((step, i) => `\n    ${i + 1}. ${describeAction(step)}`).join("");
      return new ScenarioError({ message: `a walk has found a way that must not be: ${why}${story}`, site, cause });
    };
    let taken: Taken;
    try {
      taken = await takeStep(machine, action, { before, place });
    } catch (error) {
      throw fail(error instanceof Error ? error.message : String(error), error);
    }
    const broken = findBroken(configuration, taken, check);
    if (broken !== undefined) throw fail(broken);
    return taken;
  }

  #note(taken: Taken): void {
    this.#seen.addStep(taken);
  }

  /** Remembers where a step has led from a situation, to go on from there later, unless that is known. */
  #meet(machine: TestMachine, taken: Taken, before: Situation): void {
    const { action, after } = taken;
    if (typeof after === "string") return;
    const { state } = after;
    const path = before.path.length === 1 && before.path[0] === action ? before.path : [...before.path, action];
    const next = { path, by: before.by, waiting: waitingAfter(before.waiting, taken) };
    if (!this.#ways.has(state)) this.#ways.set(state, next);
    const key = this.#keyOf(machine, after, next.waiting);
    if (this.#known.has(key)) return;
    const count = this.#perState.get(state) ?? 0;
    if (count >= this.#options.situationsPerState) {
      this.#crowded.add(state);
      return;
    }
    this.#perState.set(state, count + 1);
    this.#known.add(key);
    this.#queue.push(next);
  }

  #keyOf(machine: TestMachine, { state, data, timers }: Machine, waiting: readonly string[]): string {
    // Where the clock is real, no two machines have the same time left.
    const due = this.#subject.hasTestClock ? timers.map(({ event, dueAt }) => [event, dueAt - machine.now()]) : [];
    return canonicalJson([state, data, due, waiting]);
  }
}

/** What waits after a step: one event more where it was deferred, and those no longer that were taken along with it. */
function waitingAfter(waiting: readonly string[], taken: Taken): string[] {
  const { action, changes } = taken;
  if (isDeferred(taken)) return [...waiting, action.kind === "send" ? action.event : ""];
  const left = [...waiting];
  for (const { event } of changes.slice(1)) {
    const at = left.indexOf(event);
    if (at >= 0) left.splice(at, 1);
  }
  return left;
}

function isDeferred({ action, answer }: Pick<Taken, "action" | "answer">): boolean {
  return action.kind === "send" && answer?.ok === true && (answer.value as Receipt).result === "deferred";
}

/** Whether the machine is no longer the same, also where that cannot be seen. */
function hasHappened(taken: Taken): boolean {
  const { action, answer, changes } = taken;
  return changes.length > 0 || (answer?.ok === true && action.kind === "create") || isDeferred(taken);
}
