/** Machines that go on by another version of their configuration. */
import { expect, test } from "vitest";
import type { MachineView, MigrateCall, Reply } from "../../src/machine/calls.ts";
import { addressOf, createMachine, event } from "./simulation/machines.ts";
import { World } from "./simulation/world.ts";

const ADDRESS = addressOf("m");
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const FIRST = {
  name: "loop",
  version: "v1",
  starting_state: "new",
  states: ["new", "open", "late", "done"],
  transitions: [
    { from: "new", to: "open", event: "open" },
    { from: "open", to: "open", event: "touch" },
    { from: "open", to: "late", event: "remind", after: "PT3H" },
    { from: "open", to: "done", event: "finish" },
    { from: "late", to: "done", event: "finish" },
  ],
  unhandled: "defer",
  defer_for: "P1D",
};
/** `open` is called `active`, and other things happen in it at other times. */
const SECOND = {
  ...FIRST,
  version: "v2",
  states: ["new", "active", "checked", "done"],
  transitions: [
    { from: "new", to: "active", event: "open" },
    { from: "active", to: "checked", event: "check", after: "PT2H" },
    { from: "active", to: "done", event: "finish" },
    { from: "checked", to: "done", event: "finish", after: "PT1H" },
  ],
};

const pass = (world: World, ms: number): Promise<void> => world.clock.run(world.clock.now + ms);

function migration(source: { readonly version: string }, rest: Partial<MigrateCall> = {}): MigrateCall {
  return { version: source.version, source: JSON.stringify(source), stateMap: new Map(), actor: "ann", ...rest };
}
const TO_SECOND = migration(SECOND, { stateMap: new Map([["open", "active"]]) });
const TO_FIRST = migration(FIRST, { stateMap: new Map([["active", "open"]]) });

function viewOf(reply: Reply<MachineView>): MachineView {
  if (!reply.ok) throw new Error(`${reply.reason}: ${reply.message}`);
  return reply.value;
}
const migrate = (world: World, call: MigrateCall) => world.machine(ADDRESS).migrate(ADDRESS, call);
const read = (world: World) => viewOf(world.machine(ADDRESS).read(ADDRESS));

/** A machine that has been in the state `open` for a minute. */
async function openMachine(source: object = FIRST): Promise<{ world: World; openedAt: number }> {
  const world = new World();
  await world.clock.until(createMachine(world, ADDRESS, source));
  await pass(world, MINUTE_MS);
  world.send(ADDRESS, event("e1", "open"));
  const openedAt = world.clock.now;
  await pass(world, MINUTE_MS);
  return { world, openedAt };
}

/** All that is stored of the machine, and what is to come of it. */
function traceOf(world: World): string {
  const storage = world.storageOf(ADDRESS);
  const tables = storage.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
  const rows = tables.map(({ name }) => [name, storage.prepare(`SELECT * FROM ${String(name)}`).all()]);
  return JSON.stringify([rows, world.alarmOf(ADDRESS), world.feed.length, world.notifications.length]);
}

test("a migrated machine lives by the other version, in the state that the map names, through an eviction", async () => {
  const { world } = await openMachine();
  const migrated = viewOf(migrate(world, TO_SECOND));
  expect(migrated).toMatchObject({ configId: "loop:v2", state: "active", revision: 2, updatedAt: world.clock.now });
  expect(migrated.history.at(-1)).toMatchObject({
    revision: 2,
    kind: "migration",
    eventId: "detent:migration:2",
    event: "",
    from: "open",
    to: "active",
    actor: "ann",
  });
  world.evict(ADDRESS);
  expect(read(world)).toEqual(migrated);
  expect(world.send(ADDRESS, event("e2", "check"))).toMatchObject({
    value: { configId: "loop:v2", from: "active", to: "checked", revision: 3 },
  });
});

test("a state that both versions have needs no map, and a map for other states does no harm", async () => {
  const { world } = await openMachine();
  world.send(ADDRESS, event("e2", "finish"));
  expect(viewOf(migrate(world, TO_SECOND))).toMatchObject({ state: "done", configId: "loop:v2", final: true });
});

test("a machine that has the version stays as it is, whatever the map says", async () => {
  const { world } = await openMachine();
  const before = traceOf(world);
  const call = migration(FIRST, { stateMap: new Map([["open", "nowhere"]]) });
  expect(viewOf(migrate(world, call))).toEqual(read(world));
  expect(traceOf(world)).toBe(before);
  migrate(world, TO_SECOND);
  expect(viewOf(migrate(world, TO_SECOND))).toMatchObject({ revision: 2, state: "active" });
});

test.each([
  ["a state without a counterpart", new Map<string, string>(), "/state_map", '"open"'],
  ["a counterpart that is no state", new Map([["open", "gone"]]), "/state_map/open", '"gone"'],
  [
    "one of a state that the machine is not in",
    new Map([
      ["open", "active"],
      ["late", "gone"],
    ]),
    "/state_map/late",
    '"gone"',
  ],
])("%s rejects the migration, which then has left nothing", async (_, stateMap, pointer, named) => {
  const { world } = await openMachine();
  const before = traceOf(world);
  const reply = migrate(world, migration(SECOND, { stateMap }));
  expect(reply).toMatchObject({
    ok: false,
    reason: "MIGRATION_REJECTED",
    metadata: { revision: "1", state: "open" },
    violations: [{ pointer }],
  });
  expect(!reply.ok && reply.message).toContain(named);
  expect(traceOf(world)).toBe(before);
});

test("an expected revision that the machine does not have leaves it as it is", async () => {
  const { world } = await openMachine();
  const reply = migrate(world, { ...TO_SECOND, expectedRevision: 0 });
  expect(reply).toMatchObject({ ok: false, reason: "REVISION_MISMATCH", metadata: { revision: "1" } });
  expect(migrate(world, { ...TO_SECOND, expectedRevision: 1 })).toMatchObject({ ok: true });
});

test("states may have any name", async () => {
  const ring = (version: string, a: string, b: string) => ({
    name: "loop",
    version,
    starting_state: a,
    states: [a, b],
    transitions: [
      { from: a, to: b, event: "open" },
      { from: b, to: a, event: "back" },
    ],
  });
  const { world } = await openMachine(ring("v1", "toString", "__proto__"));
  const other = ring("v2", "constructor", "valueOf");
  expect(migrate(world, migration(other))).toMatchObject({ ok: false, reason: "MIGRATION_REJECTED" });
  const stateMap = new Map([["__proto__", "constructor"]]);
  expect(viewOf(migrate(world, migration(other, { stateMap })))).toMatchObject({ state: "constructor", revision: 2 });
  const back = new Map([["constructor", "__proto__"]]);
  expect(viewOf(migrate(world, migration(ring("v1", "toString", "__proto__"), { stateMap: back })))).toMatchObject({
    state: "__proto__",
    configId: "loop:v1",
  });
});

test("timers are those of the new version, and run from when the state was entered, however often it was migrated", async () => {
  const { world, openedAt } = await openMachine();
  await pass(world, HOUR_MS - MINUTE_MS);
  expect(viewOf(migrate(world, TO_SECOND)).timers).toEqual([
    { event: "check", to: "checked", dueAt: openedAt + 2 * HOUR_MS },
  ]);
  world.evict(ADDRESS);
  expect(viewOf(migrate(world, TO_FIRST)).timers).toEqual([
    { event: "remind", to: "late", dueAt: openedAt + 3 * HOUR_MS },
  ]);
  migrate(world, TO_SECOND);
  world.evict(ADDRESS);
  await pass(world, HOUR_MS - 1);
  expect(read(world)).toMatchObject({ state: "active", revision: 4 });
  await pass(world, 1);
  const checked = read(world);
  expect(checked).toMatchObject({ state: "checked", revision: 5 });
  expect(checked.history.at(-1)).toMatchObject({ eventId: "timer:4:1", originator: "timer" });
  // Entered in the usual way, it counts from then.
  expect(checked.timers).toEqual([{ event: "finish", to: "done", dueAt: openedAt + 3 * HOUR_MS }]);
});

test("a timer whose time by the new version is past is sent at once", async () => {
  const { world, openedAt } = await openMachine();
  await pass(world, 2 * HOUR_MS + 30 * MINUTE_MS);
  const migrated = viewOf(migrate(world, TO_SECOND));
  expect(migrated).toMatchObject({ state: "active", timers: [{ event: "check", dueAt: openedAt + 2 * HOUR_MS }] });
  await pass(world, MINUTE_MS);
  expect(read(world)).toMatchObject({ state: "checked", revision: 3 });
});

/** A version whose state `open` is not left by what its timers send: for a guard that is false. */
function patient(version: string, timers: Record<string, readonly string[]>) {
  const timed = Object.entries(timers).flatMap(([name, delays]) =>
    delays.map((after) => ({ from: "open", to: "late", event: name, after, guard: "has(data.never)" })),
  );
  return {
    ...FIRST,
    version,
    transitions: [...FIRST.transitions.filter(({ after }) => after === undefined), ...timed],
  };
}
const refusalsOf = (world: World) => {
  const reply = world.machine(ADDRESS).refusals(ADDRESS, { order: "asc", limit: 100 });
  return reply.ok ? reply.value.items.map(({ eventId, event: name }) => `${eventId} ${name}`) : reply.reason;
};

test("a timer that was sent is not sent again by the way back, although the version in between had no such event", async () => {
  const first = patient("v1", { remind: ["PT1H"], expire: ["PT3H"] });
  const { world, openedAt } = await openMachine(first);
  await pass(world, 2 * HOUR_MS);
  const other = migration(patient("v2", { check: ["PT2H"] }));
  for (const call of [other, migration(first), other]) {
    expect(migrate(world, call)).toMatchObject({ ok: true });
    await pass(world, MINUTE_MS);
    world.evict(ADDRESS);
  }
  expect(viewOf(migrate(world, migration(first))).timers).toEqual([
    { event: "expire", to: "late", dueAt: openedAt + 3 * HOUR_MS },
  ]);
  await pass(world, 2 * HOUR_MS);
  expect(refusalsOf(world)).toEqual(["timer:1:4 remind", "timer:2:4 check", "timer:5:5 expire"]);
});

test("of two timers that send the same event, one that was not sent is sent by the other version, too", async () => {
  const { world, openedAt } = await openMachine(patient("v1", { remind: ["PT1H", "PT3H"] }));
  await pass(world, 2 * HOUR_MS);
  // In another place, and without the one that was sent.
  for (const [version, timers] of Object.entries({
    v2: { expire: ["P1D"], remind: ["PT3H", "PT1H"] },
    v3: { remind: ["PT3H"] },
  })) {
    const view = viewOf(migrate(world, migration(patient(version, timers))));
    expect(view.timers[0]).toEqual({ event: "remind", to: "late", dueAt: openedAt + 3 * HOUR_MS });
  }
  await pass(world, 2 * HOUR_MS);
  expect(refusalsOf(world)).toEqual(["timer:1:4 remind", "timer:3:4 remind"]);
});

test("two timers that send the same event at the same time are two", async () => {
  const { world } = await openMachine(patient("v1", { remind: ["PT1H"] }));
  await pass(world, 2 * HOUR_MS);
  const twice = patient("v2", { remind: ["PT1H", "PT1H"] });
  expect(viewOf(migrate(world, migration(twice))).timers).toHaveLength(1);
  await pass(world, MINUTE_MS);
  expect(viewOf(migrate(world, migration({ ...twice, version: "v3" }))).timers).toEqual([]);
});

test("a timer that the new version has at another time is another one, past or to come", async () => {
  const { world, openedAt } = await openMachine(patient("v1", { remind: ["PT1H"] }));
  await pass(world, 2 * HOUR_MS);
  const later = viewOf(migrate(world, migration(patient("v2", { remind: ["PT4H"] }))));
  expect(later.timers).toMatchObject([{ dueAt: openedAt + 4 * HOUR_MS }]);
  migrate(world, migration(patient("v3", { remind: ["PT30M"] })));
  await pass(world, MINUTE_MS);
  expect(refusalsOf(world)).toEqual(["timer:1:4 remind", "timer:3:4 remind"]);
});

test("what is due comes before the migration, should its alarm have been lost", async () => {
  const { world } = await openMachine();
  world.loseAlarm(ADDRESS);
  await pass(world, 3 * HOUR_MS);
  const reply = migrate(world, TO_SECOND);
  expect(reply).toMatchObject({ ok: false, reason: "MIGRATION_REJECTED", metadata: { revision: "2", state: "late" } });
  expect(read(world)).toMatchObject({ configId: "loop:v1", state: "late", revision: 2 });
});

test("what is due comes before an override, too", async () => {
  const { world } = await openMachine();
  world.loseAlarm(ADDRESS);
  await pass(world, 3 * HOUR_MS);
  const override = { state: "new", comment: "c", actor: "ann", expectedRevision: 1 };
  expect(world.machine(ADDRESS).override(ADDRESS, override)).toMatchObject({ ok: false, reason: "REVISION_MISMATCH" });
});

test("deferred events are tried again by the new version: taken, refused, or put off once more", async () => {
  const { world } = await openMachine();
  const third = { ...SECOND, transitions: [...SECOND.transitions, { from: "active", to: "active", event: "open" }] };
  const fourth = { ...third, transitions: [...third.transitions, { from: "checked", to: "active", event: "again" }] };
  const versioned = { ...fourth, version: "v3" };
  world.send(ADDRESS, event("d1", "open"));
  expect(world.machine(ADDRESS).receipt(ADDRESS, "d1")).toMatchObject({ value: { result: "deferred", from: "open" } });
  const call = migration(versioned, { stateMap: new Map([["open", "active"]]) });
  expect(viewOf(migrate(world, call))).toMatchObject({ state: "active", revision: 3 });
  expect(world.machine(ADDRESS).receipt(ADDRESS, "d1")).toMatchObject({
    value: { result: "transitioned", from: "active", to: "active", revision: 3, configId: "loop:v3" },
  });
  world.send(ADDRESS, event("d2", "open"));
  world.send(ADDRESS, event("d3", "again"));
  expect(world.machine(ADDRESS).receipt(ADDRESS, "d3")).toMatchObject({ value: { result: "deferred" } });
  viewOf(migrate(world, TO_FIRST));
  // The first version knows no such event.
  expect(world.machine(ADDRESS).receipt(ADDRESS, "d3")).toMatchObject({
    value: { result: "refused", reason: "UNKNOWN_EVENT", configId: "loop:v1" },
  });
  world.send(ADDRESS, event("d4", "open"));
  viewOf(migrate(world, TO_SECOND));
  expect(world.machine(ADDRESS).receipt(ADDRESS, "d4")).toMatchObject({ value: { result: "deferred" } });
  await pass(world, MINUTE_MS);
  expect(world.notifications.map(({ type, data }) => [type, data["event_id"]])).toEqual([
    ["detent.event.refused.v1", "d3"],
  ]);
});

test("data must match the schema of the state in the new version, and stays as it is", async () => {
  const withSchema = (version: string, schema: object) => ({ ...FIRST, version, state_options: { open: { schema } } });
  const world = new World();
  await world.clock.until(
    world.create(ADDRESS, { version: "v1", source: JSON.stringify(FIRST), data: '{"n":1,"x":"kept"}', labels: "{}" }),
  );
  world.send(ADDRESS, event("e1", "open"));
  const before = traceOf(world);
  const strict = withSchema("v2", { type: "object", required: ["n"], properties: { n: { type: "string" } } });
  const reply = migrate(world, migration(strict));
  expect(reply).toMatchObject({
    reason: "MIGRATION_REJECTED",
    violations: [{ pointer: "/to", rule: "schema", value: "v2" }],
  });
  expect(!reply.ok && reply.message).toMatch(/^loop:v2: .*schema of the state "open"/);
  expect(tryOut(world, migration(strict))).toEqual(reply);
  expect(traceOf(world)).toBe(before);
  const fitting = withSchema("v3", { type: "object", properties: { n: { type: "number" } } });
  expect(viewOf(migrate(world, migration(fitting)))).toMatchObject({ data: '{"n":1,"x":"kept"}', revision: 2 });
  world.evict(ADDRESS);
  expect(read(world).data).toBe('{"n":1,"x":"kept"}');
});

test("a deadline is told anew from the data, and one that cannot be told rejects the migration", async () => {
  const due = (version: string, deadline: string) => ({
    ...FIRST,
    version,
    transitions: [...FIRST.transitions, { from: "open", to: "done", event: "expire", deadline }],
  });
  const { world, openedAt } = await openMachine();
  const reply = migrate(world, migration(due("v2", "timestamp(data.until)")));
  expect(reply).toMatchObject({ reason: "MIGRATION_REJECTED", violations: [{ pointer: "/to", rule: "deadline" }] });
  // `now` is when the state was entered.
  const { timers } = viewOf(migrate(world, migration(due("v2", "now + duration('90m')"))));
  expect(timers.map(({ event: name, dueAt }) => [name, dueAt - openedAt])).toEqual([
    ["expire", 90 * MINUTE_MS],
    ["remind", 3 * HOUR_MS],
  ]);
});

test("what a deferred event changes after the migration is in the answer, also of a dry run", async () => {
  const { world } = await openMachine();
  world.send(ADDRESS, { ...event("d1", "open"), data: '{"by":"bob"}' });
  const counting = {
    ...SECOND,
    version: "v3",
    transitions: [
      { from: "active", to: "active", event: "open", assign: { by: "event.data.by", at: "revision" } },
      ...SECOND.transitions,
    ],
  };
  const view = viewOf(tryOut(world, migration(counting, { stateMap: new Map([["open", "active"]]) })));
  expect(view).toMatchObject({ revision: 3, data: '{"at":2,"by":"bob"}' });
});

test("migrated there and back, each revision is read by the version that it had", async () => {
  const { world } = await openMachine();
  migrate(world, TO_SECOND);
  await pass(world, MINUTE_MS);
  migrate(world, TO_FIRST);
  world.evict(ADDRESS);
  expect(world.send(ADDRESS, event("e2", "touch"))).toMatchObject({ value: { configId: "loop:v1", revision: 4 } });
  const at = (revision: number) => {
    const { configId, state, timers } = viewOf(world.machine(ADDRESS).read(ADDRESS, revision));
    return [configId, state, timers.length];
  };
  expect([0, 1, 2, 3, 4].map(at)).toEqual([
    ["loop:v1", "new", 0],
    ["loop:v1", "open", 0],
    ["loop:v2", "active", 0],
    ["loop:v1", "open", 0],
    ["loop:v1", "open", 1],
  ]);
  const sources = world.storageOf(ADDRESS).prepare("SELECT version FROM config ORDER BY version").all();
  expect(sources).toEqual([{ version: "v1" }, { version: "v2" }]);
});

test("the index and the transitions queue hear of it, with its trace, and nobody is notified", async () => {
  const { world } = await openMachine();
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  migrate(world, { ...TO_SECOND, traceparent });
  await pass(world, MINUTE_MS);
  const row = world.index.prepare("SELECT version, state, revision FROM machines").get();
  expect(row).toEqual({ version: "v2", state: "active", revision: 2 });
  expect(world.feed.at(-1)).toMatchObject({
    type: "detent.machine.changed.v1",
    sequence: 2,
    traceparent,
    data: { kind: "migration", from: "open", to: "active", config_id: "loop:v2", actor: "ann" },
  });
  expect(world.notifications).toEqual([]);
});

/** Asks first, and then does it: the answers are the same, and the first leaves nothing. */
function tryOut(world: World, call: MigrateCall): Reply<MachineView> {
  const before = traceOf(world);
  const dry = migrate(world, { ...call, isDryRun: true });
  expect(traceOf(world)).toBe(before);
  expect(migrate(world, call)).toEqual(dry);
  return dry;
}

test("a dry run answers what the migration then does, and leaves nothing", async () => {
  const { world } = await openMachine();
  expect(tryOut(world, { ...TO_SECOND, expectedRevision: 9 })).toMatchObject({ reason: "REVISION_MISMATCH" });
  expect(tryOut(world, migration(SECOND))).toMatchObject({ reason: "MIGRATION_REJECTED" });
  expect(tryOut(world, migration(FIRST))).toMatchObject({ value: { revision: 1 } });
  expect(tryOut(world, TO_SECOND)).toMatchObject({ value: { revision: 2, timers: [{ event: "check" }] } });
});

test("a dry run does what is due, and tries what waits, in mind only", async () => {
  const { world } = await openMachine();
  world.send(ADDRESS, event("d1", "open"));
  world.loseAlarm(ADDRESS);
  await pass(world, 3 * HOUR_MS);
  const third = {
    ...SECOND,
    version: "v3",
    transitions: [...SECOND.transitions, { from: "checked", to: "new", event: "open" }],
  };
  const call = migration(third, { stateMap: new Map([["late", "checked"]]) });
  const view = viewOf(tryOut(world, call));
  expect(view.history.map(({ eventId }) => eventId)).toEqual(["e1", "timer:1:2", "detent:migration:3", "d1"]);
  expect(view).toMatchObject({ state: "new", revision: 4, timers: [] });
});

test("a dry run answers as much history as a machine is answered with", async () => {
  const { world } = await openMachine();
  for (let index = 2; index <= 100; index += 1) world.send(ADDRESS, event(`e${index}`, "touch"));
  const view = viewOf(tryOut(world, TO_SECOND));
  expect([view.history.length, view.history[0]?.revision, view.hasOlderHistory]).toEqual([100, 2, true]);
});
