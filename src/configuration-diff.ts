/**
 * What is different between two configurations, by what it means: the order of states or of members of an object is not. Pure: for
 * the command line and for browsers.
 */
import type { ConfigurationSource, TransitionSource } from "./engine/configuration.ts";

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
  if (textOf(before) === textOf(after)) return [];
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
 * Transitions with the same `from`, `event` and `to` are the same one, changed. Among those that may be taken for one event
 * in one state their order matters, since they are tried in it.
 */
function diffTransitions(before: readonly TransitionSource[], after: readonly TransitionSource[]): Difference[] {
  const [old, now] = [new Set(before.map(keyOf)), new Set(after.map(keyOf))];
  const added = Map.groupBy(
    after.filter((transition) => !old.has(keyOf(transition))),
    edgeOf,
  );
  const found: Difference[] = [];
  for (const transition of before.filter((each) => !now.has(keyOf(each)))) {
    const changed = added.get(edgeOf(transition))?.shift();
    if (changed === undefined) found.push({ change: "removed", path: "transitions", before: transition });
    else found.push({ change: "changed", path: "transitions", before: transition, after: changed });
  }
  for (const transition of [...added.values()].flat()) {
    found.push({ change: "added", path: "transitions", after: transition });
  }
  return [
    ...found,
    ...diffOrders(
      before.filter((each) => now.has(keyOf(each))),
      after.filter((each) => old.has(keyOf(each))),
    ),
  ];
}

/** Of the transitions that both have. */
function diffOrders(before: readonly TransitionSource[], after: readonly TransitionSource[]): Difference[] {
  const later = Map.groupBy(after, ({ event }) => event);
  const found: Difference[] = [];
  for (const [event, old] of Map.groupBy(before, (transition) => transition.event)) {
    const now = later.get(event) ?? [];
    if (isSameOrder(old, now)) continue;
    for (const state of new Set(old.map(({ from }) => from))) {
      const mayBeTaken = ({ from }: TransitionSource) => from === state || from === "*";
      const [one, other] = [old.filter(mayBeTaken), now.filter(mayBeTaken)];
      if (isSameOrder(one, other)) continue;
      const path = `order of transitions from ${JSON.stringify(state)} for ${JSON.stringify(event)}`;
      found.push({ change: "changed", path, before: one, after: other });
    }
  }
  return found;
}

function isSameOrder(one: readonly TransitionSource[], other: readonly TransitionSource[]): boolean {
  return one.length === other.length && one.every((transition, i) => keyOf(transition) === keyOf(other[i] ?? {}));
}

function edgeOf({ from, event, to }: TransitionSource): string {
  return JSON.stringify([from, event, to]);
}

/** The same text for transitions that say the same. */
function keyOf(transition: TransitionSource): string {
  return textOf({ ...transition, assign: transition.assign ?? {} });
}

/** The same text for JSON that says the same; members are in the order of their names. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${textOf(member)}`).join(",")}}`;
}
