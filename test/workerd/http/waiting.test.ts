/** Events that are ignored or deferred, timers that are told, events that depend on guards: in the words of each door. */
import { createClient } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { MachineService } from "../../../src/gen/detent/v1/machine_service_pb.ts";
import { StatemachineService } from "../../../src/gen/statemachine/v1beta/statemachine_pb.ts";
import { machinePath, type Json } from "../../doors/json.ts";
import { until } from "../../until.ts";
import { connectBinary, send, sendJson } from "../doors/caller.ts";
import { CONFIGURATIONS, expectProblem, MACHINES, orders } from "./orders.ts";

const machines = createClient(MachineService, connectBinary);
const v1beta = createClient(StatemachineService, connectBinary);

/** Defers what comes too early; a pending machine ignores what it knows already. */
function patient(name = `c${crypto.randomUUID()}`) {
  return { ...orders(name), unhandled: "defer", state_options: { pending: { unhandled: "ignore" } } };
}

async function machineOf(
  source: { readonly name: string },
  more: object = {},
): Promise<{ name: string; path: string }> {
  expect((await sendJson(CONFIGURATIONS, source)).status).toBe(201);
  expect((await sendJson(MACHINES, { config_id: source.name, id: "m", ...more })).status).toBe(201);
  return { name: source.name, path: machinePath(source.name, "m") };
}

test.each([
  ["deferred", "start", "finish"],
  ["ignored", "pending", "accept"],
] as const)(
  "an event that is %s is answered as a success that moved nothing, at every door",
  async (result, state, event) => {
    const { name, path } = await machineOf(patient(), { state });
    const sent = await sendJson(`${path}/events`, { event, event_id: "e1", data: { a: 1 }, details: "d" });
    expect([sent.status, sent.headers.get("etag")]).toEqual([200, '"0"']);
    const { body } = sent;
    expect(body).toMatchObject({ result, code: "Ok", from: state, revision: 0, data: { a: 1 }, details: "d" });
    for (const absent of ["to", "reason", "message", "allowed_events", "created"])
      expect(body).not.toHaveProperty(absent);
    expect((await sendJson(`${path}/events/e1`)).body).toEqual(body);
    // Whoever does not know the machine finds it by configuration and event id.
    const found = await until(
      5_000,
      () => sendJson(`/api/v1/events/${name}/e1`),
      ({ status }) => status === 200,
    );
    expect(found.body).toEqual(body);
    const { receipt } = await machines.sendEvent({
      configuration: name,
      id: "m",
      event,
      eventId: "e1",
      data: { a: 1 },
      details: "d",
    });
    expect(receipt).toMatchObject({ result, code: "Ok", reason: "", message: "", duplicate: true, allowedEvents: [] });
    expect(receipt).not.toHaveProperty("to");
    expect((await machines.getEvent({ configuration: name, eventId: "e1" })).receipt).toMatchObject({ result });
    const { outcome } = await v1beta.getEventOutcome({ config: name, id: "e1" });
    expect(outcome).toMatchObject({ code: 0, details: "", id: "m", config: name });
    expect((await sendJson(`${path}/history?refused=true`)).body.receipts).toEqual([]);
    expect((await sendJson(`/api/v1/failures?configuration=${name}`)).body.failures).toEqual([]);
  },
);

test("among many events those that wait are successes, and what they become is told later", async () => {
  const { name, path } = await machineOf(patient());
  const events = ["finish", "accept", "accept"].map((event, index) => ({
    configuration: name,
    id: "m",
    event,
    event_id: `e${index}`,
  }));
  const { body } = await sendJson(`${MACHINES}:send-events`, { events });
  expect(body.results.map(({ status, receipt }: Json) => [status, receipt.result, receipt.revision])).toEqual([
    [200, "deferred", 0],
    [200, "transitioned", 1],
    // The first one has been taken meanwhile.
    [200, "deferred", 2],
  ]);
  expect((await sendJson(`${path}/events/e0`)).body).toMatchObject({ result: "transitioned", to: "done", revision: 2 });
  const found = await until(
    5_000,
    () => sendJson(`/api/v1/events/${name}/e0`),
    ({ body: { result } }) => result === "transitioned",
  );
  expect(found.body).toMatchObject({ event_id: "e0", revision: 2 });
});

test("a dry run and a simulation say that an event would wait, or be passed over", async () => {
  const source = patient();
  const { path } = await machineOf(source);
  const dry = await sendJson(`${path}/events?dry_run=true`, { event: "finish", event_id: "e1" });
  expect(dry.body).toMatchObject({ result: "deferred", dry_run: true, duplicate: false });
  await expectProblem(sendJson(`${path}/events/e1`), 404, "EVENT_NOT_FOUND");
  const events = [{ event: "accept" }, { event: "accept" }, { event: "finish" }, { event: "finish" }];
  const { body } = await sendJson(`${CONFIGURATIONS}:simulate`, { configuration: source, events });
  expect(body.steps.map(({ result }: Json) => result)).toEqual(["transitioned", "ignored", "transitioned", "deferred"]);
});

test("an event that is put off creates the machine that it waits for", async () => {
  const source = patient();
  expect((await sendJson(CONFIGURATIONS, source)).status).toBe(201);
  const path = machinePath(source.name, "m");
  const { body } = await sendJson(`${path}/events`, { event: "finish", event_id: "e1", create_if_missing: {} });
  expect(body).toMatchObject({ result: "deferred", created: true, from: "start", revision: 0 });
  expect((await sendJson(`${path}/events`, { event: "accept" })).body.revision).toBe(1);
  expect((await sendJson(path)).body.statemachine).toMatchObject({ state: "done", revision: 2 });
});

/** Reminds after an hour, gives up at a time that its data tells. */
function timed() {
  const source = orders();
  return {
    ...source,
    transitions: [
      ...source.transitions,
      { from: "start", to: "done", event: "giveUp", deadline: "timestamp(data.until)" },
      { from: "start", to: "pending", event: "accept", after: "PT1H" },
    ],
  };
}

test("timers are told wherever the whole machine is, in the order in which they are due", async () => {
  const source = timed();
  expect((await sendJson(CONFIGURATIONS, source)).status).toBe(201);
  const until2100 = { data: { until: "2100-01-01T00:00:00Z" } };
  const created = await sendJson(MACHINES, { config_id: source.name, id: "m", ...until2100 });
  const { created_at: createdAt, timers } = created.body.statemachine;
  const hourLater = new Date(Date.parse(createdAt) + 60 * 60_000).toISOString();
  expect(timers).toEqual([
    { event: "accept", to: "pending", due_at: hourLater },
    { event: "giveUp", to: "done", due_at: "2100-01-01T00:00:00.000Z" },
  ]);
  const path = machinePath(source.name, "m");
  const patched = await send(path, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: '{"labels":{"a":"b"}}',
  });
  const labelled = (await patched.json()) as Json;
  expect(labelled.statemachine.timers).toEqual(timers);
  expect((await sendJson(path)).body.statemachine.timers).toEqual(timers);
  const { statemachine } = await machines.getMachine({ configuration: source.name, id: "m" });
  expect(statemachine?.timers.map(({ event, to, dueAt }) => [event, to, Number(dueAt?.seconds)])).toEqual([
    ["accept", "pending", Math.floor(Date.parse(hourLater) / 1_000)],
    ["giveUp", "done", Date.parse("2100-01-01T00:00:00Z") / 1_000],
  ]);
  const [listed] = (await sendJson(`${MACHINES}?configuration=${source.name}`)).body.statemachines;
  expect(listed.statemachine).not.toHaveProperty("timers");
  await sendJson(`${path}/events`, { event: "accept" });
  expect((await sendJson(path)).body.statemachine).toMatchObject({ state: "pending", timers: [] });
  const override = { state: "start", data: { until: "2099-01-01T00:00:00Z" }, comment: "again" };
  const back = await sendJson(`${path}/override`, override, { "if-match": '"1"' });
  expect(back.body.statemachine.timers).toMatchObject([{ event: "accept" }, { due_at: "2099-01-01T00:00:00.000Z" }]);
  await expectProblem(
    sendJson(`${path}/override`, { state: "start", data: {}, comment: "no" }, { "if-match": '"2"' }),
    400,
    "INVALID_ARGUMENT",
    ["/data"],
  );
  const without = sendJson(MACHINES, { config_id: source.name, id: "other" });
  await expectProblem(without, 400, "INVALID_ARGUMENT", ["/data"]);
});

test("allowed events say what the guards say, and what depends on the event", async () => {
  const source = {
    ...orders(),
    transitions: [
      { from: "start", to: "pending", event: "accept", guard: "data.paid" },
      { from: "start", to: "done", event: "finish", guard: "event.data.sure == true" },
      { from: "start", to: "pending", event: "either", guard: "event.details == ''" },
      { from: "start", to: "done", event: "either" },
      { from: "start", to: "done", event: "never", guard: "data.missing" },
      { from: "pending", to: "start", event: "back" },
    ],
  };
  const { name, path } = await machineOf(source, { data: { paid: false } });
  const expected = [
    { event: "accept", allowed: "no", reason: "GUARD_REJECTED" },
    { event: "finish", allowed: "depends", to: "done" },
    { event: "either", allowed: "depends" },
    { event: "never", allowed: "no", reason: "GUARD_REJECTED" },
    { event: "back", allowed: "no", reason: "NO_TRANSITION" },
  ];
  const { body } = await sendJson(`${path}/allowed-events`);
  expect(body).toEqual({ state: "start", revision: 0, events: expected });
  const { events } = await machines.listAllowedEvents({ configuration: name, id: "m" });
  const said = events.map(({ event, allowed, to, reason }) => ({
    event,
    allowed,
    ...(to !== undefined && { to }),
    ...(reason !== undefined && { reason }),
  }));
  expect(said).toEqual(expected);
});
