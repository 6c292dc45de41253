/** How a scenario is written: sentences that collect steps, which run when they are awaited. Here is what they say. */
import type { Creation, Unchecked } from "./creation.ts";
import type { Outcome } from "./run-steps.ts";
import type { RefusalMatch } from "./step.ts";
import type { Data, NewMachine } from "./target.ts";
import type { EventOf, KitTypes, Matcher, StateOf } from "./types.ts";

/** What an event is sent with. */
export interface SendOptions<D = Data> {
  readonly data?: D;
  readonly details?: string;
  /** Absent or empty: one that the step's place makes, so that it is the same in every run. */
  readonly eventId?: string;
  readonly originator?: string;
  readonly expectedState?: string;
  readonly expectedRevision?: number;
  /** Where there is no machine, it is created with the event, together or not at all. */
  readonly createIfMissing?: NewMachine;
}

/** What the machine has to be like in a state; what is absent does not matter. */
export interface StateOptions<D = unknown, E extends string = string> {
  /** Of the data what is named has to be like this; the rest does not matter. */
  readonly data?: Matcher<D>;
  /** The data, all of it. */
  readonly exactData?: D;
  readonly labels?: Readonly<Record<string, string | RegExp | undefined>>;
  readonly revision?: number;
  readonly final?: boolean;
  /** All events that the machine would take now, or would for some data; in any order. */
  readonly allowed?: readonly E[];
}

/** What becomes of what was just done; `N` is what goes on from there. */
export interface Then<T extends KitTypes, N> {
  /** The machine has moved, or was created, and is in this state. */
  thenState<S extends StateOf<T>>(state: S, options?: StateOptions<T["states"][S], EventOf<T>>): N;
  /** It was refused, for this reason, and nothing has changed. */
  thenRefused(reason?: string, options?: RefusalMatch): N;
}

/** The same of an event. */
export interface ThenOfEvent<T extends KitTypes, N> extends Then<T, N> {
  /** The event is nothing to this state, and nothing has changed. */
  thenIgnored(): N;
  /** The event waits for a state that takes it, and nothing has changed. */
  thenDeferred(): N;
  /** The event came before: the receipt of then, and nothing has changed. */
  thenDuplicate(): N;
}

/** What the machine is when time has passed. */
export interface ThenOfTime<T extends KitTypes, N> {
  thenState<S extends StateOf<T>>(state: S, options?: StateOptions<T["states"][S], EventOf<T>>): N;
  /** The machine is retired, as its configuration's `retention` has it. */
  thenGone(): N;
}

/** What may be done next. */
export interface Steps<T extends KitTypes, N> {
  when<E extends EventOf<T>>(event: E, options?: SendOptions<T["events"][E]>): ThenOfEvent<T, N>;
  /** An event whose name and data are not checked by types. */
  when(event: Unchecked, options?: SendOptions): ThenOfEvent<T, N>;
  /** A creation, also where there is a machine. */
  when(creation: Creation<StateOf<T>>): Then<T, N>;
  /** Lets time pass: a duration, `PT30M` or `30m`. */
  after(duration: string): ThenOfTime<T, N>;
  /** Another way to go on from here, on a machine of its own that has come the same way. */
  fork(name: string, write: (it: Branch<T>) => Branch<T>): N;
}

/** What a fork goes on with. */
export interface Branch<T extends KitTypes> extends Steps<T, Branch<T>> {
  readonly isBranch: true;
}

/** A scenario that may go on, or be run. Each step makes a new one: a beginning may be shared. */
export interface Scenario<T extends KitTypes> extends Steps<T, Scenario<T>>, PromiseLike<Outcome> {
  /** Runs it, as `await` does; each time on new machines. Rejects with a ScenarioError. */
  run(): Promise<Outcome>;
}

/** A scenario that has just begun: what becomes of its creation may be told. */
export interface Given<T extends KitTypes> extends Scenario<T>, Then<T, Scenario<T>> {}
