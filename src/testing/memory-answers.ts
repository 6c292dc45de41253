/** The machine's own words, with customers' JSON as text -> the kit's. */
import type { Violation as ProductViolation } from "../errors.ts";
import type { MachineView, SendCall } from "../machine/calls.ts";
import type { Receipt as ProductReceipt } from "../receipt.ts";
import type { Data, Machine, Receipt, Refusal } from "./target.ts";

export function toMachine({ state, data, labels, revision, final, timers }: MachineView): Machine {
  const parsed = { data: JSON.parse(data) as Data, labels: JSON.parse(labels) as Record<string, string> };
  return { state, ...parsed, revision, final, timers };
}

export function toReceipt(receipt: ProductReceipt): Receipt {
  const { eventId, event, result, reason, message, from, to, revision, at, originator, duplicate } = receipt;
  return {
    eventId,
    event,
    result,
    from,
    revision,
    at,
    originator,
    duplicate,
    created: receipt.created ?? false,
    details: receipt.details,
    data: JSON.parse(receipt.data) as Data,
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
    ...(to !== undefined && { to }),
    ...(receipt.allowedEvents !== undefined && { allowedEvents: receipt.allowedEvents }),
  };
}

/** Of an event for which there is no machine: no machine has made it, and none remembers it. */
export function toFailedReceipt(
  { eventId, event, data, details, originator }: SendCall,
  why: Pick<Receipt, "reason" | "message" | "at">,
): Receipt {
  const nothing = { from: "", revision: 0, duplicate: false, created: false };
  return { eventId, event, details, originator, data: JSON.parse(data) as Data, ...nothing, ...why, result: "failed" };
}

/** Of a reply, or of an error that says as much. */
export function toRefusal({
  reason,
  message,
  violations = [],
}: {
  readonly reason: string;
  readonly message: string;
  readonly violations?: readonly ProductViolation[];
}): { readonly ok: false } & Refusal {
  return { ok: false, reason, message, violations };
}
