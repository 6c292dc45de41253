/** What is logged of requests: where, by whom and what became of it; nothing that anybody sent. */
import { createExecutionContext, createMessageBatch, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Bindings } from "../../../src/env.ts";
import worker from "../../../src/worker.ts";
import { orders } from "../http/orders.ts";

const bindings = { ...(env as unknown as Bindings), DETENT_LOG_LEVEL: "debug" };
const TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
/** In everything that is a caller's own. */
const SECRET = "uNmIsTaKaBlE";
const EVENT = { data: { secret: SECRET, [SECRET]: 1 }, details: `of ${SECRET}`, originator: SECRET };

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  for (const level of ["debug", "log", "info", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((...said: unknown[]) => void lines.push(said.map(String).join(" ")));
  }
});
afterEach(() => vi.restoreAllMocks());

const parsed = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

async function ask(
  path: string,
  body?: unknown,
  over: Partial<Bindings> = {},
  credential: Record<string, string> = {},
): Promise<Response> {
  const context = createExecutionContext();
  const request = new Request(`http://localhost${path}`, {
    ...(body !== undefined && { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) }),
    headers: { "content-type": "application/json", traceparent: TRACEPARENT, ...credential },
  }) as Parameters<typeof worker.fetch>[0];
  const response = await worker.fetch(request, { ...bindings, ...over }, context);
  await response.clone().text();
  await waitOnExecutionContext(context);
  return response;
}

async function createMachine(): Promise<{ name: string; path: string }> {
  const configuration = orders();
  await ask("/api/v1/configurations", configuration);
  const machine = { config_id: configuration.name, id: "m", data: { secret: SECRET }, labels: { [SECRET]: SECRET } };
  expect((await ask("/api/v1/statemachines", machine)).status).toBe(201);
  return { name: configuration.name, path: `/api/v1/statemachines/${configuration.name}/m` };
}

const fail = (...given: unknown[]): never => {
  throw new TypeError(`cannot read ${JSON.stringify(given)} ${SECRET}`);
};
/** Objects that fail with what they were given in their words: at once, as a bug does, or when they are asked. */
const broken = { getByName: fail } as unknown as Bindings["MACHINES"] & Bindings["INDEX_WRITERS"];
const away = {
  getByName: () =>
    new Proxy(
      {},
      {
        get:
          () =>
          async (...given: unknown[]) =>
            fail(...given),
      },
    ),
} as unknown as typeof broken;
const statement = {
  bind: () => statement,
  all: async () => fail(),
  first: async () => fail(),
  run: async () => fail(),
};
const dead = { prepare: () => statement } as unknown as D1Database;

test("a request is told by what it asks for, not by its path, with its id and its place in the trace", async () => {
  const { path } = await createMachine();
  lines.length = 0;
  const json = await ask(path);
  const rpc = await ask("/detent.v1.MachineService/GetMachine", { configuration: "c", id: "m" });
  const none = await ask(`/nowhere/${SECRET}`);
  const common = { level: "debug", message: "answered", traceparent: TRACEPARENT, ms: expect.any(Number) };
  const idOf = ({ headers }: Response) => ({ request_id: headers.get("request-id") });
  expect(parsed()).toEqual([
    { ...common, ...idOf(json), door: "json", operation: "GetMachine", method: "GET", status: 200 },
    {
      ...common,
      ...idOf(rpc),
      door: "rpc",
      operation: "/detent.v1.MachineService/GetMachine",
      method: "POST",
      status: 404,
    },
    { ...common, ...idOf(none), door: "json", method: "GET", status: 404 },
  ]);
});

test("each event that was decided has a line, by whichever door it came, and a dry run has none", async () => {
  const { name, path } = await createMachine();
  lines.length = 0;
  await ask(`${path}/events?dry_run=true`, { event: "accept", event_id: "e0" });
  await ask(`${path}/events`, { event: "accept", event_id: "e1" });
  await ask(`${path}/events`, { event: "accept", event_id: "e1" });
  await ask("/detent.v1.MachineService/SendEvent", { configuration: name, id: "m", event: "accept", eventId: "e2" });
  const many = [
    { configuration: name, id: "m", event: "remind", event_id: "e3" },
    { configuration: name, id: "nobody", event: "remind", event_id: "e4" },
  ];
  await ask("/api/v1/statemachines:send-events", { events: many });
  const context = createExecutionContext();
  const body = { config: name, id: "m", event: { event_id: "e5", transition: { event: "remind" } } };
  const batch = createMessageBatch("events", [{ id: "1", timestamp: new Date(), attempts: 1, body }]);
  await worker.queue(batch, bindings, context);
  await waitOnExecutionContext(context);
  const decided = parsed().filter(({ level }) => level === "info");
  const common = { tenant: "dev", configuration: name, message: "an event was decided", ms: expect.any(Number) };
  const accepted = { ...common, id: "m", result: "transitioned", code: "Ok", duplicate: false };
  const request = { request_id: expect.any(String), traceparent: TRACEPARENT };
  const first = {
    ...request,
    door: "json",
    event_id: "e1",
    event: "accept",
    from: "start",
    to: "pending",
    revision: 1,
  };
  const refused = { result: "refused", code: "TransitionNotAllowed", reason: "NO_TRANSITION", duplicate: false };
  expect(
    decided.toSorted((one, other) => String(one["event_id"]).localeCompare(String(other["event_id"]))),
  ).toMatchObject([
    { ...accepted, ...first },
    { ...accepted, ...first, duplicate: true },
    { ...common, ...request, ...refused, door: "rpc", event_id: "e2", from: "pending", revision: 1 },
    { ...accepted, ...request, door: "json", event_id: "e3", revision: 2 },
    { ...common, ...request, door: "json", event_id: "e4", id: "nobody", reason: "MACHINE_NOT_FOUND" },
    { ...accepted, door: "queue", event_id: "e5", revision: 3 },
  ]);
});

test("no line has anything of a body, a label or a credential, whatever happens", async () => {
  const { name, path } = await createMachine();
  const send = "/detent.v1.MachineService/SendEvent";
  const statuses: number[] = [];
  const tell = async (...args: Parameters<typeof ask>) => void statuses.push((await ask(...args)).status);
  await tell(`${path}/events`, { event: "accept", ...EVENT });
  await tell(`${path}/events`, { event: "accept", ...EVENT });
  await tell(`${path}/events`, { event: "accept", event_id: "x", [SECRET]: SECRET });
  await tell(`${path}/events`, `{"event": "accept", "data": ${SECRET}}`);
  await tell(`/api/v1/statemachines/${name}/nobody/events`, { event: "accept", ...EVENT });
  await tell(send, { configuration: name, id: "m", event: "remind", ...EVENT });
  const many = [
    { configuration: name, id: "m", event: "remind", ...EVENT },
    { configuration: name, id: "nobody", event: "remind", ...EVENT },
    { configuration: name, id: "m", event: "", ...EVENT },
  ];
  await tell("/api/v1/statemachines:send-events", { events: many });
  await tell("/api/v1/statemachines:send-events", { events: many }, { MACHINES: away });
  await tell(`${path}/override`, { state: "start", data: { secret: SECRET }, comment: SECRET });
  await tell(`${path}/override?${SECRET}=1`, { state: "start", comment: SECRET });
  await tell(send, `{"event": 1, "data": ${SECRET}`);
  await tell(`${path}/events`, { event: "remind", ...EVENT }, {}, { authorization: `Bearer ${SECRET}` });
  const troubles = [{ MACHINES: broken }, { MACHINES: away }, { CATALOG: dead }, { INDEX_WRITERS: broken }];
  for (const over of [...troubles, { INDEX_WRITERS: away }] as const) {
    await tell(`${path}/events`, { event: "remind", ...EVENT }, over);
    await tell(`/api/v1/statemachines/${name}/nobody/events`, { event: "remind", ...EVENT }, over);
    await tell("/api/v1/configurations", { ...orders(), name: `n${crypto.randomUUID()}` }, over);
    await tell(send, { configuration: name, id: "m", event: "remind", ...EVENT }, over);
  }
  const event = { transition: { event: "remind" }, ...EVENT };
  const bodies = [{ config: name, id: "m", event }, { config: name, id: "m", event, [SECRET]: SECRET }, SECRET];
  for (const over of [{}, { MACHINES: away }]) {
    const messages = bodies.map((body, index) => {
      return { id: `message-${index}`, timestamp: new Date(), attempts: 1, body };
    });
    const context = createExecutionContext();
    await worker.queue(createMessageBatch("events", messages), { ...bindings, ...over }, context);
    await waitOnExecutionContext(context);
  }
  expect(new Set(statuses)).toEqual(new Set([200, 201, 400, 401, 404, 409, 500, 503]));
  expect(lines.filter((line) => line.includes(SECRET))).toEqual([]);
  const said = new Set(parsed().map(({ level }) => level));
  expect(said).toEqual(new Set(["debug", "info", "warn", "error"]));
});
