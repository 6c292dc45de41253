/** Messages that cannot be decoded are the caller's error in every protocol, never ours. */
import { expect, test } from "vitest";
import { send } from "./caller.ts";

const SEND = "/detent.v1.MachineService/SendEvent";
const GET = "/detent.v1.MachineService/GetMachine";

const post = (type: string, body: number[]): Promise<Response> =>
  send(SEND, { method: "POST", headers: { "content-type": type }, body: Uint8Array.from(body) });

test.each([
  ["a message that is no protobuf", [0, 0, 0, 0, 2, 0xff, 0xff]],
  ["a body cut off in the message", [0, 0, 0, 0, 9, 1]],
  ["a body cut off in the prefix", [0, 0]],
  ["a compressed message", [1, 0, 0, 0, 0]],
  ["an empty body", []],
])("gRPC-web: %s is INVALID_ARGUMENT", async (_name, body) => {
  const response = await post("application/grpc-web+proto", body);
  const text = await response.text();
  expect(response.headers.get("grpc-status") ?? /grpc-status: ?(\d+)/i.exec(text)?.[1]).toBe("3");
});

test.each([
  ["bad base64", "?connect=v1&encoding=proto&base64=1&message=%25%25"],
  ["bad binary", "?connect=v1&encoding=proto&base64=1&message=__8"],
  ["bad JSON", "?connect=v1&encoding=json&message=%7B"],
])("Connect GET: %s is INVALID_ARGUMENT", async (_name, query) => {
  const response = await send(GET + query);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    code: "invalid_argument",
    details: [{ type: "google.rpc.ErrorInfo" }],
  });
});

test.each([
  ["application/proto", [0xff, 0xff]],
  ["application/json", [0x7b]],
])("Connect POST: undecodable %s is INVALID_ARGUMENT", async (type, body) => {
  const response = await post(type, body);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: "invalid_argument" });
});

test.each(["/api/v1/nowhere", "/api/v1/events", "/api/v1/statemachines/x", "/nowhere"])(
  "without a credential an unknown route is UNAUTHENTICATED: %s",
  async (path) => {
    const response = await send(path, { headers: { "x-forwarded-for": "10.0.0.1" } });
    expect(response.status).toBe(401);
  },
);

test("without a credential a wrong content type is UNAUTHENTICATED too", async () => {
  const headers = { "content-type": "application/grpc", "x-forwarded-for": "10.0.0.1" };
  expect((await send(SEND, { method: "POST", headers, body: "" })).status).toBe(401);
});

test("without a credential the answer is UNAUTHENTICATED, whatever the message", async () => {
  const headers = { "content-type": "application/proto", authorization: "Bearer x" };
  const response = await send(SEND, { method: "POST", headers, body: Uint8Array.from([0xff]) });
  expect(response.status).toBe(401);
});
