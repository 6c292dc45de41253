/** What operators do to a machine: labels, override, deletion; and looking back in time. */
import { describe, expect, test } from "vitest";
import type { Json } from "../../doors/json.ts";
import { send, sendJson } from "../doors/caller.ts";
import { expectProblem, machine, MACHINES } from "./orders.ts";

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: Json }> {
  const response = await send(path, {
    method,
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? undefined : JSON.parse(text),
  };
}

async function indexed(name: string, isRight: (machines: Json[]) => boolean): Promise<Json[]> {
  for (let attempt = 0; ; attempt += 1) {
    const { body } = await sendJson(`${MACHINES}?configuration=${name}`);
    if (isRight(body.statemachines) || attempt === 120) return body.statemachines;
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
}

describe("labels", () => {
  test("are set and taken off one by one, without a revision, and reach the index", async () => {
    const { name, path } = await machine();
    const first = await call("PATCH", path, { labels: { region: "eu", tier: "gold" } });
    expect(first.status).toBe(200);
    expect(first.headers.get("etag")).toBe('"0"');
    expect(first.body.statemachine).toMatchObject({ labels: { region: "eu", tier: "gold" }, revision: 0 });
    const second = await call("PATCH", path, { labels: { tier: null, team: "a" } });
    expect(second.body.statemachine.labels).toEqual({ region: "eu", team: "a" });
    expect((await sendJson(path)).body.statemachine.labels).toEqual({ region: "eu", team: "a" });
    const [listed] = await indexed(name, ([found]) => found?.statemachine.labels.team === "a");
    expect(listed.statemachine.labels).toEqual({ region: "eu", team: "a" });
  });

  test("are bounded together, are texts, and obey If-Match", async () => {
    const { path } = await machine();
    await call("PATCH", path, { labels: { a: "x".repeat(4_000) } });
    await expectProblem(call("PATCH", path, { labels: { b: "x".repeat(200) } }), 400, "LIMIT_EXCEEDED", ["/labels"]);
    await expectProblem(call("PATCH", path, { labels: { b: 1 } }), 400, "INVALID_ARGUMENT", ["/labels/b"]);
    await expectProblem(call("PATCH", path, {}), 400, "INVALID_ARGUMENT", ["/labels"]);
    await expectProblem(call("PATCH", path, { labels: {} }, { "if-match": '"3"' }), 412, "REVISION_MISMATCH");
    await expectProblem(call("PATCH", `${path}x`, { labels: {} }), 404, "MACHINE_NOT_FOUND");
  });
});

describe("override", () => {
  test("puts a machine into any state, as a change with its own row of history", async () => {
    const { path } = await machine();
    await sendJson(`${path}/events`, { event: "accept" });
    const body = { state: "done", data: { fixed: true }, comment: "paid by hand" };
    const { status, headers, body: answer } = await call("POST", `${path}/override`, body, { "if-match": '"1"' });
    expect(status).toBe(200);
    expect(headers.get("etag")).toBe('"2"');
    expect(answer.statemachine).toMatchObject({ state: "done", final: true, revision: 2, data: { fixed: true } });
    expect(answer.statemachine.history.at(-1)).toMatchObject({
      revision: 2,
      kind: "override",
      event_id: "detent:override:2",
      transition: { from: "pending", to: "done", event: "" },
      actor: "anonymous",
      details: "paid by hand",
      data: {},
    });
    const back = await call("POST", `${path}/override`, { state: "start", comment: "no" }, { "if-match": '"2"' });
    expect(back.body.statemachine).toMatchObject({ state: "start", revision: 3, data: { fixed: true } });
    expect((await sendJson(`${path}/events`, { event: "accept" })).body.revision).toBe(4);
  });

  test("needs If-Match, a comment and a state of the configuration", async () => {
    const { path } = await machine();
    const override = (body: object, headers: Record<string, string> = { "if-match": '"0"' }) =>
      call("POST", `${path}/override`, body, headers);
    await expectProblem(override({ state: "done", comment: "c" }, {}), 400, "INVALID_ARGUMENT", ["/expected_revision"]);
    await expectProblem(override({ state: "done" }), 400, "INVALID_ARGUMENT", ["/comment"]);
    await expectProblem(override({ state: "done", comment: " " }), 400, "INVALID_ARGUMENT", ["/comment"]);
    await expectProblem(override({ state: "nowhere", comment: "c" }), 400, "INVALID_ARGUMENT", ["/state"]);
    await expectProblem(override({ state: "done", comment: "c" }, { "if-match": '"1"' }), 412, "REVISION_MISMATCH");
    expect((await sendJson(path)).body.statemachine.revision).toBe(0);
  });
});

describe("deletion", () => {
  test("ends a machine: its id is gone for everybody, and it leaves the lists", async () => {
    const { name, path } = await machine();
    await sendJson(`${path}/events`, { event: "accept" });
    await expectProblem(call("DELETE", path, undefined, { "if-match": '"0"' }), 412, "REVISION_MISMATCH");
    const { status, body } = await call("DELETE", path, undefined, { "if-match": '"1"' });
    expect([status, body]).toEqual([204, undefined]);
    await expectProblem(sendJson(path), 410, "MACHINE_GONE");
    await expectProblem(sendJson(`${path}/history`), 410, "MACHINE_GONE");
    await expectProblem(call("DELETE", path), 410, "MACHINE_GONE");
    await expectProblem(call("PATCH", path, { labels: {} }), 410, "MACHINE_GONE");
    await expectProblem(sendJson(MACHINES, { config_id: name, id: "m" }), 410, "MACHINE_GONE");
    const late = await expectProblem(sendJson(`${path}/events`, { event: "finish" }), 410, "MACHINE_GONE");
    expect(late.receipt).toMatchObject({ code: "FsmNotFound", result: "failed" });
    const creating = { event: "accept", create_if_missing: {} };
    await expectProblem(sendJson(`${path}/events`, creating), 410, "MACHINE_GONE");
    expect(await indexed(name, (machines) => machines.length === 0)).toEqual([]);
    const feed = async () => (await sendJson(`/api/v1/transitions?configuration=${name}`)).body.transitions;
    for (let attempt = 0; (await feed()).length < 3 && attempt < 120; attempt += 1)
      await new Promise((resolve) => void setTimeout(resolve, 50));
    expect(await feed()).toMatchObject([
      { kind: "created" },
      { kind: "changed" },
      { kind: "deleted", actor: "anonymous", revision: 2 },
    ]);
  });
});

describe("an earlier revision", () => {
  test("is the machine as it was, with the history up to then", async () => {
    const { path } = await machine();
    await sendJson(`${path}/events`, { event: "accept", event_id: "e1" });
    await call("POST", `${path}/override`, { state: "done", data: { a: 1 }, comment: "c" }, { "if-match": '"1"' });
    const at = async (revision: number) => await sendJson(`${path}?at_revision=${revision}`);
    const zero = await at(0);
    expect(zero.headers.get("etag")).toBe('"0"');
    expect(zero.body.statemachine).toMatchObject({ state: "start", revision: 0, data: {}, history: [] });
    const one = (await at(1)).body.statemachine;
    expect(one).toMatchObject({ state: "pending", revision: 1, data: {}, final: false, history: [{ event_id: "e1" }] });
    expect((await at(2)).body).toEqual((await sendJson(path)).body);
    const problem = await expectProblem(at(3), 400, "OUT_OF_RANGE");
    expect(problem.metadata).toEqual({ oldest_revision: "0", revision: "2" });
    await expectProblem(sendJson(`${path}?at_revision=x`), 400, "INVALID_ARGUMENT", ["/at_revision"]);
    await expectProblem(sendJson(`${path}?at_revision=-1`), 400, "INVALID_ARGUMENT", ["/at_revision"]);
    await expectProblem(sendJson(`${path}?at_revision=99999999999`), 400, "OUT_OF_RANGE");
  });

  test("that the caller has already is not sent again", async () => {
    const { path } = await machine();
    const get = (tag: string) => call("GET", path, undefined, { "if-none-match": tag });
    for (const tag of ['"0"', 'W/"0"', '"7", "0"', "*"]) {
      const { status, headers, body } = await get(tag);
      expect([status, headers.get("etag"), body]).toEqual([304, '"0"', undefined]);
    }
    for (const tag of ['"1"', "0", '"00"']) expect((await get(tag)).status).toBe(200);
    await sendJson(`${path}/events`, { event: "accept" });
    expect((await get('"0"')).status).toBe(200);
  });
});
