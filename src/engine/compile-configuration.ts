import { checkConfiguration } from "./check-configuration.ts";
import type { Configuration, ConfigurationSource, Transition } from "./configuration.ts";
import { parseDuration } from "./duration.ts";
import { EdgeIndex } from "./edge-index.ts";
import type { Finding } from "./finding.ts";

/** A configuration ready for stepping, or why it is refused. */
export type Compilation =
  | { readonly ok: true; readonly configuration: Configuration; readonly warnings: Finding[] }
  | { readonly ok: false; readonly errors: Finding[]; readonly warnings: Finding[] };

const DEFAULT_VERSION = "v1";

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
  const transitions: Transition[] = (source.transitions ?? []).map(
    // The checks passed, so the three are there.
    ({ from = "", to = "", event = "" }) => ({ from, to, event }),
  );
  const named = new Set(transitions.map(({ from }) => from));
  const finalStates = new Set(states.filter((state) => !named.has(state)));
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
    edges: new EdgeIndex(states, transitions, finalStates),
  };
}

function durationOf(text: string | null | undefined): number | undefined {
  return text ? parseDuration(text) : undefined;
}
