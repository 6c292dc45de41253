/** What StateService does with a chart, as its README and its answers tell: a model that shares no code with ours. */

interface RawState {
  readonly name: string;
  readonly func?: "increment" | "time";
  readonly current?: { readonly key: string; readonly value: number };
  readonly target?: { readonly name: string; readonly when: { readonly key: string; readonly value: number | string } };
}

/** A chart as it stands in a file. */
export interface RawChart {
  readonly current_state: string;
  readonly states: readonly RawState[];
}

export class ChartModel {
  readonly #states: readonly RawState[];
  readonly #counts: Map<string, number>;
  #current: string;
  #now: number;

  constructor({ current_state, states }: RawChart, now: number) {
    this.#states = states;
    this.#current = current_state;
    this.#counts = new Map(states.flatMap(({ name, current }) => (current ? [[name, current.value]] : [])));
    this.#now = now;
    this.passTo(now);
  }

  get currentState(): string {
    return this.#current;
  }

  get counters(): Record<string, Record<string, number>> {
    return Object.fromEntries(
      this.#states.flatMap(({ name, current }) =>
        current ? [[name, Object.fromEntries([[current.key, this.#counts.get(name) ?? Number.NaN]])]] : [],
      ),
    );
  }

  /** Whether it is answered with 200. */
  put(name: string): boolean {
    const state = this.#find(this.#current);
    if (state.func !== "increment" || this.#current !== name) return false;
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    if (count === state.target?.when.value) this.#current = state.target.name;
    this.passTo(this.#now);
    return true;
  }

  passTo(now: number): void {
    this.#now = now;
    for (;;) {
      const { func, target } = this.#find(this.#current);
      if (func !== "time" || target === undefined || Date.parse(`${target.when.value}Z`) > now) return;
      this.#current = target.name;
    }
  }

  /** As it saves itself after every change. */
  save(): RawChart {
    const states = this.#states.map((state) => {
      const count = this.#counts.get(state.name);
      return state.current && count !== undefined ? { ...state, current: { ...state.current, value: count } } : state;
    });
    return { current_state: this.#current, states };
  }

  #find(name: string): RawState {
    const found = this.#states.find((state) => state.name === name);
    if (found === undefined) throw new Error(`there is no state ${name}`);
    return found;
  }
}
