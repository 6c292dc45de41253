import { checkDuration, checkFormulas, checkSchema, checkTimer, checkTimersOfStates } from "./check-rules.ts";
import { checkWarnings } from "./check-warnings.ts";
import type { ConfigurationSource } from "./configuration.ts";
import { type Finding, type FindingCode, severityOf, sortFindings, toPointer } from "./finding.ts";
import { countUtf8Bytes, isDeeperThan, LIMITS } from "./limits.ts";
import { checkConfigurationName, checkStateOrEventName, checkVersion, clip, type NameProblem, quote } from "./names.ts";
import { RuleReader } from "./rule-reader.ts";

/** Takes one finding; findings of the same code must come in document order. */
export type Report = (code: FindingCode, pointer: string, message: string, value?: string) => void;

/** Checks everything about a configuration: all errors, then all warnings, in the order of `FINDING_CODES`. */
export function checkConfiguration(source: ConfigurationSource): Finding[] {
  const findings: Finding[] = [];
  const report: Report = (code, pointer, message, value) => {
    const finding = { severity: severityOf(code), code, pointer, message };
    findings.push(value === undefined ? finding : { ...finding, value: clip(value) });
  };
  // `*` is never a state, even when listed: it would make `from: "*"` ambiguous.
  const states = new Set(source.states ?? []);
  states.delete("*");
  const reader = new RuleReader();

  checkSize(source, report);
  checkHead(source, states, report);
  checkStates(source, report);
  checkTransitions(source, states, reader, report);
  checkInitialStates(source, states, report);
  checkOptions(source, states, reader, report);
  checkRetention(source, report);
  checkTimersOfStates(source, states, report);
  // What is over a limit is refused anyway; warnings about each of its members could be hundreds of thousands.
  if (!findings.some(({ code }) => code === "limit_exceeded")) checkWarnings(source, states, reader, report);
  return sortFindings(findings);
}

function checkSize(source: ConfigurationSource, report: Report): void {
  if (isDeeperThan(source, LIMITS.jsonDepth)) {
    report(
      "limit_exceeded",
      "",
      `A configuration nests at most ${LIMITS.jsonDepth} levels deep; this one nests deeper.`,
    );
    return; // and may be too deep to be written as JSON
  }
  const bytes = countUtf8Bytes(JSON.stringify(source));
  if (bytes > LIMITS.configurationBytes) {
    report(
      "limit_exceeded",
      "",
      `A configuration has at most ${LIMITS.configurationBytes} bytes of JSON; this one has ${bytes}.`,
    );
  }
}

function checkHead(source: ConfigurationSource, states: ReadonlySet<string>, report: Report): void {
  const { name, version, starting_state: start } = source;
  if (!name) report("name_missing", "/name", "A configuration needs a name.");
  else reportName(report, "name_invalid", "/name", name, checkConfigurationName(name));
  if (version) reportName(report, "version_invalid", "/version", version, checkVersion(version));
  if (!start) {
    report("starting_state_missing", "/starting_state", "A configuration needs a starting_state.");
  } else if (!states.has(start)) {
    report(
      "starting_state_unknown",
      "/starting_state",
      `The starting_state ${quote(start)} is not one of the states.`,
      start,
    );
  }
}

function checkStates(source: ConfigurationSource, report: Report): void {
  const states = source.states ?? [];
  if (states.length === 0) report("states_missing", "/states", "A configuration needs states.");
  if (states.length > LIMITS.states) {
    report(
      "limit_exceeded",
      "/states",
      `A configuration has at most ${LIMITS.states} states; this one has ${states.length}.`,
    );
  }
  const used = new Set<string | undefined>();
  for (const { from, to } of source.transitions ?? []) used.add(from).add(to);

  const seen = new Map<string, number>();
  // What is beyond the limit is refused anyway; one finding says so, not thousands.
  for (const [i, state] of states.slice(0, LIMITS.states).entries()) {
    const pointer = toPointer("states", i);
    const first = seen.get(state);
    if (first !== undefined) {
      report(
        "state_duplicate",
        pointer,
        `The state ${quote(state)} is already listed at ${toPointer("states", first)}.`,
        state,
      );
      continue;
    }
    seen.set(state, i);
    if (state === "*") {
      report(
        "state_reserved",
        pointer,
        'A state must not be named "*", which stands for every state that is not final.',
        state,
      );
      continue;
    }
    reportName(report, "state_invalid", pointer, state, checkStateOrEventName(state));
    if (state !== "" && !used.has(state)) {
      report("state_unused", pointer, `The state ${quote(state)} is in no transition.`, state);
    }
  }
}

function checkTransitions(
  source: ConfigurationSource,
  states: ReadonlySet<string>,
  reader: RuleReader,
  report: Report,
): void {
  const transitions = source.transitions ?? [];
  if (transitions.length > LIMITS.transitions) {
    report(
      "limit_exceeded",
      "/transitions",
      `A configuration has at most ${LIMITS.transitions} transitions; this one has ${transitions.length}.`,
    );
  }
  for (const [i, transition] of transitions.slice(0, LIMITS.transitions).entries()) {
    const { from, to, event } = transition;
    if (!from) report("from_unknown", toPointer("transitions", i, "from"), "A transition needs a from.");
    else if (from !== "*" && !states.has(from)) {
      report(
        "from_unknown",
        toPointer("transitions", i, "from"),
        `The from ${quote(from)} is not one of the states.`,
        from,
      );
    }
    if (!to) report("to_unknown", toPointer("transitions", i, "to"), "A transition needs a to.");
    else if (!states.has(to)) {
      report("to_unknown", toPointer("transitions", i, "to"), `The to ${quote(to)} is not one of the states.`, to);
    }
    const eventPointer = toPointer("transitions", i, "event");
    if (!event) report("event_empty", eventPointer, "A transition needs an event.");
    else reportName(report, "event_invalid", eventPointer, event, checkStateOrEventName(event));
    checkFormulas(transition, i, reader, report);
    checkTimer(transition, i, report);
  }
}

function checkInitialStates(source: ConfigurationSource, states: ReadonlySet<string>, report: Report): void {
  const initialStates = source.initial_states ?? [];
  // More entries than states can only be repetitions or unknown ones.
  if (initialStates.length > LIMITS.states) {
    report(
      "limit_exceeded",
      "/initial_states",
      `A configuration has at most ${LIMITS.states} initial_states; this one has ${initialStates.length}.`,
    );
  }
  for (const [i, state] of initialStates.slice(0, LIMITS.states).entries()) {
    if (states.has(state)) continue;
    report(
      "initial_state_unknown",
      toPointer("initial_states", i),
      `The initial state ${quote(state)} is not one of the states.`,
      state,
    );
  }
}

function checkOptions(
  source: ConfigurationSource,
  states: ReadonlySet<string>,
  reader: RuleReader,
  report: Report,
): void {
  for (const [state, options] of Object.entries(source.state_options ?? {})) {
    if (!states.has(state)) {
      report(
        "state_option_unknown",
        toPointer("state_options", state),
        `state_options names ${quote(state)}, which is not one of the states.`,
        state,
      );
    }
    checkSchema(options.schema, toPointer("state_options", state, "schema"), reader, report);
    checkUnhandled(options.unhandled, toPointer("state_options", state, "unhandled"), report);
  }
  const events = new Set((source.transitions ?? []).map(({ event }) => event));
  for (const [event, options] of Object.entries(source.event_options ?? {})) {
    if (event === "" || !events.has(event)) {
      report(
        "event_option_unknown",
        toPointer("event_options", event),
        `event_options names ${quote(event)}, which is the event of no transition.`,
        event,
      );
    }
    checkSchema(options.schema, toPointer("event_options", event, "schema"), reader, report);
  }
  checkUnhandled(source.unhandled, "/unhandled", report);
  checkDuration(source.defer_for, "/defer_for", report);
}

function checkUnhandled(value: string | undefined, pointer: string, report: Report): void {
  if (!value || ["reject", "ignore", "defer"].includes(value)) return;
  report("unhandled_invalid", pointer, `unhandled is "reject", "ignore" or "defer", not ${quote(value)}.`, value);
}

function checkRetention(source: ConfigurationSource, report: Report): void {
  for (const field of ["outcomes", "final", "history"] as const) {
    checkDuration(source.retention?.[field], toPointer("retention", field), report);
  }
}

function reportName(
  report: Report,
  code: FindingCode,
  pointer: string,
  value: string,
  problem: NameProblem | undefined,
): void {
  if (!problem) return;
  report(problem.rule === "limit_exceeded" ? "limit_exceeded" : code, pointer, problem.message, value);
}
