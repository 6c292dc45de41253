import type { Transition } from "./configuration.ts";

type EventEdges = ReadonlyMap<string, readonly Transition[]>;
type Numbered = readonly [position: number, transition: Transition];

// A few hundred states times thousands of `*` transitions would be millions of entries.
const KEPT_STATES = 64;

/**
 * state -> event -> transitions, made when they are asked for: a machine visits few states, and `*`
 * written out for all of them could exhaust an isolate's memory.
 * The transitions it gives name the actual state as their `from`.
 */
export class EdgeIndex {
  readonly #finals: ReadonlySet<string>;
  readonly #own = new Map<string, Numbered[]>();
  readonly #anywhere: Numbered[] = [];
  readonly #made = new Map<string, { readonly byEvent: EventEdges; readonly timed: readonly Transition[] }>();

  constructor(states: readonly string[], transitions: readonly Transition[], finalStates: ReadonlySet<string>) {
    this.#finals = finalStates;
    for (const state of states) this.#own.set(state, []);
    for (const [position, transition] of transitions.entries()) {
      const list = transition.from === "*" ? this.#anywhere : this.#own.get(transition.from);
      list?.push([position, transition]);
    }
  }

  /** What may happen in a state, by event; undefined for what is no state. */
  get(state: string): EventEdges | undefined {
    return this.#make(state)?.byEvent;
  }

  /** The transitions of a state that are taken by themselves, in order. */
  listTimed(state: string): readonly Transition[] {
    return this.#make(state)?.timed ?? [];
  }

  #make(state: string) {
    const own = this.#own.get(state);
    if (!own) return undefined;
    let made = this.#made.get(state);
    if (!made) {
      if (this.#made.size >= KEPT_STATES) this.#made.clear();
      const byEvent = this.#finals.has(state)
        ? new Map<string, never>()
        : groupByEvent(state, [...own, ...this.#anywhere]);
      made = {
        byEvent,
        timed: [...byEvent.values()]
          .flat()
          .filter(isTimed)
          .toSorted((a, b) => a.position - b.position),
      };
      this.#made.set(state, made);
    }
    return made;
  }
}

function isTimed({ afterMs, deadline }: Transition): boolean {
  return afterMs !== undefined || deadline !== undefined;
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
