/**
 * The transitions that can be taken, state by state: of those for one event the first wins, `*` included. The engine's own
 * index answers the same for one state at a time; written out for all of them it would cost seconds of CPU.
 */
import type { Configuration } from "../engine/configuration.ts";

export interface Edge {
  readonly event: string;
  /** Position of the state it enters. */
  readonly to: number;
  /** Its transition says `*`. */
  readonly isAny: boolean;
}

interface Numbered extends Edge {
  /** Of the transition in the configuration. */
  readonly position: number;
}

/** Transitions of one `from`, the first for each event. */
class FirstOfEach {
  readonly list: Numbered[] = [];
  readonly #positions = new Map<string, number>();

  add(edge: Numbered): void {
    if (this.#positions.has(edge.event)) return;
    this.#positions.set(edge.event, edge.position);
    this.list.push(edge);
  }

  /** Whether it has one for the same event that comes earlier. */
  precedes(edge: Numbered): boolean {
    const position = this.#positions.get(edge.event);
    return position !== undefined && position < edge.position;
  }
}

export class EdgeTable {
  readonly #own: FirstOfEach[];
  readonly #anywhere = new FirstOfEach();
  readonly #isFinal: boolean[];

  constructor({ states, transitions, finalStates }: Configuration) {
    const positions = new Map(states.map((state, i) => [state, i]));
    this.#own = states.map(() => new FirstOfEach());
    this.#isFinal = states.map((state) => finalStates.has(state));
    for (const [position, { from, to, event }] of transitions.entries()) {
      const isAny = from === "*";
      const list = isAny ? this.#anywhere : this.#own[positions.get(from) ?? -1];
      list?.add({ event, to: positions.get(to) ?? 0, isAny, position });
    }
  }

  /** Calls `visit` with every edge that leaves a state, in the configuration's order. */
  forEachFrom(state: number, visit: (edge: Edge) => void): void {
    const own = this.#own[state];
    if (own === undefined || this.#isFinal[state]) return;
    let next = 0;
    const visitOwnBefore = (position: number): void => {
      for (let edge = own.list[next]; edge !== undefined && edge.position < position; edge = own.list[++next])
        if (!this.#anywhere.precedes(edge)) visit(edge);
    };
    for (const edge of this.#anywhere.list) {
      visitOwnBefore(edge.position);
      if (!own.precedes(edge)) visit(edge);
    }
    visitOwnBefore(Infinity);
  }

  /** The edges of `*` that hold in some state. */
  listAnywhere(): Edge[] {
    const living = this.#own.filter((_, state) => !this.#isFinal[state]);
    const overridden = (edge: Numbered): boolean => living.every((own) => own.precedes(edge));
    return this.#anywhere.list.filter((edge) => !overridden(edge));
  }
}
