import type { Report } from "./check-configuration.ts";
import type { ConfigurationSource, TransitionSource } from "./configuration.ts";
import { toPointer } from "./finding.ts";
import { quote } from "./names.ts";

type Edge = Required<Pick<TransitionSource, "from" | "to" | "event">>;

/**
 * Reports what is allowed but probably not meant. Broken transitions are left out; as long as there are
 * any, only shadowing is reported: the rest would only repeat the errors in other words.
 */
export function checkWarnings(source: ConfigurationSource, states: ReadonlySet<string>, report: Report): void {
  const transitions = source.transitions ?? [];
  const named = new Set(transitions.map(({ from }) => from));
  const moving = new Set([...states].filter((state) => named.has(state)));
  const alive = findAlive(transitions, states, moving, report);

  if (!transitions.every((transition) => isEdge(transition, states))) return;
  const start = source.starting_state;
  if (start !== undefined && states.has(start)) {
    const out = targetsByState(alive);
    checkReachable(source, states, moving, out, report);
    checkWaysOut(source, moving, out, report);
  }
  if (start !== undefined && states.has(start) && !moving.has(start)) {
    report("starting_state_final", "/starting_state", `The starting state ${quote(start)} is final.`, start);
  }
  for (const [i, state] of (source.initial_states ?? []).entries()) {
    if (!states.has(state) || moving.has(state)) continue;
    report("initial_state_final", toPointer("initial_states", i), `The initial state ${quote(state)} is final.`, state);
  }
}

/** Reports the transitions that earlier ones hide, and returns the others. */
function findAlive(
  transitions: readonly TransitionSource[],
  states: ReadonlySet<string>,
  moving: ReadonlySet<string>,
  report: Report,
): Edge[] {
  const alive: Edge[] = [];
  const coveredByEvent = new Map<string, { all: boolean; from: Set<string> }>();
  for (const [i, edge] of transitions.entries()) {
    if (!isEdge(edge, states)) continue;
    const { from, event } = edge;
    const covered = coveredByEvent.get(event) ?? { all: false, from: new Set<string>() };
    coveredByEvent.set(event, covered);
    const everywhere = covered.all || (moving.size > 0 && covered.from.size === moving.size);
    if (everywhere || covered.from.has(from)) {
      report(
        "transition_shadowed",
        toPointer("transitions", i),
        `The transition from ${quote(from)} on ${quote(event)} is never taken: earlier ones match first.`,
      );
      continue;
    }
    alive.push(edge);
    if (edge.guard) continue; // a guard may be false, so it hides nothing
    if (from === "*") covered.all = true;
    else covered.from.add(from);
  }
  return alive;
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
        `All transitions of the state ${quote(state)} lead back to it.`,
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
