/** What tables tell of a configuration: its states and events, with what is said of each where. */
import type { ConfigurationSource } from "../../../engine/configuration.ts";

type Schema = Record<string, unknown> | undefined;

export interface OutlinedState {
  readonly name: string;
  /** Where a machine begins that is created without a state. */
  readonly isStart: boolean;
  /** One of those that a creation may ask for; false of all where any may be asked for. */
  readonly isInitial: boolean;
  /** No transition leads out of it. */
  readonly isFinal: boolean;
  readonly schema: Schema;
  /** What becomes of a known event that has no transition here; undefined: as the configuration says. */
  readonly unhandled: string | undefined;
}

/** In the order of the configuration. */
export function listStates(source: ConfigurationSource): OutlinedState[] {
  const { states = [], transitions = [], initial_states = [], starting_state } = source;
  const options = new Map(Object.entries(source.state_options ?? {}));
  const left = new Set(transitions.map(({ from }) => from));
  const initial = new Set(initial_states);
  return states.map((name) => ({
    name,
    isStart: name === starting_state,
    isInitial: initial.has(name),
    isFinal: !left.has(name),
    schema: options.get(name)?.schema,
    unhandled: options.get(name)?.unhandled,
  }));
}

export interface OutlinedEvent {
  readonly name: string;
  /** How many transitions it has. */
  readonly transitions: number;
  /** Detent sends it itself, too. */
  readonly isTimed: boolean;
  readonly schema: Schema;
}

/** In the order in which they first appear. */
export function listEvents({ transitions = [], event_options }: ConfigurationSource): OutlinedEvent[] {
  const options = new Map(Object.entries(event_options ?? {}));
  return Array.from(
    Map.groupBy(transitions, ({ event = "" }) => event),
    ([name, all]) => ({
      name,
      transitions: all.length,
      isTimed: all.some(({ after, deadline }) => Boolean(after) || Boolean(deadline)),
      schema: options.get(name)?.schema,
    }),
  );
}
