/** What a step does with conditions, data and time: named cases; the generated ones are in engine-property.test.ts. */
import { describe, expect, test } from "vitest";
import { listAllowedEvents } from "../../src/engine/allowed-events.ts";
import { compileConfiguration } from "../../src/engine/compile-configuration.ts";
import type { Configuration, ConfigurationSource } from "../../src/engine/configuration.ts";
import type { JsonObject } from "../../src/engine/json.ts";
import { start, step } from "../../src/engine/step.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;

const ORDERS: ConfigurationSource = {
  name: "orders",
  version: "v3",
  starting_state: "start",
  states: ["start", "pending", "shipped", "cancelled"],
  transitions: [
    { from: "start", to: "pending", event: "accept" },
    { from: "pending", to: "shipped", event: "ship", guard: "data.paid && event.data.weight < 30.0" },
    { from: "pending", to: "cancelled", event: "expire", after: "P2D" },
    {
      from: "*",
      to: "cancelled",
      event: "cancel",
      assign: { reason: "has(event.data.reason) ? event.data.reason : ''" },
    },
  ],
  initial_states: ["start", "pending"],
  state_options: {
    shipped: { schema: { type: "object", required: ["tracking"], properties: { tracking: { type: "string" } } } },
  },
  event_options: { ship: { schema: { type: "object", properties: { weight: { type: "number" } } } } },
};

function compile(source: ConfigurationSource): Configuration {
  const compiled = compileConfiguration(source);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
  return compiled.configuration;
}

interface Sent {
  readonly state: string;
  readonly data?: JsonObject;
  readonly event: string;
  readonly eventData?: JsonObject;
  readonly revision?: number;
  readonly now?: number;
}

function send(configuration: Configuration, { state, data = {}, event, eventData = {}, revision = 4, now = 0 }: Sent) {
  const sent = { id: "e", name: event, data: eventData, details: "d", originator: "o", timestamp: 5 };
  return step(configuration, { state, revision, data }, sent, now);
}

/** A machine with one state and one transition on `go`. */
function single(transition: object, more: object = {}): Configuration {
  return compile({
    name: "n",
    starting_state: "a",
    states: ["a", "b"],
    transitions: [{ from: "a", to: "b", event: "go", ...transition }],
    ...more,
  });
}

test("a negative zero is assigned as the zero that is stored, also within a list", () => {
  const configuration = single({ assign: { n: "data.n * 0", list: "[{'n': data.n * 0}]" } });
  expect(send(configuration, { state: "a", data: { n: -1 }, event: "go" })).toMatchObject({
    next: { data: { n: 0, list: [{ n: 0 }] } },
  });
});

describe("the contract's example", () => {
  const orders = compile(ORDERS);
  test("ships what is paid and light, with the field that the state names and no other", () => {
    const eventData = { weight: 3, tracking: "T1", paid: false, secret: 1 };
    expect(send(orders, { state: "pending", data: { paid: true, n: 1 }, event: "ship", eventData })).toMatchObject({
      kind: "transitioned",
      next: { state: "shipped", revision: 5, data: { paid: true, n: 1, tracking: "T1" } },
    });
  });
  test.each([
    [
      { paid: false },
      { weight: 3, tracking: "T1" },
      "GUARD_REJECTED",
      /the guard "data\.paid && .*" is false; allowed: /,
    ],
    [{ paid: true }, { weight: 30, tracking: "T1" }, "GUARD_REJECTED", /is false/],
    [{}, { weight: 3, tracking: "T1" }, "GUARD_REJECTED", /failed: .*paid/],
    [{ paid: true }, { weight: "3", tracking: "T1" }, "SCHEMA_REJECTED", /does not match its schema: data\/weight/],
    [{ paid: true }, { weight: 3 }, "SCHEMA_REJECTED", /schema of the state "shipped": data\/tracking: must be there/],
    [{ paid: true }, { weight: 3, tracking: 7 }, "SCHEMA_REJECTED", /data\/tracking/],
  ])("refuses with %j, %j: %s", (data, eventData, reason, message) => {
    const refused = send(orders, { state: "pending", data, event: "ship", eventData });
    expect(refused).toMatchObject({ kind: "refused", reason, message: expect.stringMatching(message) });
    expect(refused).toMatchObject({
      message: expect.stringMatching(/"ship".*"pending"|"pending".*"ship|"pending", the data/),
    });
  });
  test("an event's schema speaks before its transition", () => {
    expect(send(orders, { state: "start", event: "ship", eventData: { weight: "x" } })).toMatchObject({
      reason: "SCHEMA_REJECTED",
    });
    expect(send(orders, { state: "start", event: "ship", eventData: { weight: 1 } })).toMatchObject({
      reason: "NO_TRANSITION",
    });
  });
  test("assigns", () => {
    const cancelled = { kind: "transitioned", next: { state: "cancelled" } };
    expect(send(orders, { state: "start", event: "cancel", eventData: { reason: "r" } })).toMatchObject({
      ...cancelled,
      next: { data: { reason: "r" } },
    });
    expect(send(orders, { state: "start", event: "cancel", data: { reason: "old" } })).toMatchObject({
      ...cancelled,
      next: { data: { reason: "" } },
    });
  });
  test("tells its timer on entry", () => {
    expect(send(orders, { state: "start", event: "accept", now: 100 })).toMatchObject({
      timers: [{ position: 2, event: "expire", to: "cancelled", dueAt: 100 + 2 * DAY_MS }],
    });
    expect(start(orders, { state: "pending", data: {}, now: 7 })).toMatchObject({
      timers: [{ dueAt: 7 + 2 * DAY_MS }],
    });
  });
  test("says what is allowed as far as it can be known", () => {
    const list = (data: JsonObject) => listAllowedEvents(orders, { state: "pending", revision: 1, data }, 0);
    expect(list({ paid: true })).toEqual([
      { event: "accept", allowed: "no", reason: "NO_TRANSITION" },
      { event: "ship", allowed: "depends", to: "shipped" },
      { event: "expire", allowed: "yes", to: "cancelled" },
      { event: "cancel", allowed: "yes", to: "cancelled" },
    ]);
  });
});

test("a refused event is not told as allowed in the state that refused it", () => {
  const guarded = single({ guard: "event.data.sure == true" });
  expect(send(guarded, { state: "a", event: "go", eventData: { sure: false } })).toMatchObject({
    allowedEvents: [],
    message: expect.stringMatching(/no other event is allowed\.$/),
  });
  expect(send(guarded, { state: "a", event: "x" })).toMatchObject({ allowedEvents: ["go"] });
});

test("the first transition whose guard is true wins, and a guard that errs refuses the event", () => {
  const configuration = compile({
    name: "n",
    starting_state: "a",
    states: ["a", "b", "c", "d"],
    transitions: [
      { from: "a", to: "b", event: "go", guard: "data.n > 10" },
      { from: "a", to: "c", event: "go", guard: "data.n > 5" },
      { from: "*", to: "d", event: "go" },
      { from: "b", to: "a", event: "back" },
    ],
  });
  const to = (data: JsonObject) => {
    const done = send(configuration, { state: "a", event: "go", data });
    return done.kind === "transitioned" ? done.next.state : done.kind === "refused" ? done.reason : done.kind;
  };
  expect([to({ n: 11 }), to({ n: 6 }), to({ n: 1 }), to({})]).toEqual(["b", "c", "d", "GUARD_REJECTED"]);
  const allowed = (data: JsonObject) => listAllowedEvents(configuration, { state: "a", revision: 0, data }, 0)[0];
  expect([allowed({ n: 6 }), allowed({})]).toEqual([
    { event: "go", allowed: "yes", to: "c" },
    { event: "go", allowed: "no", reason: "GUARD_REJECTED" },
  ]);
});

test("guards see the data, the event, the state, the revision and the time", () => {
  const guard =
    "data.a == 1 && event.id == 'e' && event.name == 'go' && event.data.x == 2 && event.details == 'd' && event.originator == 'o' && event.timestamp == timestamp('1970-01-01T00:00:00.005Z') && state == 'a' && revision == 4 && now == timestamp('1970-01-01T00:00:01Z')";
  const sent = { state: "a", event: "go", data: { a: 1 }, eventData: { x: 2 }, now: 1_000 };
  expect(send(single({ guard }), sent)).toMatchObject({ kind: "transitioned" });
  expect(send(single({ guard }), { ...sent, now: 1_001 })).toMatchObject({ reason: "GUARD_REJECTED" });
});

describe("data", () => {
  test("assignments are all evaluated against the data before the event, and win over what the event brings", () => {
    const schema = { properties: { a: { type: "number" }, c: {} } };
    const configuration = single(
      { assign: { a: "data.b", b: "data.a", count: "data.count + 1" } },
      { state_options: { b: { schema } } },
    );
    const eventData = { a: "not a number", c: [1] };
    expect(send(configuration, { state: "a", event: "go", data: { a: 1, b: 2, count: 7 }, eventData })).toMatchObject({
      next: { data: { a: 2, b: 1, c: [1], count: 8 } },
    });
  });
  test.each([
    ["errors", { assign: { a: "data.missing" } }, /the assignment of "a" by the event "go" failed: .*missing/],
    ["too large", { assign: { a: "[data.big, data.big]" } }, /the limit is 262144/],
    ["too deep", { assign: { a: "[data.deep]" } }, /deeper than 32/],
  ])("an assignment that %s refuses the event", (_, transition, message) => {
    let deep: JsonObject | readonly JsonObject[] = {};
    for (let i = 0; i < 30; i++) deep = { deep };
    const data = { big: "x".repeat(140_000), deep };
    expect(send(single(transition), { state: "a", event: "go", data })).toMatchObject({
      reason: "ASSIGN_REJECTED",
      message: expect.stringMatching(message),
    });
  });
  test("names of object properties are fields like any other", () => {
    const configuration = single({ assign: JSON.parse('{"__proto__": "\'x\'", "constructor": "1"}') });
    const done = send(configuration, { state: "a", event: "go" });
    expect(done.kind === "transitioned" && JSON.stringify(done.next.data)).toBe('{"__proto__":"x","constructor":1}');
  });
  test("unchanged, it is the same object", () => {
    const data = { a: 1 };
    const done = send(single({}), { state: "a", event: "go", data, eventData: { a: 2 } });
    expect(done.kind === "transitioned" && done.next.data).toBe(data);
  });
  test("a machine is created with data that its state takes, whole", () => {
    const schema = { required: ["a"], properties: { a: { type: "number" } } };
    const configuration = single({}, { state_options: { a: { schema } } });
    expect(start(configuration, { data: { a: 1, b: 2 }, now: 0 })).toMatchObject({ next: { data: { a: 1, b: 2 } } });
    expect(start(configuration, { data: { b: 2 }, now: 0 })).toEqual({
      ok: false,
      rule: "schema",
      message: 'The data does not match the schema of the state "a": data/a: must be there.',
      violations: [{ pointer: "/data/a", rule: "required", message: "data/a: must be there" }],
    });
  });
});

describe("deadlines", () => {
  const configuration = single(
    { event: "due", deadline: "timestamp(data.due) + duration('1h')" },
    {
      states: ["a", "b", "c"],
      transitions: [
        { from: "a", to: "b", event: "go", assign: { due: "event.data.due" } },
        { from: "b", to: "c", event: "due", deadline: "timestamp(data.due) + duration('1h')" },
      ],
    },
  );
  test("are told on entry, after the assignments", () => {
    const eventData = { due: "2026-01-01T00:00:00Z" };
    expect(send(configuration, { state: "a", event: "go", eventData })).toMatchObject({
      timers: [{ event: "due", to: "c", dueAt: Date.parse("2026-01-01T01:00:00Z") }],
    });
  });
  test("that cannot be told refuse the event", () => {
    expect(send(configuration, { state: "a", event: "go", eventData: { due: "soon" } })).toMatchObject({
      reason: "ASSIGN_REJECTED",
      message: expect.stringMatching(/the deadline of the event "due" in the state "b" cannot be told/),
    });
  });
});

test("what is not handled is ignored, deferred or refused, as the state says or else the configuration", () => {
  const configuration = compile({
    name: "n",
    starting_state: "a",
    states: ["a", "b", "c"],
    transitions: [
      { from: "a", to: "b", event: "go" },
      { from: "b", to: "c", event: "end" },
      { from: "b", to: "c", event: "never", guard: "false" },
    ],
    unhandled: "ignore",
    state_options: { a: { unhandled: "defer" }, c: { unhandled: "reject" } },
  });
  const kind = (state: string, event: string) => send(configuration, { state, event }).kind;
  expect([kind("a", "end"), kind("b", "go"), kind("c", "go")]).toEqual(["deferred", "ignored", "refused"]);
  // Neither a false guard nor an unknown event is this.
  expect([kind("b", "never"), kind("a", "nonsense")]).toEqual(["refused", "refused"]);
  const why = (state: string) =>
    listAllowedEvents(configuration, { state, revision: 0, data: {} }, 0).map(({ reason }) => reason);
  expect(why("a")).toEqual([undefined, "DEFERRED", "DEFERRED"]);
  expect(why("b")).toEqual(["IGNORED", undefined, "GUARD_REJECTED"]);
  expect(why("c")).toEqual(["NO_TRANSITION", "NO_TRANSITION", "NO_TRANSITION"]);
});

test("the work of one event is bounded, whatever the guards are", () => {
  const guard = "data.list.all(x, data.text.matches('^(a|b|c|d|e)*$'))";
  const transitions = Array.from({ length: 2_000 }, () => ({ from: "a", to: "b", event: "go", guard }));
  const other = { from: "a", to: "b", event: "other", guard };
  const configuration = compile({
    name: "n",
    starting_state: "a",
    states: ["a", "b"],
    transitions: [...transitions, other],
  });
  const data = { list: Array.from({ length: 5_000 }, () => 1), text: "abcde".repeat(1_800) };
  expect(send(configuration, { state: "a", event: "go", data })).toMatchObject({
    reason: "GUARD_REJECTED",
    message: expect.stringMatching(/more work than one event may/),
    allowedEvents: ["other"],
  });
});
