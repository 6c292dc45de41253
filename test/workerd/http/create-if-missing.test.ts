/** Creation with an event, and creation under an Idempotency-Key. */
import { expect, test } from "vitest";
import { machinePath } from "../../doors/json.ts";
import { send as request, sendJson } from "../doors/caller.ts";
import { configuration, CONFIGURATIONS, expectProblem, machine, MACHINES, orders } from "./orders.ts";

const create = { data: { a: 1 }, labels: { region: "eu" } };

test("an event creates the machine that is missing, together with its first change", async () => {
  const name = await configuration();
  const path = machinePath(name, "new");
  const event = { event: "accept", event_id: "e1", create_if_missing: create };
  const { status, headers, body } = await sendJson(`${path}/events`, event);
  expect(status).toBe(200);
  expect(headers.get("etag")).toBe('"1"');
  expect(body).toMatchObject({ result: "transitioned", from: "start", to: "pending", revision: 1, created: true });
  expect((await sendJson(path)).body.statemachine).toMatchObject({
    state: "pending",
    revision: 1,
    data: { a: 1 },
    labels: { region: "eu" },
    history: [{ revision: 1, event_id: "e1" }],
  });
  // In the index before the answer.
  expect((await sendJson(`${MACHINES}?configuration=${name}`)).body.statemachines).toMatchObject([{ id: "new" }]);
  const again = await sendJson(`${path}/events`, event);
  expect(again.body).toEqual({ ...body, duplicate: true });
  const second = await sendJson(`${path}/events`, { ...event, event: "finish", event_id: "e2" });
  expect(second.body).toMatchObject({ to: "done", revision: 2 });
  expect(second.body).not.toHaveProperty("created");
});

test("a refused event creates nothing, is recorded and can be looked up", async () => {
  const name = await configuration();
  const path = machinePath(name, "new");
  const event = { event: "finish", event_id: "e1", create_if_missing: {} };
  const problem = await expectProblem(sendJson(`${path}/events`, event), 409, "NO_TRANSITION");
  expect(problem.receipt).toMatchObject({
    result: "refused",
    code: "TransitionNotAllowed",
    from: "start",
    revision: 0,
  });
  await expectProblem(sendJson(path), 404, "MACHINE_NOT_FOUND");
  const found = await sendJson(`${path}/events/e1`);
  expect(found.body).toEqual(problem.receipt);
  expect((await sendJson(`/api/v1/events/${name}/e1`)).body).toEqual(problem.receipt);
  // Nothing is replayed: the id is free.
  const started = { event: "finish", event_id: "e1", create_if_missing: { state: "pending" } };
  expect((await sendJson(`${path}/events`, started)).body).toMatchObject({
    created: true,
    from: "pending",
    to: "done",
  });
});

test("a dry run of a creation creates nothing", async () => {
  const name = await configuration();
  const path = machinePath(name, "new");
  const event = { event: "accept", event_id: "e1", create_if_missing: create };
  const { body } = await sendJson(`${path}/events?dry_run=true`, event);
  expect(body).toMatchObject({ created: true, dry_run: true, revision: 1, to: "pending" });
  await expectProblem(sendJson(path), 404, "MACHINE_NOT_FOUND");
  await expectProblem(sendJson(`${path}/events?dry_run=true`, { ...event, event: "finish" }), 409, "NO_TRANSITION");
  await expectProblem(sendJson(`${path}/events/e1`), 404, "MACHINE_NOT_FOUND");
});

test("what to create is checked, and its faults are named", async () => {
  const name = await configuration();
  const path = machinePath(name, "new");
  const send = (missing: object, rest: object = {}) =>
    sendJson(`${path}/events`, { event: "accept", create_if_missing: missing, ...rest });
  await expectProblem(send({ state: "nowhere" }), 400, "INVALID_ARGUMENT", ["/create_if_missing/state"]);
  await expectProblem(send({ version: "?" }), 400, "INVALID_ARGUMENT", ["/create_if_missing/version"]);
  await expectProblem(send({ states: [] }), 400, "INVALID_ARGUMENT", ["/create_if_missing/states"]);
  await expectProblem(send({ labels: { a: 1 } }), 400, "INVALID_ARGUMENT", ["/create_if_missing/labels/a"]);
  const unknown = await expectProblem(send({ version: "v9" }), 404, "CONFIGURATION_NOT_FOUND");
  expect(unknown.receipt).toMatchObject({ result: "failed", code: "ConfigurationNotFound" });
  await expectProblem(send({}, { expected_revision: 3 }), 412, "REVISION_MISMATCH");
  await expectProblem(sendJson(path), 404, "MACHINE_NOT_FOUND");
});

test("of many that create the same machine one creates it, and each event is applied once", async () => {
  const body = orders();
  body.transitions.push({ from: "pending", to: "pending", event: "accept" });
  expect((await sendJson(CONFIGURATIONS, body)).status).toBe(201);
  const path = machinePath(body.name, "new");
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      sendJson(`${path}/events`, { event: "accept", event_id: `e${index % 5}`, create_if_missing: {} }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
  const applied = answers.filter((answer) => answer.body.duplicate === false);
  expect(new Set(applied.map((answer) => answer.body.revision))).toEqual(new Set([1, 2, 3, 4, 5]));
  expect(applied.length).toBe(5);
  expect(applied.filter((answer) => answer.body.created).length).toBe(1);
});

test("under an Idempotency-Key a repeated creation gets the first answer again, whatever has happened since", async () => {
  const name = await configuration();
  const key = { "idempotency-key": '"order 7"' };
  const first = await sendJson(MACHINES, { config_id: name, data: { a: 1 } }, key);
  expect(first.status).toBe(201);
  const path = machinePath(name, first.body.id);
  expect(first.headers.get("location")).toBe(path);
  await sendJson(`${path}/events`, { event: "accept" });
  const again = await sendJson(MACHINES, { config_id: name, data: { a: 1 } }, key);
  expect(again.status).toBe(201);
  expect(again.body).toEqual(first.body);
  expect(again.headers.get("etag")).toBe('"0"');
  expect((await sendJson(path)).body.statemachine.revision).toBe(1);
  await expectProblem(sendJson(MACHINES, { config_id: name, data: { a: 2 } }, key), 409, "MACHINE_EXISTS");
  const other = await sendJson(MACHINES, { config_id: name, data: { a: 1 } }, { "idempotency-key": "order 8" });
  expect(other.body.id).not.toBe(first.body.id);
});

test("repeats of a keyed creation that come at once get one machine and one answer", async () => {
  const name = await configuration();
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => sendJson(MACHINES, { config_id: name }, { "idempotency-key": "k" })),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
});

test("without a key, and with another, a machine that exists is not created again", async () => {
  const { name } = await machine();
  await expectProblem(sendJson(MACHINES, { config_id: name, id: "m" }), 409, "MACHINE_EXISTS");
  await expectProblem(
    sendJson(MACHINES, { config_id: name, id: "m" }, { "idempotency-key": "k" }),
    409,
    "MACHINE_EXISTS",
  );
  const keyed = { config_id: name, id: "keyed" };
  expect((await sendJson(MACHINES, keyed, { "idempotency-key": "k" })).status).toBe(201);
  expect((await sendJson(MACHINES, keyed, { "idempotency-key": "k" })).status).toBe(201);
  await expectProblem(sendJson(MACHINES, keyed, { "idempotency-key": "l" }), 409, "MACHINE_EXISTS");
});

test("a deprecated configuration takes no new machines, in whatever way they come; repeats are answered still", async () => {
  const name = await configuration();
  const keyed = { config_id: name, id: "old" };
  const first = await sendJson(MACHINES, keyed, { "idempotency-key": "k" });
  const accepted = { event: "accept", event_id: "e1", create_if_missing: {} };
  const created = await sendJson(`${machinePath(name, "made")}/events`, accepted);
  expect((await request(`${CONFIGURATIONS}/${name}:v1/deprecate`, { method: "POST" })).status).toBe(204);
  await expectProblem(sendJson(MACHINES, { config_id: name }), 409, "CONFIGURATION_DEPRECATED");
  const event = { event: "accept", create_if_missing: {} };
  await expectProblem(sendJson(`${machinePath(name, "new")}/events`, event), 409, "CONFIGURATION_DEPRECATED");
  await expectProblem(sendJson(machinePath(name, "new")), 404, "MACHINE_NOT_FOUND");
  expect((await sendJson(MACHINES, keyed, { "idempotency-key": "k" })).body).toEqual(first.body);
  const again = await sendJson(`${machinePath(name, "made")}/events`, accepted);
  expect(again.body).toEqual({ ...created.body, duplicate: true });
  expect((await sendJson(`${machinePath(name, "old")}/events`, { event: "accept" })).body.revision).toBe(1);
});
