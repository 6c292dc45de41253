import type { Report } from "./check-configuration.ts";
import { checkFields } from "./check-fields.ts";
import { checkTimerCycles } from "./check-timer-cycles.ts";
import type { ConfigurationSource, Edge, TransitionSource } from "./configuration.ts";
import { toPointer } from "./finding.ts";
import { quote } from "./names.ts";
import type { RuleReader } from "./rule-reader.ts";

/** A transition that may be taken. */
export interface Alive extends Edge {
  readonly position: number;
  readonly isGuarded: boolean;
  readonly hasAssign: boolean;
}

/**
 * Reports what is allowed but probably not meant. Broken transitions are left out; as long as there are any, only what can
 * be said of each of the others is: the rest would only repeat the errors in other words.
 */
export function checkWarnings(
  source: ConfigurationSource,
  states: ReadonlySet<string>,
  reader: RuleReader,
  report: Report,
): void {
  const transitions = source.transitions ?? [];
  const named = new Set(transitions.map(({ from }) => from));
  const moving = new Set([...states].filter((state) => named.has(state)));
  const alive = findAlive(transitions, states, moving, reader, report);

  if (!transitions.every((transition) => isEdge(transition, states))) return;
  const start = source.starting_state;
  if (start !== undefined && states.has(start)) {
    const out = targetsByState(alive);
    checkReachable(source, states, moving, out, report);
    checkWaysOut(source, moving, out, report);
  }
  if (!reader.hasProblems) checkFields(source, reader, report);
  checkTimerCycles(transitions, moving, alive, report);
  if (start !== undefined && states.has(start) && !moving.has(start)) {
    report("starting_state_final", "/starting_state", `The starting state ${quote(start)} is final.`, start);
  }
  for (const [i, state] of (source.initial_states ?? []).entries()) {
    if (!states.has(state) || moving.has(state)) continue;
    report("initial_state_final", toPointer("initial_states", i), `The initial state ${quote(state)} is final.`, state);
  }
}

/** Reports the transitions that earlier ones hide and those whose guard is never true, and returns the others. */
function findAlive(
  transitions: readonly TransitionSource[],
  states: ReadonlySet<string>,
  moving: ReadonlySet<string>,
  reader: RuleReader,
  report: Report,
): Alive[] {
  const alive: Alive[] = [];
  const covers = new CoverTable(moving.size);
  for (const [position, transition] of transitions.entries()) {
    if (!isEdge(transition, states)) continue;
    const { from, to, event, guard, assign } = transition;
    // An empty guard is none.
    const isSame = Boolean(guard) && covers.has(from, event, guard);
    if (isSame || covers.has(from, event)) {
      const why = isSame ? "an earlier one has the same guard" : "earlier ones match first";
      report(
        "transition_shadowed",
        toPointer("transitions", position),
        `The transition from ${quote(from)} on ${quote(event)} is never taken: ${why}.`,
      );
      continue;
    }
    const reading = guard ? reader.readFormula(guard, "guard") : undefined;
    if (guard && reading?.ok && reading.isNever) {
      report(
        "guard_never_true",
        toPointer("transitions", position, "guard"),
        `The guard ${quote(guard)} is never true, so the transition from ${quote(from)} on ${quote(event)} is never taken.`,
        guard,
      );
      continue;
    }
    const hasAssign = Object.keys(assign ?? {}).length > 0;
    alive.push({ from, to, event, position, isGuarded: Boolean(guard), hasAssign });
    // What a guard lets through is known only of one that is the same.
    covers.add(from, event, guard);
  }
  return alive;
}

/** For which states there is a transition for an event and a guard, or without one. */
class CoverTable {
  readonly #covered = new Map<string, { all: boolean; readonly from: Set<string> }>();
  readonly #movingStates: number;

  constructor(movingStates: number) {
    this.#movingStates = movingStates;
  }

  has(from: string, event: string, guard = ""): boolean {
    const covered = this.#covered.get(JSON.stringify([event, guard]));
    if (covered === undefined) return false;
    const { size } = covered.from;
    return covered.all || (size > 0 && size === this.#movingStates) || covered.from.has(from);
  }

  add(from: string, event: string, guard = ""): void {
    const key = JSON.stringify([event, guard]);
    let covered = this.#covered.get(key);
    if (covered === undefined) this.#covered.set(key, (covered = { all: false, from: new Set() }));
    if (from === "*") covered.all = true;
    else covered.from.add(from);
  }
}

/** The targets of each state; those of `*` are under "*" and not repeated, which keeps this linear. */
function targetsByState(edges: readonly Edge[]): Map<string, Set<string>> {
  const out = new Map<string, Set<string>>();
  for (const { from, to } of edges) {
    const targets = out.get(from);
    if (targets) targets.add(to);
    else out.set(from, new Set([to]));
  }
  return out;
}

function checkReachable(
  source: ConfigurationSource,
  states: ReadonlySet<string>,
  moving: ReadonlySet<string>,
  out: ReadonlyMap<string, ReadonlySet<string>>,
  report: Report,
): void {
  const reached = new Set([source.starting_state ?? "", ...(source.initial_states ?? [])]);
  // A state in no transition is an error already.
  const used = new Set((source.transitions ?? []).flatMap(({ from, to }) => [from, to]));
  // A set also visits what is added while it is walked.
  for (const state of reached) {
    for (const target of out.get(state) ?? []) reached.add(target);
    if (moving.has(state)) reached.add("*");
  }
  for (const [i, state] of (source.states ?? []).entries()) {
    if (!states.has(state) || !used.has(state) || reached.has(state)) continue;
    reached.add(state); // a duplicate is reported once
    report("state_unreachable", toPointer("states", i), `No transitions lead to the state ${quote(state)}.`, state);
  }
}

function checkWaysOut(
  source: ConfigurationSource,
  moving: ReadonlySet<string>,
  out: ReadonlyMap<string, ReadonlySet<string>>,
  report: Report,
): void {
  const anywhere = out.get("*") ?? new Set<string>();
  const checked = new Set<string>();
  for (const [i, state] of (source.states ?? []).entries()) {
    if (!moving.has(state) || checked.has(state)) continue;
    checked.add(state);
    const own = out.get(state) ?? new Set<string>();
    if (isOnly(own, state) && isOnly(anywhere, state)) {
      report(
        "state_no_way_out",
        toPointer("states", i),
        `No transition that can be taken leads out of the state ${quote(state)}.`,
        state,
      );
    }
  }
}

function isOnly(targets: ReadonlySet<string>, state: string): boolean {
  return targets.size === 0 || (targets.size === 1 && targets.has(state));
}

function isEdge(transition: TransitionSource, states: ReadonlySet<string>): transition is TransitionSource & Edge {
  const { from, to, event } = transition;
  return (
    Boolean(event) && to !== undefined && states.has(to) && from !== undefined && (from === "*" || states.has(from))
  );
}
