/** What one call lets a machine do is bounded, and what it leaves undone is not lost. */
import { expect, test } from "vitest";
import { EVENT_BUDGET, TURN_BUDGET } from "../../src/engine/limits.ts";
import { addressOf, createMachine, event } from "./simulation/machines.ts";
import { World } from "./simulation/world.ts";

const ADDRESS = addressOf("m");
const MINUTE_MS = 60_000;
/** True, after more than four fifths of the work that an event may take: see the test of it. */
const HEAVY = Array.from({ length: 24 }, (_, n) => `data.list.all(x, data.text != '${n}' && x > 0)`).join(" && ");
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
  expect(replies.filter(({ ok }) => ok).length).toBeGreaterThan(10);
  expect(replies.at(-1)).toMatchObject({ ok: false, reason: "UNAVAILABLE" });
  expect(viewOf(world).revision).toBeLessThan(2_500);
});

test("timers that go round with heavy guards are set aside when they have taken a turn's work", async () => {
  const world = await machineOf([
    { from: "new", to: "a", event: "begin" },
    { from: "a", to: "a", event: "go", after: "PT0S", guard: HEAVY },
  ]);
  await world.clock.run(world.clock.now + MINUTE_MS);
  const { revision, timers } = viewOf(world);
  expect(revision).toBeGreaterThan(2);
  expect(revision).toBeLessThanOrEqual(1 + MOST);
  expect(timers).toEqual([]);
  expect(world.notifications.map(({ type }) => type)).toEqual(["detent.machine.parked.v1"]);
});

test("events that waited for one change share a turn's work; those for which none is left are refused", async () => {
  const world = await machineOf(
    [
      { from: "new", to: "a", event: "begin" },
      { from: "a", to: "b", event: "open" },
      { from: "b", to: "b", event: "go", guard: HEAVY },
    ],
    { unhandled: "defer" },
  );
  for (let n = 0; n < 64; n++) expect(world.send(ADDRESS, event(`e${n}`))).toMatchObject({ ok: true });
  world.send(ADDRESS, event("open", "open"));
  const { revision } = viewOf(world);
  expect(revision).toBeGreaterThan(3);
  expect(revision).toBeLessThanOrEqual(2 + MOST);
  await world.clock.run(world.clock.now + MINUTE_MS);
  const refused = world.notifications.map(({ data }) => data);
  expect(refused).toHaveLength(64 - (revision - 2));
  expect(new Set(refused.map(({ reason }) => reason))).toEqual(new Set(["GUARD_REJECTED"]));
  expect(refused.at(-1)).toMatchObject({ message: expect.stringContaining("more work than") });
});
