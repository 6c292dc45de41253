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
