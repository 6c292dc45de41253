/** Asking before acting: dry runs, simulations. */
import { expect, test } from "vitest";
import { machinePath } from "../../doors/json.ts";
import { sendJson } from "../doors/caller.ts";
import { configuration, CONFIGURATIONS, expectProblem, machine, MACHINES, orders } from "./orders.ts";

test("a dry run is answered as the event would be, and changes nothing", async () => {
  const { path } = await machine();
  const event = { event: "accept", event_id: "e1", data: { a: 1 } };
  const dry = await sendJson(`${path}/events?dry_run=true`, event);
  expect(dry.status).toBe(200);
  expect(dry.headers.get("etag")).toBeNull();
  expect((await sendJson(path)).body.statemachine).toMatchObject({ revision: 0, state: "start", history: [] });
  await expectProblem(sendJson(`${path}/events/e1`), 404, "EVENT_NOT_FOUND");
  const real = await sendJson(`${path}/events`, event);
  expect({ ...dry.body, at: "" }).toEqual({ ...real.body, at: "", dry_run: true });
  const again = await sendJson(`${path}/events?dry_run=true`, event);
  expect(again.body).toEqual({ ...real.body, duplicate: true, dry_run: true });
});

test("a dry run of a refused event is the same problem, unrecorded", async () => {
  const { path } = await machine();
  const dry = await expectProblem(
    sendJson(`${path}/events?dry_run=true`, { event: "finish", event_id: "e1" }),
    409,
    "NO_TRANSITION",
  );
  expect(dry.dry_run).toBe(true);
  expect(dry.receipt).toMatchObject({ event_id: "e1", from: "start", revision: 0, allowed_events: ["accept"] });
  expect((await sendJson(`${path}/history?refused=true`)).body.receipts).toEqual([]);
  const taken = await sendJson(`${path}/events?dry_run=false`, { event: "accept", event_id: "e1" });
  expect(taken.body).toMatchObject({ revision: 1, duplicate: false });
  expect(taken.body).not.toHaveProperty("dry_run");
});

test("a dry run that finds no machine records no failure", async () => {
  const name = await configuration();
  const path = machinePath(name, "missing");
  const dry = sendJson(`${path}/events?dry_run=true`, { event: "accept", event_id: "e1" });
  expect((await expectProblem(dry, 404, "MACHINE_NOT_FOUND")).dry_run).toBe(true);
  await expectProblem(sendJson(`/api/v1/events/${name}/e1`), 404, "EVENT_NOT_FOUND");
});

test("a dry run says what it is, or is refused", async () => {
  const { path } = await machine();
  await expectProblem(sendJson(`${path}/events?dry_run=yes`, { event: "accept" }), 400, "INVALID_ARGUMENT", [
    "/dry_run",
  ]);
});

test("a simulation answers the receipts that a new machine would give", async () => {
  const simulate = (rest: object) => sendJson(`${CONFIGURATIONS}:simulate`, rest);
  const source = orders();
  const events = [
    { event: "accept", event_id: "e1" },
    { event: "accept", event_id: "e2" },
    { event: "accept", event_id: "e1" },
    { event: "finish", data: { a: 1 } },
    { event: "never" },
  ];
  const { status, body } = await simulate({ configuration: source, events });
  expect(status).toBe(200);
  expect(body.steps).toMatchObject([
    { event_id: "e1", result: "transitioned", from: "start", to: "pending", revision: 1, duplicate: false },
    { event_id: "e2", result: "refused", reason: "NO_TRANSITION", from: "pending", revision: 1 },
    { event_id: "e1", result: "transitioned", revision: 1, duplicate: true },
    { result: "transitioned", to: "done", revision: 2, data: { a: 1 } },
    { result: "refused", reason: "UNKNOWN_EVENT", code: "EventNotAllowed", from: "done", revision: 2 },
  ]);
  expect(body.steps[0].config_id).toBe(`${source.name}:v1`);
  await expectProblem(sendJson(`${CONFIGURATIONS}/${source.name}:v1`), 404, "CONFIGURATION_NOT_FOUND");

  const name = await configuration();
  const stored = await simulate({ config_id: name, state: "pending", events: [{ event: "finish" }] });
  expect(stored.body.steps).toMatchObject([{ from: "pending", to: "done" }]);
});

test("a simulation of what cannot be is refused by its place in the request", async () => {
  const simulate = (rest: object) => sendJson(`${CONFIGURATIONS}:simulate`, rest);
  const source = orders();
  const events = [{ event: "accept" }];
  await expectProblem(simulate({ configuration: { ...source, states: [] }, events }), 400, "INVALID_ARGUMENT");
  await expectProblem(simulate({ configuration: source, state: "nowhere", events }), 400, "INVALID_ARGUMENT", [
    "/state",
  ]);
  await expectProblem(simulate({ events }), 400, "INVALID_ARGUMENT", ["/configuration"]);
  await expectProblem(simulate({ configuration: source, config_id: "x", events }), 400, "INVALID_ARGUMENT", [
    "/configuration",
  ]);
  await expectProblem(simulate({ configuration: source, events: [{ event: "" }] }), 400, "INVALID_ARGUMENT", [
    "/events/0/event",
  ]);
  const many = Array.from({ length: 101 }, () => ({ event: "accept" }));
  await expectProblem(simulate({ configuration: source, events: many }), 400, "LIMIT_EXCEEDED", ["/events"]);
  const spinning = { from: "pending", to: "pending", event: "spin", after: "PT0S" };
  const spinner = { ...source, transitions: [...source.transitions, spinning] };
  const spun = Array.from({ length: 100 }, () => ({ event: "spin" }));
  const work = simulate({ configuration: spinner, events: [{ event: "accept" }, ...spun.slice(1)] });
  const { errors } = await expectProblem(work, 400, "LIMIT_EXCEEDED");
  expect(errors).toMatchObject([{ pointer: expect.stringMatching(/^\/events\/[1-9]\d$/), rule: "limit_exceeded" }]);
  await expectProblem(simulate({ config_id: "unknown", events }), 404, "CONFIGURATION_NOT_FOUND");
  expect((await sendJson(`${MACHINES}?configuration=${source.name}`)).body.statemachines).toEqual([]);
});
