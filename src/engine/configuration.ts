/**
 * What a configuration is: the words of the definition, as uploaded and as compiled.
 * Pure: knows nothing of storage, clocks or doors.
 */

import type { Expression } from "./expression/expression.ts";
import type { SchemaRule } from "./schema-rule.ts";

/** Any JSON object, as parsed. */
type JsonObject = { [key: string]: unknown };

/** An edge as uploaded; `from` may be `*`, which stands for every state that is not final. */
export interface TransitionSource {
  from?: string;
  to?: string;
  event?: string;
  guard?: string;
  assign?: Record<string, string>;
  after?: string;
  deadline?: string;
}

/** How long what is kept: durations, or null for the default. */
interface RetentionSource {
  outcomes?: string | null;
  final?: string | null;
  history?: string | null;
}

/** A configuration as uploaded: of the right shape (types, no unknown fields), its rules not yet checked. */
export interface ConfigurationSource {
  name?: string;
  version?: string;
  starting_state?: string;
  states?: string[];
  transitions?: TransitionSource[];
  initial_states?: string[];
  state_options?: Record<string, { schema?: JsonObject; unhandled?: string }>;
  event_options?: Record<string, { schema?: JsonObject }>;
  unhandled?: string;
  defer_for?: string;
  retention?: RetentionSource;
}

/** A way from one state to another. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly event: string;
}

/** An edge that passed the checks, with its conditions. */
export interface Transition extends Edge {
  /** Its place in the configuration: it numbers its timer. */
  readonly position: number;
  readonly guard: Expression | undefined;
  /** Fields of the machine's data, all evaluated against the data before the event. */
  readonly assign: ReadonlyMap<string, Expression>;
  /** Detent sends the event itself, so long after the state was entered. */
  readonly afterMs: number | undefined;
  /** The same as it was written. */
  readonly after: string | undefined;
  /** The same at a time that is told on entry. */
  readonly deadline: Expression | undefined;
}

/** What becomes of a known event for which there is no transition in a state. */
export type Unhandled = "reject" | "ignore" | "defer";

/** A checked configuration, indexed for stepping. Make it with `compileConfiguration`. */
export interface Configuration {
  readonly name: string;
  readonly version: string;
  readonly startingState: string;
  readonly states: readonly string[];
  readonly transitions: readonly Transition[];
  /** States a machine may be created in. */
  readonly initialStates: readonly string[];
  /** States that no transition names as its `from`. */
  readonly finalStates: ReadonlySet<string>;
  /** Event names, in order of first appearance. */
  readonly events: readonly string[];
  /** How long what is kept, in ms; undefined: as the deployment says. */
  readonly retention: {
    readonly outcomesMs: number | undefined;
    readonly finalMs: number | undefined;
    readonly historyMs: number | undefined;
  };
  /** What the data of a machine in a state must look like; and of what a state names, an event brings it. */
  readonly stateSchemas: ReadonlyMap<string, SchemaRule>;
  /** What the data of an event must look like. */
  readonly eventSchemas: ReadonlyMap<string, SchemaRule>;
  unhandledIn(state: string): Unhandled;
  /** How long a deferred event is tried again. */
  readonly deferForMs: number;
  /** state -> event -> the transitions that may be taken, in order; `*` is resolved. */
  readonly edges: {
    get(state: string): ReadonlyMap<string, readonly Transition[]> | undefined;
    /** Those of a state that Detent takes itself. */
    listTimed(state: string): readonly Transition[];
  };
}

/** What an absent or empty version becomes. */
export const DEFAULT_VERSION = "v1";

/** `name:version`, the identity of a configuration. */
export function configIdOf(name: string, version: string): string {
  return `${name}:${version}`;
}
