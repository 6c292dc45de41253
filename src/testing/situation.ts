/** What a machine can be, and what tells one such situation from another. Pure. */
import { canonicalJson } from "../json.ts";
import type { Action } from "./step.ts";
import type { Data, Machine, Receipt } from "./target.ts";
import type { Taken } from "./take-step.ts";

/** How a state was reached. */
export interface Way {
  /** `creation`: it begins with a machine that was created in a state to which no event led. */
  readonly by: "events" | "creation";
  /** What was done, from the creation on: a shortest way. Events have their ids. */
  readonly path: readonly Action[];
}

/** An event that was deferred, and that nothing has come for yet. */
export interface WaitingEvent {
  readonly eventId: string;
  readonly event: string;
  readonly data: Data;
}

/** A machine's state and data, what waits and what is due, with the way that leads there. */
export interface Situation extends Way {
  readonly machine: Machine;
  /** In the order in which they came. */
  readonly waiting: readonly WaitingEvent[];
}

/** The same for equal situations. `now`: the machine's clock; undefined where no two machines have the same time left. */
export function keyOf({ machine, waiting }: Situation, now: number | undefined): string {
  const { state, data, timers } = machine;
  const due = now === undefined ? [] : timers.map(({ event, dueAt }) => [event, dueAt - now]);
  return canonicalJson([state, data, due, waiting.map(({ event, data: told }) => [event, told])]);
}

/** What waits after a step: one event more where it was deferred, and those no longer that were decided. `refused`: their ids. */
export function waitingAfter(
  waiting: readonly WaitingEvent[],
  taken: Taken,
  refused: ReadonlySet<string>,
): readonly WaitingEvent[] {
  const { action, changes } = taken;
  const decided = new Set(changes.map(({ eventId }) => eventId));
  const left = waiting.filter(({ eventId }) => !decided.has(eventId) && !refused.has(eventId));
  if (action.kind !== "send" || !isDeferred(taken)) return left;
  const { event, eventId = "", data = {} } = action;
  return [...left, { eventId, event, data }];
}

/** Whether the machine is no longer the same, also where that cannot be seen. */
export function hasHappened(taken: Taken): boolean {
  const { action, answer, changes } = taken;
  return changes.length > 0 || (answer?.ok === true && action.kind === "create") || isDeferred(taken);
}

function isDeferred({ action, answer }: Taken): boolean {
  return action.kind === "send" && answer?.ok === true && (answer.value as Receipt).result === "deferred";
}
