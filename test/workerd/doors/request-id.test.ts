/** Every answer says under which id it is logged, and one that is worth trying again says when. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { Bindings } from "../../../src/env.ts";
import worker from "../../../src/worker.ts";

const bindings = env as unknown as Bindings;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const GET_CONFIGURATION = "/detent.v1.ConfigurationService/GetConfiguration";
const JSON_BODY = { method: "POST", headers: { "content-type": "application/json" }, body: '{"configId":"nobody"}' };
const GRPC_WEB = { ...JSON_BODY, headers: { "content-type": "application/grpc-web+json" } };

async function ask(path: string, init: RequestInit = {}, over: Partial<Bindings> = {}): Promise<Response> {
  const context = createExecutionContext();
  const request = new Request(`http://localhost${path}`, init) as Parameters<typeof worker.fetch>[0];
  const response = await worker.fetch(request, { ...bindings, DETENT_LOG_LEVEL: "off", ...over }, context);
  await waitOnExecutionContext(context);
  return response;
}

const lost = () => Promise.reject(new Error("D1_ERROR: Network connection lost."));
const statement = { bind: () => statement, all: lost, first: lost, run: lost };
const dead = { prepare: () => statement } as unknown as D1Database;

test.each<[string, number, string, RequestInit?, Partial<Bindings>?]>([
  ["a JSON route", 200, "/api/v1/configurations"],
  ["no such machine", 404, "/api/v1/statemachines/c/m"],
  ["no such route", 404, "/nowhere"],
  ["another method", 405, "/api/v1/events"],
  ["a broken path", 400, "/api/v1/statemachines/%ff"],
  ["a wrong credential", 401, "/api/v1/configurations", { headers: { authorization: "Bearer wrong" } }],
  ["an open route", 200, "/health"],
  ["an error page", 200, "/errors/NOT_FOUND"],
  ["Connect", 404, GET_CONFIGURATION, JSON_BODY],
  ["gRPC-web", 200, GET_CONFIGURATION, GRPC_WEB],
  ["native gRPC", 415, GET_CONFIGURATION, { ...JSON_BODY, headers: { "content-type": "application/grpc" } }],
  ["an RPC without a credential", 401, GET_CONFIGURATION, JSON_BODY, { DETENT_ANONYMOUS_TENANT: "" }],
  [
    "a preflight",
    204,
    GET_CONFIGURATION,
    { method: "OPTIONS", headers: { origin: "https://app.example.com", "access-control-request-method": "POST" } },
  ],
  ["a deployment whose settings are wrong", 500, "/health", {}, { DETENT_LOG_LEVEL: "loud" }],
  ["a part that is down", 503, "/api/v1/configurations", {}, { CATALOG: dead }],
])("%s is answered %i with a Request-Id of its own", async (_what, status, path, init, over) => {
  const answers = [await ask(path, init, over), await ask(path, init, over)];
  expect(answers.map((answer) => answer.status)).toEqual([status, status]);
  const [first, second] = answers.map(({ headers }) => headers.get("request-id"));
  expect(first).toMatch(UUID);
  expect(second).toMatch(UUID);
  expect(first).not.toBe(second);
});

test("what a part that is down has kept from being done may be tried again after two seconds, through every door", async () => {
  const over = { CATALOG: dead };
  const json = await ask("/api/v1/configurations", {}, over);
  const connect = await ask(GET_CONFIGURATION, JSON_BODY, over);
  const health = await ask("/health", {}, over);
  for (const { status, headers } of [json, connect, health]) {
    expect([status, headers.get("retry-after")]).toEqual([503, "2"]);
  }
  const message = JSON_BODY.body;
  const body = Uint8Array.of(0, 0, 0, 0, message.length, ...new TextEncoder().encode(message));
  const web = await ask(GET_CONFIGURATION, { ...GRPC_WEB, body }, over);
  expect(await web.text()).toMatch(/retry-after: 2\r\n/);
});

test("what is not worth trying again says nothing of it", async () => {
  const { headers } = await ask("/nowhere");
  expect(headers.get("retry-after")).toBeNull();
});
