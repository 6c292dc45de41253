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
  /** `depends`: a guard reads the event. What schemas and assignments make of the event nobody has asked. */
  readonly allowed: "yes" | "no" | "depends";
  /** The state it leads to, when that is known. */
  readonly to?: string;
  /** Why not. */
  readonly reason?: "NO_TRANSITION" | "IGNORED" | "DEFERRED" | "GUARD_REJECTED";
}

const UNHANDLED_REASONS = { reject: "NO_TRANSITION", ignore: "IGNORED", defer: "DEFERRED" } as const;

/** What every event of the configuration would do to the machine at `now` (epoch ms), in the configuration's order. */
export function listAllowedEvents(configuration: Configuration, snapshot: Snapshot, now: number): AllowedEvent[] {
  const edges = configuration.edges.get(snapshot.state);
  const unhandled = UNHANDLED_REASONS[configuration.unhandledIn(snapshot.state)];
  const meter = new Meter(EVENT_BUDGET);
  return configuration.events.map((event) => {
    const transitions = edges?.get(event) ?? [];
    if (transitions.length === 0) return { event, allowed: "no", reason: unhandled };
    const { open, isSure } = findOpen(transitions, snapshot, now, meter);
    const [to] = open;
    if (to === undefined) return { event, allowed: "no", reason: "GUARD_REJECTED" };
    return { event, allowed: isSure ? "yes" : "depends", ...(open.every((target) => target === to) && { to }) };
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

/** Where those of an event's transitions lead that may be taken, in order; `isSure`: the first is, whatever the event. */
function findOpen(
  transitions: readonly Transition[],
  snapshot: Snapshot,
  now: number,
  meter: Meter,
): { readonly open: readonly string[]; readonly isSure: boolean } {
  const open: string[] = [];
  for (const { guard, to } of transitions) {
    const verdict = guard === undefined ? "yes" : askGuard(guard, snapshot, now, meter);
    if (verdict === "yes" || verdict === "depends") open.push(to);
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
