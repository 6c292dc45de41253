/** Events: preconditions, idempotency keys, refusals, sizes, look-up. */
import { ConnectError, createClient } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { MachineService } from "../../../src/gen/detent/v1/machine_service_pb.ts";
import { BadRequestSchema } from "../../../src/gen/google/rpc/error_details_pb.ts";
import { machinePath, type Json } from "../../doors/json.ts";
import { connectBinary, sendJson } from "../doors/caller.ts";
import { CATALOG } from "../seed.ts";
import { CONFIGURATIONS, expectProblem, machine, MACHINES, orders } from "./orders.ts";

const machines = createClient(MachineService, connectBinary);

test("If-Match: another revision is 412 and leaves the id free", async () => {
  const { path } = await machine();
  const event = { event: "accept", event_id: "e1" };
  const problem = await expectProblem(
    sendJson(`${path}/events`, event, { "if-match": '"1"' }),
    412,
    "REVISION_MISMATCH",
  );
  expect(problem.metadata).toMatchObject({ revision: "0", state: "start" });
  const never = sendJson(`${path}/events`, event, { "if-match": '"99999999999"' });
  await expectProblem(never, 412, "REVISION_MISMATCH");
  const sent = await sendJson(`${path}/events`, event, { "if-match": '"0"' });
  expect(sent).toMatchObject({ status: 200, body: { revision: 1, duplicate: false } });
  expect(sent.headers.get("etag")).toBe('"1"');
});

test.each(["0", "*", 'W/"0"', '"x"', '"0", "1"'])("If-Match %s is 400", async (header) => {
  const { path } = await machine();
  const sent = sendJson(`${path}/events`, { event: "accept" }, { "if-match": header });
  await expectProblem(sent, 400, "INVALID_ARGUMENT");
});

test("If-Match and expected_revision must agree", async () => {
  const { path } = await machine();
  const event = { event: "accept", expected_revision: 1 };
  const sent = sendJson(`${path}/events`, event, { "if-match": '"0"' });
  await expectProblem(sent, 400, "INVALID_ARGUMENT", ["/expected_revision"]);
});

test.each([
  ["bare", "key-1", "key-1"],
  ["quoted", '"key-1"', "key-1"],
  ["quoted with escapes", String.raw`"k\"\\1"`, String.raw`k"\1`],
])("Idempotency-Key, %s, is the event id", async (_kind, header, eventId) => {
  const { path } = await machine();
  const headers = { "idempotency-key": header };
  const first = await sendJson(`${path}/events`, { event: "accept" }, headers);
  expect(first.body).toMatchObject({ event_id: eventId, revision: 1, duplicate: false });
  const second = await sendJson(`${path}/events`, { event: "accept" }, headers);
  expect(second.body).toMatchObject({ event_id: eventId, revision: 1, duplicate: true });
});

test("Idempotency-Key and event_id must agree", async () => {
  const { path } = await machine();
  const sent = sendJson(`${path}/events`, { event: "accept", event_id: "a" }, { "idempotency-key": "b" });
  await expectProblem(sent, 400, "INVALID_ARGUMENT", ["/event_id"]);
});

test("an event whose data a schema refuses: what is wrong, field by field, where it is first answered", async () => {
  const { name, ...rest } = orders();
  const properties = { by: { type: "string", minLength: 2 }, note: { type: "string" } };
  const source = {
    name,
    ...rest,
    transitions: [...rest.transitions, { from: "start", to: "done", event: "skip", assign: { note: "1" } }],
    event_options: { accept: { schema: { properties: { weight: { maximum: 30 } } } } },
    state_options: { done: { schema: { required: ["by", "at"], additionalProperties: false, properties } } },
  };
  expect((await sendJson(CONFIGURATIONS, source)).status).toBe(201);
  const path = machinePath(name, "m");
  await sendJson(MACHINES, { config_id: name, id: "m", data: { old: 1 } });
  const said = async (event: object, route = path) => {
    const { errors, receipt } = await expectProblem(sendJson(`${route}/events`, event), 422, "SCHEMA_REJECTED");
    expect(receipt).not.toHaveProperty("violations");
    return errors.map(({ pointer, rule, value }: Json) => [pointer, rule, value]);
  };
  const heavy = { event: "accept", event_id: "e1", data: { weight: 31 } };
  expect(await said(heavy)).toEqual([["/data/weight", "maximum", "31"]]);
  expect(await said(heavy)).toEqual([]);
  // Only what the event brings is its own: neither what is assigned nor what the machine has besides.
  const skip = { event: "skip", event_id: "e2", data: { by: "x", note: "n" } };
  expect(await said(skip)).toEqual([["/data/by", "minLength", "x"]]);
  expect(await said({ ...skip, create_if_missing: {} }, `${path}2`)).toEqual([["/data/by", "minLength", "x"]]);
  const kept = CATALOG.prepare("SELECT receipt FROM failures WHERE configuration = ? AND machine_id = 'm2'").bind(name);
  expect(JSON.parse((await kept.first<string>("receipt")) ?? "")).not.toHaveProperty("violations");
  const [first] = (
    await sendJson(`${MACHINES}:send-events`, { events: [{ ...heavy, configuration: name, id: "m", event_id: "e3" }] })
  ).body.results;
  expect(first.problem.errors).toMatchObject([{ pointer: "/data/weight" }]);
  const call = machines.sendEvent({ configuration: name, id: "m", event: "skip", data: { by: 7 } });
  const refused = ConnectError.from(await call.catch((error: unknown) => error));
  const [bad] = refused.findDetails(BadRequestSchema);
  expect(bad?.fieldViolations).toMatchObject([{ field: "/data/by", reason: "type" }]);
});

test("a refused event is a problem with its receipt", async () => {
  const { path } = await machine();
  const sent = sendJson(`${path}/events`, { event: "finish", event_id: "e1" });
  const { receipt, detail } = await expectProblem(sent, 409, "NO_TRANSITION");
  expect(receipt).toMatchObject({ event_id: "e1", result: "refused", allowed_events: ["accept"] });
  expect(receipt.message).toBe(detail);
  for (const word of ["finish", "start", "accept"]) expect(detail).toContain(word);
});

test("data and details have 64 KiB together", async () => {
  const { path } = await machine();
  const event = (bytes: number) => ({ event: "accept", data: { d: "x".repeat(1_000) }, details: "y".repeat(bytes) });
  const room = 64 * 1024 - 1_008 - 2;
  await expectProblem(sendJson(`${path}/events`, event(room + 1)), 400, "LIMIT_EXCEEDED");
  expect((await sendJson(`${path}/events`, event(room))).status).toBe(200);
});

test("an event is found by configuration and id", async () => {
  const { name, path } = await machine();
  await sendJson(`${path}/events`, { event: "accept", event_id: "a/b" });
  await expect
    .poll(async () => (await sendJson(`/api/v1/events/${name}/a%2Fb`)).body.machine?.id, { timeout: 5_000 })
    .toBe("m");
  await expectProblem(sendJson(`/api/v1/events/${name}/never`), 404, "EVENT_NOT_FOUND");
});

test("data alone and details alone have 64 KiB each", async () => {
  const { path } = await machine();
  const limit = 64 * 1024;
  const data = (bytes: number) => ({ event: "accept", event_id: `d${bytes}`, data: { d: "x".repeat(bytes - 8) } });
  await expectProblem(sendJson(`${path}/events`, data(limit + 1)), 400, "LIMIT_EXCEEDED", ["/data"]);
  expect((await sendJson(`${path}/events`, data(limit))).status).toBe(200);
  const details = (bytes: number) => ({ event: "remind", details: "x".repeat(bytes - 2) });
  await expectProblem(sendJson(`${path}/events`, details(limit + 1)), 400, "LIMIT_EXCEEDED", ["/details"]);
  expect((await sendJson(`${path}/events`, details(limit))).status).toBe(200);
});

test.each(["", '""', '"open', '"k1";a=b', "caf\u00e9", String.raw`"a\b"`])(
  "Idempotency-Key %j is 400",
  async (header) => {
    const { path } = await machine();
    const sent = sendJson(`${path}/events`, { event: "accept" }, { "idempotency-key": header });
    await expectProblem(sent, 400, "INVALID_ARGUMENT", ["/idempotency-key"]);
    expect((await sendJson(path)).body.statemachine.revision).toBe(0);
  },
);

test("a duplicate has no ETag: its revision may be long past", async () => {
  const { path } = await machine();
  const event = { event: "accept", event_id: "e1" };
  expect((await sendJson(`${path}/events`, event)).headers.get("etag")).toBe('"1"');
  expect((await sendJson(`${path}/events`, event)).headers.get("etag")).toBeNull();
});

test.each([
  ["2020-01-01t00:00:00.9999z", "2020-01-01T00:00:00.999Z"],
  ["2020-01-01T02:00:00+02:00", "2020-01-01T00:00:00.000Z"],
  ["9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999Z"],
])("the timestamp %s is kept as %s", async (timestamp, kept) => {
  const { path } = await machine();
  await sendJson(`${path}/events`, { event: "accept", timestamp });
  expect((await sendJson(`${path}/history`)).body.history[0].timestamp).toBe(kept);
});

test.each(["yesterday", "2020-01-01", "2020-13-01T00:00:00Z", "2016-12-31T23:59:60Z"])(
  "%s is no timestamp",
  async (timestamp) => {
    const { path } = await machine();
    const sent = sendJson(`${path}/events`, { event: "accept", timestamp });
    await expectProblem(sent, 400, "INVALID_ARGUMENT", ["/timestamp"]);
  },
);
