/**
 * What the engine should do, written as naively as possible and without any of its code: every question is answered by
 * reading the transitions again from the top.
 */
import { isMatch, type ReferenceConfiguration, type ReferenceTransition } from "./configuration.ts";
import { FAILED, type Fields, type Moment, type SentEvent, type Value } from "./formula.ts";

export interface Snapshot {
  readonly state: string;
  readonly revision: number;
  readonly data: Fields;
}

export interface Timer {
  readonly position: number;
  readonly event: string;
  readonly to: string;
  readonly dueAt: number;
}

/** `cause` says more than the contract's reason does: which of its ways it was. */
export type Expected =
  | {
      readonly kind: "transitioned";
      readonly next: Snapshot;
      readonly position: number;
      readonly timers: Timer[];
      readonly cause: string;
    }
  | { readonly kind: "ignored" | "deferred"; readonly cause: string }
  | { readonly kind: "refused"; readonly reason: string; readonly cause: string };

export type Entered = { readonly timers: Timer[] } | { readonly reason: string; readonly cause: string };

export interface Allowed {
  readonly event: string;
  readonly allowed: string;
  readonly to: string | undefined;
  readonly reason: string | undefined;
}

export function isFinal({ transitions }: ReferenceConfiguration, state: string): boolean {
  return !transitions.some(({ from }) => from === state);
}

export function canStartIn({ states, initialStates }: ReferenceConfiguration, state: string): boolean {
  if (initialStates === undefined || initialStates.length === 0) return states.includes(state);
  return initialStates.includes(state);
}

/** With their positions, of this state and in order. */
export function transitionsFrom(configuration: ReferenceConfiguration, state: string): [number, ReferenceTransition][] {
  return [...configuration.transitions.entries()].filter(
    ([, { from }]) => from === state || (from === "*" && !isFinal(configuration, state)),
  );
}

export function eventsOf({ transitions }: ReferenceConfiguration): string[] {
  const events: string[] = [];
  for (const { event } of transitions) if (!events.includes(event)) events.push(event);
  return events;
}

export function unhandledIn({ unhandled, unhandledOf }: ReferenceConfiguration, state: string): string {
  return unhandledOf.get(state) ?? unhandled ?? "reject";
}

/** Entering `moment.state`. */
export function expectEntry(configuration: ReferenceConfiguration, moment: Moment): Entered {
  const schema = configuration.stateSchemas.get(moment.state);
  if (schema && !isMatch(schema, moment.data)) return { reason: "SCHEMA_REJECTED", cause: "schema of the state" };
  const timers: Timer[] = [];
  for (const [position, { event, to, due }] of transitionsFrom(configuration, moment.state)) {
    if (due === undefined) continue;
    const dueAt = due.mean(moment);
    if (dueAt === FAILED) return { reason: "ASSIGN_REJECTED", cause: "deadline in error" };
    timers.push({ position, event, to, dueAt });
  }
  // Stable, so that those of one time stay in the order of the configuration.
  return { timers: timers.toSorted((a, b) => a.dueAt - b.dueAt) };
}

/** Beyond 32 levels or 256 KiB of JSON. */
function isTooLarge(data: Fields): boolean {
  const depthOf = (value: unknown): number =>
    typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
  return depthOf(data) > 32 || Buffer.byteLength(JSON.stringify(data)) > 256 * 1024;
}

export function expectStep(
  configuration: ReferenceConfiguration,
  snapshot: Snapshot,
  event: SentEvent,
  now: number,
): Expected {
  const refused = (reason: string, cause: string): Expected => ({ kind: "refused", reason, cause });
  const { state, revision, data } = snapshot;
  if (!eventsOf(configuration).includes(event.name)) return refused("UNKNOWN_EVENT", "unknown event");
  const schema = configuration.eventSchemas.get(event.name);
  if (schema && !isMatch(schema, event.data)) return refused("SCHEMA_REJECTED", "schema of the event");
  const candidates = transitionsFrom(configuration, state).filter(([, one]) => one.event === event.name);
  if (candidates.length === 0) {
    const unhandled = unhandledIn(configuration, state);
    if (unhandled === "ignore") return { kind: "ignored", cause: "ignored" };
    if (unhandled === "defer") return { kind: "deferred", cause: "deferred" };
    return refused("NO_TRANSITION", "no transition");
  }
  const moment: Moment = { data, event, state, revision, now };
  for (const [tried, [position, { to, guard, assign }]] of candidates.entries()) {
    const verdict = guard === undefined ? true : guard.mean(moment);
    if (typeof verdict !== "boolean") return refused("GUARD_REJECTED", "guard in error");
    if (!verdict) continue;
    const next = new Map<string, Value>(Object.entries(data));
    for (const [field] of configuration.stateSchemas.get(to)?.properties ?? []) {
      for (const [name, value] of Object.entries(event.data)) if (name === field) next.set(field, value);
    }
    for (const [field, formula] of assign) {
      const value = formula.mean(moment);
      if (value === FAILED) return refused("ASSIGN_REJECTED", "assign in error");
      // Data is JSON, which has no other zero.
      next.set(field, JSON.parse(JSON.stringify(value)) as Value);
    }
    const entered = { state: to, revision: revision + 1, data: Object.fromEntries(next) };
    // What is assigned again and again may grow for ever.
    if (isTooLarge(entered.data))
      return refused(assign.length > 0 ? "ASSIGN_REJECTED" : "SCHEMA_REJECTED", "too large");
    const entry = expectEntry(configuration, { ...entered, event, now });
    if ("reason" in entry) return refused(entry.reason, entry.cause);
    const cause = tried > 0 ? "transitioned by a later transition" : "transitioned by the first";
    return { kind: "transitioned", next: entered, position, timers: entry.timers, cause };
  }
  return refused("GUARD_REJECTED", "guards false");
}

/** What each event would do, asked without one. */
export function expectAllowed(configuration: ReferenceConfiguration, snapshot: Snapshot, now: number): Allowed[] {
  return eventsOf(configuration).map((event) => {
    const candidates = transitionsFrom(configuration, snapshot.state).filter(([, one]) => one.event === event);
    if (candidates.length === 0) {
      const unhandled = unhandledIn(configuration, snapshot.state);
      const reason = unhandled === "ignore" ? "IGNORED" : unhandled === "defer" ? "DEFERRED" : "NO_TRANSITION";
      return { event, allowed: "no", to: undefined, reason };
    }
    const open: string[] = [];
    let isSure = true;
    for (const [, { to, guard }] of candidates) {
      if (guard?.readsEvent) {
        open.push(to);
        isSure = false;
        continue;
      }
      const verdict = guard === undefined ? true : guard.mean({ ...snapshot, event: undefined, now });
      if (verdict === false) continue;
      if (verdict === true) open.push(to);
      break;
    }
    if (open.length === 0) return { event, allowed: "no", to: undefined, reason: "GUARD_REJECTED" };
    const isOne = open.every((to) => to === open[0]);
    return { event, allowed: isSure ? "yes" : "depends", to: isOne ? open[0] : undefined, reason: undefined };
  });
}
