import type { Configuration, Transition } from "./configuration.ts";
import { evaluateGuard, type Expression } from "./expression/expression.ts";
import type { JsonObject } from "./json.ts";
import { EVENT_BUDGET } from "./limits.ts";
import { Meter } from "./meter.ts";

/** What a machine is at one moment, as far as stepping needs it. */
export interface Snapshot {
  readonly state: string;
  readonly revision: number;
  readonly data: JsonObject;
}

/** Whether an event would be taken in a state. */
export interface AllowedEvent {
  readonly event: string;
  /** `depends`: a guard, an assignment or a deadline reads the event, or a schema checks the data. */
  readonly allowed: "yes" | "no" | "depends";
  /** The state it leads to, when that is known. */
  readonly to?: string;
  /** Why not. */
  readonly reason?: "NO_TRANSITION" | "IGNORED" | "DEFERRED" | "GUARD_REJECTED";
}

const UNHANDLED_REASONS = { reject: "NO_TRANSITION", ignore: "IGNORED", defer: "DEFERRED" } as const;

/** What every event of the configuration would do to the machine at `now` (epoch ms), in the configuration's order. */
export function listAllowedEvents(configuration: Configuration, snapshot: Snapshot, now: number): AllowedEvent[] {
  const { edges, events, eventSchemas, stateSchemas, transitions, finalStates } = configuration;
  const here = edges.get(snapshot.state);
  const unhandled = UNHANDLED_REASONS[configuration.unhandledIn(snapshot.state)];
  const curious = new Set(transitions.filter(({ deadline }) => deadline?.readsEvent).map(({ from }) => from));
  const isCurious = (state: string): boolean => curious.has(state) || (curious.has("*") && !finalStates.has(state));
  /** Whether a transition is taken whatever the event brings, once its guard is true. */
  const isCertain = ({ event, to, assign }: Transition): boolean =>
    !eventSchemas.has(event) &&
    !stateSchemas.has(to) &&
    !isCurious(to) &&
    ![...assign.values()].some(({ readsEvent }) => readsEvent);
  const meter = new Meter(EVENT_BUDGET);
  return events.map((event) => {
    const candidates = here?.get(event) ?? [];
    if (candidates.length === 0) return { event, allowed: "no", reason: unhandled };
    const { open, isSure } = findOpen(candidates, snapshot, now, meter);
    const [first] = open;
    if (first === undefined) return { event, allowed: "no", reason: "GUARD_REJECTED" };
    const { to } = first;
    const allowed = isSure && isCertain(first) ? "yes" : "depends";
    return { event, allowed, ...(open.every((transition) => transition.to === to) && { to }) };
  });
}

/**
 * The names of the events that may be taken, in the configuration's order; those that depend on the event are among them.
 * What `meter` has left bounds the work: then a guard that was not asked counts as one that may be true.
 */
export function listAllowedNames(
  configuration: Configuration,
  snapshot: Snapshot,
  now: number,
  meter: Meter,
): string[] {
  const edges = configuration.edges.get(snapshot.state);
  return configuration.events.filter(
    (event) => findOpen(edges?.get(event) ?? [], snapshot, now, meter).open.length > 0,
  );
}

/** Which of an event's transitions may be taken, in order; `isSure`: it is the first, whatever guards read of the event. */
function findOpen(
  transitions: readonly Transition[],
  snapshot: Snapshot,
  now: number,
  meter: Meter,
): { readonly open: readonly Transition[]; readonly isSure: boolean } {
  const open: Transition[] = [];
  for (const transition of transitions) {
    const { guard } = transition;
    const verdict = guard === undefined ? "yes" : askGuard(guard, snapshot, now, meter);
    if (verdict === "yes" || verdict === "depends") open.push(transition);
    if (verdict === "yes") return { open, isSure: open.length === 1 };
    // An error refuses the event, whatever comes behind.
    if (verdict === "error") break;
  }
  return { open, isSure: false };
}

function askGuard(
  guard: Expression,
  snapshot: Snapshot,
  now: number,
  meter: Meter,
): "yes" | "no" | "depends" | "error" {
  if (guard.readsEvent || meter.left === 0) return "depends";
  const value = evaluateGuard(guard, { ...snapshot, event: undefined, now }, meter);
  if (value.ok) return value.value ? "yes" : "no";
  return meter.left === 0 ? "depends" : "error";
}
