import { checkConfiguration } from "./check-configuration.ts";
import {
  DEFAULT_VERSION,
  type Configuration,
  type ConfigurationSource,
  type Transition,
  type TransitionSource,
  type Unhandled,
} from "./configuration.ts";
import { parseDuration } from "./duration.ts";
import { EdgeIndex } from "./edge-index.ts";
import type { Finding } from "./finding.ts";
import { loadExpression } from "./expression/expression.ts";
import { SchemaRule } from "./schema-rule.ts";

/** A configuration ready for stepping, or why it is refused. */
export type Compilation =
  | { readonly ok: true; readonly configuration: Configuration; readonly warnings: Finding[] }
  | { readonly ok: false; readonly errors: Finding[]; readonly warnings: Finding[] };

/** Where a configuration does not say: long enough for events that overtake each other, short enough to hear of one that came to nothing. */
const DEFER_FOR_MS = 60 * 60 * 1_000;

/** Checks a configuration and indexes it for stepping; an absent or empty version becomes `v1`. */
export function compileConfiguration(source: ConfigurationSource): Compilation {
  const findings = checkConfiguration(source);
  const warnings = findings.filter(({ severity }) => severity === "warning");
  const errors = findings.filter(({ severity }) => severity === "error");
  if (errors.length > 0) return { ok: false, errors, warnings };

  return { ok: true, warnings, configuration: loadConfiguration(source) };
}

/**
 * Indexes a configuration that was checked when it was stored. It is not checked again: a rule that came since must not
 * stop the machines that live by it.
 */
export function loadConfiguration(source: ConfigurationSource): Configuration {
  const states = [...(source.states ?? [])];
  const transitions = (source.transitions ?? []).map(loadTransition);
  const named = new Set(transitions.map(({ from }) => from));
  const finalStates = new Set(states.filter((state) => !named.has(state)));
  const options = new Map(Object.entries(source.state_options ?? {}));
  // protobuf cannot tell an empty list from none, so both mean "any state".
  const initialStates = source.initial_states?.length ? source.initial_states : states;
  return {
    name: source.name ?? "",
    version: source.version || DEFAULT_VERSION,
    startingState: source.starting_state ?? "",
    states,
    transitions,
    initialStates: [...new Set(initialStates)],
    finalStates,
    events: [...new Set(transitions.map(({ event }) => event))],
    retention: {
      outcomesMs: durationOf(source.retention?.outcomes),
      finalMs: durationOf(source.retention?.final),
      historyMs: durationOf(source.retention?.history),
    },
    stateSchemas: loadSchemas(source.state_options),
    eventSchemas: loadSchemas(source.event_options),
    unhandledIn: (state) => unhandledOf(options.get(state)?.unhandled || source.unhandled),
    deferForMs: durationOf(source.defer_for) ?? DEFER_FOR_MS,
    edges: new EdgeIndex(states, transitions, finalStates),
  };
}

function loadTransition(source: TransitionSource, position: number): Transition {
  // The checks passed, so the three are there. protobuf cannot tell an empty text from none.
  const { from = "", to = "", event = "", guard, assign, after, deadline } = source;
  return {
    from,
    to,
    event,
    position,
    guard: guard ? loadExpression(guard, "guard") : undefined,
    assign: new Map(Object.entries(assign ?? {}).map(([field, text]) => [field, loadExpression(text, "assign")])),
    afterMs: durationOf(after),
    after: after || undefined,
    deadline: deadline ? loadExpression(deadline, "deadline") : undefined,
  };
}

function loadSchemas(options: Record<string, { schema?: Record<string, unknown> }> | undefined) {
  return new Map(
    Object.entries(options ?? {}).flatMap(([name, { schema }]) =>
      hasMembers(schema) ? [[name, new SchemaRule(schema)] as const] : [],
    ),
  );
}

function hasMembers(schema: Record<string, unknown> | undefined): schema is Record<string, unknown> {
  return schema !== undefined && Object.keys(schema).length > 0;
}

function unhandledOf(text: string | undefined): Unhandled {
  return text === "ignore" || text === "defer" ? text : "reject";
}

function durationOf(text: string | null | undefined): number | undefined {
  return text ? parseDuration(text) : undefined;
}
