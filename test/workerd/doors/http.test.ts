/** What only the JSON routes have: bodies, headers, queries, statuses and pages. */
// oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside what uses them
import { describe, expect, test } from "vitest";
import { machinePath, send, sendJson, type Json } from "./doors.ts";

const MIB = 1024 * 1024;
const CONFIGURATIONS = "/api/v1/configurations";
const MACHINES = "/api/v1/statemachines";

function orders(name = `c${crypto.randomUUID()}`) {
  return {
    name,
    version: "v1",
    starting_state: "start",
    states: ["start", "pending", "done"],
    transitions: [
      { from: "start", to: "pending", event: "accept" },
      { from: "pending", to: "pending", event: "remind" },
      { from: "pending", to: "done", event: "finish" },
    ],
  };
}

async function configuration(): Promise<string> {
  const body = orders();
  expect((await sendJson(CONFIGURATIONS, body)).status).toBe(201);
  return body.name;
}

async function machine(id = "m"): Promise<{ name: string; path: string }> {
  const name = await configuration();
  expect((await sendJson(MACHINES, { config_id: name, id })).status).toBe(201);
  return { name, path: machinePath(name, id) };
}

async function expectProblem(
  answer: Promise<{ status: number; headers: Headers; body: Json }>,
  status: number,
  reason: string,
  pointers?: readonly string[],
): Promise<Json> {
  const { status: actual, headers, body } = await answer;
  expect(body).toMatchObject({ status, reason, type: `/errors/${reason}` });
  expect(actual).toBe(status);
  expect(headers.get("content-type")).toBe("application/problem+json");
  expect(body.request_id).toBe(headers.get("request-id"));
  expect(body.title).not.toBe("");
  expect(body.detail).not.toBe("");
  if (pointers !== undefined) expect(body.errors.map(({ pointer }: Json) => pointer)).toEqual(pointers);
  return body;
}

describe("bodies", () => {
  test.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])(
    'content type "%s" is 415',
    async (type) => {
      const response = await send(CONFIGURATIONS, {
        method: "POST",
        headers: { "content-type": type },
        body: new TextEncoder().encode(JSON.stringify(orders())),
      });
      expect(response.status).toBe(415);
      expect(await response.json()).toMatchObject({ reason: "UNSUPPORTED_MEDIA_TYPE", status: 415 });
    },
  );

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
    await expectProblem(
      sendJson(CONFIGURATIONS, body, { "content-length": String(body.length) }),
      413,
      "BODY_TOO_LARGE",
    );
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
});

describe("paths", () => {
  test.each(["%zz", "%", "%ff", "a%2"])("malformed percent-encoding %s is 400", async (id) => {
    await expectProblem(sendJson(`${MACHINES}/orders/${id}`), 400, "INVALID_ARGUMENT");
  });

  test.each(["a/b", "a#b", "50%", "a?b", "a&b", "a b", "größe-日本-😀", "%2F", "a/history", "events/e1"])(
    "the id %j, its Location and its sub-routes",
    async (id) => {
      const name = await configuration();
      const created = await sendJson(MACHINES, { config_id: name, id });
      const location = created.headers.get("location") ?? "";
      expect(location).toBe(machinePath(name, id));
      expect((await sendJson(location)).body.id).toBe(id);
      expect((await sendJson(`${location}/events`, { event: "accept", event_id: id })).body.machine.id).toBe(id);
      expect((await sendJson(`${location}/events/${encodeURIComponent(id)}`)).body.event_id).toBe(id);
      expect((await sendJson(`${location}/history`)).body.history).toHaveLength(1);
    },
  );

  test("an unknown route is 404", async () => {
    await expectProblem(sendJson("/api/v2/anything"), 404, "NOT_FOUND");
  });

  test("a machine without its configuration is 404 and says where machines live", async () => {
    const problem = await expectProblem(sendJson(`${MACHINES}/m`), 404, "NOT_FOUND");
    expect(problem.detail).toContain("/api/v1/statemachines/{configuration}/{id}");
  });

  test("POST /api/v1/events is 405 and says where events go", async () => {
    const problem = await expectProblem(sendJson("/api/v1/events", {}), 405, "METHOD_NOT_ALLOWED");
    expect(problem.detail).toContain("/api/v1/statemachines/{configuration}/{id}/events");
  });

  test("another method is 405 and says which are allowed", async () => {
    const response = await send(CONFIGURATIONS, { method: "PUT" });
    expect(response.status).toBe(405);
    expect(await response.json()).toMatchObject({ metadata: { allow: "POST, GET" } });
  });

  test("every error page is served without a credential", async () => {
    const response = await send("/errors/NO_TRANSITION", { headers: { "x-forwarded-for": "192.0.2.1" } });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("text/html");
    await response.text();
  });
});

describe("configurations", () => {
  test("201, Location, what was stored, and again 409 with `identical`", async () => {
    const body = orders();
    const created = await sendJson(CONFIGURATIONS, body);
    expect(created.status).toBe(201);
    expect(created.headers.get("location")).toBe(`${CONFIGURATIONS}/${body.name}:v1`);
    expect(created.body).toMatchObject({ ...body, warnings: [] });
    expect((await sendJson(`${CONFIGURATIONS}/${body.name}:v1`)).body).toMatchObject(body);
    const same = await expectProblem(sendJson(CONFIGURATIONS, body), 409, "CONFIGURATION_EXISTS");
    expect(same.metadata).toMatchObject({ identical: "true" });
    const changed = { ...body, starting_state: "pending" };
    const other = await expectProblem(sendJson(CONFIGURATIONS, changed), 409, "CONFIGURATION_EXISTS");
    expect(other.metadata).toMatchObject({ identical: "false" });
  });

  test("versions are listed newest first", async () => {
    const name = await configuration();
    expect((await sendJson(CONFIGURATIONS, { ...orders(name), version: "a2" })).status).toBe(201);
    expect((await sendJson(`${CONFIGURATIONS}?configuration=${name}`)).body).toEqual({
      configurations: [{ name, versions: ["a2", "v1"] }],
      next_page_token: "",
    });
  });

  test("check finds, draws and stores nothing", async () => {
    const body = orders();
    const good = await sendJson(`${CONFIGURATIONS}:check`, body);
    expect(good.body).toMatchObject({ valid: true, findings: [] });
    expect(good.body.mermaid).toContain("stateDiagram");
    const bad = await sendJson(`${CONFIGURATIONS}:check`, { ...body, starting_state: "nowhere" });
    expect(bad.status).toBe(200);
    expect(bad.body).toMatchObject({
      valid: false,
      findings: [{ severity: "error", code: "starting_state_unknown", pointer: "/starting_state" }],
    });
    expect((await sendJson(`${CONFIGURATIONS}/${body.name}:v1`)).status).toBe(404);
  });

  test("500 states and 5,000 transitions, no more", async () => {
    const states = (count: number) => Array.from({ length: count }, (_, index) => `s${index}`);
    const ring = (count: number) => ({
      ...orders(),
      starting_state: "s0",
      states: states(count),
      transitions: states(count).map((from, index) => ({ from, to: `s${(index + 1) % count}`, event: "e" })),
    });
    expect((await sendJson(CONFIGURATIONS, ring(500))).status).toBe(201);
    await expectProblem(sendJson(CONFIGURATIONS, ring(501)), 400, "LIMIT_EXCEEDED");
    const many = (count: number) => ({
      ...orders(),
      starting_state: "a",
      states: ["a", "b"],
      transitions: Array.from({ length: count }, (_, index) => ({ from: "a", to: "b", event: `e${index}` })),
    });
    expect((await sendJson(CONFIGURATIONS, many(5_000))).status).toBe(201);
    await expectProblem(sendJson(CONFIGURATIONS, many(5_001)), 400, "LIMIT_EXCEEDED");
  });

  test("names of 63 characters, no more", async () => {
    const name = `c${crypto.randomUUID()}`.padEnd(63, "x");
    expect((await sendJson(CONFIGURATIONS, orders(name))).status).toBe(201);
    await expectProblem(sendJson(CONFIGURATIONS, orders(`${name}x`)), 400, "LIMIT_EXCEEDED", ["/name"]);
    const version = "v".repeat(64);
    await expectProblem(sendJson(CONFIGURATIONS, { ...orders(), version }), 400, "LIMIT_EXCEEDED", ["/version"]);
  });
});

describe("machines", () => {
  test("machine data of 256 KiB, no more", async () => {
    const name = await configuration();
    const data = (bytes: number) => ({ d: "x".repeat(bytes - 8) });
    const limit = 256 * 1024;
    expect((await sendJson(MACHINES, { config_id: name, data: data(limit) })).status).toBe(201);
    const over = sendJson(MACHINES, { config_id: name, data: data(limit + 1) });
    await expectProblem(over, 400, "LIMIT_EXCEEDED", ["/data"]);
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
});

describe("events", () => {
  test("If-Match: another revision is 412 and leaves the id free", async () => {
    const { path } = await machine();
    const event = { event: "accept", event_id: "e1" };
    const problem = await expectProblem(
      sendJson(`${path}/events`, event, { "if-match": '"1"' }),
      412,
      "REVISION_MISMATCH",
    );
    expect(problem.metadata).toMatchObject({ revision: "0", state: "start" });
    const sent = await sendJson(`${path}/events`, event, { "if-match": '"0"' });
    expect(sent).toMatchObject({ status: 200, body: { revision: 1, duplicate: false } });
    expect(sent.headers.get("etag")).toBe('"1"');
  });

  test.each(["0", "*", 'W/"0"', '"x"', '"0", "1"'])("If-Match %s is 400", async (header) => {
    const { path } = await machine();
    const sent = sendJson(`${path}/events`, { event: "accept" }, { "if-match": header });
    await expectProblem(sent, 400, "INVALID_ARGUMENT");
  });

  test("If-Match and expected_revision must agree", async () => {
    const { path } = await machine();
    const event = { event: "accept", expected_revision: 1 };
    const sent = sendJson(`${path}/events`, event, { "if-match": '"0"' });
    await expectProblem(sent, 400, "INVALID_ARGUMENT", ["/expected_revision"]);
  });

  test.each([
    ["bare", "key-1", "key-1"],
    ["quoted", '"key-1"', "key-1"],
    ["quoted with escapes", String.raw`"k\"\\1"`, String.raw`k"\1`],
  ])("Idempotency-Key, %s, is the event id", async (_kind, header, eventId) => {
    const { path } = await machine();
    const headers = { "idempotency-key": header };
    const first = await sendJson(`${path}/events`, { event: "accept" }, headers);
    expect(first.body).toMatchObject({ event_id: eventId, revision: 1, duplicate: false });
    const second = await sendJson(`${path}/events`, { event: "accept" }, headers);
    expect(second.body).toMatchObject({ event_id: eventId, revision: 1, duplicate: true });
  });

  test("Idempotency-Key and event_id must agree", async () => {
    const { path } = await machine();
    const sent = sendJson(`${path}/events`, { event: "accept", event_id: "a" }, { "idempotency-key": "b" });
    await expectProblem(sent, 400, "INVALID_ARGUMENT", ["/event_id"]);
  });

  test("a refused event is a problem with its receipt", async () => {
    const { path } = await machine();
    const sent = sendJson(`${path}/events`, { event: "finish", event_id: "e1" });
    const { receipt, detail } = await expectProblem(sent, 409, "NO_TRANSITION");
    expect(receipt).toMatchObject({ event_id: "e1", result: "refused", allowed_events: ["accept"] });
    expect(receipt.message).toBe(detail);
    for (const word of ["finish", "start", "accept"]) expect(detail).toContain(word);
  });

  test("data and details have 64 KiB together", async () => {
    const { path } = await machine();
    const event = (bytes: number) => ({ event: "accept", data: { d: "x".repeat(1_000) }, details: "y".repeat(bytes) });
    const room = 64 * 1024 - 1_008 - 2;
    await expectProblem(sendJson(`${path}/events`, event(room + 1)), 400, "LIMIT_EXCEEDED");
    expect((await sendJson(`${path}/events`, event(room))).status).toBe(200);
  });

  test("an event is found by configuration and id", async () => {
    const { name, path } = await machine();
    await sendJson(`${path}/events`, { event: "accept", event_id: "a/b" });
    await expect
      .poll(async () => (await sendJson(`/api/v1/events/${name}/a%2Fb`)).body.machine?.id, { timeout: 5_000 })
      .toBe("m");
    await expectProblem(sendJson(`/api/v1/events/${name}/never`), 404, "EVENT_NOT_FOUND");
  });
});

describe("credentials", () => {
  test.each([
    ["a bearer token nobody gave out", { authorization: "Bearer nonsense" }],
    ["basic authentication", { authorization: "Basic YTpi" }],
    ["a proxy's X-Forwarded-For", { "x-forwarded-for": "192.0.2.1" }],
    ["a proxy's Forwarded", { forwarded: "for=192.0.2.1" }],
  ])("401: %s", async (_name, headers) => {
    await expectProblem(sendJson(CONFIGURATIONS, undefined, headers), 401, "UNAUTHENTICATED");
    await expectProblem(sendJson(CONFIGURATIONS, orders(), headers), 401, "UNAUTHENTICATED");
  });

  test("the health check needs none", async () => {
    const { status, body } = await sendJson("/health", undefined, { authorization: "Bearer nonsense" });
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: "READY" });
  });
});

describe("history", () => {
  async function reminded(times: number): Promise<string> {
    const { path } = await machine();
    await sendJson(`${path}/events`, { event: "accept" });
    for (let index = 1; index < times; index += 1) {
      await sendJson(`${path}/events`, { event: "remind" });
    }
    return path;
  }

  async function pages(path: string, query: string): Promise<number[][]> {
    const found: number[][] = [];
    let token = "";
    do {
      const { body } = await sendJson(`${path}/history?${query}&page_token=${token}`);
      found.push(body.history.map(({ revision }: Json) => revision));
      token = body.next_page_token;
    } while (token !== "");
    return found;
  }

  test("in pages, both ways", async () => {
    const path = await reminded(5);
    expect(await pages(path, "page_size=2")).toEqual([[1, 2], [3, 4], [5]]);
    expect(await pages(path, "page_size=2&order=desc")).toEqual([[5, 4], [3, 2], [1]]);
    expect(await pages(path, "page_size=5")).toEqual([[1, 2, 3, 4, 5]]);
    expect(await pages(path, "page_size=0")).toEqual([[1, 2, 3, 4, 5]]);
    expect(await pages(path, "page_size=5000")).toEqual([[1, 2, 3, 4, 5]]);
  });

  test("50 a page by default; the machine shows 100 and a token for what is older", async () => {
    const path = await reminded(102);
    expect((await pages(path, "")).map((page) => page.length)).toEqual([50, 50, 2]);
    const { statemachine } = (await sendJson(path)).body;
    expect(statemachine.history.map(({ revision }: Json) => revision)).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 3),
    );
    const older = await sendJson(`${path}/history?order=desc&page_token=${statemachine.history_next_page_token}`);
    expect(older.body.history.map(({ revision }: Json) => revision)).toEqual([2, 1]);
  });

  test.each(["page_size=-1", "page_size=x", "page_size=1.5", "order=sideways", "refused=maybe", "page_token=x"])(
    "%s is 400",
    async (query) => {
      const { path } = await machine();
      const pointer = `/${query.split("=")[0]}`;
      await expectProblem(sendJson(`${path}/history?${query}`), 400, "INVALID_ARGUMENT", [pointer]);
    },
  );

  test("a page token works only where it was given out", async () => {
    const path = await reminded(3);
    const other = await reminded(3);
    const token = (await sendJson(`${path}/history?page_size=1`)).body.next_page_token;
    expect(token).not.toBe("");
    const refused = [`${other}/history?page_token=${token}`, `${path}/history?order=desc&page_token=${token}`];
    refused.push(`${path}/history?refused=true&page_token=${token}`, `${path}/history?page_token=x${token}`);
    for (const url of refused) {
      await expectProblem(sendJson(url), 400, "INVALID_ARGUMENT", ["/page_token"]);
    }
  });

  test("refused=true lists the receipts of refused events, in pages", async () => {
    const { path } = await machine();
    for (const id of ["r1", "r2", "r3"]) {
      await sendJson(`${path}/events`, { event: "finish", event_id: id });
    }
    await sendJson(`${path}/events`, { event: "accept" });
    const first = (await sendJson(`${path}/history?refused=true&page_size=2`)).body;
    expect(first.receipts).toMatchObject([
      { event_id: "r1", result: "refused", reason: "NO_TRANSITION", revision: 0 },
      { event_id: "r2" },
    ]);
    const rest = (await sendJson(`${path}/history?refused=true&page_size=2&page_token=${first.next_page_token}`)).body;
    expect(rest).toMatchObject({ receipts: [{ event_id: "r3" }], next_page_token: "" });
  });
});
