/** What is different between two configurations, by what it means: the order of states or of members of an object is not. */
import { isDeepStrictEqual } from "node:util";
import type { ConfigurationSource, TransitionSource } from "../engine/configuration.ts";

/** One difference. `path` names the part: `states`, `transitions`, or a field with its key. */
export interface Difference {
  readonly change: "added" | "removed" | "changed";
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Name and version are addresses and not compared. */
export function diffConfigurations(before: ConfigurationSource, after: ConfigurationSource): Difference[] {
  return [
    ...diffValue("starting_state", before.starting_state, after.starting_state),
    ...diffSets("states", before.states, after.states),
    ...diffSets("initial_states", before.initial_states, after.initial_states),
    ...diffTransitions(before.transitions ?? [], after.transitions ?? []),
    ...diffMaps("state_options", before.state_options, after.state_options),
    ...diffMaps("event_options", before.event_options, after.event_options),
    ...diffValue("unhandled", before.unhandled ?? "reject", after.unhandled ?? "reject"),
    ...diffValue("defer_for", before.defer_for, after.defer_for),
    ...diffMaps("retention", before.retention, after.retention),
  ];
}

function diffValue(path: string, before: unknown, after: unknown): Difference[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (before === undefined) return [{ change: "added", path, after }];
  return after === undefined ? [{ change: "removed", path, before }] : [{ change: "changed", path, before, after }];
}

function diffSets(path: string, before: readonly string[] = [], after: readonly string[] = []): Difference[] {
  const removed = before.filter((name) => !after.includes(name));
  const added = after.filter((name) => !before.includes(name));
  return [
    ...removed.map((name): Difference => ({ change: "removed", path, before: name })),
    ...added.map((name): Difference => ({ change: "added", path, after: name })),
  ];
}

function diffMaps(path: string, before: object | null | undefined, after: object | null | undefined): Difference[] {
  const [old, now] = [new Map(Object.entries(before ?? {})), new Map(Object.entries(after ?? {}))];
  const keys = new Set([...old.keys(), ...now.keys()]);
  return [...keys].flatMap((key) => diffValue(`${path}.${key}`, old.get(key), now.get(key)));
}

/**
 * Transitions with the same `from`, `event` and `to` are the same one, changed. Their order matters among those that begin
 * alike, since they are tried in it.
 */
function diffTransitions(before: readonly TransitionSource[], after: readonly TransitionSource[]): Difference[] {
  const rest = without(after, before);
  const found: Difference[] = [];
  for (const transition of without(before, after)) {
    const at = rest.findIndex((other) => isSameEdge(transition, other));
    if (at < 0) found.push({ change: "removed", path: "transitions", before: transition });
    else found.push({ change: "changed", path: "transitions", before: transition, after: rest.splice(at, 1)[0] });
  }
  found.push(...rest.map((transition): Difference => ({ change: "added", path: "transitions", after: transition })));
  if (found.length > 0) return found;
  for (const [event, order] of ordersOf(before)) {
    const now = ordersOf(after).get(event);
    if (!isDeepStrictEqual(order, now))
      found.push({ change: "changed", path: `order of transitions for ${event}`, before: order, after: now });
  }
  return found;
}

function without(list: readonly TransitionSource[], others: readonly TransitionSource[]): TransitionSource[] {
  return list.filter((one) => !others.some((other) => isDeepStrictEqual(one, other)));
}

function isSameEdge(one: TransitionSource, other: TransitionSource): boolean {
  return one.from === other.from && one.event === other.event && one.to === other.to;
}

/** The transitions for each event, in the order in which they are tried; those of `*` among all. */
function ordersOf(transitions: readonly TransitionSource[]): Map<string, TransitionSource[]> {
  const orders = new Map<string, TransitionSource[]>();
  for (const transition of transitions) {
    const key = JSON.stringify(transition.event ?? "");
    orders.set(key, [...(orders.get(key) ?? []), transition]);
  }
  return orders;
}
