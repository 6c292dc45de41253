/** Events that come too early: ignored, or kept until they fit. */
import { expect, test, vi } from "vitest";
import { addressOf, createMachine, creation, event } from "./simulation/machines.ts";
import { World } from "./simulation/world.ts";

const ADDRESS = addressOf("m");
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const SHOP = {
  name: "loop",
  version: "v1",
  starting_state: "new",
  states: ["new", "paid", "packed", "shipped"],
  transitions: [
    { from: "new", to: "paid", event: "pay" },
    { from: "paid", to: "packed", event: "pack" },
    { from: "packed", to: "shipped", event: "ship" },
  ],
  unhandled: "defer",
  state_options: { shipped: { unhandled: "ignore" }, packed: { unhandled: "reject" } },
};

const pass = (world: World, ms: number): Promise<void> => world.clock.run(world.clock.now + ms);

async function machineOf(source: object = SHOP): Promise<World> {
  const world = new World();
  await world.clock.until(createMachine(world, ADDRESS, source));
  await pass(world, MINUTE_MS);
  return world;
}

const send = (world: World, id: string, name: string) => {
  const reply = world.send(ADDRESS, event(id, name));
  if (!reply.ok) throw new Error(reply.reason);
  return reply.value;
};
const receiptOf = (world: World, id: string) => {
  const reply = world.machine(ADDRESS).receipt(ADDRESS, id);
  return reply.ok ? reply.value : reply.reason;
};
const stateOf = (world: World) => world.machine(ADDRESS).state(ADDRESS);

test("a deferred event is kept, answered again, and taken when it fits; its receipt is then the final one", async () => {
  const world = await machineOf();
  const first = send(world, "e1", "ship");
  expect(first).toMatchObject({ result: "deferred", code: "Ok", from: "new", revision: 0, duplicate: false });
  expect("to" in first || "reason" in first || "allowedEvents" in first).toBe(false);
  expect(send(world, "e1", "ship")).toEqual({ ...first, duplicate: true });
  expect(world.send(ADDRESS, event("e1", "pack"))).toMatchObject({ ok: false, reason: "EVENT_ID_REUSED" });
  send(world, "e2", "pay");
  expect(receiptOf(world, "e1")).toEqual(first);
  expect(send(world, "e3", "pack")).toMatchObject({ to: "packed", revision: 2 });
  expect(stateOf(world)).toMatchObject({ value: { state: "shipped", revision: 3 } });
  expect(receiptOf(world, "e1")).toMatchObject({ result: "transitioned", from: "packed", to: "shipped", revision: 3 });
  expect(send(world, "e1", "ship")).toMatchObject({ result: "transitioned", duplicate: true });
  await pass(world, MINUTE_MS);
  expect(world.notifications).toEqual([]);
  expect(world.feed.map(({ data }) => data["event_id"])).toEqual([undefined, "e2", "e3", "e1"]);
});

test("deferred events are tried in the order in which they came, all of them anew after each change", async () => {
  const world = await machineOf();
  for (const [id, name] of [
    ["e1", "ship"],
    ["e2", "pack"],
  ] as const)
    expect(send(world, id, name).result).toBe("deferred");
  send(world, "e3", "pay");
  const view = world.machine(ADDRESS).read(ADDRESS);
  expect(view.ok && view.value.history.map(({ eventId }) => eventId)).toEqual(["e3", "e2", "e1"]);
});

test("one that the next state does not put off is refused there, with a notification", async () => {
  const world = await machineOf();
  send(world, "e1", "pay");
  send(world, "e2", "pay");
  expect(receiptOf(world, "e2")).toMatchObject({ result: "deferred", from: "paid" });
  send(world, "e3", "pack");
  expect(receiptOf(world, "e2")).toMatchObject({ result: "refused", reason: "NO_TRANSITION", from: "packed" });
  await pass(world, MINUTE_MS);
  expect(world.notifications.map(({ type, sequence, data }) => [type, sequence, data["event_id"]])).toEqual([
    ["detent.event.refused.v1", 1, "e2"],
  ]);
});

test("ignored events change nothing and are answered again", async () => {
  const world = await machineOf();
  for (const [id, name] of [
    ["e1", "pay"],
    ["e2", "pack"],
    ["e3", "ship"],
  ] as const)
    send(world, id, name);
  const ignored = send(world, "e4", "pay");
  expect(ignored).toMatchObject({ result: "ignored", code: "Ok", from: "shipped", revision: 3 });
  expect(send(world, "e4", "pay")).toEqual({ ...ignored, duplicate: true });
  expect(send(world, "e5", "nonsense")).toMatchObject({ result: "refused", reason: "UNKNOWN_EVENT" });
  await pass(world, MINUTE_MS);
  expect(world.notifications.map(({ sequence }) => sequence)).toEqual([1]);
  expect(world.index.prepare("SELECT event_id FROM lookups").all()).toEqual([{ event_id: "e4" }]);
  await pass(world, 40 * DAY_MS);
  expect(receiptOf(world, "e4")).toBe("EVENT_NOT_FOUND");
});

test.each([
  ["does not know", "UNKNOWN_EVENT", { transitions: SHOP.transitions.slice(0, 2), states: SHOP.states.slice(0, 3) }],
  ["has a schema for", "SCHEMA_REJECTED", { event_options: { ship: { schema: { required: ["weight"] } } } }],
])(
  "an event that waits is refused when the machine comes to a version that %s it otherwise",
  async (_, reason, change) => {
    const world = await machineOf({ ...SHOP, state_options: {} });
    send(world, "e1", "ship");
    const source = JSON.stringify({ ...SHOP, state_options: {}, ...change, version: "v2" });
    const call = { version: "v2", source, stateMap: new Map<string, string>(), actor: "ann" };
    expect(world.machine(ADDRESS).migrate(ADDRESS, call)).toMatchObject({ ok: true });
    expect(receiptOf(world, "e1")).toMatchObject({ result: "refused", reason, from: "new", revision: 1 });
    await pass(world, MINUTE_MS);
    expect(world.notifications.map(({ type }) => type)).toEqual(["detent.event.refused.v1"]);
  },
);

test("64 events that have a schema wait on, each in its place, while the machine changes", async () => {
  const schema = { type: "object" };
  const here = [...SHOP.transitions, { from: "new", to: "new", event: "touch" }];
  const world = await machineOf({ ...SHOP, transitions: here, event_options: { ship: { schema } } });
  for (let i = 0; i < 64; i++) expect(send(world, `e${i}`, "ship").result).toBe("deferred");
  send(world, "t", "touch");
  for (let i = 0; i < 64; i++) expect(receiptOf(world, `e${i}`)).toMatchObject({ result: "deferred", revision: 0 });
});

test("of a deferred event whose sender claims no time guards and history say when it was received", async () => {
  const guard = "event.timestamp + duration('1h') <= now";
  const transitions = [...SHOP.transitions.slice(0, 2), { from: "packed", to: "shipped", event: "ship", guard }];
  const world = await machineOf({ ...SHOP, transitions, defer_for: "P1D" });
  const receivedAt = world.clock.now;
  send(world, "e1", "ship");
  await pass(world, HOUR_MS);
  send(world, "e2", "pay");
  send(world, "e3", "pack");
  expect(receiptOf(world, "e1")).toMatchObject({ result: "transitioned", to: "shipped" });
  const history = world.machine(ADDRESS).history(ADDRESS, { order: "desc", limit: 1 });
  expect(history).toMatchObject({ value: { items: [{ eventId: "e1", timestamp: receivedAt }] } });
});

test("64 events wait; one more is refused", async () => {
  const world = await machineOf();
  for (let i = 0; i < 64; i++) expect(send(world, `e${i}`, "ship").result).toBe("deferred");
  expect(send(world, "e64", "ship")).toMatchObject({ result: "refused", reason: "DEFER_LIMIT" });
  expect(world.machine(ADDRESS).refusals(ADDRESS, { order: "asc", limit: 10 })).toMatchObject({
    value: { items: [{ eventId: "e64" }] },
  });
});

test("after defer_for an event is refused, with a notification of its own kind, also after an eviction", async () => {
  const world = await machineOf({ ...SHOP, defer_for: "PT2H" });
  send(world, "e1", "ship");
  await pass(world, HOUR_MS);
  world.evict(ADDRESS);
  send(world, "e2", "ship");
  await pass(world, HOUR_MS - MINUTE_MS);
  expect(receiptOf(world, "e1")).toMatchObject({ result: "deferred" });
  await pass(world, 2 * MINUTE_MS);
  expect(receiptOf(world, "e1")).toMatchObject({ result: "refused", reason: "DEFER_EXPIRED", from: "new" });
  expect(receiptOf(world, "e2")).toMatchObject({ result: "deferred" });
  await pass(world, 2 * HOUR_MS);
  expect(world.notifications.map(({ type, sequence, data }) => [type, sequence, data["event_id"]])).toEqual([
    ["detent.event.expired.v1", 1, "e1"],
    ["detent.event.expired.v1", 2, "e2"],
  ]);
  // Looked up in the index they are what they have become.
  const rows = world.index.prepare("SELECT event_id, receipt FROM failures ORDER BY seq").all();
  expect(rows.map((row) => [row["event_id"], String(row["receipt"]).includes("DEFER_EXPIRED")])).toEqual([
    ["e1", true],
    ["e2", true],
  ]);
});

test("a kill between a change and what waits for it loses nothing", async () => {
  const world = await machineOf();
  send(world, "e1", "pack");
  world.storageOf(ADDRESS).exec(
    `INSERT INTO transitions (revision, kind, event_id, event, from_state, state, version, at, timestamp, originator, actor,
       details, event_data, created, index_sent, feed_sent)
     VALUES (1, 'event', 'e2', 'pay', 'new', 'paid', 'v1', 2000000, NULL, '', '', '', '{}', 0, 0, 0)`,
  );
  world.kill();
  send(world, "e3", "ship");
  expect(receiptOf(world, "e1")).toMatchObject({ result: "transitioned", to: "packed" });
});

test("waiting events are refused when the machine is deleted, and told of", async () => {
  const world = await machineOf();
  send(world, "e1", "ship");
  expect(world.machine(ADDRESS).delete(ADDRESS, { actor: "ann" })).toMatchObject({ ok: true });
  await pass(world, HOUR_MS);
  expect(world.notifications.map(({ type, data }) => [type, data["event_id"]])).toEqual([
    ["detent.event.expired.v1", "e1"],
  ]);
  await pass(world, 31 * DAY_MS);
  expect(world.storageOf(ADDRESS).prepare("SELECT count(*) AS n FROM sqlite_master").get()).toEqual({ n: 0 });
});

test.each([
  ["gone", "DELETE FROM outcomes WHERE event_id = 'e1'"],
  ["damaged", "UPDATE outcomes SET event_data = '{' WHERE event_id = 'e1'"],
])("an event whose row is %s waits no longer and holds nothing else up", async (_, damage) => {
  const losses = (world: World) => world.logged.filter((line) => line.startsWith("error: a deferred event is lost"));
  const ways: Record<string, (world: World) => unknown> = {
    "is tried": (world) => send(world, "e3", "pay"),
    expires: (world) => pass(world, 2 * HOUR_MS),
    "is given up": (world) => world.machine(ADDRESS).delete(ADDRESS, { actor: "ann" }),
  };
  for (const [way, work] of Object.entries(ways)) {
    const world = await machineOf({ ...SHOP, state_options: { paid: { unhandled: "reject" } } });
    send(world, "e1", "ship");
    send(world, "e2", "ship");
    world.storageOf(ADDRESS).exec(damage);
    await work(world);
    expect(losses(world), way).toHaveLength(1);
    await pass(world, MINUTE_MS);
    const told = world.notifications.map(({ data }) => data["event_id"]);
    expect(told, way).toEqual(["e2"]);
    world.evict(ADDRESS);
    expect(world.machine(ADDRESS).state(ADDRESS).ok, way).toBe(way !== "is given up");
  }
});

test("events that wait longer than refusals are kept outlive them, and the alarm rests meanwhile", async () => {
  const world = await machineOf({ ...SHOP, defer_for: "P90D", retention: { outcomes: "P1D" } });
  send(world, "e1", "ship");
  send(world, "e2", "nonsense");
  await pass(world, 30 * DAY_MS);
  expect(receiptOf(world, "e2")).toBe("EVENT_NOT_FOUND");
  expect(receiptOf(world, "e1")).toMatchObject({ result: "deferred" });
  expect(world.alarmOf(ADDRESS)).toBeGreaterThan(world.clock.now + 30 * DAY_MS);
  world.evict(ADDRESS);
  send(world, "e3", "pay");
  send(world, "e4", "pack");
  expect(stateOf(world)).toMatchObject({ value: { state: "shipped" } });
});

test("an event that creates its machine and is put off creates it, and waits", async () => {
  const world = new World();
  const create = creation(SHOP);
  const reply = await world.clock.until(
    Promise.resolve(world.machine(ADDRESS).send(ADDRESS, { ...event("e1", "pack"), create })),
  );
  expect(reply).toMatchObject({ ok: true, value: { result: "deferred", created: true } });
  await pass(world, MINUTE_MS);
  world.evict(ADDRESS);
  const again = await world.clock.until(Promise.resolve(world.machine(ADDRESS).send(ADDRESS, event("e1", "pack"))));
  expect(again).toMatchObject({ ok: true, value: { result: "deferred", created: true, duplicate: true } });
  send(world, "e2", "pay");
  expect(stateOf(world)).toMatchObject({ value: { state: "packed", revision: 2 } });
  expect(receiptOf(world, "e1")).toMatchObject({ result: "transitioned", created: true });
});

test("what is put off costs its two rows, and one more when it is settled", async () => {
  const world = await machineOf();
  const storage = world.storageOf(ADDRESS);
  const changes = () => Number(storage.prepare("SELECT total_changes() AS n").get()?.["n"]);
  const before = changes();
  send(world, "e1", "pack");
  expect(changes() - before).toBe(1);
  send(world, "e2", "pay");
  expect(changes() - before).toBe(4); // the change, the settled one, its transition
});

test("what waits is asked for another version's schema once, and not with every change", async () => {
  const world = await machineOf();
  send(world, "e1", "ship");
  const source = JSON.stringify({ ...SHOP, version: "v2", event_options: { ship: { schema: { type: "object" } } } });
  const statements = vi.spyOn(world.storageOf(ADDRESS), "prepare");
  const reads = () =>
    statements.mock.calls.filter(([query]) => query.includes("kind = 'deferred' AND json_valid")).length;
  const call = { version: "v2", source, stateMap: new Map<string, string>(), actor: "ann" };
  expect(world.machine(ADDRESS).migrate(ADDRESS, call)).toMatchObject({ ok: true });
  expect(reads()).toBe(1);
  send(world, "e2", "nonsense");
  send(world, "e2", "nonsense");
  expect(reads()).toBe(1);
  send(world, "e3", "pay");
  expect(reads()).toBe(1);
});

test("an event whose keeping fails is tried again, and not passed over", async () => {
  const world = await machineOf({ ...SHOP, states: ["new", "paid", "packed", "shipped"], defer_for: "PT2H" });
  send(world, "e1", "pack");
  await pass(world, MINUTE_MS);
  const storage = world.storageOf(ADDRESS);
  storage.exec(
    "CREATE TRIGGER full BEFORE INSERT ON transitions WHEN NEW.event_id = 'e1' BEGIN SELECT RAISE(FAIL, 'full'); END",
  );
  expect(() => world.send(ADDRESS, event("e2", "pay"))).toThrow("full");
  world.evict(ADDRESS);
  await pass(world, MINUTE_MS / 2);
  storage.exec("DROP TRIGGER full");
  await pass(world, 2 * MINUTE_MS);
  expect(stateOf(world)).toMatchObject({ value: { state: "packed" } });
  expect(receiptOf(world, "e1")).toMatchObject({ result: "transitioned" });
});
