/** Configurations that use everything there is, for machines that are really made of them. */
import type { ConfigurationSource } from "../../../src/engine/configuration.ts";

const MONEY = { type: "number", minimum: 0, multipleOf: 0.01 };

/** Of the machines that events are sent to. */
export const ORDERS: ConfigurationSource = {
  name: "orders",
  version: "v1",
  starting_state: "start",
  states: ["start", "pending", "paid", "shipped", "cancelled"],
  transitions: [
    { from: "start", to: "pending", event: "accept", guard: "size(event.data) < 20", assign: { seen: "now" } },
    {
      from: "pending",
      to: "paid",
      event: "pay",
      guard: "double(event.data.amount) >= data.amount || event.details.contains('gift')",
      assign: { amount: "data.amount - event.data.amount", by: "event.originator", notes: "[event.data, data.notes]" },
    },
    { from: "pending", to: "cancelled", event: "cancel", after: "P1D" },
    { from: "paid", to: "shipped", event: "ship", guard: "event.data.items.all(i, i.size() > 0)" },
    { from: "paid", to: "cancelled", event: "expire", deadline: "event.timestamp + duration('1h')" },
    { from: "cancelled", to: "start", event: "again" },
    { from: "*", to: "start", event: "again" },
  ],
  initial_states: ["start", "pending"],
  state_options: {
    pending: {
      schema: {
        type: "object",
        properties: { amount: MONEY, notes: {}, lines: { type: "array", items: { $ref: "#/$defs/line" } } },
        required: ["amount"],
        $defs: { line: { type: "object", properties: { sku: { type: "string", pattern: "^[A-Z]{2}\\d+$" } } } },
      },
      unhandled: "defer",
    },
    paid: { unhandled: "ignore" },
  },
  event_options: {
    pay: { schema: { properties: { amount: MONEY, to: { type: "string", format: "uuid" } }, minProperties: 1 } },
    ship: { schema: { required: ["items"], properties: { items: { type: "array", uniqueItems: true } } } },
  },
  unhandled: "reject",
  defer_for: "PT1H",
  retention: { outcomes: "P7D", final: null, history: "P30D" },
};

const SCHEMAS: ConfigurationSource = {
  name: "schemas",
  version: "v2",
  starting_state: "a",
  states: ["a", "b"],
  transitions: [{ from: "a", to: "b", event: "go" }],
  state_options: {
    a: {
      schema: {
        $defs: { tree: { type: "object", properties: { next: { $ref: "#/$defs/tree" } } } },
        allOf: [{ $ref: "#/$defs/tree" }, { not: { required: ["x"] } }],
        anyOf: [{ minProperties: 0 }, { maxProperties: 3 }],
        oneOf: [true, false],
        if: { properties: { k: { const: 1 } } },
        // oxlint-disable-next-line unicorn/no-thenable -- the keyword of JSON Schema
        then: { required: ["l"] },
        else: { properties: { k: { enum: [1, "a", null, [1], { a: 2 }] } } },
        patternProperties: { "^x-": { type: ["string", "null"] } },
        additionalProperties: { type: ["number", "integer", "array", "object", "boolean"], exclusiveMaximum: 1e9 },
        propertyNames: { maxLength: 20, pattern: "^[\\p{L}_-]+$" },
        dependentRequired: { a: ["b"] },
        dependentSchemas: { b: { maxProperties: 9 } },
      },
    },
    b: {
      schema: {
        type: "array",
        prefixItems: [{ type: "string", minLength: 1, format: "date-time" }],
        items: { type: "number" },
        contains: { multipleOf: 0.1 },
        minContains: 1,
        maxContains: 3,
        minItems: 0,
        maxItems: 100,
        uniqueItems: true,
      },
    },
  },
};

const TIMERS: ConfigurationSource = {
  name: "timers",
  version: "1.0-rc",
  starting_state: "idle",
  states: ["idle", "busy", "done"],
  transitions: [
    { from: "idle", to: "busy", event: "start", deadline: "timestamp(data.at)", assign: { at: "string(now)" } },
    { from: "busy", to: "idle", event: "tick", after: "30s", guard: "revision < 10" },
    { from: "busy", to: "done", event: "tick", after: "PT1M", assign: { n: "data.n + 1.0" } },
  ],
};

const SMALL: ConfigurationSource = {
  name: "small",
  starting_state: "a",
  states: ["a"],
  transitions: [{ from: "a", to: "a", event: "e" }],
};

/** `*`, names of objects' own members, and letters that are not ASCII. */
const NAMES: ConfigurationSource = {
  name: "names",
  version: "v1",
  starting_state: "__proto__",
  states: ["__proto__", "constructor", "état 1", 'a\n"b', "toString"],
  transitions: [
    { from: "*", to: "constructor", event: "__proto__", assign: { constructor: "1.0", toString: "event.data" } },
    { from: "constructor", to: "état 1", event: "hasOwnProperty", guard: "has(data.constructor)" },
    { from: "état 1", to: 'a\n"b', event: "*" },
  ],
};

export const CONFIGURATIONS: readonly ConfigurationSource[] = [ORDERS, SCHEMAS, TIMERS, SMALL, NAMES];
