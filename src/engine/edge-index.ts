import type { Transition } from "./configuration.ts";

type EventEdges = ReadonlyMap<string, readonly Transition[]>;
type Numbered = readonly [position: number, transition: Transition];

// A few hundred states times thousands of `*` transitions would be millions of entries.
const KEPT_STATES = 64;

/**
 * state -> event -> transitions, as a read-only map whose entries are made when they are asked for: a
 * machine visits few states, and `*` written out for all of them could exhaust an isolate's memory.
 * The transitions it gives name the actual state as their `from`.
 */
export class EdgeIndex implements ReadonlyMap<string, EventEdges> {
  readonly #states: readonly string[];
  readonly #finals: ReadonlySet<string>;
  readonly #own = new Map<string, Numbered[]>();
  readonly #anywhere: Numbered[] = [];
  readonly #made = new Map<string, EventEdges>();

  constructor(states: readonly string[], transitions: readonly Transition[], finalStates: ReadonlySet<string>) {
    this.#states = states;
    this.#finals = finalStates;
    for (const state of states) this.#own.set(state, []);
    for (const [position, transition] of transitions.entries()) {
      const list = transition.from === "*" ? this.#anywhere : this.#own.get(transition.from);
      list?.push([position, transition]);
    }
  }

  get size(): number {
    return this.#states.length;
  }

  has(state: string): boolean {
    return this.#own.has(state);
  }

  get(state: string): EventEdges | undefined {
    const own = this.#own.get(state);
    if (!own) return undefined;
    let edges = this.#made.get(state);
    if (!edges) {
      if (this.#made.size >= KEPT_STATES) this.#made.clear();
      edges = this.#finals.has(state) ? new Map() : groupByEvent(state, [...own, ...this.#anywhere]);
      this.#made.set(state, edges);
    }
    return edges;
  }

  *entries(): MapIterator<[string, EventEdges]> {
    for (const state of this.#states) yield [state, this.get(state) ?? new Map()];
  }

  keys(): MapIterator<string> {
    return this.#own.keys();
  }

  *values(): MapIterator<EventEdges> {
    for (const [, edges] of this.entries()) yield edges;
  }

  [Symbol.iterator](): MapIterator<[string, EventEdges]> {
    return this.entries();
  }

  forEach(visit: (edges: EventEdges, state: string, map: ReadonlyMap<string, EventEdges>) => void): void {
    for (const [state, edges] of this.entries()) visit(edges, state, this);
  }
}

function groupByEvent(state: string, numbered: Numbered[]): EventEdges {
  const edges = new Map<string, Transition[]>();
  for (const [, transition] of numbered.toSorted(([a], [b]) => a - b)) {
    const resolved = transition.from === state ? transition : { ...transition, from: state };
    const list = edges.get(transition.event);
    if (list) list.push(resolved);
    else edges.set(transition.event, [resolved]);
  }
  return edges;
}
