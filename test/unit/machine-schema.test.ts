/** Machines that a former release has created live on: their storage is migrated when they wake. */
import type { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { addressOf, event, LOOP } from "./simulation/machines.ts";
import { World } from "./simulation/world.ts";

const ADDRESS = addressOf("m");

/** The storage as the first release left it: two changes and a refusal, all of it told to the index. */
const FIRST_RELEASE = `
  CREATE TABLE schema_version (version INTEGER NOT NULL);
  INSERT INTO schema_version VALUES (1);
  CREATE TABLE identity (
    tenant TEXT NOT NULL, configuration TEXT NOT NULL, id TEXT NOT NULL,
    created_at INTEGER NOT NULL, labels TEXT NOT NULL, creation TEXT NOT NULL);
  INSERT INTO identity VALUES ('t', 'loop', 'm', 500000, '{"a":"b"}', '');
  CREATE TABLE config (version TEXT PRIMARY KEY, source TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE transitions (
    revision INTEGER PRIMARY KEY, kind TEXT NOT NULL, event_id TEXT UNIQUE, event TEXT,
    from_state TEXT, state TEXT NOT NULL, version TEXT NOT NULL, data TEXT, at INTEGER NOT NULL,
    timestamp INTEGER, originator TEXT, actor TEXT, details TEXT, event_data TEXT, index_sent INTEGER NOT NULL);
  INSERT INTO transitions VALUES
    (0, 'creation', NULL, NULL, NULL, 'a', 'v1', '{"n":1}', 500000, NULL, NULL, NULL, NULL, NULL, -1),
    (1, 'event', 'e1', 'go', 'a', 'b', 'v1', NULL, 500001, NULL, '', 'x', '', '{}', 0),
    (2, 'event', 'e2', 'go', 'b', 'a', 'v1', NULL, 500002, NULL, '', 'x', '', '{}', 2);
  CREATE TABLE outcomes (
    seq INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, event TEXT NOT NULL, state TEXT NOT NULL,
    version TEXT NOT NULL, revision INTEGER NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL, message TEXT NOT NULL,
    allowed_events TEXT NOT NULL, at INTEGER NOT NULL, timestamp INTEGER, originator TEXT, actor TEXT, details TEXT,
    event_data TEXT, index_sent INTEGER NOT NULL);
  INSERT INTO outcomes VALUES
    (1, 'r1', 'never', 'a', 'v1', 2, 'EventNotAllowed', 'UNKNOWN_EVENT', 'no', '[]', 500003, NULL, '', 'x', '', '{}', 1);`;

function worldOfFirstRelease(): World {
  const world = new World();
  const storage: DatabaseSync = world.storageOf(ADDRESS);
  storage.exec(FIRST_RELEASE);
  storage.prepare("INSERT INTO config VALUES ('v1', ?)").run(JSON.stringify(LOOP));
  return world;
}

test("from version 1: what was decided is known, nothing of it is announced again, and what comes next is", async () => {
  const world = worldOfFirstRelease();
  const machine = world.machine(ADDRESS);
  expect(machine.read(ADDRESS)).toMatchObject({
    value: { revision: 2, state: "a", data: '{"n":1}', labels: '{"a":"b"}' },
  });
  expect(machine.receipt(ADDRESS, "r1")).toMatchObject({ value: { reason: "UNKNOWN_EVENT" } });
  expect(world.send(ADDRESS, event("e2"))).toMatchObject({ value: { duplicate: true, revision: 2 } });
  expect(world.send(ADDRESS, event("e3"))).toMatchObject({ value: { revision: 3 } });
  expect(world.send(ADDRESS, event("r2", "never"))).toMatchObject({ value: { result: "refused" } });
  await world.clock.run(world.clock.now + 60_000);
  expect(world.feed.map(({ sequence }) => sequence)).toEqual([3]);
  expect(world.notifications.map(({ sequence, data }) => [sequence, data["event_id"]])).toEqual([[2, "r2"]]);
  const told = world.index.prepare("SELECT event_id FROM transitions UNION SELECT event_id FROM failures").all();
  expect(told.map((row) => row["event_id"])).toEqual(["e3", "r2"]);
});

/**
 * The storage as the third release left it: a change, an override that set the data and a change since; a refusal and what
 * had to be set aside. Of the data's place, of timers and of waiting events nothing was known then.
 */
const THIRD_RELEASE = `
  CREATE TABLE schema_version (version INTEGER NOT NULL);
  INSERT INTO schema_version VALUES (3);
  CREATE TABLE identity (
    tenant TEXT NOT NULL, configuration TEXT NOT NULL, id TEXT NOT NULL, created_at INTEGER NOT NULL, labels TEXT NOT NULL,
    creation TEXT NOT NULL, extra_changes INTEGER NOT NULL DEFAULT 0, retired_at INTEGER,
    farewell TEXT NOT NULL DEFAULT '', retired_by TEXT NOT NULL DEFAULT '');
  INSERT INTO identity (tenant, configuration, id, created_at, labels, creation)
  VALUES ('t', 'loop', 'm', 500000, '{"a":"b"}', '');
  CREATE TABLE config (version TEXT PRIMARY KEY, source TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE transitions (
    revision INTEGER PRIMARY KEY, kind TEXT NOT NULL, event_id TEXT UNIQUE, event TEXT,
    from_state TEXT, state TEXT NOT NULL, version TEXT NOT NULL, data TEXT, at INTEGER NOT NULL,
    timestamp INTEGER, originator TEXT, actor TEXT, details TEXT, event_data TEXT, index_sent INTEGER NOT NULL,
    feed_sent INTEGER NOT NULL DEFAULT -1, traceparent TEXT, created INTEGER NOT NULL DEFAULT 0);
  INSERT INTO transitions VALUES
    (0, 'creation', NULL, NULL, NULL, 'a', 'v1', '{"n":1}', 500000, NULL, NULL, NULL, NULL, NULL, -1, -1, NULL, 0),
    (1, 'event', 'e1', 'go', 'a', 'b', 'v1', NULL, 500001, NULL, '', 'x', '', '{}', 0, 0, NULL, 1),
    (2, 'override', 'detent:override:2', '', 'b', 'a', 'v1', '{"n":2}', 500002, NULL, '', 'x', 'c', '{}', 1, 1, NULL, 0),
    (3, 'event', 'e2', 'go', 'a', 'b', 'v1', NULL, 500003, NULL, '', 'x', '', '{}', 3, 3, NULL, 0);
  CREATE TABLE outcomes (
    seq INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE, event TEXT NOT NULL, state TEXT NOT NULL,
    version TEXT NOT NULL, revision INTEGER NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL, message TEXT NOT NULL,
    allowed_events TEXT NOT NULL, at INTEGER NOT NULL, timestamp INTEGER, originator TEXT, actor TEXT, details TEXT,
    event_data TEXT, index_sent INTEGER NOT NULL, kind TEXT NOT NULL DEFAULT 'refused',
    notice INTEGER NOT NULL DEFAULT 0, notify_sent INTEGER NOT NULL DEFAULT 0, traceparent TEXT);
  INSERT INTO outcomes VALUES
    (1, 'r1', 'never', 'b', 'v1', 3, 'EventNotAllowed', 'UNKNOWN_EVENT', 'no', '[]', 500004, NULL, '', 'x', '', '{}', 0,
     'refused', 1, 0, NULL),
    (2, 'detent:parked:2', 'feed', 'b', 'v1', 2, 'Ok', '', 'why', '[]', 500005, NULL, 'detent', '', '', '{}', 2,
     'parked', 2, 2, NULL);
  CREATE TABLE delivery (
    stream TEXT PRIMARY KEY, attempts INTEGER NOT NULL, rejections INTEGER NOT NULL, next_at INTEGER NOT NULL)
    WITHOUT ROWID;
  CREATE TABLE parked (
    stream TEXT NOT NULL, position INTEGER NOT NULL, cause TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (stream, position)) WITHOUT ROWID;`;

test("from version 3: the data of every revision is found, there are no timers, and what comes next has them", async () => {
  const world = new World();
  const storage: DatabaseSync = world.storageOf(ADDRESS);
  storage.exec(THIRD_RELEASE);
  storage.prepare("INSERT INTO config VALUES ('v1', ?)").run(JSON.stringify(LOOP));
  const machine = world.machine(ADDRESS);
  expect(machine.read(ADDRESS)).toMatchObject({ value: { revision: 3, state: "b", data: '{"n":2}', timers: [] } });
  const dataAt = (revision: number) => {
    const reply = machine.read(ADDRESS, revision);
    return reply.ok ? reply.value.data : reply.reason;
  };
  expect([0, 1, 2, 3].map(dataAt)).toEqual(['{"n":1}', '{"n":1}', '{"n":2}', '{"n":2}']);
  expect(machine.receipt(ADDRESS, "e1")).toMatchObject({ value: { created: true } });
  const refused = machine.receipt(ADDRESS, "r1");
  expect(refused).toMatchObject({ value: { result: "refused", reason: "UNKNOWN_EVENT" } });
  expect(refused.ok && refused.value).not.toHaveProperty("created");
  expect(world.send(ADDRESS, event("e3"))).toMatchObject({ value: { revision: 4, to: "a" } });
  expect(dataAt(4)).toBe('{"n":2}');
  const timed = {
    ...LOOP,
    version: "v2",
    transitions: [
      { from: "a", to: "b", event: "go", after: "PT1H", assign: { n: "data.n + 1.0" } },
      { from: "b", to: "a", event: "go" },
      { from: "*", to: "end", event: "finish" },
    ],
  };
  const call = { version: "v2", source: JSON.stringify(timed), stateMap: new Map<string, string>(), actor: "ann" };
  const hourMs = 60 * 60_000;
  expect(machine.migrate(ADDRESS, call)).toMatchObject({
    value: { configId: "loop:v2", revision: 5, timers: [{ event: "go", to: "b", dueAt: world.clock.now + hourMs }] },
  });
  await world.clock.run(world.clock.now + hourMs + 60_000);
  world.evict(ADDRESS);
  expect(world.machine(ADDRESS).read(ADDRESS)).toMatchObject({ value: { revision: 6, state: "b", data: '{"n":3}' } });
  expect(world.feed.map(({ sequence }) => sequence)).toEqual([4, 5, 6]);
  expect(world.notifications).toEqual([]);
});

/** What the fourth release added to that. Of a cap on notifications nothing was known then: each refusal had one. */
const FOURTH_RELEASE = `${THIRD_RELEASE}
  UPDATE schema_version SET version = 4;
  ALTER TABLE transitions ADD COLUMN data_revision INTEGER;
  ALTER TABLE transitions ADD COLUMN entered_at INTEGER;
  ALTER TABLE transitions ADD COLUMN timers TEXT;
  ALTER TABLE transitions ADD COLUMN timers_fired INTEGER;
  ALTER TABLE outcomes ADD COLUMN entered INTEGER NOT NULL DEFAULT -1;
  ALTER TABLE outcomes ADD COLUMN timers_fired INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE outcomes ADD COLUMN created INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX outcomes_waiting ON outcomes (seq) WHERE kind = 'deferred';
  INSERT INTO outcomes (seq, event_id, event, state, version, revision, code, reason, message, allowed_events, at, originator,
    actor, details, event_data, index_sent, kind, notice, notify_sent, entered) VALUES
    (3, 'r2', 'never', 'b', 'v1', 3, 'EventNotAllowed', 'UNKNOWN_EVENT', 'no', '[]', 500006, '', 'x', '', '{}', 2,
     'refused', 3, 2, 3),
    (4, 'w1', 'go', 'b', 'v1', 3, 'Ok', '', '', '[]', 500006, '', 'x', '', '{}', 2, 'ignored', 3, 2, 3);`;

test("from version 4: what is unsent is told, no minute has begun, and from then on there is a cap", async () => {
  const world = new World();
  world.notificationsPerMinute = 2;
  const storage: DatabaseSync = world.storageOf(ADDRESS);
  storage.exec(FOURTH_RELEASE);
  storage.prepare("INSERT INTO config VALUES ('v1', ?)").run(JSON.stringify(LOOP));
  expect(world.machine(ADDRESS).receipt(ADDRESS, "r2")).toMatchObject({ value: { result: "refused" } });
  for (const id of ["r3", "r4", "r5", "r6"]) world.send(ADDRESS, event(id, "never"));
  await world.clock.run(world.clock.now + 120_000);
  expect(world.notifications.map(({ sequence, data }) => [sequence, data["event_id"] ?? data["refused"]])).toEqual([
    [3, "r2"],
    [4, "r3"],
    [5, "r4"],
    [6, 2],
  ]);
});
