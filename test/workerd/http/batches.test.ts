/** Many events in one call, and events that are only put on the queue. */
import { expect, test } from "vitest";
import { machinePath } from "../../doors/json.ts";
import { sendJson } from "../doors/caller.ts";
import { configuration, expectProblem, machine, MACHINES } from "./orders.ts";

const BATCH = `${MACHINES}:send-events`;

test("a batch answers each event as a call of its own would, in the same order, and in order per machine", async () => {
  const { name } = await machine();
  const { name: other } = await machine();
  const at = (configuration_: string, id: string, event: string, rest: object = {}) => ({
    configuration: configuration_,
    id,
    event,
    ...rest,
  });
  const { status, body } = await sendJson(BATCH, {
    events: [
      at(name, "m", "accept", { event_id: "e1" }),
      at(other, "m", "finish"),
      at(name, "m", "finish", { expected_state: "pending" }),
      at(name, "m", "accept", { event_id: "e1" }),
      at(name, "new", "accept", { create_if_missing: {} }),
      at(name, "new", "finish"),
      at("unknown", "m", "accept"),
      at(other, "m", "", {}),
      at(other, "m", "accept", { expected_revision: 9 }),
      at(other, "m", "accept"),
    ],
  });
  expect(status).toBe(200);
  expect(body.results).toMatchObject([
    { status: 200, receipt: { to: "pending", revision: 1 } },
    { status: 409, problem: { reason: "NO_TRANSITION", receipt: { from: "start" } } },
    { status: 200, receipt: { to: "done", revision: 2 } },
    { status: 200, receipt: { revision: 1, duplicate: true } },
    { status: 200, receipt: { created: true, revision: 1 } },
    { status: 200, receipt: { to: "done", revision: 2 } },
    { status: 404, problem: { reason: "CONFIGURATION_NOT_FOUND" } },
    { status: 400, problem: { reason: "INVALID_ARGUMENT", errors: [{ pointer: "/event" }] } },
    { status: 412, problem: { reason: "REVISION_MISMATCH", metadata: { revision: "0", state: "start" } } },
    { status: 200, receipt: { to: "pending", revision: 1 } },
  ]);
});

test("events before one that creates the machine fail, those behind it find it", async () => {
  const name = await configuration();
  const events = ["accept", "finish", "remind"].map((event, index) => ({
    configuration: name,
    id: "new",
    event,
    ...(index === 1 && { create_if_missing: { state: "pending" }, event: "remind" }),
  }));
  const { body } = await sendJson(BATCH, { events });
  expect(body.results).toMatchObject([
    { status: 404, problem: { reason: "MACHINE_NOT_FOUND" } },
    { status: 200, receipt: { created: true, revision: 1 } },
    { status: 200, receipt: { revision: 2 } },
  ]);
});

test("a batch is bounded, and its shape is checked before anything is sent", async () => {
  const { name, path } = await machine();
  const one = { configuration: name, id: "m", event: "accept" };
  expect((await sendJson(BATCH, { events: [] })).body).toEqual({ results: [] });
  const many = Array.from({ length: 101 }, () => one);
  await expectProblem(sendJson(BATCH, { events: many }), 400, "LIMIT_EXCEEDED", ["/events"]);
  await expectProblem(sendJson(BATCH, { events: [one, { ...one, evnt: 1 }] }), 400, "INVALID_ARGUMENT", [
    "/events/1/evnt",
  ]);
  await expectProblem(sendJson(BATCH, { events: [one, { id: "m", event: "accept" }] }), 400, "INVALID_ARGUMENT", [
    "/events/1/configuration",
  ]);
  expect((await sendJson(path)).body.statemachine.revision).toBe(0);
  const large = Array.from({ length: 100 }, (_, index) => ({
    ...one,
    event_id: `e${index}`,
    event: index === 0 ? "accept" : "remind",
    data: { d: "x".repeat(60_000) },
  }));
  const answered = await sendJson(BATCH, { events: large });
  expect(answered.body.results.every((result: { status: number }) => result.status === 200)).toBe(true);
  const beyond = large.map((event) => ({ ...event, details: "y".repeat(30_000) }));
  await expectProblem(sendJson(BATCH, { events: beyond }), 413, "BODY_TOO_LARGE");
});

test("a dry run of a batch changes nothing: each event is tried on the machine as it is", async () => {
  const { name, path } = await machine();
  const events = ["accept", "finish"].map((event) => ({ configuration: name, id: "m", event }));
  const { body } = await sendJson(`${BATCH}?dry_run=true`, { events });
  expect(body).toMatchObject({
    dry_run: true,
    results: [
      { status: 200, receipt: { revision: 1 } },
      { status: 409, problem: { reason: "NO_TRANSITION" } },
    ],
  });
  expect((await sendJson(path)).body.statemachine.revision).toBe(0);
});

async function settled(statusUrl: string) {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const answer = await sendJson(statusUrl);
    if (answer.status !== 404) return answer;
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
  throw new Error("the event was not taken from the queue");
}

test("an event that prefers to be answered later is put on the queue, and its receipt is where the answer says", async () => {
  const { path } = await machine("a/b ü");
  const headers = { prefer: "wait=10, respond-async", "idempotency-key": "e 1" };
  const {
    status,
    headers: answered,
    body,
  } = await sendJson(`${path}/events`, { event: "accept", data: { a: 1 } }, headers);
  expect(status).toBe(202);
  expect(answered.get("preference-applied")).toBe("respond-async");
  expect(body).toEqual({ event_id: "e 1", status_url: `${path}/events/e%201` });
  const { body: receipt } = await settled(body.status_url);
  expect(receipt).toMatchObject({ event_id: "e 1", result: "transitioned", actor: "anonymous", data: { a: 1 } });
  expect((await sendJson(`${path}/events`, { event: "accept", event_id: "e 1", data: { a: 1 } })).body.duplicate).toBe(
    true,
  );
});

test("an enqueued event may create its machine; one that finds none is told where its receipt would be", async () => {
  const name = await configuration();
  const prefer = { prefer: "respond-async" };
  const created = await sendJson(
    `${machinePath(name, "new")}/events`,
    { event: "accept", create_if_missing: { data: { a: 1 } } },
    prefer,
  );
  expect((await settled(created.body.status_url)).body).toMatchObject({ created: true, revision: 1 });
  const failing = await sendJson(`${machinePath(name, "none")}/events`, { event: "accept" }, prefer);
  expect((await settled(failing.body.status_url)).body).toMatchObject({
    result: "failed",
    reason: "MACHINE_NOT_FOUND",
  });
});

test("what breaks a rule is refused before it is enqueued; a dry run is answered at once", async () => {
  const { path } = await machine();
  const prefer = { prefer: "respond-async" };
  await expectProblem(sendJson(`${path}/events`, { event: "" }, prefer), 400, "INVALID_ARGUMENT", ["/event"]);
  const dry = await sendJson(`${path}/events?dry_run=true`, { event: "accept" }, prefer);
  expect(dry.status).toBe(200);
  const huge = { event: "accept", create_if_missing: { data: { d: "x".repeat(200_000) } } };
  await expectProblem(sendJson(`${path}/events`, huge, prefer), 400, "LIMIT_EXCEEDED");
});
