/** Walks, tables and fuzzes: what they reach, what they say they did not, and that they find what is broken. */
import { describe, expect, test } from "vitest";
import { createKit, inMemory, type Machine, type Target } from "../../../src/testing/index.ts";
import { MachinePool } from "../../../src/testing/machine-pool.ts";
import { Seen } from "../../../src/testing/seen.ts";
import type { TestMachine } from "../../../src/testing/target.ts";
import { bound, lying } from "../../kit/lying.ts";
import { ORDER } from "../../kit/order.ts";
import { NAP, TICKET } from "../../kit/ticket.ts";

const SAMPLES = {
  creations: [{ data: { price: 1, quantity: 1 } }],
  samples: {
    "mark processing": [{ worker: "anna" }],
    cancel: [{ reason: "" }],
    complete: [{ worker: "bob" }, { worker: "bob", problem: "none answers" }],
  },
};

describe("a walk", () => {
  test("goes every way there is, each state by a shortest one", async () => {
    const walk = await createKit(ORDER).walk(SAMPLES);
    expect(walk.wayTo("error")).toEqual([
      'create with {"price":1,"quantity":1}',
      '"mark processing" with {"worker":"anna"}',
      '"complete" with {"worker":"bob","problem":"none answers"}',
    ]);
    expect(walk.wayTo("completed")).toHaveLength(3);
    expect([walk.unreached, walk.created, walk.cuts]).toEqual([[], [], []]);
    walk.assertCovered({ transitions: [{ from: "error", to: "error" }] });
    expect(() => walk.assertCovered()).toThrow(/leaves out:\n {2}no scenario takes the transition "error" → "error"/);
  });

  test("says what its samples do not lead to", async () => {
    const walk = await createKit(ORDER).walk({ creations: SAMPLES.creations });
    expect(walk.unreached).toEqual(["processing", "completed", "cancelled", "error"]);
    expect(String(walk)).toContain('no way to "processing"');
    expect(walk.table().outcomesOf("pending", "mark processing")).toEqual(["SCHEMA_REJECTED"]);
    expect(String(walk.table())).toContain("| processing | ? | ? |");
  });

  test("lets time pass, and finds what only time leads to", async () => {
    const configuration = {
      name: "late",
      starting_state: "a",
      states: ["a", "b", "c"],
      transitions: [
        { from: "a", to: "b", event: "first", after: "PT1M", guard: "event.originator == 'timer'" },
        { from: "a", to: "c", event: "second", after: "PT1H", guard: "event.originator == 'timer'" },
        { from: "b", to: "a", event: "back" },
        { from: "a", to: "a", event: "hold", guard: "false" },
      ],
    };
    const walk = await createKit(configuration).walk();
    expect(walk.wayTo("b")).toEqual(["create", "after 60000 ms"]);
    expect(walk.unreached).toEqual([]);
    expect(walk.created).toEqual(["c"]);
    // Where the first timer is refused, the second has its turn.
    const refusing = {
      ...configuration,
      transitions: [{ ...configuration.transitions[0], guard: "false" }, ...configuration.transitions.slice(1)],
    };
    const second = await createKit(refusing).walk();
    expect(second.wayTo("c")).toEqual(["create", "after 60000 ms", "after 3540000 ms"]);
    expect(second.table().outcomesOf("a", "first")).toEqual(["GUARD_REJECTED"]);
  });

  test("begins in a state that no event leads to, where a machine may be created in it, and says so", async () => {
    const island = {
      ...TICKET,
      states: [...TICKET.states, "island", "behind"],
      transitions: [...TICKET.transitions, { from: "island", to: "behind", event: "leave" }],
    };
    const walk = await createKit(island).walk({ situationsPerState: 3 });
    expect([walk.created, walk.unreached]).toEqual([["island"], []]);
    expect(walk.wayTo("behind")).toEqual(['create in "island"', '"leave"']);
    expect(walk.table().outcomesOf(null, null)).toEqual(["→ new"]);
    const closed = await createKit({ ...island, initial_states: ["new"] }).walk({ situationsPerState: 3 });
    expect(closed.unreached).toEqual(["island", "behind"]);
  });

  test("tells what waits apart by its data, and knows when it waits no longer", async () => {
    const counter = {
      name: "counter",
      starting_state: "closed",
      initial_states: ["closed"],
      states: ["closed", "open", "small", "large", "shut"],
      transitions: [
        { from: "closed", to: "open", event: "open" },
        // Nobody comes in time but who has waited.
        { from: "open", to: "shut", event: "shut", after: "PT0S" },
        { from: "open", to: "small", event: "pay", guard: "event.data.amount < 10.0" },
        { from: "open", to: "large", event: "pay", guard: "event.data.amount > 20.0" },
      ],
      state_options: { closed: { unhandled: "defer" } },
    };
    const samples = { pay: [{ amount: 5 }, { amount: 50 }, { amount: 15 }] };
    const walk = await createKit(counter).walk({ samples });
    expect(walk.unreached).toEqual([]);
    expect(walk.wayTo("small")).toEqual(["create", '"pay" with {"amount":5}', '"open"']);
    expect(walk.wayTo("large")).toEqual(["create", '"pay" with {"amount":50}', '"open"']);
    // What was refused in its turn waits no longer: each end is one situation, whatever had waited.
    const refusing = await createKit(counter).walk({ samples: { pay: [{ amount: 15 }] }, situationsPerState: 5 });
    expect(refusing.cuts).toEqual(['of "closed" more than 5 situations were met']);
    expect(refusing.situations).toBe(6);
    expect(refusing.wayTo("shut")).toEqual(["create", '"open"']);
  });

  test("comes the same way again where a machine cannot be copied, and finds the same", async () => {
    const samples = { complete: SAMPLES.samples.complete };
    const finds = async (target: Target) => {
      const kit = createKit(TICKET, { target });
      const walk = await kit.walk({ situationsPerState: 6 });
      const order = await createKit(ORDER, { target }).walk({
        ...SAMPLES,
        samples: { ...SAMPLES.samples, ...samples },
      });
      return [walk, order].map((one) => `${String(one)}\n${String(one.table())}`);
    };
    const uncopied = lying(() => ({ snapshot: undefined }) as unknown as Partial<TestMachine>);
    expect(await finds(uncopied)).toEqual(await finds(inMemory()));
  });

  test("ends where data grows for ever, and says what it left out", async () => {
    const counter = {
      name: "counter",
      starting_state: "counting",
      states: ["counting", "done"],
      transitions: [
        { from: "counting", to: "counting", event: "add", assign: { n: "(has(data.n) ? data.n : 0.0) + 1.0" } },
        { from: "counting", to: "done", event: "end", guard: "has(data.n) && data.n > 5.0" },
      ],
    };
    const cut = await createKit(counter).walk({ situationsPerState: 4 });
    expect(cut.cuts).toEqual(['of "counting" more than 4 situations were met']);
    expect(cut.created).toEqual(["done"]);
    expect(cut.situations).toBe(5);
    const far = await createKit(counter).walk({ situationsPerState: 10 });
    expect(far.wayTo("done")).toHaveLength(8);
    const spent = await createKit(counter).walk({ mostTries: 7 });
    expect(spent.table().cuts).toEqual(spent.cuts);
    expect(String(spent.table())).toMatch(/\| [^\n]*\n\nCut: 7 steps were tried, and there are more\.\n$/);
    expect(spent.cuts).toEqual(["7 steps were tried, and there are more"]);
    expect(spent.tries).toBe(7);
  });

  test("meets every state of a large configuration before its tries are spent on what leads nowhere", async () => {
    const states = Array.from({ length: 300 }, (_, i) => `s${i}`);
    const transitions = states.map((from, i) => ({ from, to: states[(i + 1) % 300], event: `e${i}` }));
    const ring = { name: "ring", starting_state: "s0", states, transitions };
    const walk = await createKit(ring).walk({ mostTries: 2_000 });
    expect([walk.unreached, walk.created]).toEqual([[], []]);
    walk.assertCovered();
    expect(walk.wayTo("s299")).toHaveLength(300);
    expect([walk.tries, walk.cuts]).toEqual([2_000, ["2000 steps were tried, and there are more"]]);
  });

  test("spends no more tries than it may, and those on events that a state knows", async () => {
    const states = Array.from({ length: 40 }, (_, i) => `s${i}`);
    const transitions = states.map((from, i) => ({ from, to: states[(i + 1) % 40], event: `e${i}` }));
    const ring = { name: "ring", starting_state: "s0", states, transitions };
    for (const mostTries of [0, 1, 3, 39]) {
      const walk = await createKit(ring).walk({ mostTries });
      expect(walk.tries).toBe(mostTries);
      expect(walk.seen.moves).toHaveLength(Math.max(0, mostTries - 1));
      expect(walk.cuts).toEqual([`${mostTries} steps were tried, and there are more`]);
    }
    const few = await createKit(ring).walk({ mostTries: 10 });
    expect(few.unreached).toHaveLength(30);
    expect(String(few)).toContain('no way was found to "s10"');
    expect(few.table().outcomesOf("s0", "e0")).toEqual(["→ s1"]);
    expect(few.table().outcomesOf(null, "e0")).toEqual([]);
    // Many samples are many steps, too: what is not tried any more must not be what leads on.
    const sampled = {
      name: "sampled",
      starting_state: "a",
      states: ["a", "b"],
      transitions: [
        { from: "a", to: "a", event: "idle", guard: "false" },
        { from: "b", to: "a", event: "back" },
        { from: "a", to: "b", event: "go" },
      ],
    };
    const backs = Array.from({ length: 500 }, (_, n) => ({ n }));
    const found = await createKit(sampled).walk({ mostTries: 100, samples: { back: backs } });
    expect(found.unreached).toEqual([]);
  });

  test("looks for a rule of the test's own after every step, and tells the way to where it breaks", async () => {
    const check = ({ state, data }: Machine) => state !== "error" || typeof data["retried"] === "string";
    await expect(createKit(ORDER).walk({ ...SAMPLES, check })).rejects.toThrow(
      /the check does not hold: the machine is in "error"[^]*\n {4}1\. create.*\n {4}2\. "mark processing".*\n {4}3\. "complete"/,
    );
    const throwing = () => {
      throw new Error("no machine is good enough");
    };
    await expect(createKit(TICKET).walk({ check: throwing })).rejects.toThrow("no machine is good enough");
  });

  test("refuses samples for events that there are not", async () => {
    await expect(createKit(TICKET).walk({ samples: { explode: [{}] } })).rejects.toThrow('no event "explode"');
    await expect(createKit(TICKET).walk({ creations: [] })).rejects.toThrow("at least");
  });
});

/** Machines whose time goes on by itself, as on a service: `ms` with every call. */
function hasty(ms: number): Target {
  const honest = inMemory();
  return {
    ...honest,
    open: async (configuration) => {
      const subject = await honest.open(configuration);
      const newMachine = () => {
        const machine = subject.newMachine();
        const send: TestMachine["send"] = async (event) => {
          await machine.pass(ms);
          return await machine.send(event);
        };
        const read = async () => {
          await machine.pass(ms);
          return await machine.read();
        };
        return { ...bound(machine), send, read };
      };
      return { ...subject, hasTestClock: false, newMachine };
    },
  };
}

describe("a walk where time goes on by itself", () => {
  test("takes no timer for what it has tried", async () => {
    const table = await createKit(NAP).table();
    expect(String(await createKit(NAP, { target: hasty(400) }).table())).toBe(String(table));
  });

  test("says where timers are faster than it is", async () => {
    const walk = await createKit(NAP, { target: hasty(2_000) }).walk();
    expect(walk.cuts).toContain('timers left "parked" before all was tried there');
    expect(walk.table().outcomesOf("assigned", "wake")).toEqual(["NO_TRANSITION"]);
  });
});

test("a machine that timers have taken elsewhere on its way is none to go on from", async () => {
  const machine = { state: "parked", data: {}, labels: {}, revision: 0, final: false, timers: [] };
  const path = [{ kind: "create", state: "parked" } as const, { kind: "send", event: "resolve" } as const];
  const take = async (ms: number) => {
    const pool = new MachinePool(await hasty(ms).open({ ...NAP, version: "v1" }));
    return await pool.bring({ path, machine });
  };
  expect(await take(2_000)).toBeUndefined();
  const taken = await take(1);
  expect(await taken?.read()).toMatchObject({ state: "parked" });
  await taken?.close(false);
});

test("where an event was refused the receipt knows, not who looked before", () => {
  const seen = new Seen();
  const before = { state: "parked", data: {}, labels: {}, revision: 0, final: false, timers: [] };
  const receipt = {
    eventId: "e",
    event: "park",
    result: "refused",
    from: "assigned",
    revision: 1,
    at: 0,
    originator: "",
    duplicate: false,
    created: false,
    details: "",
    data: {},
  } as const;
  const answer = { ok: false, reason: "NO_TRANSITION", message: "", violations: [], receipt } as const;
  seen.addStep({ action: { kind: "send", event: "park" }, answer, before, after: before, changes: [] });
  expect(seen.stays).toEqual([{ state: "assigned", event: "park", outcome: "NO_TRANSITION" }]);
});

describe("a fuzz", () => {
  test("has the same lives for the same seed", async () => {
    const seen = async (seed: number) => {
      const fuzzed = await createKit(ORDER).fuzz({ ...SAMPLES, seed, runs: 3, steps: 8 });
      return JSON.stringify([fuzzed.seen.moves, fuzzed.seen.stays]);
    };
    expect(await seen(5)).toBe(await seen(5));
    expect(await seen(5)).not.toBe(await seen(6));
  });

  test("finds a rule that breaks, and tells the seed and a short life that breaks it", async () => {
    const check = ({ state }: Machine) => state !== "completed";
    const failure = await createKit(ORDER)
      .fuzz({ ...SAMPLES, seed: 3, check })
      .then(String, (error: unknown) => (error instanceof Error ? error.message : ""));
    const [first = "", ...life] = failure.split("\n");
    expect(first).toMatch(/^with the seed 3, run \d+: the check does not hold: the machine is in "completed"/);
    expect(life.map((line) => line.replace(/ with .*/, ""))).toEqual([
      "  1. create",
      '  2. "mark processing"',
      '  3. "complete"',
      ...(life.length > 3 ? ['  4. "recover"'] : []),
    ]);
  });
});

describe("what holds for every machine is looked for", () => {
  const LIES: readonly [string, RegExp, (machine: TestMachine) => Partial<TestMachine>][] = [
    [
      "an internal error",
      /the answer is INTERNAL: broken/,
      () => ({ send: () => Promise.resolve({ ok: false, reason: "INTERNAL", message: "broken", violations: [] }) }),
    ],
    ["a throw", /thrown away/, () => ({ send: () => Promise.reject(new Error("thrown away")) })],
    [
      "a state that is none",
      /"limbo" is not a state/,
      (machine) => ({
        read: async () => {
          const found = await machine.read();
          return typeof found === "string" ? found : { ...found, state: "limbo" };
        },
      }),
    ],
    [
      "a revision that is left out",
      /revision 2 follows revision 0/,
      (machine) => ({
        listChanges: async (after) =>
          (await machine.listChanges(after)).map((change) => ({ ...change, revision: change.revision + 1 })),
      }),
    ],
    [
      "a history of somewhere else",
      /leaves "limbo", where the machine was not/,
      (machine) => ({
        listChanges: async (after) =>
          (await machine.listChanges(after)).map((change) => ({ ...change, from: "limbo" })),
      }),
    ],
    [
      "a refusal that changes something",
      /it was refused, and yet the machine has changed/,
      (machine) => ({
        send: async (event) => {
          const answer = await machine.send(event);
          return answer.ok ? { ok: false, reason: "NO_TRANSITION", message: "", violations: [] } : answer;
        },
      }),
    ],
  ];

  test.each(LIES)("%s fails a walk and a fuzz", async (_name, message, lie) => {
    await expect(createKit(TICKET, { target: lying(lie) }).walk()).rejects.toThrow(message);
    await expect(createKit(TICKET, { target: lying(lie) }).fuzz()).rejects.toThrow(message);
  });

  test("a receipt that changes fails a fuzz", async () => {
    let count = 0;
    const target = lying((machine) => ({
      send: async (event) => {
        const answer = await machine.send(event);
        return answer.ok ? { ok: true, value: { ...answer.value, at: (count += 1) } } : answer;
      },
    }));
    await expect(createKit(TICKET, { target }).fuzz()).rejects.toThrow(
      "the receipt is not that of the first time: receipt.at",
    );
  });
});
