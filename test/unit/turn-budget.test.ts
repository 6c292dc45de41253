/** What one call lets a machine do is bounded, and what it leaves undone is not lost. */
import { expect, test } from "vitest";
import { EVENT_BUDGET, TURN_BUDGET } from "../../src/engine/limits.ts";
import { EVERY_SCOPE } from "../../src/auth/scope.ts";
import { sendEvents } from "../../src/service/events.ts";
import { updateLabels } from "../../src/service/machines.ts";
import { simulateConfiguration } from "../../src/service/simulate.ts";
import { createHouse } from "./simulation/house.ts";
import { addressOf, createMachine, creation, event } from "./simulation/machines.ts";
import { World } from "./simulation/world.ts";

const ADDRESS = addressOf("m");
const MINUTE_MS = 60_000;
/** True, after more than four fifths of the work that an event may take: see the test of it. */
const HEAVY = Array.from({ length: 12 }, (_, n) => `data.list.all(x, data.text != '${n}' && x > 0)`).join(" && ");
const DATA = JSON.stringify({ list: Array.from({ length: 2_000 }, () => 1), text: "a" });
/** Events after which a turn is over. */
const MOST = Math.floor(TURN_BUDGET / (0.8 * EVENT_BUDGET));

/** In the state "a", with the data for heavy work. */
async function machineOf(transitions: readonly object[], rest: object = {}): Promise<World> {
  const world = new World();
  const states = [...new Set(transitions.flatMap((one) => Object.values(one).slice(0, 2)))];
  const source = { name: "loop", version: "v1", starting_state: "new", states, transitions, ...rest };
  await world.clock.until(createMachine(world, ADDRESS, source));
  const call = { state: "a", data: DATA, comment: "", actor: "ann", expectedRevision: 0 };
  expect(world.machine(ADDRESS).override(ADDRESS, call)).toMatchObject({ ok: true });
  return world;
}

function viewOf(world: World) {
  const reply = world.machine(ADDRESS).read(ADDRESS);
  if (!reply.ok) throw new Error(reply.reason);
  return reply.value;
}

test("of a batch of heavy events those are taken that fit into a turn; the rest may be sent again", async () => {
  const world = await machineOf([
    { from: "new", to: "a", event: "begin" },
    { from: "a", to: "a", event: "go", guard: HEAVY },
  ]);
  const calls = Array.from({ length: 20 }, (_, n) => event(`e${n}`));
  const first = await world.machine(ADDRESS).sendAll(ADDRESS, calls);
  const taken = first.filter(({ ok }) => ok).length;
  expect(taken).toBeGreaterThan(1);
  expect(taken).toBeLessThanOrEqual(MOST);
  const rest = first.slice(taken).map((reply) => !reply.ok && reply.reason);
  expect(new Set(rest)).toEqual(new Set(["UNAVAILABLE"]));
  expect(viewOf(world).revision).toBe(1 + taken);
  for (let at = taken; at < calls.length; at += taken) await world.machine(ADDRESS).sendAll(ADDRESS, calls.slice(at));
  expect(viewOf(world).revision).toBe(1 + calls.length);
});

test("a batch writes no more rows than a turn may", async () => {
  const world = await machineOf([
    { from: "new", to: "a", event: "begin" },
    { from: "a", to: "b", event: "go" },
    { from: "b", to: "b", event: "again", after: "PT0S" },
    { from: "b", to: "b", event: "go" },
  ]);
  const calls = Array.from({ length: 100 }, (_, n) => event(`e${n}`));
  const replies = await world.machine(ADDRESS).sendAll(ADDRESS, calls);
  expect(replies.filter(({ ok }) => ok).length).toBeGreaterThan(5);
  expect(replies.at(-1)).toMatchObject({ ok: false, reason: "UNAVAILABLE" });
  expect(viewOf(world).revision).toBeLessThan(1_300);
});

test("timers go on in the next turn, and are set aside only where they go round", async () => {
  const states = ["a", ...Array.from({ length: 10 }, (_, n) => `s${n}`)];
  const chain = states.slice(1).map((to, n) => ({ from: states[n], to, event: "go", after: "PT0S", guard: HEAVY }));
  const straight = await machineOf([{ from: "new", to: "a", event: "begin" }, ...chain]);
  await straight.clock.run(straight.clock.now + MINUTE_MS);
  expect(viewOf(straight)).toMatchObject({ state: "s9", revision: 11, timers: [] });
  expect(straight.notifications).toEqual([]);

  const round = await machineOf([
    { from: "new", to: "a", event: "begin" },
    { from: "a", to: "a", event: "go", after: "PT0S", guard: HEAVY },
  ]);
  await round.clock.run(round.clock.now + MINUTE_MS);
  expect(viewOf(round)).toMatchObject({ revision: 101, timers: [] });
  expect(round.notifications.map(({ type }) => type)).toEqual(["detent.machine.parked.v1"]);
});

test("events that waited are each judged with the work of an event, in as many turns as it takes", async () => {
  const world = await machineOf(
    [
      { from: "new", to: "a", event: "begin" },
      { from: "a", to: "b", event: "open" },
      { from: "b", to: "b", event: "go", guard: HEAVY },
      { from: "b", to: "c", event: "close", after: "PT30S" },
      { from: "c", to: "c", event: "later" },
    ],
    { unhandled: "defer", event_options: { later: { schema: { type: "object" } } } },
  );
  world.send(ADDRESS, event("later", "later"));
  for (let n = 0; n < 20; n++) expect(world.send(ADDRESS, event(`e${n}`))).toMatchObject({ ok: true });
  world.send(ADDRESS, event("open", "open"));
  const { revision } = viewOf(world);
  expect(revision).toBeGreaterThan(3);
  expect(revision).toBeLessThanOrEqual(2 + MOST);
  // The waking comes within five seconds, and those after it at once.
  await world.clock.run(world.clock.now + 6_000);
  expect(viewOf(world)).toMatchObject({ state: "b", revision: 2 + 20 });
  await world.clock.run(world.clock.now + MINUTE_MS);
  expect(viewOf(world)).toMatchObject({ state: "c", revision: 2 + 20 + 2 });
  expect(world.notifications).toEqual([]);
});

test("what a late waking gives up keeps no timer from its time", async () => {
  const world = await machineOf(
    [
      { from: "new", to: "a", event: "begin" },
      { from: "a", to: "b", event: "close", after: "PT2H" },
      { from: "a", to: "b", event: "other", guard: `${HEAVY} && data.text == 'b'` },
      { from: "b", to: "a", event: "go" },
    ],
    { unhandled: "defer" },
  );
  for (let n = 0; n < 8; n++) world.send(ADDRESS, event(`e${n}`));
  await world.clock.run(world.clock.now + MINUTE_MS);
  world.loseAlarm(ADDRESS);
  world.evict(ADDRESS);
  world.clock.now += 180 * MINUTE_MS;
  expect(world.send(ADDRESS, event("late", "other"))).toMatchObject({ ok: false, reason: "UNAVAILABLE" });
  await world.clock.run(world.clock.now + MINUTE_MS);
  expect(viewOf(world)).toMatchObject({ state: "b", revision: 2 });
  expect(world.notifications.map(({ type }) => type)).toEqual(Array(8).fill("detent.event.expired.v1"));
});

test("a creation refused is work, too", async () => {
  const world = new World();
  const guard = `${HEAVY} && data.text == 'b'`;
  const transitions = [
    { from: "a", to: "b", event: "go", guard },
    { from: "b", to: "a", event: "back" },
  ];
  const source = { name: "loop", version: "v1", starting_state: "a", states: ["a", "b"], transitions };
  const create = { ...creation(source), data: DATA };
  const calls = Array.from({ length: 20 }, (_, n) => ({ ...event(`e${n}`), create }));
  const replies = await world.machine(ADDRESS).sendAll(ADDRESS, calls);
  expect(replies.filter(({ ok }) => ok).length).toBeLessThanOrEqual(MOST);
  expect(replies.at(-1)).toMatchObject({ ok: false, isUnfinished: true });
});

test("reading a configuration for a creation is work, too, and so is its starting state's schema", async () => {
  const world = new World();
  const states = ["a", ...Array.from({ length: 3_000 }, (_, n) => `a state with a long name, number ${n}`)];
  const transitions = states.map((from) => ({ from, to: "a", event: "go" }));
  const schema = { required: ["never"] };
  const source = {
    name: "loop",
    version: "v1",
    starting_state: "a",
    states,
    transitions,
    state_options: { a: { schema } },
  };
  const calls = Array.from({ length: 100 }, (_, n) => ({ ...event(`e${n}`), create: creation(source) }));
  const replies = await world.machine(ADDRESS).sendAll(ADDRESS, calls);
  expect(replies[0]).toMatchObject({ ok: false, reason: "INVALID_ARGUMENT" });
  expect(replies.at(-1)).toMatchObject({ ok: false, isUnfinished: true });
});

test("large details are work, too", async () => {
  const world = await machineOf([
    { from: "new", to: "a", event: "begin" },
    { from: "a", to: "a", event: "go" },
  ]);
  const calls = Array.from({ length: 100 }, (_, n) => ({ ...event(`e${n}`), details: "x".repeat(60_000) }));
  const replies = await world.machine(ADDRESS).sendAll(ADDRESS, calls);
  expect(replies.filter(({ ok }) => ok).length).toBeLessThan(25);
});

test("what was decided is answered, although the machine cannot be asked for the rest", async () => {
  const world = await machineOf([
    { from: "new", to: "a", event: "begin" },
    { from: "a", to: "a", event: "go", guard: HEAVY },
  ]);
  const house = createHouse(world);
  let asks = 0;
  const machine: typeof house.machine = (address) => ({
    ...house.machine(address),
    sendAll: async (...args) => {
      if ((asks += 1) > 1) throw new Error("moved");
      return await house.machine(address).sendAll(...args);
    },
  });
  const inputs = Array.from({ length: 20 }, (_, n) => ({
    configuration: "loop",
    id: "m",
    eventId: `e${n}`,
    event: "go",
  }));
  const sent = await world.clock.until(
    sendEvents({ ...house, machine }, { tenant: "t", actor: "test", scopes: EVERY_SCOPE }, inputs),
  );
  const decided = sent.filter((one) => "receipt" in one).length;
  expect(decided).toBe(viewOf(world).revision - 1);
  expect(decided).toBeGreaterThan(1);
  expect(sent.at(-1)).toMatchObject({ error: { reason: "UNAVAILABLE" } });
});

/** A machine that has yet to try most of the events that waited, and the house that asks it; `asks` counts. */
async function unfinished() {
  const transitions = [
    { from: "new", to: "a", event: "begin" },
    { from: "a", to: "b", event: "open" },
    { from: "b", to: "b", event: "go", guard: HEAVY },
  ];
  const world = await machineOf(transitions, { unhandled: "defer" });
  for (let n = 0; n < 20; n++) world.send(ADDRESS, event(`e${n}`));
  world.send(ADDRESS, event("open", "open"));
  const house = createHouse(world);
  const asks = { count: 0 };
  const machine: typeof house.machine = (address) => {
    asks.count += 1;
    return house.machine(address);
  };
  return { world, house: { ...house, machine }, asks };
}

const PRINCIPAL = { tenant: "t", actor: "test", scopes: EVERY_SCOPE };

test("who asks for something else than an event is answered, too, when the machine has come to the end", async () => {
  const { world, house, asks } = await unfinished();
  const input = { configuration: "loop", id: "m", labels: { a: "b" } };
  const { machine } = await world.clock.until(updateLabels(house, PRINCIPAL, input));
  expect(machine.revision).toBe(2 + 20);
  expect(asks.count).toBeGreaterThan(2);
});

test("a dry run, which gets nowhere by it, is not asked again", async () => {
  const { world, house, asks } = await unfinished();
  const input = { configuration: "loop", id: "m", event: "go", isDryRun: true };
  const [sent] = await world.clock.until(sendEvents(house, PRINCIPAL, [input]));
  expect(sent).toMatchObject({ error: { reason: "UNAVAILABLE" } });
  expect(asks.count).toBe(1);
});

test("a simulation may take more than one turn", async () => {
  const source = { name: "n", version: "v1", starting_state: "a", states: ["a"] };
  const transitions = [{ from: "a", to: "a", event: "go", assign: { n: "1.0" } }];
  const events = Array.from({ length: 100 }, () => ({ event: "go" }));
  const data = { text: "x".repeat(12_000) };
  const input = { configuration: { ...source, transitions }, data, events };
  const receipts = await simulateConfiguration(createHouse(new World()), PRINCIPAL, input);
  expect(receipts.at(-1)).toMatchObject({ result: "transitioned", revision: 100 });

  const states = Array.from({ length: 10 }, (_, n) => `s${n}`);
  const chain = states
    .slice(1)
    .map((to, n) => ({ from: states[n] ?? "", to, event: "go", after: "PT0S", guard: HEAVY }));
  const configuration = {
    ...source,
    starting_state: "s0",
    states,
    transitions: [...chain, { from: "s9", to: "s0", event: "back" }],
  };
  const [back] = await simulateConfiguration(createHouse(new World()), PRINCIPAL, {
    configuration,
    data: JSON.parse(DATA) as Record<string, unknown>,
    events: [{ event: "back" }],
  });
  expect(back).toMatchObject({ result: "transitioned", from: "s9", revision: 10 });
});

test("what a call leaves goes on at once, though a waking waits for receivers", async () => {
  const transitions = [
    { from: "new", to: "a", event: "begin" },
    { from: "a", to: "b", event: "open" },
    { from: "b", to: "b", event: "go", guard: HEAVY },
  ];
  const world = await machineOf(transitions, { unhandled: "defer" });
  world.faults.kinds = ["hangs"];
  world.faults.share = 1;
  for (let n = 0; n < 20; n++) world.send(ADDRESS, event(`e${n}`));
  await world.clock.run(world.clock.now + 6_000);
  world.send(ADDRESS, event("open", "open"));
  await world.clock.run(world.clock.now + 1_000);
  expect(viewOf(world).revision).toBe(2 + 20);
});

test("large data are work, too", async () => {
  const world = new World();
  const transitions = [{ from: "a", to: "a", event: "go", assign: { n: "1.0" } }];
  const source = { name: "loop", version: "v1", starting_state: "a", states: ["a"], transitions };
  const data = JSON.stringify({ text: "x".repeat(200_000) });
  await world.clock.until(world.create(ADDRESS, { ...creation(source), data }));
  const calls = Array.from({ length: 100 }, (_, n) => event(`e${n}`));
  const replies = await world.machine(ADDRESS).sendAll(ADDRESS, calls);
  expect(replies.filter(({ ok }) => ok).length).toBeLessThan(15);
});

test("the doors ask again for what one call has not done, so that all is done in order", async () => {
  const world = await machineOf([
    { from: "new", to: "a", event: "begin" },
    { from: "a", to: "a", event: "go", guard: HEAVY },
  ]);
  const principal = { tenant: "t", actor: "test", scopes: EVERY_SCOPE };
  const inputs = Array.from({ length: 20 }, (_, n) => ({
    configuration: "loop",
    id: "m",
    eventId: `e${n}`,
    event: "go",
  }));
  const sent = await world.clock.until(sendEvents(createHouse(world), principal, inputs));
  expect(sent.map((one) => "receipt" in one && one.receipt.revision)).toEqual(inputs.map((_, n) => n + 2));
});
