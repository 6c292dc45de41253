/** Every answer of every door has the headers that keep browsers and caches from harm. */
import { expect, test } from "vitest";
import { send } from "./caller.ts";
import { machine } from "../http/orders.ts";

const JSON_TYPE = { "content-type": "application/json" };
const post = (body: object): RequestInit => ({ method: "POST", headers: JSON_TYPE, body: JSON.stringify(body) });

const DEFAULT_POLICY = "default-src 'none'; frame-ancestors 'none'";

test.each<[string, string, RequestInit, number]>([
  ["a list", "/api/v1/configurations", {}, 200],
  ["a problem", "/api/v1/configurations/none:v1", {}, 404],
  ["no credential", "/api/v1/configurations", { headers: { authorization: "Bearer x" } }, 401],
  ["no route", "/nowhere", {}, 404],
  ["a malformed path", "/%ff", {}, 400],
  ["a preflight", "/api/v1/configurations", { method: "OPTIONS", headers: { origin: "https://app.example.com" } }, 204],
  ["health", "/health", {}, 200],
  ["metrics", "/metrics", {}, 200],
  ["the OpenAPI document", "/api/openapi.json", {}, 200],
  ["Connect", "/detent.v1.ConfigurationService/ListConfigurations", post({}), 200],
  ["an error of Connect", "/detent.v1.MachineService/GetMachine", post({ configuration: "none", id: "1" }), 404],
  ["v1beta", "/statemachine.v1beta.StatemachineService/Health", post({}), 200],
  [
    "native gRPC",
    "/detent.v1.MachineService/GetMachine",
    { method: "POST", headers: { "content-type": "application/grpc" } },
    415,
  ],
])("%s", async (_what, path, init, status) => {
  const response = await send(path, init);
  await response.body?.cancel();
  expect(response.status).toBe(status);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-security-policy": DEFAULT_POLICY,
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": path.endsWith("openapi.json") ? "no-cache" : "no-store",
  });
  for (const name of ["server", "x-powered-by"]) expect(response.headers.has(name)).toBe(false);
});

test.each(["/api/docs", "/errors/NO_TRANSITION"])(
  "the page %s lets in its own style and nothing else",
  async (path) => {
    const { headers } = await send(path);
    expect(headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    );
    expect(headers.get("x-frame-options")).toBe("DENY");
  },
);

test("a picture may stand in a page of the service's own; what has an ETag is kept by its reader alone", async () => {
  const { path } = await machine();
  const { headers } = await send(`${path}/diagram.svg`);
  expect(headers.get("content-security-policy")).toContain("frame-ancestors 'self'");
  expect(headers.has("x-frame-options")).toBe(false);
  expect((await send(path)).headers.get("cache-control")).toBe("private, no-cache");
});
