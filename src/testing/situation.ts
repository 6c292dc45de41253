/** What a machine can be, and what tells one such situation from another. Pure. */
import { canonicalJson } from "../json.ts";
import type { Action } from "./step.ts";
import type { Machine, Receipt, TestMachine } from "./target.ts";
import type { Taken } from "./take-step.ts";

/** How a state was reached. */
export interface Way {
  /** `creation`: it begins with a machine that was created in a state to which no event led. */
  readonly by: "events" | "creation";
  /** What was done, from the creation on: a shortest way. */
  readonly path: readonly Action[];
}

/** A machine's state and data, what waits and what is due, with the way that leads there. */
export interface Situation extends Way {
  readonly machine: Machine;
  /** Names of deferred events. */
  readonly waiting: readonly string[];
  /** A machine that is in it; undefined: one has to come the same way. */
  ready: TestMachine | undefined;
}

/** The same for equal situations. `now`: the machine's clock; undefined where no two machines have the same time left. */
export function keyOf({ machine, waiting }: Situation, now: number | undefined): string {
  const { state, data, timers } = machine;
  const due = now === undefined ? [] : timers.map(({ event, dueAt }) => [event, dueAt - now]);
  return canonicalJson([state, data, due, waiting]);
}

/** What waits after a step: one event more where it was deferred, and those no longer that were taken along with it. */
export function waitingAfter(waiting: readonly string[], taken: Taken): string[] {
  const { action, changes } = taken;
  if (isDeferred(taken)) return [...waiting, action.kind === "send" ? action.event : ""];
  const left = [...waiting];
  for (const { event } of changes.slice(1)) {
    const at = left.indexOf(event);
    if (at >= 0) left.splice(at, 1);
  }
  return left;
}

/** Whether the machine is no longer the same, also where that cannot be seen. */
export function hasHappened(taken: Taken): boolean {
  const { action, answer, changes } = taken;
  return changes.length > 0 || (answer?.ok === true && action.kind === "create") || isDeferred(taken);
}

function isDeferred({ action, answer }: Taken): boolean {
  return action.kind === "send" && answer?.ok === true && (answer.value as Receipt).result === "deferred";
}
