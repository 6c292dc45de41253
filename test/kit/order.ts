/**
 * An order whose failures are a state, after the example of MkUnion (https://github.com/widmogrod/mkunion): what has gone
 * wrong while it was completed stands in its data, and `recover` tries again. Whoever packs an order does not complete it.
 */
export const ORDER = {
  name: "order",
  starting_state: "pending",
  initial_states: ["pending"],
  states: ["pending", "processing", "completed", "cancelled", "error"],
  transitions: [
    { from: "pending", to: "processing", event: "mark processing", assign: { worker: "event.data.worker" } },
    { from: "processing", to: "cancelled", event: "cancel", assign: { reason: "event.data.reason" } },
    {
      from: "processing",
      to: "error",
      event: "complete",
      // The warehouse or the payment provider, which whoever sends the event has called, did not answer.
      guard: "event.data.worker != data.worker && has(event.data.problem)",
      assign: { problem: "event.data.problem", approver: "event.data.worker", retried: "0" },
    },
    {
      from: "processing",
      to: "completed",
      event: "complete",
      guard: "event.data.worker != data.worker",
      assign: { approver: "event.data.worker" },
    },
    {
      from: "error",
      to: "error",
      event: "recover",
      guard: "has(event.data.problem)",
      assign: { problem: "event.data.problem", retried: "data.retried + 1" },
    },
    { from: "error", to: "completed", event: "recover", assign: { retried: "data.retried + 1" } },
  ],
  state_options: {
    pending: {
      schema: {
        type: "object",
        required: ["price", "quantity"],
        properties: { price: { type: "number" }, quantity: { type: "integer" } },
      },
    },
  },
  event_options: {
    "mark processing": { schema: withText("worker") },
    cancel: { schema: withText("reason") },
    complete: { schema: withText("worker") },
  },
};

function withText(field: string) {
  return { type: "object", required: [field], properties: { [field]: { type: "string" } } };
}
