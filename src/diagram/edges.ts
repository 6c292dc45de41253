/**
 * The transitions that can be taken, state by state: of those for one event none is taken after one without a guard, `*`
 * included. The engine's own index answers the same for one state at a time; written out for all of them it would cost
 * seconds of CPU.
 */
import type { Sketch, SketchedTransition } from "./sketch.ts";
import { readTrigger, type Trigger } from "./trigger.ts";

export interface Edge {
  readonly trigger: Trigger;
  /** Position of the state it enters. */
  readonly to: number;
  /** Its transition says `*`. */
  readonly isAny: boolean;
}

interface Numbered extends Edge {
  /** Of the transition among all. */
  readonly position: number;
}

/** Transitions of one `from`, for each event up to the first without a guard. */
class UpToUnguarded {
  readonly list: Numbered[] = [];
  /** Events in the list. */
  readonly events = new Set<string>();
  /** Event -> position of its transition without a guard. */
  readonly #ends = new Map<string, number>();

  add(edge: Numbered, isGuarded: boolean): void {
    const { name } = edge.trigger;
    if (this.#ends.has(name)) return;
    // Transitions whose events have no name yet are not about the same event.
    if (!isGuarded && name !== "") this.#ends.set(name, edge.position);
    this.events.add(name);
    this.list.push(edge);
  }

  /** Whether it has one for the same event that comes earlier and is always taken. */
  hides({ trigger, position }: Numbered): boolean {
    const end = this.#ends.get(trigger.name);
    return end !== undefined && end < position;
  }

  /** What of it another list leaves to be taken. */
  without(other: UpToUnguarded): { readonly list: readonly Numbered[]; readonly events: ReadonlySet<string> } {
    const list = this.list.filter((edge) => !other.hides(edge));
    if (list.length === this.list.length) return this;
    return { list, events: new Set(list.map(({ trigger }) => trigger.name)) };
  }
}

export class EdgeTable {
  readonly #all: readonly UpToUnguarded[];
  /** The same without what `*` hides. */
  readonly #own: readonly ReturnType<UpToUnguarded["without"]>[];
  readonly #anywhere = new UpToUnguarded();
  readonly #isFinal: readonly boolean[];

  constructor({ states, transitions, finalStates }: Sketch) {
    const positions = new Map(states.map((state, i) => [state, i]));
    this.#all = states.map(() => new UpToUnguarded());
    this.#isFinal = states.map((state) => finalStates.has(state));
    for (const [position, transition] of transitions.entries()) {
      const { from, to } = transition;
      const isAny = from === "*";
      const list = isAny ? this.#anywhere : this.#all[positions.get(from) ?? -1];
      list?.add(numberedOf(transition, position, positions.get(to) ?? 0), transition.guard !== undefined);
    }
    this.#own = this.#all.map((own) => own.without(this.#anywhere));
  }

  /** Calls `visit` with every edge that leaves a state, in the configuration's order. */
  forEachFrom(state: number, visit: (edge: Edge) => void): void {
    const [all, own] = [this.#all[state], this.#own[state]];
    if (all === undefined || own === undefined || this.#isFinal[state]) return;
    let next = 0;
    const visitOwnBefore = (position: number): void => {
      for (let edge = own.list[next]; edge !== undefined && edge.position < position; edge = own.list[++next])
        visit(edge);
    };
    for (const edge of this.#anywhere.list) {
      visitOwnBefore(edge.position);
      if (!all.hides(edge)) visit(edge);
    }
    visitOwnBefore(Infinity);
  }

  /** Whether an edge of an event that leaves the state is not of `*`. */
  hasOwn(state: number, event: string): boolean {
    return this.#own[state]?.events.has(event) ?? false;
  }

  /** The edges of `*` for whose events some state has none of its own. */
  listAnywhere(): Edge[] {
    const counts = new Map<string, number>();
    const living = this.#own.filter((_, state) => !this.#isFinal[state]);
    for (const { events } of living) for (const event of events) counts.set(event, (counts.get(event) ?? 0) + 1);
    return this.#anywhere.list.filter(({ trigger }) => counts.get(trigger.name) !== living.length);
  }
}

function numberedOf(transition: SketchedTransition, position: number, to: number): Numbered {
  return { trigger: readTrigger(transition), to, isAny: transition.from === "*", position };
}
