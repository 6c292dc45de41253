/**
 * What a diagram of a configuration shows, before anybody decides how: states, and arrows with their events. The room
 * `diagram` is pure: it knows the engine's configuration and no storage, clock, platform or door.
 */
import type { Configuration, Edge as Move } from "../engine/configuration.ts";
import { EdgeTable, type Edge } from "./edges.ts";

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
}

interface DrawnEvent {
  readonly name: string;
  readonly isTaken: boolean;
}

/** All events that lead from one state to another. */
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
  /** Arrows are left out beyond MAX_ARROWS. */
  readonly isCut: boolean;
  readonly isMarked: boolean;
}

/** The `from` of an arrow that stands for every state that is not final and has no arrow of its own for the event. */
export const ANY_STATE = -1;
/** More would be a wall of text. */
const EVENTS_PER_ARROW = 20;
/** As many as a configuration can have without `*`; a hostile one with `*` would have 250,000. */
export const MAX_ARROWS = 5_000;

/**
 * The graph of a configuration. `*` is written out for every state that it stands for, or, gathered, drawn once as
 * ANY_STATE; what a machine has taken is written out in any case. Of a state's transitions for one event only the first
 * is drawn: the others are never taken.
 */
export function toGraph(configuration: Configuration, marks?: Marks, gatherAny = false): Graph {
  const table = new EdgeTable(configuration);
  const taken = indexTaken(marks?.taken ?? []);
  const arrows: Arrow[] = [];
  const visited = new Set<string>();
  let isCut = false;
  if (gatherAny) {
    const drafts = new Drafts();
    for (const edge of table.listAnywhere()) drafts.add(edge, false);
    arrows.push(...drafts.finish(ANY_STATE));
  }
  for (const [from, name] of configuration.states.entries()) {
    const isFull = arrows.length > MAX_ARROWS;
    const drafts = new Drafts();
    const takenHere = taken.get(name);
    table.forEachFrom(from, (edge) => {
      const to = configuration.states[edge.to];
      const isTaken = takenHere !== undefined && to !== undefined && takenHere.get(edge.event) === to;
      if (isTaken) visited.add(name).add(to);
      else if (gatherAny && edge.isAny) return;
      else if (isFull) {
        isCut = true;
        return;
      }
      drafts.add(edge, isTaken);
    });
    arrows.push(...drafts.finish(from));
  }
  const states = configuration.states.map((name) => ({
    name,
    isStart: name === configuration.startingState,
    isFinal: configuration.finalStates.has(name),
    isCurrent: name === marks?.current,
    isVisited: visited.has(name),
  }));
  return { states, arrows, isCut, isMarked: marks !== undefined };
}

/** The arrows of one state while they gather events. */
class Drafts {
  readonly #byTarget = new Map<number, { taken: string[]; others: string[]; count: number }>();

  add({ to, event }: Edge, isTaken: boolean): void {
    let draft = this.#byTarget.get(to);
    if (draft === undefined) this.#byTarget.set(to, (draft = { taken: [], others: [], count: 0 }));
    draft.count++;
    const list = isTaken ? draft.taken : draft.others;
    if (list.length < EVENTS_PER_ARROW) list.push(event);
  }

  finish(from: number): Arrow[] {
    return Array.from(this.#byTarget, ([to, { taken, others, count }]) => {
      const events = [
        ...taken.map((name) => ({ name, isTaken: true })),
        ...others.map((name) => ({ name, isTaken: false })),
      ].slice(0, EVENTS_PER_ARROW);
      return { from, to, events, moreEvents: count - events.length, isTaken: taken.length > 0 };
    });
  }
}

/** state -> event -> where it led. */
function indexTaken(taken: readonly Move[]): Map<string, Map<string, string>> {
  const index = new Map<string, Map<string, string>>();
  for (const { from, to, event } of taken) {
    const events = index.get(from) ?? new Map<string, string>();
    index.set(from, events.set(event, to));
  }
  return index;
}
