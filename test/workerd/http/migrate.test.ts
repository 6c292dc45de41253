/** Migrating a machine, as the routes and RPCs have it: conditions, dry runs, and what lists and feeds say then. */
import { Code, createClient } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { MachineService } from "../../../src/gen/detent/v1/machine_service_pb.ts";
import type { Json } from "../../doors/json.ts";
import { until } from "../../until.ts";
import { connectBinary, send, sendJson } from "../doors/caller.ts";
import { CONFIGURATIONS, expectProblem, machine, MACHINES, orders } from "./orders.ts";

const machines = createClient(MachineService, connectBinary);

/** A machine that is pending, and a version of its configuration in which that is called waiting. */
async function pendingMachine(): Promise<{ name: string; path: string }> {
  const { name, path } = await machine();
  const second = {
    ...orders(name),
    version: "v2",
    states: ["start", "waiting", "done"],
    transitions: [
      { from: "start", to: "waiting", event: "accept" },
      { from: "waiting", to: "done", event: "finish" },
      { from: "waiting", to: "done", event: "giveUp", after: "P1D" },
    ],
  };
  expect((await sendJson(CONFIGURATIONS, second)).status).toBe(201);
  expect((await sendJson(`${path}/events`, { event: "accept", event_id: "e1" })).status).toBe(200);
  return { name, path };
}
const TO_SECOND = { to: "v2", state_map: { pending: "waiting" } };

test("a migrated machine is answered as it is then, and is read, listed and told so", async () => {
  const { name, path } = await pendingMachine();
  const migrated = await sendJson(`${path}/migrate`, TO_SECOND, { "if-match": '"1"' });
  expect(migrated.status).toBe(200);
  expect(migrated.headers.get("etag")).toBe('"2"');
  expect(migrated.body).not.toHaveProperty("dry_run");
  const { statemachine } = migrated.body;
  expect(statemachine).toMatchObject({ config_id: `${name}:v2`, state: "waiting", revision: 2, final: false });
  const [first, change] = statemachine.history;
  expect(first).toMatchObject({ revision: 1, kind: "event" });
  expect(change).toMatchObject({
    revision: 2,
    kind: "migration",
    event_id: "detent:migration:2",
    transition: { from: "pending", to: "waiting", event: "" },
    actor: "anonymous",
    details: "",
  });
  // Counted from when the state was entered.
  const dueAt = new Date(Date.parse(first.timestamp) + 24 * 60 * 60 * 1_000).toISOString();
  expect(statemachine.timers).toEqual([{ event: "giveUp", to: "done", due_at: dueAt }]);
  expect((await sendJson(path)).body).toEqual(migrated.body);
  expect((await sendJson(`${path}?at_revision=1`)).body.statemachine).toMatchObject({
    config_id: `${name}:v1`,
    state: "pending",
    timers: [],
  });
  const listed = async (version: string) =>
    (await sendJson(`${MACHINES}?configuration=${name}&version=${version}`)).body.statemachines;
  const [found] = await until(
    5_000,
    () => listed("v2"),
    (rows: Json[]) => rows.length > 0,
  );
  expect(found.statemachine).toMatchObject({ config_id: `${name}:v2`, state: "waiting", revision: 2 });
  expect(await listed("v1")).toEqual([]);
  const { body } = await sendJson(`${MACHINES}:count?configuration=${name}&group_by=version`);
  expect(body.counts).toEqual([{ version: "v2", count: 1 }]);
  const feed = (await sendJson(`/api/v1/transitions?configuration=${name}`)).body.transitions;
  expect(feed.at(-1)).toMatchObject({ kind: "changed", revision: 2, config_id: `${name}:v2`, from: "pending" });
  expect((await sendJson(`${path}/events`, { event: "finish" })).body).toMatchObject({ to: "done", revision: 3 });
});

test("a dry run is answered like the migration, marked, without an ETag, and changes nothing", async () => {
  const { path } = await pendingMachine();
  const dry = await sendJson(`${path}/migrate?dry_run=true`, TO_SECOND);
  expect([dry.status, dry.headers.get("etag"), dry.body.dry_run]).toEqual([200, null, true]);
  expect((await sendJson(path)).body.statemachine).toMatchObject({ revision: 1, state: "pending", timers: [] });
  const { dry_run: _mark, ...answered } = dry.body;
  const { body: real } = await sendJson(`${path}/migrate?dry_run=false`, TO_SECOND);
  const withoutTimes = ({ id, statemachine }: Json) => ({
    id,
    ...statemachine,
    updated_at: "",
    history: statemachine.history.map((item: Json) => ({ ...item, timestamp: "" })),
  });
  expect(withoutTimes(answered)).toEqual(withoutTimes(real));
  const rejected = sendJson(`${path}/migrate?dry_run=true`, { to: "v1" });
  expect((await expectProblem(rejected, 409, "MIGRATION_REJECTED", ["/state_map"])).dry_run).toBe(true);
  const unknown = sendJson(`${path}/migrate?dry_run=true`, { to: "v9" });
  expect((await expectProblem(unknown, 404, "CONFIGURATION_NOT_FOUND")).dry_run).toBe(true);
});

test("what is rejected says why, what the machine is, and that it stayed so", async () => {
  const { name, path } = await pendingMachine();
  const problem = await expectProblem(sendJson(`${path}/migrate`, { to: "v2" }), 409, "MIGRATION_REJECTED", [
    "/state_map",
  ]);
  expect(problem.metadata).toEqual({ revision: "1", state: "pending" });
  expect(problem.detail).toContain(`"pending" is not a state of ${name}:v2`);
  expect(problem).not.toHaveProperty("dry_run");
  const named = sendJson(`${path}/migrate`, { to: "v2", state_map: { "pen/ding": "x" } });
  await expectProblem(named, 409, "MIGRATION_REJECTED", ["/state_map/pen~1ding"]);
  expect((await sendJson(path)).body.statemachine).toMatchObject({ revision: 1, config_id: `${name}:v1` });
});

test("a body says where to, in either case, and nothing else", async () => {
  const { path } = await pendingMachine();
  const post = (body: object, query = "", headers = {}) => sendJson(`${path}/migrate${query}`, body, headers);
  await expectProblem(post({}), 400, "INVALID_ARGUMENT", ["/to"]);
  await expectProblem(post({ to: 2 }), 400, "INVALID_ARGUMENT", ["/to"]);
  await expectProblem(post({ to: "v2", stateMap: { pending: 1 } }), 400, "INVALID_ARGUMENT", ["/state_map/pending"]);
  await expectProblem(post({ to: "v2", map: {} }), 400, "INVALID_ARGUMENT", ["/map"]);
  await expectProblem(post(TO_SECOND, "?dry_run=yes"), 400, "INVALID_ARGUMENT", ["/dry_run"]);
  await expectProblem(post(TO_SECOND, "?dryrun=true"), 400, "INVALID_ARGUMENT", ["/dryrun"]);
  await expectProblem(post(TO_SECOND, "", { "if-match": "1" }), 400, "INVALID_ARGUMENT", ["/if-match"]);
  await expectProblem(post(TO_SECOND, "", { "if-match": '"0"' }), 412, "REVISION_MISMATCH");
  expect((await sendJson(path)).body.statemachine.revision).toBe(1);
  expect((await post({ to: "v2", stateMap: { pending: "waiting" } })).body.statemachine.state).toBe("waiting");
});

test("a machine that is not there, or is gone, is not migrated", async () => {
  const { name, path } = await pendingMachine();
  await expectProblem(sendJson(`${path}x/migrate`, TO_SECOND), 404, "MACHINE_NOT_FOUND");
  await expectProblem(sendJson(`${MACHINES}/${name}x/m/migrate`, TO_SECOND), 404, "CONFIGURATION_NOT_FOUND");
  await send(path, { method: "DELETE" });
  await expectProblem(sendJson(`${path}/migrate`, TO_SECOND), 410, "MACHINE_GONE");
});

test("over RPC it has the same words, its timers as times, and a mark on a dry run", async () => {
  const { name: configuration, path } = await pendingMachine();
  const request = { configuration, id: "m", to: "v2", stateMap: { pending: "waiting" } };
  const dry = await machines.migrateMachine({ ...request, dryRun: true });
  expect([dry.dryRun, dry.statemachine?.revision]).toEqual([true, 2]);
  expect((await machines.getMachine({ configuration, id: "m" })).statemachine?.revision).toBe(1);
  await expect(machines.migrateMachine({ ...request, expectedRevision: 0 })).rejects.toMatchObject({
    code: Code.Aborted,
  });
  await expect(machines.migrateMachine({ ...request, stateMap: {} })).rejects.toMatchObject({
    code: Code.FailedPrecondition,
  });
  const { id, statemachine, dryRun } = await machines.migrateMachine({ ...request, expectedRevision: 1 });
  expect([id, dryRun, statemachine?.configId, statemachine?.state]).toEqual([
    "m",
    false,
    `${configuration}:v2`,
    "waiting",
  ]);
  const [timer] = statemachine?.timers ?? [];
  const { timers } = (await sendJson(path)).body.statemachine;
  expect(timer).toMatchObject({ event: "giveUp", to: "done" });
  expect(Number(timer?.dueAt?.seconds) * 1_000 + (timer?.dueAt?.nanos ?? 0) / 1e6).toBe(Date.parse(timers[0].due_at));
});
