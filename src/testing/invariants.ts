/** What holds after every step of every machine, whatever its configuration. Pure. */
import type { Configuration } from "../engine/configuration.ts";
import { describePresence, isSame } from "./describe.ts";
import { show } from "./match.ts";
import type { Machine } from "./target.ts";
import type { Taken } from "./take-step.ts";

/** A test's own rule on machines: it throws, or answers false, where one breaks it. */
export type Check = (machine: Machine) => unknown;

/** What a step has broken; undefined: nothing. */
export function findBroken(configuration: Configuration, taken: Taken, check?: Check): string | undefined {
  const { answer, before, after, changes } = taken;
  if (answer?.ok === false && answer.reason === "INTERNAL") return `the answer is INTERNAL: ${answer.message}`;
  const isByTimers = changes.length > 0 && changes.every(({ originator }) => originator === "timer");
  if (answer?.ok === false && !isSame(before, after) && !isByTimers) {
    return `it was refused, and yet the machine has changed: ${describePresence(before)}; now ${describePresence(after)}`;
  }
  if (typeof after !== "string" && !configuration.states.includes(after.state)) {
    return `${show(after.state)} is not a state of the configuration`;
  }
  let [revision, state] = typeof before === "string" ? [0, changes[0]?.from] : [before.revision, before.state];
  for (const change of changes) {
    if (change.revision !== revision + 1) return `revision ${change.revision} follows revision ${revision}`;
    if (change.from !== state) return `${show(change.event)} leaves ${show(change.from)}, where the machine was not`;
    ({ revision, to: state } = change);
  }
  if (typeof after === "string") return undefined;
  if (after.revision !== revision)
    return `the machine has revision ${after.revision}, its history ends with ${revision}`;
  return check === undefined ? undefined : findCheckFailure(check, after);
}

function findCheckFailure(check: Check, machine: Machine): string | undefined {
  try {
    return check(machine) === false ? `the check does not hold: ${describePresence(machine)}` : undefined;
  } catch (error) {
    return `the check does not hold: ${error instanceof Error ? error.message : String(error)}`;
  }
}
