/** Jobs in real workerd, through the JSON routes and the RPCs: objects, queue, D1. */
import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createClient } from "@connectrpc/connect";
import { beforeAll, describe, expect, test } from "vitest";
import { jobOf, type Bindings } from "../../src/env.ts";
import { JobService } from "../../src/gen/detent/v1/job_service_pb.ts";
import worker from "../../src/worker.ts";
import type { Json } from "../doors/json.ts";
import { failureOf } from "../doors/rpc-failure.ts";
import { until } from "../until.ts";
import { connectBinary, connectGet, grpcWeb, send, sendJson } from "./doors/caller.ts";

const PATIENCE_MS = 30_000;
const MACHINES = 5;
const configurations: string[] = [];

beforeAll(async () => {
  for (const version of ["v1", "v2"]) {
    await sendJson("/api/v1/configurations", { ...CONFIGURATION, name: "untouched", version });
  }
});

const CONFIGURATION = {
  starting_state: "a",
  states: ["a", "b"],
  transitions: [
    { from: "a", to: "b", event: "go", guard: "!has(data.stays)" },
    { from: "b", to: "a", event: "back" },
  ],
};

/** A configuration of its own with five machines, the first of which refuses `go`. */
async function stage(): Promise<string> {
  const name = `c${configurations.length}`;
  configurations.push(name);
  for (const version of ["v1", "v2"]) await sendJson("/api/v1/configurations", { ...CONFIGURATION, name, version });
  for (let index = 0; index < MACHINES; index += 1) {
    const data = index === 0 ? { stays: true } : {};
    const labels = { half: String(index % 2) };
    const made = await sendJson("/api/v1/statemachines", { config_id: name, id: `m${index}`, data, labels });
    expect(made.status).toBe(201);
  }
  return name;
}

async function finish(id: string): Promise<Json> {
  const read = async (): Promise<Json> => (await sendJson(`/api/v1/jobs/${id}`)).body;
  return await until(PATIENCE_MS, read, ({ status }) => status === "finished");
}

test("a job on the JSON routes: created, found where Location says, listed, reported", async () => {
  const configuration = await stage();
  const body = { filter: { configuration, state: "a" }, send: { event: "go", data: { n: 1 } }, rate: 1_000 };
  const created = await sendJson("/api/v1/jobs", body, { "idempotency-key": configuration });
  expect(created.status).toBe(201);
  expect(created.headers.get("location")).toBe(`/api/v1/jobs/${created.body.id}`);
  expect(created.body).toMatchObject({ ...body, dry_run: false, progress: { expected: MACHINES } });
  const job = await finish(created.body.id);
  expect(job.progress).toEqual({ expected: 5, found: 5, succeeded: 4, unchanged: 0, refused: 1, skipped: 0 });
  expect(job.refusals).toMatchObject([{ id: "m0", reason: "GUARD_REJECTED" }]);
  const again = await sendJson("/api/v1/jobs", body, { "idempotency-key": configuration });
  expect(again.body.id).toBe(created.body.id);
  const other = await sendJson("/api/v1/jobs", { ...body, rate: 7 }, { "idempotency-key": configuration });
  expect(other).toMatchObject({ status: 400, body: { errors: [{ pointer: "/idempotency_key", rule: "reused" }] } });
  const { body: history } = await sendJson(`/api/v1/statemachines/${configuration}/m1/history`);
  const eventId = `detent:job:${created.body.id}:${Date.parse(created.body.created_at)}`;
  expect(history.history).toMatchObject([{ event_id: eventId, actor: "anonymous", data: { n: 1 } }]);
  const isTold = (list: Json): boolean =>
    list.jobs.some(({ id, status }: Json) => id === job.id && status === "finished");
  const listed = await until(PATIENCE_MS, async () => (await sendJson("/api/v1/jobs")).body, isTold);
  expect(isTold(listed)).toBe(true);
});

test("dry_run may stand in the query, too, and changes nothing", async () => {
  const configuration = await stage();
  const { body } = await sendJson("/api/v1/jobs?dry_run=true", { filter: { configuration }, delete: {} });
  expect(body).toMatchObject({ dry_run: true, delete: {} });
  expect((await finish(body.id)).progress).toMatchObject({ found: 5, succeeded: 5 });
  const listed = await sendJson(`/api/v1/statemachines?configuration=${configuration}`);
  expect(listed.body.statemachines.length).toBe(MACHINES);
});

test("pages of jobs and of refusals go on by token, each bound to its list", async () => {
  const configuration = await stage();
  const ids: string[] = [];
  for (const rate of [101, 102, 103]) {
    const { body } = await sendJson("/api/v1/jobs", { filter: { configuration }, send: { event: "back" }, rate });
    ids.unshift(body.id);
  }
  const first = (await sendJson("/api/v1/jobs?page_size=2")).body;
  const second = (await sendJson(`/api/v1/jobs?page_size=1&page_token=${first.next_page_token}`)).body;
  expect([...first.jobs, ...second.jobs].map(({ id }: Json) => id)).toEqual(ids);
  const job = await finish(ids[0] ?? "");
  expect(job.refusals.length).toBe(MACHINES);
  const page = (await sendJson(`/api/v1/jobs/${ids[0]}?page_size=3`)).body;
  const rest = (await sendJson(`/api/v1/jobs/${ids[0]}?page_size=3&page_token=${page.next_page_token}`)).body;
  expect([...page.refusals, ...rest.refusals]).toEqual(job.refusals);
  expect(rest.next_page_token).toBe("");
  await finish(ids[1] ?? "");
  const foreign = await sendJson(`/api/v1/jobs/${ids[1]}?page_token=${page.next_page_token}`);
  expect(foreign.status).toBe(400);
});

describe.each([
  ["Connect", connectBinary],
  ["Connect, reads by GET", connectGet],
  ["gRPC-web", grpcWeb],
])("%s", (_name, transport) => {
  const client = createClient(JobService, transport);

  test("a migration of the machines that have a label", async () => {
    const configuration = await stage();
    const { job } = await client.createJob({
      filter: { configuration, labels: { half: "1" } },
      action: { case: "migrate", value: { to: "v2" } },
      rate: 500,
    });
    expect(job).toMatchObject({ rate: 500, dryRun: false, action: { case: "migrate" }, progress: { expected: 2 } });
    await finish(job?.id ?? "");
    const found = await client.getJob({ id: job?.id ?? "" });
    expect(found.job?.progress).toMatchObject({ found: 2, succeeded: 2 });
    expect(found.job?.finishedAt).toBeDefined();
    const listed = await client.listJobs({ pageSize: 1 });
    expect(listed.jobs.map(({ id }) => id)).toEqual([job?.id]);
  });

  test("paused, resumed and cancelled", async () => {
    const configuration = await stage();
    const { job } = await client.createJob({
      filter: { configuration },
      action: { case: "send", value: { event: "go" } },
      rate: 1,
    });
    const id = job?.id ?? "";
    expect((await client.pauseJob({ id })).job?.status).toBe("paused");
    expect((await client.resumeJob({ id })).job?.status).toBe("running");
    const { job: cancelled } = await client.cancelJob({ id });
    expect(cancelled?.status).toBe("cancelled");
    expect((await client.resumeJob({ id })).job?.status).toBe("cancelled");
  });

  test("a job that is not there is NOT_FOUND", async () => {
    const error = await client.getJob({ id: "nope" }).catch(failureOf);
    expect(error).toMatchObject({ failure: "not_found", reason: "NOT_FOUND" });
  });
});

const FILTER = { configuration: "untouched" };
test.each([
  [{ filter: FILTER }, "", "required"],
  [{ filter: FILTER, send: { event: "go" }, delete: {} }, "", "contradiction"],
  [{ filter: {}, delete: {} }, "/filter/configuration", "required"],
  [{ filter: { configuration: "?" }, delete: {} }, "/filter/configuration", "pattern"],
  [{ filter: { ...FILTER, labels: { a: "1", b: "2", c: "3" } }, delete: {} }, "/filter/labels", "limit_exceeded"],
  [{ filter: { ...FILTER, order: "id" }, delete: {} }, "/filter/order", "unknown_field"],
  [{ filter: FILTER, send: { event: "" } }, "/send/event", "empty"],
  [{ filter: FILTER, send: { event: "go", originator: "timer" } }, "/send/originator", "reserved"],
  [{ filter: FILTER, send: { event: "go", event_id: "e" } }, "/send/event_id", "unknown_field"],
  [{ filter: FILTER, migrate: { to: "?" } }, "/migrate/to", "pattern"],
  [{ filter: FILTER, migrate: { to: "v2", state_map: { "*": "a" } } }, "/migrate/state_map/*", "reserved"],
  [{ filter: FILTER, delete: {}, rate: 1_001 }, "/rate", "limit_exceeded"],
  [{ filter: FILTER, delete: {}, rate: -1 }, "/rate", "range"],
])("%j is refused at %j: %s", async (body, pointer, rule) => {
  const { status, body: problem } = await sendJson("/api/v1/jobs", body);
  expect(status).toBe(400);
  expect(problem.errors).toMatchObject([{ pointer, rule }]);
});

test.each([
  { filter: { configuration: "missing" }, delete: {} },
  { filter: FILTER, migrate: { to: "v9" } },
])("%j names no configuration", async (body) => {
  expect(await sendJson("/api/v1/jobs", body)).toMatchObject({
    status: 404,
    body: { reason: "CONFIGURATION_NOT_FOUND" },
  });
});

test("a job of another tenant is one that is not there, and asking stores nothing", async () => {
  const bindings = env as unknown as Bindings;
  const { body } = await sendJson("/api/v1/jobs", { filter: FILTER, delete: {} });
  expect(await jobOf(bindings, "dev", body.id).read()).toMatchObject({ ok: true });
  expect(await jobOf(bindings, "stranger", body.id).read()).toEqual({ ok: false, problem: "unknown" });
  for (const path of ["", "/pause", "/resume", "/cancel"]) {
    const response = await send(`/api/v1/jobs/nobody${path}`, { method: path === "" ? "GET" : "POST" });
    expect(response.status).toBe(404);
  }
});

test("what a message is decides what becomes of it, not the name of its queue", async () => {
  const configuration = await stage();
  const paused = { filter: { configuration }, send: { event: "go" }, rate: 1 };
  const { body: job } = await sendJson("/api/v1/jobs", paused);
  const events = createMessageBatch("print-jobs", [
    message("event", { config: configuration, id: "m1", event: { event_id: "e1", transition: { event: "go" } } }),
    message("part", { tenant: "dev", job: job.id, chunk: 1 }),
    message("part of a job that is not there", { tenant: "dev", job: "nowhere", chunk: 1 }),
  ]);
  const context = createExecutionContext();
  await worker.queue(events, env as Bindings, context);
  const { explicitAcks } = await getQueueResult(events, context);
  expect(explicitAcks).toHaveLength(3);
  const { body: history } = await sendJson(`/api/v1/statemachines/${configuration}/m1/history`);
  expect(history.history).toMatchObject([{ event_id: "e1" }]);
  expect(await finish(job.id)).toMatchObject({ progress: { found: 5 } });
});

function message(id: string, body: unknown) {
  return { id, timestamp: new Date(), attempts: 1, body };
}
