/** Whether an event may happen next, in words. */
import type { AllowedEvent } from "../../../gen/detent/v1/machine_pb.ts";

const REASONS: Readonly<Record<string, string>> = {
  NO_TRANSITION: "no transition from here",
  GUARD_REJECTED: "a guard says no",
  IGNORED: "passed over here",
  DEFERRED: "put off here",
};

/** Why it cannot be sent now; undefined: it can. */
export function describeRefusal({ allowed, reason = "" }: AllowedEvent, state: string): string | undefined {
  if (allowed !== "no") return undefined;
  const why = Object.hasOwn(REASONS, reason) ? REASONS[reason] : "the machine would refuse it";
  return `Not in state ${state}: ${why}${reason === "" ? "" : ` (${reason})`}.`;
}

/** The same in a few words, or where the event leads, as far as that is known beforehand. */
export function describeOutcome({ allowed, to, reason = "" }: AllowedEvent): string {
  if (allowed === "no") return (Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined) ?? "not now";
  const where = to === undefined ? "" : `to ${to}`;
  return allowed === "depends" ? [where, "depends on its data"].filter(Boolean).join(", ") : where;
}
