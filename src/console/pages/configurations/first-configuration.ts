/** A configuration to begin with: small, and with a bit of everything that most have. */
export const FIRST_CONFIGURATION = {
  name: "orders",
  version: "v1",
  starting_state: "pending",
  states: ["pending", "paid", "shipped", "cancelled"],
  transitions: [
    { from: "pending", to: "paid", event: "pay", assign: { amount: "event.data.amount" } },
    { from: "pending", to: "cancelled", event: "expire", after: "P2D" },
    { from: "paid", to: "shipped", event: "ship", guard: "data.amount > 0.0" },
    { from: "paid", to: "cancelled", event: "cancel" },
  ],
  event_options: {
    pay: { schema: { type: "object", required: ["amount"], properties: { amount: { type: "number" } } } },
  },
};
