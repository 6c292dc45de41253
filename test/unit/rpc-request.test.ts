/** Faults that connect would answer by itself, in its own words: found before it reads them, and told with a reason. */
import { expect, test } from "vitest";
import { DetentError } from "../../src/errors.ts";
import { createRpcDoor } from "../../src/rpc/mount.ts";
import { EVERY_SCOPE } from "../../src/auth/scope.ts";
import type { House } from "../../src/service/house.ts";

const door = createRpcDoor();
const call = {
  house: { log: { fail: () => {} } } as unknown as House,
  release: "",
  requestId: "r",
  traceparent: undefined,
  onOperation: () => {},
  authenticate: () => Promise.resolve({ tenant: "t", actor: "", scopes: EVERY_SCOPE }),
};

test.each([
  ["as a POST", "", { method: "POST", headers: { "content-type": "application/json" }, body: '{"id":"a","id":"b"}' }],
  ["as a GET", `?encoding=json&message=${encodeURIComponent('{"id":"a","id":"b"}')}`, {}],
])("a key that is there twice is refused with a reason, %s", async (_, query, init) => {
  const request = new Request(`http://localhost/detent.v1.MachineService/GetMachine${query}`, init);
  const response = await door.handle(request, call);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    code: "invalid_argument",
    message: expect.stringContaining('duplicate object key "id"'),
    details: [{ type: "google.rpc.ErrorInfo" }],
  });
});

test("what cannot be decoded is quoted up to a length", async () => {
  const key = "x".repeat(100_000);
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: `{"${key}":1,"${key}":2}` };
  const response = await door.handle(new Request("http://localhost/detent.v1.MachineService/GetMachine", init), call);
  expect(response.status).toBe(400);
  expect((await response.text()).length).toBeLessThan(1_000);
});

test("half a surrogate pair in a message is refused in gRPC-web, too", async () => {
  const message = Buffer.from('"\\ud800"');
  const body = Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]);
  const init = { method: "POST", headers: { "content-type": "application/grpc-web+json" }, body };
  const response = await door.handle(new Request("http://localhost/detent.v1.MachineService/GetMachine", init), call);
  expect(await response.text()).toMatch(/grpc-status: ?3\r\n/);
});

test("a stream cannot be asked by GET", async () => {
  const request = new Request("http://localhost/detent.v1.MachineService/WatchMachine?encoding=json&message=%7B%7D");
  const error: unknown = await door.handle(request, call).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DetentError);
  expect(error).toMatchObject({ reason: "METHOD_NOT_ALLOWED", metadata: { allow: "POST" } });
});
