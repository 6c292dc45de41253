/** What becomes of an order that is to be charged: the payment, and the event that reports it. */
import { eventFor, type EventMessage } from "./messages.ts";
import { charge, type Payment } from "./payment.ts";
import type { Standing } from "./standing.ts";

/** Charges what was told with this very entry of `charging`, and answers the report. Nothing is charged that was not told. */
export async function settle(order: string, { life, sequence, amount }: Standing): Promise<EventMessage> {
  // Of this entry of the state, and so the same each time that it is told.
  const key = `${life}-${sequence}`;
  const result: Payment =
    amount === undefined
      ? { ok: false, why: "no amount was told with the order" }
      : await charge(`${order}/${key}`, amount);
  const event = result.ok ? "charged" : "declined";
  const data = result.ok ? { payment: result.payment } : { why: result.why };
  return eventFor(order, event, `payment-${key}`, data);
}
