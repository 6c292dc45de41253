/** How a scenario fails: with the step, what was expected, what came, and the line that says so. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  create,
  createKit,
  inMemory,
  none,
  ScenarioError,
  unchecked,
  type Presence,
  type Target,
} from "../../../src/testing/index.ts";
import type { TestMachine } from "../../../src/testing/target.ts";
import { bound, lying } from "../../kit/lying.ts";
import { ORDER } from "../../kit/order.ts";
import { TICKET } from "../../kit/ticket.ts";

const kit = () => createKit(ORDER);
const NEW = create({ data: { price: 1, quantity: 1 } });

/** What a scenario fails with. */
async function failureOf(scenario: PromiseLike<unknown>): Promise<ScenarioError> {
  try {
    await scenario;
  } catch (error) {
    if (error instanceof ScenarioError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

const SOURCE = readFileSync(import.meta.filename, "utf8").split("\n");

/** The line of this file that a stack begins with. */
function lineOf({ stack = "" }: Error): string {
  const [, line] = /failures\.test\.ts:(\d+):/.exec(stack) ?? [];
  return SOURCE[Number(line) - 1]?.trim() ?? "";
}

test("the message has the step, the wish, what came, where the machine is and how it came there", async () => {
  const failure = await failureOf(
    kit()
      .given(NEW)
      .when("mark processing", { data: { worker: "a" } })
      .thenState("processing")
      .when("cancel")
      .thenState("cancelled"),
  );
  expect(failure.message).toBe(`\
step 3, "cancel": expected the state "cancelled", but it was refused: SCHEMA_REJECTED: The event "cancel" in the state "processing" does not match its schema: data/reason: must be there; allowed: "complete".
    /data/reason (required): data/reason: must be there
    the machine is in "processing" at revision 1, with the data {"price":1,"quantity":1,"worker":"a"}
  it would take: "cancel", "complete"
  before:
    1. create with {"price":1,"quantity":1} → "pending"
    2. "mark processing" with {"worker":"a"} → "processing"
  (machine test-1)`);
  expect(failure).toMatchObject({ name: "AssertionError", expected: "cancelled", actual: "refused: SCHEMA_REJECTED" });
});

test("the stack begins where the test says what it expects", async () => {
  const failure = await failureOf(
    kit()
      .given(NEW)
      .when("cancel", { data: { reason: "" } })
      .thenState("cancelled"), // the line
  );
  expect(lineOf(failure)).toBe('.thenState("cancelled"), // the line');
  const creation = await failureOf(
    kit()
      .given(create()) // the beginning
      .when("cancel", { data: { reason: "" } })
      .thenState("cancelled"),
  );
  expect(lineOf(creation)).toBe(".given(create()) // the beginning");
  expect(creation.message).toMatch(/^step 1, create: expected that it is done, but it was refused: INVALID_ARGUMENT/);
});

test("a fork is named, and fails at its own line", async () => {
  const failure = await failureOf(
    kit()
      .given(NEW)
      .fork("another way", (it) =>
        it
          .when("mark processing", { data: { worker: "a" } })
          .thenState("processing")
          .fork(
            "and another",
            (on) => on.when("recover").thenState("completed"), // of the fork
          ),
      ),
  );
  expect(failure.message).toMatch(
    /^step 3 of the fork "another way" \/ "and another", "recover": expected the state "completed"/,
  );
  expect(lineOf(failure)).toContain("// of the fork");
});

test("data that is not as expected is named field by field", async () => {
  const wish = { worker: "b", price: undefined, list: [1], quantity: (n: unknown) => n === 2, more: { deep: true } };
  const failure = await failureOf(
    kit()
      .given(NEW)
      .when("mark processing", { data: { worker: "a" } })
      .thenState("processing", { data: wish }),
  );
  expect(failure.message).toContain(`the machine is in "processing", but not as expected:
    data.worker is "a", expected "b"
    data.price is 1, expected not to be there
    data.list is absent, expected [1]
    data.quantity is 1, expected what "a function quantity" takes
    data.more is absent, expected {"deep":true}`);
});

test("a refusal that changes the reason, the message or the field is told in full", async () => {
  const refused = kit()
    .given(NEW)
    .when("cancel", { data: { reason: "" } });
  expect((await failureOf(refused.thenRefused("GUARD_REJECTED"))).message).toContain(
    "expected a refusal: GUARD_REJECTED, but it was refused: NO_TRANSITION",
  );
  expect((await failureOf(refused.thenRefused("NO_TRANSITION", { message: /never/ }))).message).toContain(
    "not with a message like /never/",
  );
  expect((await failureOf(refused.thenRefused("NO_TRANSITION", { pointer: "/data/x" }))).message).toContain(
    'no field is blamed like {"pointer":"/data/x"}',
  );
});

test("a step without an expectation, awaited, fails instead of passing", async () => {
  const written = kit().given(NEW).when("cancel");
  // oxlint-disable-next-line typescript/await-thenable -- what somebody writes by mistake, and types do not see
  const awaiting = (async () => await written)();
  await expect(awaiting).rejects.toThrow("says what it does, and not what is expected then");
});

test("a scenario that was never awaited is found out", async () => {
  const one = kit();
  void one.given(NEW).when("cancel").thenRefused(); // never awaited
  one.given(none()).when("cancel"); // never ended
  const used = one.given(NEW);
  await used.when("cancel").thenRefused();
  for (const failing of [one.coverage(), one.assertCovered(), one.golden("/nowhere/at/all")]) {
    const failure = await failureOf(failing);
    const lines = [...failure.message.matchAll(/failures\.test\.ts:(\d+)/g)].map(([, line]) => Number(line));
    expect(failure.message).toContain("written and never awaited");
    expect(lines.map((line) => SOURCE[line - 1]?.split("// ")[1])).toEqual(["never awaited", "never ended"]);
  }
});

test("what was written in a fork, and is not what it answers, is found out", async () => {
  const one = kit();
  await one.given(NEW).fork("two ways", (it) => {
    it.when("cancel").thenState("nowhere"); // dropped
    const kept = it.when("cancel", { data: { reason: "" } }).thenRefused("NO_TRANSITION");
    it.when("recover").thenRefused().when("recover"); // without an end
    return kept.fork("deeper", (on) => on.when("recover").thenRefused("NO_TRANSITION"));
  });
  const failure = await failureOf(one.coverage());
  const lines = [...failure.message.matchAll(/failures\.test\.ts:(\d+)/g)].map(([, line]) => Number(line));
  expect(lines.map((line) => SOURCE[line - 1]?.split("// ")[1])).toEqual(["dropped", "without an end"]);
});

test("what is written wrongly is refused where it is written", () => {
  const given = kit().given(NEW);
  expect(() => given.after("two days")).toThrow(/PT30M or 30m.*"two days"/);
  // @ts-expect-error -- a fork answers what it has written
  expect(() => given.fork("empty", () => undefined)).toThrow(/"empty" must answer/);
  expect(() => given.fork("empty", (it) => it)).toThrow(/"empty" has no step/);
  expect(() => kit().given(none()).thenState("pending")).toThrow("does nothing");
});

test.each([
  ["no JSON object", 7, /must be a JSON object, but is 7/],
  ["an unknown field", { ...TICKET, transitions: [{ from: "new", to: "new", event: "a", gaurd: "true" }] }, /gaurd/],
  ["a state that is not there", { ...TICKET, starting_state: "old" }, /\/starting_state: .*"old"/],
  ["YAML that is none", "states: [", /configuration: line 1/],
  ["YAML with what is wrong on line 3", "name: a\nstates: [a]\ntransitions: 7\n", /configuration:3 \/transitions: /],
] as const)("a configuration with %s is refused, all of it", (_name, configuration, message) => {
  expect(() => createKit(configuration as object)).toThrow(message);
});

test("a configuration is read from a file, and the file is named where it is not there", async () => {
  const url = new URL("../../../examples/self-healing-order/order.json", import.meta.url);
  await createKit(url).given(create()).when("order").thenState("charging");
  expect(() => createKit(new URL("./nothing.yaml", import.meta.url))).toThrow(/nothing\.yaml/);
});

test("types of a configuration narrow what a test may say", async () => {
  interface Types {
    states: { pending: { price: number }; processing: { worker: string }; cancelled: { reason: string } };
    events: { "mark processing": { worker: string }; cancel: { reason: string } };
  }
  const typed = createKit<Types>(ORDER);
  const processing = typed
    .given(create({ state: "pending", data: { price: 1, quantity: 1 } }))
    .when("mark processing", { data: { worker: "anna" } })
    .thenState("processing", { data: { worker: (name) => name.startsWith("a") }, allowed: ["cancel"] });
  await expect(processing.run()).rejects.toThrow("allowed");
  const begun = typed.given(create());
  const neverRun = () => [
    // @ts-expect-error -- no such state
    typed.given(create({ state: "nowhere" })),
    // @ts-expect-error -- no such event
    begun.when("explode").thenRefused(),
    // @ts-expect-error -- not its data
    begun.when("cancel", { data: { reason: 7 } }).thenRefused(),
    // @ts-expect-error -- no such state
    begun.when("cancel").thenState("nowhere"),
    // @ts-expect-error -- not its data
    begun.when("cancel").thenState("cancelled", { data: { reason: 7 } }),
    // @ts-expect-error -- a step is nothing without an expectation
    begun.when("cancel").when("cancel"),
    begun.when(unchecked("explode"), { data: { anything: 1 } }).thenRefused(),
  ];
  expect(neverRun).toBeTypeOf("function");
});

test("a machine that its retention has retired is gone", async () => {
  const configuration = { ...TICKET, retention: { final: "P1D" } };
  const resolved = createKit(configuration)
    .given(create({ state: "resolved" }))
    .after("P1D");
  await resolved.thenGone().when("assign").thenRefused("MACHINE_GONE");
  expect((await failureOf(resolved.thenState("resolved"))).message).toContain("the machine is gone");
  const early = createKit(configuration)
    .given(create({ state: "resolved" }))
    .after("PT23H")
    .thenGone();
  expect((await failureOf(early)).message).toContain(
    'expected that the machine is gone, but the machine is in "resolved"',
  );
});

test("what is said to have changed nothing, and has, fails", async () => {
  let isLying = false;
  let reads = 0;
  const target = lying((machine) => ({
    read: async () => {
      const found = await machine.read();
      return typeof found === "string" || !isLying ? found : { ...found, data: { changed: (reads += 1) } };
    },
  }));
  const ticket = createKit(TICKET, { target });
  await ticket.given(create()).when("park").thenDeferred();
  isLying = true;
  const changed = [
    ticket
      .given(create({ state: "assigned" }))
      .when("assign")
      .thenRefused("NO_TRANSITION"),
    ticket
      .given(create({ state: "parked" }))
      .when("park")
      .thenIgnored(),
    ticket.given(create()).when("park").thenDeferred(),
    ticket
      .given(create())
      .when("assign", { eventId: "e" })
      .thenState("assigned")
      .when("assign", { eventId: "e" })
      .thenDuplicate(),
  ];
  for (const scenario of changed) {
    expect((await failureOf(scenario)).message).toContain("and yet the machine has changed");
  }
});

test("a duplicate with another receipt than the first fails, and so does what was refused for a bug", async () => {
  let count = 0;
  const forgetful = lying((machine) => ({
    send: async (event) => {
      const answer = await machine.send(event);
      return answer.ok ? { ok: true, value: { ...answer.value, at: (count += 1) } } : answer;
    },
  }));
  const twice = createKit(TICKET, { target: forgetful })
    .given(create())
    .when("assign", { eventId: "e" })
    .thenState("assigned")
    .when("assign", { eventId: "e" })
    .thenDuplicate();
  expect((await failureOf(twice)).message).toContain(
    "the receipt is not that of the first time:\n    receipt.at is 2, expected 1",
  );
  const broken = lying(() => ({
    send: () => Promise.resolve({ ok: false, reason: "INTERNAL", message: "a bug", violations: [] }),
  }));
  const given = createKit(TICKET, { target: broken }).given(create());
  for (const scenario of [given.when("assign").thenRefused(), given.when("assign").thenRefused("INTERNAL")]) {
    expect((await failureOf(scenario)).message).toContain("it was refused: INTERNAL: a bug");
  }
});

test("what is due may come late where the clock is real, and is waited for, and seen", async () => {
  const honest = inMemory();
  /** Its timers seem to fire two looks later than they do. */
  const late: Target = {
    ...honest,
    open: async (configuration) => {
      const subject = await honest.open(configuration);
      const newMachine = () => {
        const machine = subject.newMachine();
        let looks = 0;
        let before: Presence = "none";
        const pass = async (ms: number) => {
          [before, looks] = [await machine.read(), 2];
          await machine.pass(ms);
        };
        const read = async () => ((looks -= 1) >= 0 ? before : await machine.read());
        return { ...bound(machine), pass, read };
      };
      return { ...subject, patienceMs: 60_000, newMachine };
    },
  };
  const ticket = createKit(TICKET, { target: late });
  await ticket
    .given(create({ state: "parked" }))
    .after("PT1H")
    .thenState("assigned")
    .when("park")
    .thenState("parked");
  expect((await ticket.coverage()).transitions.reached).toContainEqual({
    from: "parked",
    event: "wake",
    to: "assigned",
  });
});

test("a machine whose timer is due is looked at until it has done what it does, whatever the step was", async () => {
  const honest = inMemory();
  /** Where it was before its timer, for two looks after each event. */
  const late: Target = {
    ...honest,
    open: async (configuration) => {
      const subject = await honest.open(configuration);
      const newMachine = () => {
        const machine = subject.newMachine();
        let looks = 0;
        const send: TestMachine["send"] = async (event) => {
          looks = 2;
          return await machine.send(event);
        };
        const read = async (): Promise<Presence> => {
          const found = await machine.read();
          if (typeof found === "string" || (looks -= 1) < 0) return found;
          const timers = [{ event: "expire", to: "late", dueAt: machine.now() }];
          return { ...found, state: "waiting", revision: 1, timers };
        };
        return { ...bound(machine), send, read };
      };
      return { ...subject, patienceMs: 60_000, newMachine };
    },
  };
  const hurry = createKit(
    {
      name: "hurry",
      starting_state: "new",
      states: ["new", "waiting", "late"],
      transitions: [
        { from: "new", to: "waiting", event: "begin" },
        { from: "waiting", to: "late", event: "expire", after: "PT0S" },
      ],
    },
    { target: late },
  );
  const begun = hurry.given(create()).when("begin");
  await begun.thenState("late", { revision: 2 });
  expect((await failureOf(begun.thenState("waiting"))).message).toContain('the machine is in "late" at revision 2');
  await hurry.assertCovered();
});
