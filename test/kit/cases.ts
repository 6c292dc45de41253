/** What the test kit promises on every target, each as a test that is written with it. */
import assert from "node:assert/strict";
import {
  create,
  createKit,
  none,
  unchecked,
  type AnyTypes,
  type Scenario,
  type Target,
} from "../../src/testing/index.ts";
import { ORDER } from "./order.ts";
import { NAP, TICKET } from "./ticket.ts";

interface Case {
  readonly name: string;
  readonly run: (target: Target) => Promise<void>;
}

/** What is late from the beginning. */
const HURRY = {
  name: "hurry",
  starting_state: "new",
  states: ["new", "waiting", "passing", "late"],
  transitions: [
    { from: "new", to: "waiting", event: "begin" },
    { from: "waiting", to: "late", event: "expire", deadline: "timestamp(data.by)" },
    { from: "passing", to: "late", event: "go on", after: "PT0S" },
  ],
};

export const CASES: readonly Case[] = [
  {
    name: "a scenario goes its way, and its forks theirs",
    run: async (target) => {
      const kit = createKit(ORDER, { target });
      const { machine, receipts } = await kit
        .given(create({ data: { price: 100, quantity: 3 }, labels: { customer: "c-1" } }))
        .thenState("pending", { revision: 0, labels: { customer: "c-1" }, allowed: ["mark processing"] })
        .when("mark processing", { data: { worker: "anna" } })
        .thenState("processing", { exactData: { price: 100, quantity: 3, worker: "anna" }, revision: 1 })
        .fork("out of stock", (it) =>
          it
            .when("cancel", { data: { reason: "out of stock" } })
            .thenState("cancelled", { data: { reason: /stock/, worker: "anna" }, final: true, allowed: [] })
            .fork("and that is the end", (end) => end.when("complete").thenRefused("SCHEMA_REJECTED")),
        )
        .when("complete", { data: { worker: "anna" } })
        .thenRefused("GUARD_REJECTED", { message: "is refused in the state" })
        .when("complete", { data: { worker: "bob" }, details: "by hand" })
        .thenState("completed", { data: { price: (price: unknown) => price === 100 }, revision: 2 });
      assert.equal(typeof machine === "string" ? machine : machine.state, "completed");
      assert.deepEqual(
        receipts.map(({ event, result, from, to, details }) => [event, result, from, to, details]),
        [
          ["mark processing", "transitioned", "pending", "processing", ""],
          ["complete", "refused", "processing", undefined, ""],
          ["complete", "transitioned", "processing", "completed", "by hand"],
        ],
      );
    },
  },
  {
    name: "a beginning is shared, and each scenario has a machine of its own",
    run: async (target) => {
      const kit = createKit(ORDER, { target });
      const begun = kit
        .given(create({ data: { price: 1, quantity: 1 } }))
        .when("mark processing", { data: { worker: "anna" } })
        .thenState("processing");
      const cancelled = await begun.when("cancel", { data: { reason: "" } }).thenState("cancelled", { revision: 2 });
      const completed = await begun
        .when("complete", { data: { worker: "bob" } })
        .thenState("completed", { revision: 2 });
      assert.notEqual(cancelled.id, completed.id);
    },
  },
  {
    name: "without a machine everything but a creation is refused, and with one a creation is",
    run: async (target) => {
      const kit = createKit(ORDER, { target });
      const { receipts } = await kit
        .given(none())
        .when("cancel", { data: { reason: "" }, details: "too early", originator: "anna" })
        .thenRefused("MACHINE_NOT_FOUND")
        .when(create({ data: { price: 1, quantity: 1 } }))
        .thenState("pending")
        .when(create({ data: { price: 1, quantity: 1 } }))
        .thenRefused("MACHINE_EXISTS");
      const [failed] = receipts;
      assert.match(failed?.message ?? "", /test-/);
      assert.ok(Number.isInteger(failed?.at));
      assert.deepEqual(
        { ...failed, message: "", at: 0 },
        {
          eventId: "step-2",
          event: "cancel",
          result: "failed",
          reason: "MACHINE_NOT_FOUND",
          message: "",
          from: "",
          revision: 0,
          at: 0,
          originator: "anna",
          duplicate: false,
          created: false,
          details: "too early",
          data: { reason: "" },
        },
      );
    },
  },
  {
    name: "a creation is refused for its state, its data and what is no state, with the field to blame",
    run: async (target) => {
      const kit = createKit(ORDER, { target });
      await kit
        .given(create({ data: { price: "dear" } }))
        .thenRefused("INVALID_ARGUMENT", { pointer: "/data/price" })
        .when(create({ state: "completed" }))
        .thenRefused("INVALID_ARGUMENT", { pointer: "/state", rule: "initial_state" })
        .when(create({ state: "nowhere" }))
        .thenRefused("INVALID_ARGUMENT", { message: /"nowhere" is not a state/ });
    },
  },
  {
    name: "an event is refused for what it is, with the field to blame, and for what it has besides",
    run: async (target) => {
      const kit = createKit(ORDER, { target });
      await kit
        .given(create({ data: { price: 1, quantity: 1 } }))
        .when(unchecked("explode"))
        .thenRefused("UNKNOWN_EVENT")
        .when("mark processing", { data: { worker: 7 } })
        .thenRefused("SCHEMA_REJECTED", { pointer: "/data/worker", rule: "type" })
        .when("mark processing", { data: { worker: "x".repeat(70_000) } })
        .thenRefused("LIMIT_EXCEEDED", { pointer: "/data" })
        .when("mark processing", { eventId: "timer:1:0" })
        .thenRefused("INVALID_ARGUMENT", { pointer: "/event_id", rule: "reserved" })
        .when("mark processing", { originator: "detent" })
        .thenRefused("INVALID_ARGUMENT", { pointer: "/originator" })
        .when("cancel", { data: { reason: "" } })
        .thenRefused("NO_TRANSITION");
    },
  },
  {
    name: "expectations of state and revision are kept",
    run: async (target) => {
      const kit = createKit(ORDER, { target });
      const data = { worker: "anna" };
      await kit
        .given(create({ data: { price: 1, quantity: 1 } }))
        .when("mark processing", { data, expectedState: "processing" })
        .thenRefused("STATE_MISMATCH")
        .when("mark processing", { data, expectedRevision: 4 })
        .thenRefused("REVISION_MISMATCH")
        .when("mark processing", { data, expectedState: "pending", expectedRevision: 0 })
        .thenState("processing");
    },
  },
  {
    name: "an event that comes twice is answered as the first time, also when it was refused, and another one is not",
    run: async (target) => {
      const kit = createKit(ORDER, { target });
      const taken = { data: { worker: "anna" }, eventId: "e-1" };
      const refused = { data: { worker: "anna" }, eventId: "e-2" };
      await kit
        .given(create({ data: { price: 1, quantity: 1 } }))
        .when("mark processing", taken)
        .thenState("processing")
        .when("mark processing", taken)
        .thenDuplicate()
        .when("complete", refused)
        .thenRefused("GUARD_REJECTED")
        .when("complete", refused)
        .thenDuplicate()
        .when("complete", { ...refused, data: { worker: "bob" } })
        .thenRefused("EVENT_ID_REUSED");
    },
  },
  {
    name: "an empty event id is as good as none: a repeat by it is no other event",
    run: async (target) => {
      const kit = createKit(ORDER, { target });
      const { receipts } = await kit
        .given(create({ data: { price: 1, quantity: 1 } }))
        .when("mark processing", { data: { worker: "anna" }, eventId: "" })
        .thenState("processing")
        .when("complete", { data: { worker: "anna" }, eventId: "" })
        .thenRefused("GUARD_REJECTED");
      assert.deepEqual(
        receipts.map(({ eventId }) => eventId),
        ["step-2", "step-3"],
      );
    },
  },
  {
    name: "what is no JSON is not sent, and the field is named",
    run: async (target) => {
      const kit = createKit(TICKET, { target });
      const given = kit.given(create());
      const cyclic: Record<string, unknown> = {};
      cyclic["self"] = cyclic;
      const wrong: readonly (readonly [Scenario<AnyTypes>, RegExp])[] = [
        [kit.given(create({ data: [1] })), /data must be a JSON object, but is \[1\]/],
        [kit.given(create({ data: { when: new Date(0) } })), /data\.when must be JSON, but is of the kind Date/],
        [kit.given(create({ data: { list: [undefined] } })), /data\.list\[0\] must be JSON, but is absent/],
        [kit.given(create({ data: { n: Number.NaN } })), /data\.n must be a number that JSON has, but is "NaN"/],
        [kit.given(create({ data: { text: "\ud800" } })), /data\.text must not have a lone surrogate/],
        [kit.given(create({ data: cyclic })), /nests deeper than 200, or refers to itself/],
        [kit.given(create({ labels: JSON.parse('{"k":5}') })), /labels\.k must be a text, but is 5/],
        [given.when("assign", { data: { n: 1n } }).thenState("assigned"), /data\.n must be JSON, but is "1"/],
        [given.when("assign", { expectedRevision: -1 }).thenRefused(), /expectedRevision must be a whole number/],
        [given.when("assign", { expectedRevision: 0.5 }).thenRefused(), /expectedRevision must be a whole number/],
        [given.when("assign", { expectedRevision: 2 ** 32 }).thenRefused(), /expectedRevision must be a whole/],
        [given.when("assign", { details: "\ud800" }).thenRefused(), /details must not have a lone surrogate/],
        [given.when(unchecked("\ud800")).thenRefused(), /event must not have a lone surrogate/],
        [
          kit
            .given(none())
            .when("assign", { createIfMissing: { data: JSON.parse("[]") } })
            .thenRefused(),
          /createIfMissing\.data must be a JSON object, but is \[\]/,
        ],
      ];
      for (const [scenario, message] of wrong) {
        await assert.rejects(scenario.run(), { name: "AssertionError", message });
      }
      await kit
        .given(create({ data: { x: undefined, y: 1 } }))
        .thenState("new", { exactData: { y: 1 } })
        .when("assign", { data: { deep: [{ x: undefined }] } })
        .thenState("assigned");
    },
  },
  {
    name: "what failed for want of a machine, or with its creation, is not what is answered again",
    run: async (target) => {
      const kit = createKit(TICKET, { target });
      const once = { eventId: "e-1" };
      await kit
        .given(none())
        .when("assign", once)
        .thenRefused("MACHINE_NOT_FOUND")
        .when("assign", { ...once, createIfMissing: { state: "resolved" } })
        .thenRefused("NO_TRANSITION")
        .when("assign", { ...once, createIfMissing: {} })
        .thenState("assigned")
        .when("assign", once)
        .thenDuplicate();
    },
  },
  {
    name: "an event is ignored where it is nothing to a state, and waits where it comes too early",
    run: async (target) => {
      const kit = createKit(TICKET, { target });
      await kit
        .given(create())
        .when("resolve", { eventId: "early" })
        .thenDeferred()
        .when("assign")
        .thenState("resolved", { revision: 2 })
        .when("resolve", { eventId: "early" })
        .thenDuplicate();
      await kit
        .given(create({ state: "parked" }))
        .when("park")
        .thenIgnored()
        .when("wake")
        .thenState("assigned");
    },
  },
  {
    name: "a machine is created with its first event, or not at all",
    run: async (target) => {
      const kit = createKit(TICKET, { target });
      await kit
        .given(none())
        .when("assign", { createIfMissing: { state: "resolved" } })
        .thenRefused("NO_TRANSITION")
        .when("assign", { createIfMissing: {} })
        .thenState("assigned", { revision: 1 });
      const { states } = await kit.coverage();
      assert.deepEqual(states.reached, ["new", "assigned"]);
      const diagram = await kit.diagram();
      assert.match(diagram, /^ {2}\[\*\] --> s0 : create\n {2}s0 --> s1 : assign$/m);
    },
  },
  {
    name: "time passes: what is due happens, and nothing before",
    run: async (target) => {
      const kit = createKit(NAP, { target });
      await kit
        .given(create())
        .when("assign")
        .thenState("assigned")
        .when("park")
        .thenState("parked")
        .after("PT3S")
        .thenState("assigned", { revision: 3, data: { woken: true } });
      const { transitions } = await kit.coverage();
      assert.ok(transitions.reached.some(({ event }) => event === "wake"));
      await createKit(TICKET, { target })
        .given(create({ state: "parked" }))
        .after("1ms")
        .thenState("parked", { revision: 0 });
    },
  },
  {
    name: "what is due at once has happened when the step is over",
    run: async (target) => {
      const kit = createKit(HURRY, { target });
      await kit
        .given(create({ data: { by: "2020-01-01T00:00:00Z" } }))
        .when("begin")
        .thenState("late", { revision: 2 })
        .fork("and then nothing more", (it) => it.when("begin").thenRefused("NO_TRANSITION"));
      await kit.given(create({ state: "passing" })).thenState("late", { revision: 1 });
      await assert.rejects(
        kit
          .given(create({ data: { by: "2020-01-01T00:00:00Z" } }))
          .when("begin")
          .thenState("waiting")
          .run(),
        { name: "AssertionError", message: /the machine is in "late" at revision 2/ },
      );
      const { states, transitions } = await kit.coverage();
      assert.deepEqual(states.missed, []);
      assert.deepEqual(transitions.missed, []);
    },
  },
  {
    name: "timers without a delay that go round are held up by the machine, and the step ends",
    run: async (target) => {
      const transitions = [
        { from: "a", to: "b", event: "there", after: "PT0S" },
        { from: "b", to: "a", event: "back", after: "PT0S" },
      ];
      const kit = createKit({ name: "round", starting_state: "a", states: ["a", "b"], transitions }, { target });
      await kit.given(create()).thenState("a", { revision: 100 });
    },
  },
  {
    name: "names may be any text",
    run: async (target) => {
      const [first, second, event] = ["ça va?", 'a "state" → ☃ | \\ `%%`', "* […] ❌"];
      const kit = createKit(
        {
          name: "any-text",
          starting_state: first,
          states: [first, second],
          transitions: [{ from: first, to: second, event }],
        },
        { target },
      );
      await kit.given(create()).when(event).thenState(second).when(event).thenRefused("NO_TRANSITION");
      await kit.assertCovered();
    },
  },
  {
    name: "a wrong expectation fails, whatever it is about",
    run: async (target) => {
      const kit = createKit(ORDER, { target });
      const given = kit.given(create({ data: { price: 1, quantity: 1 } }));
      const processing = given.when("mark processing", { data: { worker: "anna" } });
      const { id } = await given;
      assert.match(id, /^test-/);
      const wrong = [
        kit.given(create({ data: { price: 1, quantity: 1 } })).thenRefused(),
        kit.given(create({ state: "completed" })).thenState("completed"),
        processing.thenState("pending"),
        processing.thenState("processing", { data: { worker: "bob" } }),
        processing.thenState("processing", { data: { worker: undefined } }),
        processing.thenState("processing", { exactData: { worker: "anna" } }),
        processing.thenState("processing", { revision: 0 }),
        processing.thenState("processing", { final: true }),
        processing.thenState("processing", { labels: { a: "b" } }),
        processing.thenState("processing", { allowed: ["complete"] }),
        processing.thenRefused("NO_TRANSITION"),
        processing.thenIgnored(),
        processing.thenDeferred(),
        processing.thenDuplicate(),
        given.when("cancel", { data: { reason: "" } }).thenState("pending"),
        given.when("cancel", { data: { reason: "" } }).thenRefused("GUARD_REJECTED"),
        given.when("cancel", { data: { reason: "" } }).thenRefused("NO_TRANSITION", { message: "something else" }),
        given.when("cancel").thenRefused("SCHEMA_REJECTED", { pointer: "/data/other" }),
        ...listWithoutChange(target),
      ];
      for (const scenario of wrong) {
        await assert.rejects(scenario.run(), { name: "AssertionError", code: "ERR_ASSERTION" });
      }
    },
  },
  {
    name: "a table has what comes of every state and every event",
    run: async (target) => {
      const table = await createKit(TICKET, { target }).table({ situationsPerState: 1 });
      assert.equal(
        table.toString(),
        `|  | create | assign | park | wake | resolve |
| --- | --- | --- | --- | --- | --- |
| none | → new | MACHINE_NOT_FOUND | MACHINE_NOT_FOUND | MACHINE_NOT_FOUND | MACHINE_NOT_FOUND |
| new | MACHINE_EXISTS | → assigned | deferred | deferred | deferred |
| assigned | MACHINE_EXISTS | NO_TRANSITION | → parked | NO_TRANSITION | → resolved |
| parked | MACHINE_EXISTS | ignored | ignored | → assigned | ignored |
| resolved | MACHINE_EXISTS | NO_TRANSITION | NO_TRANSITION | NO_TRANSITION | NO_TRANSITION |

Cut: of "new", "assigned" more than 1 situations were met.
`,
      );
    },
  },
  {
    name: "random lives break nothing that always holds",
    run: async (target) => {
      const { seen } = await createKit(TICKET, { target }).fuzz({ seed: 7, runs: 5, steps: 12 });
      assert.ok(seen.moves.length > 0);
      assert.ok(seen.stays.length > 0);
    },
  },
];

/** Scenarios that name the state the machine is in, where no event has led to it. */
function listWithoutChange(target: Target) {
  const kit = createKit(TICKET, { target });
  const once = { eventId: "e-1" };
  const assigned = kit.given(create()).when("assign", once).thenState("assigned");
  const refused = kit
    .given(create({ state: "resolved" }))
    .when("assign", once)
    .thenRefused("NO_TRANSITION");
  return [
    kit
      .given(create({ state: "parked" }))
      .when("park")
      .thenState("parked"),
    kit.given(create()).when("park").thenState("new"),
    assigned.when("assign", once).thenState("assigned"),
    refused.when("assign", once).thenRefused("NO_TRANSITION"),
  ];
}
