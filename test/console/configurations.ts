/** The configurations of the seeded tenant, apart from the hostile one. */

const PAY_SCHEMA = {
  type: "object",
  required: ["amount", "method"],
  properties: {
    amount: { type: "number", minimum: 0 },
    method: { enum: ["card", "invoice"] },
    note: { type: "string" },
    gift: { type: "boolean" },
    count: { type: "integer" },
  },
};

const ADDRESS_SCHEMA = {
  type: "object",
  required: ["city"],
  properties: { street: { type: "string" }, city: { type: "string" }, country: { type: "string" } },
};

const SHIPPED_SCHEMA = {
  type: "object",
  required: ["tracking"],
  properties: { tracking: { type: "string" }, total: { type: "number" } },
};

export const ORDERS_V1 = {
  name: "orders",
  version: "v1",
  starting_state: "start",
  states: ["start", "pending", "paid", "shipped", "cancelled"],
  transitions: [
    { from: "start", to: "pending", event: "accept" },
    { from: "pending", to: "paid", event: "pay" },
    { from: "paid", to: "shipped", event: "ship" },
    { from: "*", to: "cancelled", event: "cancel" },
  ],
};

export const ORDERS_V2 = {
  ...ORDERS_V1,
  version: "v2",
  states: [...ORDERS_V1.states, "delivered", "returned"],
  transitions: [
    ...ORDERS_V1.transitions,
    { from: "shipped", to: "delivered", event: "deliver" },
    { from: "delivered", to: "returned", event: "return" },
  ],
  event_options: { pay: { schema: PAY_SCHEMA } },
};

/** It is stored with a warning: its last `deliver` is in the shadow of the first. */
export const ORDERS_V3 = {
  name: "orders",
  version: "v3",
  starting_state: "start",
  states: ["start", "pending", "paid", "shipped", "delivered", "cancelled", "returned"],
  initial_states: ["start", "pending"],
  transitions: [
    { from: "start", to: "pending", event: "accept", assign: { city: "event.data.address.city" } },
    { from: "start", to: "cancelled", event: "abandon", after: "PT10M" },
    {
      from: "pending",
      to: "paid",
      event: "pay",
      guard: "(has(data.vip) && data.vip == true) || event.data.amount >= data.total",
      assign: { paid_amount: "event.data.amount", method: "event.data.method" },
    },
    { from: "pending", to: "cancelled", event: "expire", after: "P2D" },
    { from: "paid", to: "shipped", event: "ship" },
    {
      from: "paid",
      to: "cancelled",
      event: "ship_late",
      deadline: "has(data.ship_by) ? timestamp(data.ship_by) : timestamp('2199-01-01T00:00:00Z')",
    },
    { from: "shipped", to: "delivered", event: "deliver" },
    { from: "shipped", to: "returned", event: "return" },
    { from: "shipped", to: "returned", event: "deliver" },
    { from: "delivered", to: "returned", event: "return" },
    { from: "returned", to: "paid", event: "replace" },
    {
      from: "*",
      to: "cancelled",
      event: "cancel",
      assign: { reason: "has(event.data.reason) ? event.data.reason : ''" },
    },
  ],
  state_options: { paid: { unhandled: "defer" }, shipped: { schema: SHIPPED_SCHEMA, unhandled: "ignore" } },
  event_options: {
    accept: { schema: { type: "object", required: ["address"], properties: { address: ADDRESS_SCHEMA } } },
    pay: { schema: PAY_SCHEMA },
    cancel: { schema: { type: "object", properties: { reason: { type: "string" } } } },
  },
  defer_for: "P1D",
};

export const DEVICES = {
  name: "devices",
  version: "v1",
  starting_state: "off",
  states: ["off", "on", "broken"],
  transitions: [
    { from: "off", to: "on", event: "start" },
    { from: "on", to: "off", event: "stop" },
    { from: "on", to: "broken", event: "fail" },
    { from: "broken", to: "off", event: "repair" },
  ],
};

export const UNUSED = { ...DEVICES, name: "unused" };

/** As many states as there may be. */
const BIG_STATES = Array.from({ length: 500 }, (_, at) => `state-${String(at).padStart(3, "0")}`);

/** 500 states, 1,500 transitions. */
export const BIG = {
  name: "big",
  version: "v1",
  starting_state: BIG_STATES[0],
  states: BIG_STATES,
  transitions: BIG_STATES.flatMap((from, at) =>
    [
      ["next", 1],
      ["skip", 7],
      ["jump", 131],
    ].map(([event, by]) => ({ from, to: BIG_STATES[(at + Number(by)) % BIG_STATES.length], event })),
  ),
};
