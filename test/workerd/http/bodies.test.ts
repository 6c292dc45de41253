/** Bodies: content types, sizes, malformed JSON, unknown fields, both cases of keys, depth. */
import { expect, test } from "vitest";
import { machinePath, type Json } from "../../doors/json.ts";
import { send, sendJson } from "../doors/caller.ts";
import { CONFIGURATIONS, configuration, MACHINES, expectProblem, machine, orders } from "./orders.ts";

const MIB = 1024 * 1024;

test.each([
  "text/plain",
  "application/x-www-form-urlencoded",
  "application/jsonp",
  "application/json; charset=utf-16",
  "",
])('content type "%s" is 415', async (type) => {
  const response = await send(CONFIGURATIONS, {
    method: "POST",
    headers: { "content-type": type },
    body: new TextEncoder().encode(JSON.stringify(orders())),
  });
  expect(response.status).toBe(415);
  expect(await response.json()).toMatchObject({ reason: "UNSUPPORTED_MEDIA_TYPE", status: 415 });
});

test("a charset and another case of the content type are fine", async () => {
  const answer = await sendJson(CONFIGURATIONS, orders(), { "content-type": "Application/JSON; charset=utf-8" });
  expect(answer.status).toBe(201);
});

test.each(["", "{", "{'name': 1}", "nonsense", '{"name": "a"} x'])("malformed JSON %j is 400", async (body) => {
  await expectProblem(sendJson(CONFIGURATIONS, body), 400, "INVALID_ARGUMENT", [""]);
});

test.each(["[]", "null", '"text"', "1"])("JSON that is no object, %s, is 400", async (body) => {
  await expectProblem(sendJson(CONFIGURATIONS, body), 400, "INVALID_ARGUMENT", [""]);
});

test("bytes that are not UTF-8 are 400", async () => {
  const response = await send(CONFIGURATIONS, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ reason: "INVALID_ARGUMENT" });
});

test("a body over 1 MiB is 413, with a Content-Length", async () => {
  const body = JSON.stringify({ name: "a".repeat(MIB) });
  await expectProblem(sendJson(CONFIGURATIONS, body, { "content-length": String(body.length) }), 413, "BODY_TOO_LARGE");
});

test("a body over 1 MiB is 413, without a Content-Length", async () => {
  const chunk = new Uint8Array(64 * 1024).fill(0x20);
  let left = 17;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (left-- > 0) controller.enqueue(chunk);
      else controller.close();
    },
  });
  const response = await send(CONFIGURATIONS, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: stream,
    duplex: "half",
  } as RequestInit);
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ reason: "BODY_TOO_LARGE" });
});

test("a body of exactly 1 MiB is read", async () => {
  const body = JSON.stringify(orders());
  expect((await sendJson(CONFIGURATIONS, body + " ".repeat(MIB - body.length))).status).toBe(201);
  await expectProblem(sendJson(CONFIGURATIONS, body + " ".repeat(MIB - body.length + 1)), 413, "BODY_TOO_LARGE");
});

test("unknown fields are refused with their pointers, all of them", async () => {
  const body = orders();
  const [first, ...rest] = body.transitions;
  const strange = { ...body, id: "x", transitions: [{ ...first, gaurd: "true" }, ...rest] };
  const problem = await expectProblem(sendJson(CONFIGURATIONS, strange), 400, "INVALID_ARGUMENT");
  expect(problem.errors.map(({ pointer }: Json) => pointer).toSorted()).toEqual(["/id", "/transitions/0/gaurd"]);
  expect(problem.errors.map(({ rule }: Json) => rule)).toEqual(["unknown_field", "unknown_field"]);
  expect((await sendJson(`${CONFIGURATIONS}/${body.name}:v1`)).status).toBe(404);
});

test("an unknown field of an event is refused and the event not sent", async () => {
  const { path } = await machine();
  const event = { event: "accept", dry_run: true };
  await expectProblem(sendJson(`${path}/events`, event), 400, "INVALID_ARGUMENT", ["/dry_run"]);
  expect((await sendJson(path)).body.statemachine.revision).toBe(0);
});

test("camelCase is understood, snake_case answered, and data left as it is", async () => {
  const { starting_state: startingState, ...rest } = orders();
  const created = await sendJson(CONFIGURATIONS, { ...rest, startingState });
  expect(created.status).toBe(201);
  expect(created.body.starting_state).toBe("start");
  const put = await sendJson(MACHINES, { configId: rest.name, id: "m", data: { someKey: { innerKey: 1 } } });
  expect(put.body.statemachine.data).toEqual({ someKey: { innerKey: 1 } });
  const path = machinePath(rest.name, "m");
  const sent = await sendJson(`${path}/events`, { event: "accept", eventId: "e1", expectedRevision: 0 });
  expect(sent.body).toMatchObject({ event_id: "e1", config_id: `${rest.name}:v1`, revision: 1 });
});

test("a missing field and one of the wrong type are told apart", async () => {
  const { path } = await machine();
  const missing = await expectProblem(sendJson(`${path}/events`, {}), 400, "INVALID_ARGUMENT", ["/event"]);
  expect(missing.errors[0]).toMatchObject({ rule: "required", message: "event is required" });
  const wrong = await expectProblem(sendJson(`${path}/events`, { event: 7 }), 400, "INVALID_ARGUMENT", ["/event"]);
  expect(wrong.errors[0]).toMatchObject({ rule: "invalid_type", value: "7" });
});

test("both cases of one field are refused", async () => {
  const { path } = await machine();
  const event = { event: "accept", event_id: "a", eventId: "b" };
  await expectProblem(sendJson(`${path}/events`, event), 400, "INVALID_ARGUMENT", ["/eventId"]);
});

test("a body nested 100,000 deep is refused", async () => {
  const { path } = await machine();
  const deep = `{"event":"accept","data":{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`;
  await expectProblem(sendJson(`${path}/events`, deep), 400, "LIMIT_EXCEEDED");
});

test("data may nest 32 deep, no deeper", async () => {
  const { path } = await machine();
  const nested = (depth: number): string => `{"a":`.repeat(depth - 1) + "{}" + "}".repeat(depth - 1);
  const event = (depth: number): string => `{"event":"accept","data":${nested(depth)}}`;
  await expectProblem(sendJson(`${path}/events`, event(33)), 400, "LIMIT_EXCEEDED", ["/data"]);
  expect((await sendJson(`${path}/events`, event(32))).status).toBe(200);
});

test("brackets in texts are no depth", async () => {
  const { path } = await machine();
  const answer = await sendJson(`${path}/events`, { event: "accept", details: '\\"[{'.repeat(1_000) });
  expect(answer.status).toBe(200);
});

test.each([
  ["states", "wrong type", 1, 100_000],
  ["states", "right type", "s", 60_000],
  ["transitions", "wrong type", 1, 100_000],
  ["initial_states", "wrong type", 1, 100_000],
])(
  "%s of a body full of members of the %s are refused, and the answer stays small",
  async (field, _kind, item, count) => {
    const body = { ...orders(), [field]: Array.from({ length: count }, () => item) };
    for (const path of [CONFIGURATIONS, `${CONFIGURATIONS}:check`]) {
      const problem = await expectProblem(sendJson(path, body), 400, "LIMIT_EXCEEDED", [`/${field}`]);
      expect(problem.errors[0].value).toBe(String(count));
    }
  },
);

test("more than 256 KiB of JSON is no configuration, before anything in it is looked at", async () => {
  const states = Array.from({ length: 400_000 }, () => 1);
  await expectProblem(sendJson(CONFIGURATIONS, { ...orders(), states }), 400, "LIMIT_EXCEEDED", [""]);
});

test("unknown fields under a long key: the answer is small", async () => {
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`u${index}`, 1]));
  const body = { ...orders(), state_options: { ["k".repeat(150_000)]: many } };
  const problem = await expectProblem(sendJson(CONFIGURATIONS, body), 400, "INVALID_ARGUMENT");
  expect(problem.errors).toHaveLength(100);
  expect(JSON.stringify(problem).length).toBeLessThan(200_000);
});

test("of many unknown fields a hundred are named", async () => {
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`unknown_${index}`, 1]));
  const problem = await expectProblem(sendJson(CONFIGURATIONS, { ...orders(), ...many }), 400, "INVALID_ARGUMENT");
  expect(problem.errors).toHaveLength(100);
});

test("a field named __proto__ is one like any other, nowhere lost", async () => {
  const of = (json: string) => `{"name":"c","starting_state":"a","states":["a"],${json}}`;
  const transition = (assign: string) => of(`"transitions":[{"from":"a","to":"a","event":"e","assign":${assign}}]`);
  const loop = '"transitions":[{"from":"a","to":"a","event":"e"}]';
  for (const [body, pointer] of [
    [transition('{"__proto__":"data."}'), "/transitions/0/assign/__proto__"],
    [of(`${loop},"state_options":{"__proto__":{"unhandled":"defer"}}`), "/state_options/__proto__"],
    [of(`${loop},"event_options":{"__proto__":{}}`), "/event_options/__proto__"],
    [of(`${loop},"__proto__":{}`), "/__proto__"],
  ] as const) {
    const problem = await expectProblem(sendJson(CONFIGURATIONS, body), 400, "INVALID_ARGUMENT");
    expect(problem.errors.map((error: Json) => error.pointer)).toContain(pointer);
  }
  const name = await configuration();
  await sendJson(
    MACHINES,
    `{"config_id":"${name}","id":"m","labels":{"__proto__":"x","a":"b"},"data":{"__proto__":1}}`,
  );
  const { labels, data } = (await sendJson(machinePath(name, "m"))).body.statemachine;
  expect([Object.entries(labels), Object.entries(data)]).toEqual([
    [
      ["__proto__", "x"],
      ["a", "b"],
    ],
    [["__proto__", 1]],
  ]);
});

test("a compressed body is 415", async () => {
  const refused = sendJson(CONFIGURATIONS, orders(), { "content-encoding": "gzip" });
  await expectProblem(refused, 415, "UNSUPPORTED_MEDIA_TYPE");
});
