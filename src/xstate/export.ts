/** A configuration as the configuration of an XState v5 machine. Pure; of the configuration every check has passed. */
import type { ConfigurationSource, TransitionSource } from "../engine/configuration.ts";
import { parseDuration } from "../engine/duration.ts";
import { toPointer } from "../engine/finding.ts";
import { quote } from "../engine/names.ts";
import type { ConversionFinding } from "./finding.ts";
import { ASSIGN_ACTION, CEL_GUARD, KEPT_FIELDS, OWN_META, type TimedMeta } from "./words.ts";

/** Node's and browsers' timers count milliseconds in 32 bits; what is longer they take for nothing. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Names that are no path and no id as a target. */
const PLAIN_TARGET = /^[^#.\\][^.\\]*$/;

type Transition = string | Record<string, unknown>;

/** The machine configuration, to be written as JSON. */
export interface Exported {
  readonly machine: Record<string, unknown>;
  readonly findings: readonly ConversionFinding[];
}

/** Converts a configuration. `*` is written out for each state; what XState has no place for stands in `meta.detent`. */
export function exportMachine(source: ConfigurationSource): Exported {
  const { name = "", version = "", starting_state: initial = "", states = [], transitions = [] } = source;
  const findings: ConversionFinding[] = [];
  const leaving = new Set(transitions.map(({ from }) => from));
  const nodes = states.map((state, index): [string, object] => {
    if (!leaving.has(state)) return [state, { ...idOf(state, index), type: "final" }];
    const own = transitions.filter(({ from }) => from === state || from === "*");
    return [state, { ...idOf(state, index), ...toNode(state, own, states) }];
  });
  const kept = KEPT_FIELDS.flatMap((field) => (source[field] === undefined ? [] : [[field, source[field]] as const]));
  for (const [field] of kept) {
    findings.push(warning(toPointer(field), `${field} has no counterpart in XState; it stands in meta.${OWN_META}`));
  }
  for (const [index, state] of states.entries()) {
    // Seen of 5.33: it finds no state by such a name, wherever it is used.
    if (!state.startsWith("#")) continue;
    const message = `the state ${quote(state)} cannot be one of XState's, which takes "#" for the beginning of an id`;
    findings.push({ severity: "error", pointer: toPointer("states", index), message });
  }
  findings.push(...listFindings(transitions));
  const machine = {
    id: name,
    ...(version !== "" && { version }),
    initial,
    ...(kept.length > 0 && { meta: { [OWN_META]: Object.fromEntries(kept) } }),
    states: Object.fromEntries(nodes),
  };
  return { machine, findings };
}

/** A state whose name would be read as something else is known by an id. */
function idOf(state: string, index: number): { readonly id?: string } {
  return PLAIN_TARGET.test(state) ? {} : { id: `state_${index}` };
}

function toNode(state: string, transitions: readonly TransitionSource[], states: readonly string[]) {
  const on = new Map<string, Transition[]>();
  const entries = transitions.map((transition) => {
    const { event = "", to = "" } = transition;
    const target = PLAIN_TARGET.test(to) ? to : `#state_${states.indexOf(to)}`;
    // An event leads anew into a state that it does not leave, with its timers; in XState v5 only when that is said.
    const entry = { target, ...(to === state && { reenter: true }), ...conditionsOf(transition) };
    const timed = timedOf(transition);
    const isPlain = Object.keys(entry).length === 1 && timed === undefined;
    // Callers may send a timer's event themselves.
    push(on, event, isPlain ? target : { ...entry, ...(timed && { meta: { [OWN_META]: timed } }) });
    return { event, entry, delay: timed && delayOf(timed) };
  });
  const after = new Map<string, Transition[]>();
  const sent = new Set<string>();
  for (const { event, delay } of entries) {
    // An event that is refused is refused the second time as well: two timers of it that are due together are one.
    const key = JSON.stringify([delay, event]);
    if (delay === undefined || sent.has(key)) continue;
    sent.add(key);
    // A timer sends its event, which tries whatever the state has for it and not only what has the timer.
    for (const { entry } of entries.filter((other) => other.event === event)) {
      push(after, delay, { ...entry, meta: { [OWN_META]: { event } } });
    }
  }
  return { on: toObject(on), ...(after.size > 0 && { after: toObject(after) }) };
}

function delayOf({ after = "", deadline }: TimedMeta): string {
  return deadline === undefined ? String(parseDuration(after)) : `deadline: ${deadline}`;
}

function timedOf({ after, deadline }: TransitionSource): TimedMeta | undefined {
  if (deadline) return { deadline };
  return after ? { after } : undefined;
}

function conditionsOf({ guard, assign = {} }: TransitionSource) {
  const hasFields = Object.keys(assign).length > 0;
  return {
    ...(guard && { guard: { type: CEL_GUARD, params: { expression: guard } } }),
    ...(hasFields && { actions: [{ type: ASSIGN_ACTION, params: { fields: assign } }] }),
  };
}

function push(lists: Map<string, Transition[]>, key: string, transition: Transition): void {
  lists.set(key, [...(lists.get(key) ?? []), transition]);
}

function toObject(lists: ReadonlyMap<string, readonly Transition[]>): object {
  return Object.fromEntries(Array.from(lists, ([key, list]) => [key, list.length === 1 ? list[0] : list]));
}

function listFindings(transitions: readonly TransitionSource[]): ConversionFinding[] {
  return transitions.flatMap(({ event = "", guard, assign, after, deadline }, index) => {
    const at = (field: string): string => toPointer("transitions", index, field);
    const found: ConversionFinding[] = [];
    if (event === "*" || event.endsWith(".*")) {
      const message = `the event ${quote(event)} would stand for many: XState takes "*" for a wildcard`;
      found.push({ severity: "error", pointer: at("event"), message });
    }
    if (guard)
      found.push(warning(at("guard"), `in XState the guard is "${CEL_GUARD}": implement it for ${quote(guard)}`));
    if (assign && Object.keys(assign).length > 0) {
      found.push(warning(at("assign"), `in XState it is the action "${ASSIGN_ACTION}": implement it`));
    }
    if (deadline) found.push(warning(at("deadline"), "in XState it is a delay with a name: implement it"));
    if (after && (parseDuration(after) ?? 0) > LONGEST_TIMER_MS) {
      found.push(warning(at("after"), `XState's clock takes at most 24.8 days; ${quote(after)} needs another clock`));
    }
    return found;
  });
}

function warning(pointer: string, message: string): ConversionFinding {
  return { severity: "warning", pointer, message };
}
