/** Machines: the whole answer, data, labels, state, allowed events, queries. */
import { expect, test } from "vitest";
import { machinePath, type Json } from "../../doors/json.ts";
import { sendJson } from "../doors/caller.ts";
import { CONFIGURATIONS, MACHINES, configuration, expectProblem, machine, orders } from "./orders.ts";

test("machine data of 256 KiB, no more", async () => {
  const name = await configuration();
  const data = (bytes: number) => ({ d: "x".repeat(bytes - 8) });
  const limit = 256 * 1024;
  expect((await sendJson(MACHINES, { config_id: name, data: data(limit) })).status).toBe(201);
  const over = sendJson(MACHINES, { config_id: name, data: data(limit + 1) });
  await expectProblem(over, 400, "LIMIT_EXCEEDED", ["/data"]);
});

test("labels are kept as sent, in 4 KiB, no more, and are texts", async () => {
  const name = await configuration();
  const labels = (bytes: number) => ({ region: "eu", note: "x".repeat(bytes - '{"region":"eu","note":""}'.length) });
  const created = await sendJson(MACHINES, { config_id: name, id: "m", labels: labels(4_096) });
  expect(created.status).toBe(201);
  expect((await sendJson(machinePath(name, "m"))).body.statemachine.labels).toEqual(labels(4_096));
  const over = sendJson(MACHINES, { config_id: name, labels: labels(4_097) });
  await expectProblem(over, 400, "LIMIT_EXCEEDED", ["/labels"]);
  const number = sendJson(MACHINES, { config_id: name, labels: { count: 1 } });
  await expectProblem(number, 400, "INVALID_ARGUMENT", ["/labels/count"]);
});

test("configuration_version is config_id by another name, but not both", async () => {
  const name = await configuration();
  expect((await sendJson(MACHINES, { configuration_version: `${name}:v1` })).status).toBe(201);
  const both = sendJson(MACHINES, { configuration_version: name, config_id: name });
  await expectProblem(both, 400, "INVALID_ARGUMENT", ["/config_id"]);
  await expectProblem(sendJson(MACHINES, { id: "m" }), 400, "INVALID_ARGUMENT", ["/config_id"]);
});

test("the whole machine, with its ETag", async () => {
  const { name, path } = await machine();
  await sendJson(`${path}/events`, { event: "accept", event_id: "e1", details: "d", data: { a: 1 } });
  const { headers, body } = await sendJson(path);
  expect(headers.get("etag")).toBe('"1"');
  expect(body).toMatchObject({
    id: "m",
    statemachine: {
      config_id: `${name}:v1`,
      state: "pending",
      data: {},
      labels: {},
      revision: 1,
      final: false,
      timers: [],
      history: [
        {
          revision: 1,
          kind: "event",
          event_id: "e1",
          transition: { from: "start", to: "pending", event: "accept" },
          actor: "anonymous",
          details: "d",
          data: { a: 1 },
        },
      ],
      history_next_page_token: "",
    },
  });
  expect(new Date(body.statemachine.updated_at).toISOString()).toBe(body.statemachine.updated_at);
});

test("state?is= is 200 or 406", async () => {
  const { path } = await machine();
  expect(await sendJson(`${path}/state?is=start`)).toMatchObject({ status: 200, body: { state: "start" } });
  expect(await sendJson(`${path}/state?is=pending`)).toMatchObject({ status: 406 });
});

test("allowed events", async () => {
  const { path } = await machine();
  const { body } = await sendJson(`${path}/allowed-events`);
  expect(body).toMatchObject({ state: "start", revision: 0 });
  expect(body.events).toContainEqual({ event: "accept", allowed: "yes", to: "pending" });
});

test("an unknown query parameter is refused and nothing is sent", async () => {
  const { path } = await machine();
  const sent = sendJson(`${path}/events?dry_runn=true`, { event: "accept" });
  await expectProblem(sent, 400, "INVALID_ARGUMENT", ["/dry_runn"]);
  await expectProblem(sendJson(`${path}?x=1`), 400, "INVALID_ARGUMENT", ["/x"]);
  await expectProblem(sendJson(`${path}/history?limit=1`), 400, "INVALID_ARGUMENT", ["/limit"]);
  expect((await sendJson(path)).body.statemachine.revision).toBe(0);
});

test("a state that is far too long is not echoed", async () => {
  const name = await configuration();
  const created = sendJson(MACHINES, { config_id: name, state: "s".repeat(900_000) });
  const problem = await expectProblem(created, 400, "LIMIT_EXCEEDED", ["/state"]);
  expect(JSON.stringify(problem).length).toBeLessThan(2_000);
});

test("data that a state does not take: each field, the rule that it breaks, and its value", async () => {
  const { name, ...rest } = orders();
  const schema = {
    required: ["tracking"],
    properties: { weight: { maximum: 30 }, tags: { items: { type: "string", minLength: 2 } }, "a/b": false },
  };
  const source = { name, ...rest, state_options: { start: { schema } } };
  expect((await sendJson(CONFIGURATIONS, source)).status).toBe(201);
  const data = { weight: 31, tags: ["ok", "x", { big: "y".repeat(100) }], "a/b": null };
  const expected = [
    ["/tracking", "required", undefined],
    ["/weight", "maximum", "31"],
    ["/tags/1", "minLength", "x"],
    ["/tags/2", "type", "an object"],
    ["/a~1b", "false", "null"],
  ];
  const said = async (answer: ReturnType<typeof sendJson>) => {
    const { errors, detail } = await expectProblem(answer, 400, "INVALID_ARGUMENT");
    expect(detail).toContain('does not match the schema of the state "start"');
    return errors.map(({ pointer, rule, value }: Json) => [pointer, rule, value]);
  };
  const at = (prefix: string) => expected.map(([pointer, ...more]) => [`${prefix}/data${pointer}`, ...more]);
  expect(await said(sendJson(MACHINES, { config_id: name, data }))).toEqual(at(""));
  const simulated = { configuration: source, data, events: [{ event: "accept" }] };
  expect(await said(sendJson(`${CONFIGURATIONS}:simulate`, simulated))).toEqual(at(""));
  const path = machinePath(name, "m");
  const creating = sendJson(`${path}/events`, { event: "accept", create_if_missing: { data } });
  expect(await said(creating)).toEqual(at("/create_if_missing"));
  expect((await sendJson(MACHINES, { config_id: name, id: "m", data: { tracking: 1 } })).status).toBe(201);
  const override = { state: "start", data, comment: "c" };
  expect(await said(sendJson(`${path}/override`, override, { "if-match": '"0"' }))).toEqual(at(""));
});
