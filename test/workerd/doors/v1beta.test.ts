/** statemachine.v1beta: the contract's table, call by call, over Connect and gRPC-web. */
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import {
  EventOutcome_StatusCode as StatusCode,
  HealthResponse_ReadyState as ReadyState,
  StatemachineService,
} from "../../../src/gen/statemachine/v1beta/statemachine_pb.ts";
import type { Json } from "../../doors/json.ts";
import { connectBinary, connectJson, grpcWeb, send } from "./caller.ts";

const SERVICE = "/statemachine.v1beta.StatemachineService";

function orders(name = `c${crypto.randomUUID()}`) {
  return {
    name,
    version: "v1",
    startingState: "start",
    states: ["start", "pending"],
    transitions: [
      { from: "start", to: "pending", event: "accept" },
      { from: "pending", to: "pending", event: "remind" },
    ],
  };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return Code[ConnectError.from(error).code];
  }
  return "OK";
}

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

describe.each([
  ["Connect JSON", connectJson],
  ["Connect binary", connectBinary],
  ["gRPC-web", grpcWeb],
])("%s", (_name, transport) => {
  const client = createClient(StatemachineService, transport);
  const configuration = async (): Promise<string> => {
    const input = orders();
    await client.putConfiguration(input);
    return input.name;
  };
  const machine = async (config: string, id: string): Promise<void> => {
    await client.putFiniteStateMachine({ id, fsm: { configId: `${config}:v1` } });
  };

  test("PutConfiguration: id and configuration; invalid, exists", async () => {
    const input = orders();
    const { id, entityResponse } = await client.putConfiguration(input);
    expect(id).toBe(`${input.name}:v1`);
    expect(entityResponse.case).toBe("config");
    expect(entityResponse.value).toMatchObject(input);
    expect(await codeOf(client.putConfiguration({ ...orders(), startingState: "" }))).toBe("InvalidArgument");
    expect(await codeOf(client.putConfiguration(input))).toBe("AlreadyExists");
    expect(
      (await client.putConfiguration({ ...input, version: "" }).catch((error: unknown) => error)) as Error,
    ).toEqual(expect.objectContaining({ code: Code.AlreadyExists }));
  });

  test("GetConfiguration: found; unknown", async () => {
    const config = await configuration();
    expect(await client.getConfiguration({ value: `${config}:v1` })).toMatchObject(orders(config));
    expect(await client.getConfiguration({ value: config })).toMatchObject(orders(config));
    expect(await codeOf(client.getConfiguration({ value: `${config}:v2` }))).toBe("NotFound");
  });

  test("GetAllConfigurations: all names, the versions of one, unknown", async () => {
    const config = await configuration();
    await client.putConfiguration({ ...orders(config), version: "v2" });
    const { ids } = await client.getAllConfigurations({ value: "" });
    expect(ids.filter((id) => id === config)).toEqual([config]);
    expect((await client.getAllConfigurations({ value: config })).ids.toSorted()).toEqual([
      `${config}:v1`,
      `${config}:v2`,
    ]);
    expect((await client.getAllConfigurations({ value: "unknown" })).ids).toEqual([]);
  });

  test("StreamAllConfigurations: every version; no name, unknown", async () => {
    const config = await configuration();
    await client.putConfiguration({ ...orders(config), version: "v2" });
    const found = await all(client.streamAllConfigurations({ value: config }));
    expect(found.map(({ version }) => version).toSorted()).toEqual(["v1", "v2"]);
    expect(await codeOf(all(client.streamAllConfigurations({ value: "" })))).toBe("InvalidArgument");
    expect(await all(client.streamAllConfigurations({ value: "unknown" }))).toEqual([]);
  });

  test("PutFiniteStateMachine: unknown configuration, no fsm, history, exists, an unknown state", async () => {
    const config = await configuration();
    const put = (fsm?: object, id = "m") => codeOf(client.putFiniteStateMachine({ id, ...(fsm && { fsm }) }));
    expect(await put({ configId: "unknown:v1" })).toBe("FailedPrecondition");
    expect(await put()).toBe("InvalidArgument");
    expect(await put({ configId: config, history: [{ eventId: "e" }] })).toBe("InvalidArgument");
    expect(await put({ configId: config, state: "nowhere" })).toBe("InvalidArgument");
    expect(await put({ configId: config })).toBe("OK");
    expect(await put({ configId: config })).toBe("AlreadyExists");
  });

  test("PutFiniteStateMachine: a UUID and the starting state", async () => {
    const config = await configuration();
    const { id, entityResponse } = await client.putFiniteStateMachine({ fsm: { configId: config } });
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(entityResponse).toMatchObject({ case: "fsm", value: { configId: `${config}:v1`, state: "start" } });
  });

  test("GetFiniteStateMachine: no config, no id, unknown; the newest 100, oldest first", async () => {
    const config = await configuration();
    await machine(config, "m");
    const get = (name: string, value: string) =>
      client.getFiniteStateMachine({ config: name, query: { case: "id", value } });
    expect(await codeOf(get("", "m"))).toBe("InvalidArgument");
    expect(await codeOf(get(config, ""))).toBe("InvalidArgument");
    expect(await codeOf(client.getFiniteStateMachine({ config }))).toBe("InvalidArgument");
    expect(await codeOf(get(config, "unknown"))).toBe("NotFound");
    expect(await codeOf(get("unknown", "m"))).toBe("NotFound");
    for (let index = 0; index < 102; index += 1) {
      const event = { eventId: `e${index}`, transition: { event: index === 0 ? "accept" : "remind" } };
      await client.sendEvent({ config, id: "m", event });
    }
    const { history } = await get(config, "m");
    expect(history.map(({ eventId }) => eventId)).toEqual(Array.from({ length: 100 }, (_, index) => `e${index + 2}`));
  });

  test("GetAllInState, StreamAllInstate: no config, none, by state, all", async () => {
    const config = await configuration();
    const query = (value: string) => ({ config, query: { case: "state", value } as const });
    expect(await codeOf(client.getAllInState({}))).toBe("InvalidArgument");
    expect(await codeOf(all(client.streamAllInstate({})))).toBe("InvalidArgument");
    expect((await client.getAllInState(query("start"))).ids).toEqual([]);
    expect(await all(client.streamAllInstate(query("start")))).toEqual([]);
    await machine(config, "a");
    await machine(config, "b");
    await client.sendEvent({ config, id: "b", event: { transition: { event: "accept" } } });
    expect((await client.getAllInState(query(""))).ids).toEqual(["a", "b"]);
    await expect
      .poll(async () => (await client.getAllInState(query("pending"))).ids, { timeout: 5_000 })
      .toEqual(["b"]);
    expect((await client.getAllInState(query("start"))).ids).toEqual(["a"]);
    expect(await all(client.streamAllInstate(query("pending")))).toMatchObject([
      { id: "b", entityResponse: { case: "fsm", value: { configId: `${config}:v1`, state: "pending" } } },
    ]);
  });

  test("SendEvent: no id, no event, no config, refusals as outcomes, a reused id", async () => {
    const config = await configuration();
    await machine(config, "m");
    const event = (name: string, eventId = "") => ({ eventId, transition: { event: name } });
    expect(await codeOf(client.sendEvent({ config, event: event("accept") }))).toBe("FailedPrecondition");
    expect(await codeOf(client.sendEvent({ config, id: "m", event: event("") }))).toBe("FailedPrecondition");
    expect(await codeOf(client.sendEvent({ config, id: "m" }))).toBe("FailedPrecondition");
    const codes: (StatusCode | undefined)[] = [];
    for (const request of [
      { id: "m", event: event("accept", "e0") },
      { config: "unknown", id: "m", event: event("accept") },
      { config, id: "unknown", event: event("accept") },
      { config, id: "m", event: event("fly") },
      { config, id: "m", event: event("remind") },
      { config, id: "m", event: event("accept", "e1") },
    ]) {
      const { eventId, outcome } = await client.sendEvent(request);
      expect(eventId).toMatch(request.event.eventId === "" ? /^[0-9a-f-]{36}$/ : request.event.eventId);
      expect(outcome).toMatchObject({ id: request.id, config: request.config ?? "" });
      expect(outcome?.details !== "").toBe(outcome?.code !== StatusCode.Ok);
      codes.push(outcome?.code);
    }
    expect(codes).toEqual([
      StatusCode.MissingDestination,
      StatusCode.ConfigurationNotFound,
      StatusCode.FsmNotFound,
      StatusCode.EventNotAllowed,
      StatusCode.TransitionNotAllowed,
      StatusCode.Ok,
    ]);
    expect(await codeOf(client.sendEvent({ config, id: "m", event: event("remind", "e1") }))).toBe("AlreadyExists");
  });

  test("GetEventOutcome: no config, no id, unknown; a refusal", async () => {
    const config = await configuration();
    await machine(config, "m");
    expect(await codeOf(client.getEventOutcome({ id: "e1" }))).toBe("InvalidArgument");
    expect(await codeOf(client.getEventOutcome({ config }))).toBe("InvalidArgument");
    expect(await codeOf(client.getEventOutcome({ config, id: "e1" }))).toBe("NotFound");
    const sent = await client.sendEvent({ config, id: "m", event: { eventId: "e1", transition: { event: "remind" } } });
    await expect.poll(() => codeOf(client.getEventOutcome({ config, id: "e1" })), { timeout: 5_000 }).toBe("OK");
    expect(await client.getEventOutcome({ config, id: "e1" })).toEqual(sent);
  });

  test("Health needs no credential, everything else does", async () => {
    const options = { headers: { authorization: "Bearer nonsense" } };
    const { state, release, tlsEnabled } = await client.health({}, options);
    expect({ state, tlsEnabled }).toEqual({ state: ReadyState.READY, tlsEnabled: false });
    expect(release).not.toBe("");
    expect(await codeOf(client.getAllConfigurations({ value: "" }, options))).toBe("Unauthenticated");
    expect(await codeOf(all(client.streamAllConfigurations({ value: "x" }, options)))).toBe("Unauthenticated");
  });
});

test("more than 10,000 ids: GetAllInState points to the stream, which has no bound", async () => {
  const client = createClient(StatemachineService, connectBinary);
  const input = orders();
  await client.putConfiguration(input);
  const { CATALOG } = env as unknown as { CATALOG: D1Database };
  const insert = `WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < ?)
    INSERT INTO machines (tenant, configuration, id, version, state, revision, change, created_at, updated_at, labels)
    SELECT 'dev', ?, printf('m%05d', i), 'v1', 'start', 0, 0, 0, 0, '{}' FROM n`;
  await CATALOG.prepare(insert).bind(1, 10_000, input.name).run();
  const query = { config: input.name, query: { case: "state", value: "start" } } as const;
  expect((await client.getAllInState(query)).ids).toHaveLength(10_000);
  await CATALOG.prepare(insert).bind(10_001, 10_001, input.name).run();
  await expect(client.getAllInState(query)).rejects.toMatchObject({
    code: Code.ResourceExhausted,
    message: expect.stringContaining("StreamAllInstate") as string,
  });
  expect(await all(client.streamAllInstate(query))).toHaveLength(10_001);
});

describe("on the wire", () => {
  const post = (method: string, body: string | Uint8Array, type = "application/json"): Promise<Response> =>
    send(`${SERVICE}/${method}`, { method: "POST", headers: { "content-type": type }, body });

  test("zero values are visible in JSON", async () => {
    expect(await (await post("Health", "{}")).json()).toMatchObject({ state: "READY", tlsEnabled: false });
    const input = orders();
    await post("PutConfiguration", JSON.stringify(input));
    await post("PutFiniteStateMachine", JSON.stringify({ id: "m", fsm: { config_id: input.name } }));
    const event = { eventId: "e1", transition: { event: "accept" } };
    const sent: Json = await (await post("SendEvent", JSON.stringify({ config: input.name, id: "m", event }))).json();
    expect(sent).toEqual({ eventId: "e1", outcome: { code: "Ok", details: "", id: "m", config: input.name } });
  });

  test.each(["application/grpc", "application/grpc+proto"])("%s is 415 and points elsewhere", async (type) => {
    const response = await post("Health", new Uint8Array(5), type);
    expect(response.status).toBe(415);
    expect(await response.text()).toMatch(/Connect.*gRPC-web/);
  });

  test("unknown fields are ignored, except in calls that carry a configuration", async () => {
    expect((await post("GetAllConfigurations", '{"value":""}')).status).toBe(400);
    expect((await post("GetAllConfigurations", '""')).status).toBe(200);
    expect((await post("GetAllInState", '{"config":"x","novel":1}')).status).toBe(200);
    const input = orders();
    const [first] = input.transitions;
    const strange = { ...input, transitions: [{ ...first, gaurd: "true" }] };
    const refused = await post("PutConfiguration", JSON.stringify(strange));
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ code: "invalid_argument" });
    // The same in binary: a field number 99 beside the name.
    const name = new TextEncoder().encode(input.name);
    const binary = new Uint8Array([0x22, name.length, ...name, 0x9a, 0x06, 0x01, 0x78]);
    const answer = await post("PutConfiguration", binary, "application/proto");
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("99");
  });

  test("a body that cannot be decoded is INVALID_ARGUMENT, one that is too large RESOURCE_EXHAUSTED", async () => {
    for (const [body, type] of [
      ["{", "application/json"],
      [new Uint8Array([0xff, 0xff]), "application/proto"],
      ['{"config": 1}', "application/json"],
    ] as const) {
      const response = await post("SendEvent", body, type);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: "invalid_argument" });
    }
    const large = await post("SendEvent", JSON.stringify({ config: "x".repeat(1024 * 1024) }));
    expect(large.status).toBe(429);
    expect(await large.json()).toMatchObject({ code: "resource_exhausted" });
  });
});
