/**
 * What a diagram of a configuration shows, before anybody decides how: states, and arrows with their events. The room
 * `diagram` is pure: it knows the words and limits of the engine's configuration, and no expression, storage, clock,
 * platform or door.
 */
import type { Edge as Move } from "../engine/configuration.ts";
import { EdgeTable, type Edge } from "./edges.ts";
import type { Sketch } from "./sketch.ts";
import type { Trigger } from "./trigger.ts";

/** Where a machine is and how it came there. */
export interface Marks {
  readonly current: string;
  /** Transitions that were taken, each once. Those that the configuration does not have are not drawn. */
  readonly taken: readonly Move[];
}

export interface DrawnState {
  readonly name: string;
  readonly isStart: boolean;
  readonly isFinal: boolean;
  readonly isCurrent: boolean;
  /** A taken transition left or entered it. */
  readonly isVisited: boolean;
  /** Machines in it; absent where nobody counts. */
  readonly count?: number;
}

interface DrawnEvent extends Trigger {
  readonly isTaken: boolean;
}

/** All that leads from one state to another: an event for each transition. */
export interface Arrow {
  /** Position of the state, or ANY_STATE. */
  readonly from: number;
  readonly to: number;
  /** Those taken first, then as the configuration has them; at most EVENTS_PER_ARROW. */
  readonly events: readonly DrawnEvent[];
  /** How many events there are beyond those. */
  readonly moreEvents: number;
  readonly isTaken: boolean;
}

export interface Graph {
  /** In the configuration's order. */
  readonly states: readonly DrawnState[];
  /** By the state they leave. */
  readonly arrows: readonly Arrow[];
  /** Arrows are left out beyond MAX_ARROWS and MAX_LETTERS. */
  readonly isCut: boolean;
  readonly isMarked: boolean;
}

/** The `from` of an arrow that stands for every state that is not final and has no arrow of its own for the event. */
export const ANY_STATE = -1;
/** More would be a wall of text. */
const EVENTS_PER_ARROW = 20;
/** As many as a configuration can have without `*`; a hostile one with `*` would have 250,000. */
const MAX_ARROWS = 5_000;
/** Of all that arrows say: a megabyte or two once it is escaped. Long names under `*` would make fifty. */
const MAX_LETTERS = 400_000;

/**
 * The graph of a configuration. `*` is written out for every state that it stands for, or, gathered, drawn once as
 * ANY_STATE; what a machine has taken is written out in any case. Of a state's transitions for one event those after one
 * without a guard are not drawn: they are never taken.
 */
export function toGraph(sketch: Sketch, marks?: Marks, gatherAny = false): Graph {
  const table = new EdgeTable(sketch);
  const taken = indexTaken(marks?.taken ?? []);
  const arrows: Arrow[] = [];
  const visited = new Set<string>();
  let letters = 0;
  let isCut = false;
  const push = (drawn: readonly Arrow[]): void => {
    arrows.push(...drawn);
    for (const arrow of drawn) letters += countLetters(arrow, sketch.states);
  };
  if (gatherAny) {
    const drafts = new Drafts();
    for (const edge of table.listAnywhere()) drafts.add(edge, false);
    push(drafts.finish(ANY_STATE));
  }
  for (const [from, name] of sketch.states.entries()) {
    const isFull = arrows.length > MAX_ARROWS || letters > MAX_LETTERS;
    const drafts = new Drafts();
    const takenHere = taken.get(name);
    table.forEachFrom(from, (edge) => {
      const event = edge.trigger.name;
      const to = sketch.states[edge.to];
      const isTaken = to !== undefined && takenHere?.get(event)?.has(to) === true;
      if (isTaken) visited.add(name).add(to);
      // Where the state has an arrow of its own for the event, ANY_STATE says nothing about it.
      else if (gatherAny && edge.isAny && !table.hasOwn(from, event) && takenHere?.has(event) !== true) return;
      else if (isFull) {
        isCut = true;
        return;
      }
      drafts.add(edge, isTaken);
    });
    push(drafts.finish(from));
  }
  const states = sketch.states.map((name) => ({
    name,
    isStart: name === sketch.startingState,
    isFinal: sketch.finalStates.has(name),
    isCurrent: name === marks?.current,
    isVisited: visited.has(name),
  }));
  return { states, arrows, isCut, isMarked: marks !== undefined };
}

/** The arrows of one state while they gather events. */
class Drafts {
  readonly #byTarget = new Map<number, { taken: Trigger[]; others: Trigger[]; count: number }>();

  add({ to, trigger }: Edge, isTaken: boolean): void {
    let draft = this.#byTarget.get(to);
    if (draft === undefined) this.#byTarget.set(to, (draft = { taken: [], others: [], count: 0 }));
    draft.count++;
    const list = isTaken ? draft.taken : draft.others;
    if (list.length < EVENTS_PER_ARROW) list.push(trigger);
  }

  finish(from: number): Arrow[] {
    return Array.from(this.#byTarget, ([to, { taken, others, count }]) => {
      const events = [
        ...taken.map((trigger) => ({ ...trigger, isTaken: true })),
        ...others.map((trigger) => ({ ...trigger, isTaken: false })),
      ].slice(0, EVENTS_PER_ARROW);
      return { from, to, events, moreEvents: count - events.length, isTaken: taken.length > 0 };
    });
  }
}

function countLetters({ from, to, events }: Arrow, states: readonly string[]): number {
  const ends = (states[from]?.length ?? 0) + (states[to]?.length ?? 0);
  return events.reduce((sum, { name, when, guard }) => sum + name.length + when.length + guard.length, ends);
}

/** state -> event -> where it led. */
function indexTaken(taken: readonly Move[]): Map<string, Map<string, Set<string>>> {
  const index = new Map<string, Map<string, Set<string>>>();
  for (const { from, to, event } of taken) {
    const events = index.get(from) ?? new Map<string, Set<string>>();
    index.set(from, events.set(event, (events.get(event) ?? new Set()).add(to)));
  }
  return index;
}
