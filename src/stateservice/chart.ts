/**
 * The state chart of StateService (https://github.com/facebookarchive/StateService): its shape, as its users have it in
 * YAML files, and its rules. Knows nothing of configurations.
 */
import * as v from "valibot";
import { LIMITS } from "../engine/limits.ts";
import { checkStateOrEventName, quote, type NameProblem } from "../engine/names.ts";
import { list, number, oneOf, rules, shape, text, type Refuse } from "../shape.ts";
import { parseWallTime } from "./wall-time.ts";

/** A state that is left when a counter reaches a value, when a clock shows a time, or never. */
type ChartState = CounterState | TimedState | { readonly name: string; readonly func?: undefined };

export interface CounterState {
  readonly name: string;
  readonly func: "increment";
  /** The counter and where it stands. It belongs to this state; others may have one of the same name. */
  readonly current: { readonly key: string; readonly value: number };
  readonly target: { readonly name: string; readonly value: number };
}

export interface TimedState {
  readonly name: string;
  readonly func: "time";
  /** What the clock shows: the epoch ms at which one in UTC shows it. */
  readonly target: { readonly name: string; readonly wallMs: number };
}

/** A chart that keeps the rules: names are unique, `currentState` and every target are states. */
export interface Chart {
  readonly currentState: string;
  readonly states: readonly ChartState[];
}

const value = v.union([number, text], "a number or a string");

const fields = shape({
  current_state: text,
  states: list(
    shape({
      name: text,
      func: v.exactOptional(oneOf(["increment", "time"])),
      current: v.exactOptional(shape({ key: text, value })),
      target: v.exactOptional(shape({ name: text, when: shape({ key: text, value }) })),
    }),
  ),
});

type Fields = v.InferOutput<typeof fields>;
type StateFields = Fields["states"][number];

/** The shape and the rules of a chart; what it reads is a `Chart`. */
export const CHART = v.pipe(fields, rules(checkStates), v.transform(toChart));

function checkStates({ current_state: currentState, states }: Fields, report: Refuse): void {
  if (states.length === 0) report(["states"], "states_missing", "there are no states");
  if (states.length > LIMITS.states) {
    const message = `has ${states.length} states, the limit is ${LIMITS.states}`;
    report(["states"], "limit_exceeded", message, states.length);
    return;
  }
  const names = new Set(states.map(({ name }) => name));
  const targets = new Set(states.flatMap(({ func, target }) => (func !== undefined && target ? [target.name] : [])));
  if (!names.has(currentState)) reportUnknown(report, ["current_state"], currentState);
  const seen = new Set<string>();
  for (const [index, state] of states.entries()) {
    const path = ["states", index];
    reportName(report, [...path, "name"], state.name, checkStateName(state.name));
    if (seen.has(state.name)) {
      const message = `another state is called ${quote(state.name)}`;
      report([...path, "name"], "state_duplicate", message, state.name);
    }
    seen.add(state.name);
    if (state.target !== undefined && !names.has(state.target.name)) {
      reportUnknown(report, [...path, "target", "name"], state.target.name);
    }
    if (state.func === "increment") checkCounterState(state, path, report);
    else if (state.func === "time") checkTimedState(state, path, report);
    else checkEndState(state, path, report, targets.has(state.name));
  }
  reportSpinning(states.map(toState), report);
}

function checkCounterState({ current, target }: StateFields, path: (string | number)[], report: Refuse): void {
  const needs = 'a state with the func "increment" needs it';
  if (current === undefined) report([...path, "current"], "required", needs);
  else {
    reportName(report, [...path, "current", "key"], current.key, checkStateOrEventName(current.key));
    reportNumber(report, [...path, "current", "value"], current.value);
  }
  if (target === undefined) report([...path, "target"], "required", needs);
  else reportNumber(report, [...path, "target", "when", "value"], target.when.value);
}

function checkTimedState({ target }: StateFields, path: (string | number)[], report: Refuse): void {
  if (target === undefined) report([...path, "target"], "required", 'a state with the func "time" needs it');
  else if (wallMsOf(target.when.value) === undefined) {
    const message = "must be a time like 3000-01-01T12:00:00, without a zone";
    report([...path, "target", "when", "value"], "time", message, target.when.value);
  }
}

function checkEndState(state: StateFields, path: (string | number)[], report: Refuse, isTarget: boolean): void {
  for (const field of ["current", "target"] as const) {
    if (state[field] === undefined) continue;
    report([...path, field], "unused", "a state without func is an end state, of which only the name is read");
  }
  if (!isTarget) {
    const message = `nothing leads to ${quote(state.name)}, and nothing leads away from it`;
    report([...path, "name"], "state_unused", message, state.name);
  }
}

function toChart({ current_state, states }: Fields): Chart {
  return { currentState: current_state, states: states.map(toState) };
}

/** What the rules ask for is there, or was refused before anybody looks at it. */
function toState({ name, func, current, target }: StateFields): ChartState {
  const { name: to = "", when } = target ?? {};
  if (func === "increment") {
    const counter = { key: current?.key ?? "", value: Number(current?.value) };
    return { name, func, current: counter, target: { name: to, value: Number(when?.value) } };
  }
  if (func === "time") return { name, func, target: { name: to, wallMs: wallMsOf(when?.value) ?? 0 } };
  return { name };
}

function wallMsOf(time: string | number | undefined): number | undefined {
  return typeof time === "string" ? parseWallTime(time) : undefined;
}

/** Timed states in a circle: once their times are past, a machine would go round and round without a pause. */
function reportSpinning(states: readonly ChartState[], report: Refuse): void {
  const next = new Map(states.flatMap(({ name, ...rest }) => (rest.func === "time" ? [[name, rest.target.name]] : [])));
  for (const [index, { name }] of states.entries()) {
    let at = next.get(name);
    for (let steps = 1; at !== undefined && at !== name && steps <= states.length; steps += 1) at = next.get(at);
    if (at !== name) continue;
    const message = `times alone lead from ${quote(name)} back to it: once they are past, it would never rest`;
    report(["states", index, "target", "name"], "endless", message, name);
  }
}

function checkStateName(name: string): NameProblem | undefined {
  if (name === "*") return { rule: "reserved", message: 'A state must not be named "*".' };
  return checkStateOrEventName(name);
}

function reportName(report: Refuse, path: (string | number)[], name: string, problem: NameProblem | undefined): void {
  if (problem !== undefined) report(path, problem.rule, problem.message, name);
}

function reportUnknown(report: Refuse, path: (string | number)[], name: string): void {
  report(path, "state_unknown", `${quote(name)} is not one of the states`, name);
}

function reportNumber(report: Refuse, path: (string | number)[], input: string | number): void {
  // Beyond, one more is no other number: the counter would stand still.
  if (typeof input === "number" && Math.abs(input) <= Number.MAX_SAFE_INTEGER) return;
  report(path, "number", `must be a number, and at most ${Number.MAX_SAFE_INTEGER}`, input);
}
