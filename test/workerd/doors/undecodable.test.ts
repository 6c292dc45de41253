/**
 * Requests that cannot be read are the caller's error in every protocol, never ours, and told with their reason; and
 * nobody hears of them who has no credential.
 */
import { describe, expect, test } from "vitest";
import { ConfigurationSchema } from "../../../src/gen/detent/v1/configuration_pb.ts";
import type { Json } from "../../doors/json.ts";
import { send } from "./caller.ts";

const SEND = "/detent.v1.MachineService/SendEvent";
const GET = "/detent.v1.MachineService/GetMachine";
const FIND = "/statemachine.v1beta.StatemachineService/GetConfiguration";
const STRANGER = { "x-forwarded-for": "192.0.2.1" };

const post = (
  path: string,
  type: string,
  body: readonly number[] | string,
  headers: Record<string, string> = {},
): Promise<Response> => {
  const bytes = typeof body === "string" ? body : Uint8Array.from(body);
  return send(path, { method: "POST", headers: { ...headers, "content-type": type }, body: bytes });
};

/** Code and reason of an error in Connect's unary protocol or in a problem document. */
async function connectError(response: Response): Promise<{ status: number; code?: string; reason?: string }> {
  const body: Json = await response.json();
  const info = body.details?.find(({ type }: Json) => type === "google.rpc.ErrorInfo");
  const reason = info ? /[A-Z]+(?:_[A-Z]+)*/.exec(atob(info.value))?.[0] : body.reason;
  return { status: response.status, ...(body.code && { code: body.code }), ...(reason && { reason }) };
}

/** grpc-status, and whether details came with it. */
async function grpcError(response: Response): Promise<{ code: string | undefined; detailed: boolean }> {
  const trailer = new TextDecoder().decode(new Uint8Array(await response.arrayBuffer()));
  return {
    code: response.headers.get("grpc-status") ?? /grpc-status: ?(\d+)/i.exec(trailer)?.[1],
    detailed: /grpc-status-details-bin/i.test(trailer) || response.headers.has("grpc-status-details-bin"),
  };
}

const frame = (flags: number, message: readonly number[], announced = message.length): number[] => [
  flags,
  0,
  0,
  0,
  announced,
  ...message,
];

describe.each(["application/grpc-web", "application/grpc-web+proto", "application/grpc-web+proto; charset=utf-8"])(
  "%s",
  (type) => {
    test.each([
      ["a message that is no protobuf", frame(0, [0xff, 0xff])],
      ["a text that is not UTF-8", frame(0, [0x0a, 1, 0xff])],
      ["a body cut off in the message", frame(0, [1], 9)],
      ["a body cut off in the prefix", [0, 0]],
      ["two messages", [...frame(0, []), ...frame(0, [])]],
      ["a compressed message", frame(1, [])],
      ["an empty body", []],
    ])("%s is INVALID_ARGUMENT with details; without a credential UNAUTHENTICATED", async (_name, body) => {
      for (const path of [SEND, FIND]) {
        expect(await grpcError(await post(path, type, body))).toEqual({ code: "3", detailed: true });
        expect(await grpcError(await post(path, type, body, STRANGER))).toEqual({ code: "16", detailed: true });
      }
    });
  },
);

describe("Connect GET", () => {
  const invalid = { status: 400, code: "invalid_argument", reason: "INVALID_ARGUMENT" };
  const refused = { status: 401, code: "unauthenticated", reason: "UNAUTHENTICATED" };

  test.each([
    ["bad base64", "connect=v1&encoding=proto&base64=1&message=%25%25", invalid],
    ["bad binary", "connect=v1&encoding=proto&base64=1&message=__8", invalid],
    ["bad JSON", "connect=v1&encoding=json&message=%7B", invalid],
    ["no message", "connect=v1&encoding=json", invalid],
    ["bad binary, said not to be compressed", "encoding=proto&base64=1&compression=identity&message=____", invalid],
    ["bad base64, said not to be compressed", "encoding=json&base64=1&compression=identity&message=***", invalid],
    ["another version of the protocol", "connect=v2&encoding=json&message=%7B%7D", invalid],
    [
      "deep JSON, said not to be compressed",
      `encoding=json&compression=identity&message=${"[".repeat(3_000)}`,
      { ...invalid, reason: "LIMIT_EXCEEDED" },
    ],
    [
      "a compressed message",
      "encoding=proto&base64=1&compression=gzip&message=AAAA",
      { status: 501, code: "unimplemented", reason: "UNSUPPORTED_MEDIA_TYPE" },
    ],
  ])("%s", async (_name, query, expected) => {
    expect(await connectError(await send(`${GET}?${query}`))).toEqual(expected);
    expect(await connectError(await send(`${GET}?${query}`, { headers: STRANGER }))).toEqual(refused);
  });

  test.each(["", "?encoding=xml&message=x"])("without an encoding there is no protocol: %j", async (query) => {
    const unsupported = { status: 415, reason: "UNSUPPORTED_MEDIA_TYPE" };
    expect(await connectError(await send(GET + query))).toEqual(unsupported);
    const unauthenticated = { status: 401, reason: "UNAUTHENTICATED" };
    expect(await connectError(await send(GET + query, { headers: STRANGER }))).toEqual(unauthenticated);
  });
});

describe("Connect POST", () => {
  test.each([
    [SEND, "application/proto", [0xff, 0xff]],
    [SEND, "application/json", "{"],
    [FIND, "application/json", "{bad"],
    [FIND, "application/json", "1"],
    [FIND, "application/json", ""],
    [FIND, "application/json; charset=utf-8", String.raw`"\ud800"`],
    [FIND, "application/proto", [0xff]],
  ] as const)("%s as %s cannot be decoded: %j", async (path, type, body) => {
    const expected = { status: 400, code: "invalid_argument", reason: "INVALID_ARGUMENT" };
    expect(await connectError(await post(path, type, body))).toEqual(expected);
    const refused = { status: 401, code: "unauthenticated", reason: "UNAUTHENTICATED" };
    expect(await connectError(await post(path, type, body, STRANGER))).toEqual(refused);
  });

  test("a text larger than a body may be is BODY_TOO_LARGE, whatever the message", async () => {
    const large = JSON.stringify("x".repeat(1024 * 1024));
    const expected = { status: 429, code: "resource_exhausted", reason: "BODY_TOO_LARGE" };
    expect(await connectError(await post(FIND, "application/json", large))).toEqual(expected);
  });

  test.each([
    [{ "content-encoding": "gzip" }, { status: 501, code: "unimplemented", reason: "UNSUPPORTED_MEDIA_TYPE" }],
    [{ "connect-timeout-ms": "soon" }, { status: 400, code: "invalid_argument", reason: "INVALID_ARGUMENT" }],
    [{ "grpc-timeout": "soon" }, { status: 400, code: "invalid_argument", reason: "INVALID_ARGUMENT" }],
  ])("%j is refused with its reason", async (headers, expected) => {
    const answer = await post(SEND, "application/json", "{}", headers);
    expect(await connectError(answer)).toEqual(expected);
    const stranger = await post(SEND, "application/json", "{}", { ...headers, ...STRANGER });
    expect(stranger.status).toBe(401);
  });

  test("a timeout longer than timers can wait does not end the call at once", async () => {
    const answer = await post(FIND, "application/json", '"nowhere"', { "connect-timeout-ms": "9999999999" });
    expect(await connectError(answer)).toMatchObject({ code: "not_found" });
  });

  test("the unknown fields of a configuration are all named, with their path", async () => {
    const transitions = [{ from: "a", to: "a", event: "e", gaurd: "true" }];
    const configuration = { name: "x", starting_state: "a", states: ["a"], transitions, retantion: {} };
    const path = "/detent.v1.ConfigurationService/CheckConfiguration";
    const body: Json = await (await post(path, "application/json", JSON.stringify({ configuration }))).json();
    const bad = body.details.find(({ type }: Json) => type === "google.rpc.BadRequest");
    expect(atob(bad.value)).toContain("/configuration/transitions/0/gaurd");
    expect(atob(bad.value)).toContain("/configuration/retantion");
  });
});

test.each(["GET", "PUT", "DELETE", "HEAD"])("%s is not allowed where nothing is read", async (method) => {
  const response = await send(SEND, { method });
  expect(response.status).toBe(405);
  expect(response.headers.get("allow")).toBe("POST");
  expect((await send(SEND, { method, headers: STRANGER })).status).toBe(401);
});

test("a GET may carry a content type, which says nothing", async () => {
  const query = "?encoding=json&message=%7B%22configuration%22:%22c%22,%22id%22:%22m%22%7D";
  const headers = { "content-type": "text/plain" };
  expect(await connectError(await send(GET + query, { headers }))).toMatchObject({ code: "not_found" });
  expect((await send(GET + query, { headers: { ...headers, ...STRANGER } })).status).toBe(401);
});

describe("a message made to be expensive", () => {
  const CHECK = "/detent.v1.ConfigurationService/CheckConfiguration";
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`u${index}`, 1]));
  const empty = Array.from({ length: 300_000 }, () => ({}));

  test.each([
    ["unknown fields under a long key", { stateOptions: { ["k".repeat(900_000)]: many } }, "INVALID_ARGUMENT"],
    ["a long unknown field", { ["k".repeat(900_000)]: 1 }, "INVALID_ARGUMENT"],
    ["300,000 transitions", { transitions: empty }, "LIMIT_EXCEEDED"],
  ])("%s: the answer is small", async (_name, configuration, reason) => {
    const response = await post(CHECK, "application/json", JSON.stringify({ configuration }));
    const body = await response.text();
    expect(body.length).toBeLessThan(1_000_000);
    expect(await connectError(new Response(body, response))).toMatchObject({ code: "invalid_argument", reason });
  });

  test("300,000 transitions in binary", async () => {
    // Field 1 (the configuration), then field 5 or the like, empty, over and over.
    const field = ConfigurationSchema.field.transitions.number;
    const inner = new Uint8Array(600_000).map((_, index) => (index % 2 === 0 ? (field << 3) | 2 : 0));
    const length = [(inner.length & 0x7f) | 0x80, ((inner.length >> 7) & 0x7f) | 0x80, inner.length >> 14];
    const response = await post(CHECK, "application/proto", [0x0a, ...length, ...inner]);
    expect(await connectError(response)).toMatchObject({ code: "invalid_argument", reason: "LIMIT_EXCEEDED" });
  });
});

test.each([
  "application/json; charset=utf-16",
  "application/grpc",
  "application/grpc-web-text",
  "application/connect+json",
  "text/plain",
  "",
])('content type "%s" is 415 with its reason; without a credential 401', async (type) => {
  expect(await connectError(await post(SEND, type, "{}"))).toEqual({ status: 415, reason: "UNSUPPORTED_MEDIA_TYPE" });
  expect((await post(SEND, type, "{}", STRANGER)).status).toBe(401);
});

test.each(["/api/v1/nowhere", "/api/v1/events", "/api/v1/statemachines/x", "/nowhere"])(
  "without a credential an unknown route is UNAUTHENTICATED: %s",
  async (path) => {
    expect((await send(path, { headers: STRANGER })).status).toBe(401);
  },
);
