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
  /** `depends`: a guard reads the event. */
  readonly allowed: "yes" | "no" | "depends";
  /** The state it leads to, when that is known. */
  readonly to?: string;
  /** Why not. */
  readonly reason?: "NO_TRANSITION" | "GUARD_REJECTED";
}

/** What every event of the configuration would do to the machine at `now` (epoch ms), in the configuration's order. */
export function listAllowedEvents(configuration: Configuration, snapshot: Snapshot, now: number): AllowedEvent[] {
  const edges = configuration.edges.get(snapshot.state);
  const meter = new Meter(EVENT_BUDGET);
  return configuration.events.map((event) => judge(event, edges?.get(event) ?? [], snapshot, now, meter));
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
  return configuration.events.filter((event) => {
    const transitions = edges?.get(event) ?? [];
    return judge(event, transitions, snapshot, now, meter).allowed !== "no";
  });
}

function judge(
  event: string,
  transitions: readonly Transition[],
  snapshot: Snapshot,
  now: number,
  meter: Meter,
): AllowedEvent {
  if (transitions.length === 0) return { event, allowed: "no", reason: "NO_TRANSITION" };
  /** Where transitions lead of which nobody knows without the event whether they are taken. */
  const open: string[] = [];
  for (const { guard, to } of transitions) {
    const verdict = guard === undefined ? "yes" : askGuard(guard, snapshot, now, meter);
    if (verdict === "yes" && open.length === 0) return { event, allowed: "yes", to };
    if (verdict === "yes" || verdict === "depends") open.push(to);
    // An error refuses the event, whatever comes behind.
    if (verdict === "yes" || verdict === "error") break;
  }
  const [to] = open;
  if (to === undefined) return { event, allowed: "no", reason: "GUARD_REJECTED" };
  return { event, allowed: "depends", ...(open.every((target) => target === to) && { to }) };
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
