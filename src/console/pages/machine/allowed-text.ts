/** Whether an event may happen next, in words. */
import type { AllowedEvent } from "../../../gen/detent/v1/machine_pb.ts";

const REASONS: Readonly<Record<string, string>> = {
  NO_TRANSITION: "no transition of this state takes it",
  GUARD_REJECTED: "the guards of this state's transitions say no",
  IGNORED: "this state passes it over",
  DEFERRED: "this state puts it off",
};

/** Why it cannot be sent now; undefined: it can. */
export function describeRefusal({ allowed, reason = "" }: AllowedEvent, state: string): string | undefined {
  if (allowed !== "no") return undefined;
  const why = Object.hasOwn(REASONS, reason) ? REASONS[reason] : "the machine would refuse it";
  return `Not in state ${state}: ${why}${reason === "" ? "" : ` (${reason})`}.`;
}

/** Where it leads, as far as that is known beforehand. */
export function describeTarget({ allowed, to }: AllowedEvent): string {
  const where = to === undefined ? "" : `to ${to}`;
  if (allowed === "depends") return [where, "depends on its data"].filter(Boolean).join(", ");
  return where;
}
