/** Configurations: created once, listed, checked, limited. */
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import { ConfigurationService } from "../../../src/gen/detent/v1/configuration_service_pb.ts";
import { deprecateConfiguration, streamConfigurations } from "../../../src/service/configurations.ts";
import type { Json } from "../../doors/json.ts";
import { connectBinary, send, sendJson } from "../doors/caller.ts";
import { createHouse, STRANGER } from "../seed.ts";
import { CONFIGURATIONS, configuration, expectProblem, orders } from "./orders.ts";

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
    configurations: [{ name, versions: ["a2", "v1"], deprecated: [] }],
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

test("256 KiB as compact JSON, no more", async () => {
  const limit = 256 * 1024;
  const of = (bytes: number) => {
    const events = Array.from({ length: 2_000 }, (_, index) => `${index}`.padEnd(90, "e"));
    const transitions = events.map((event) => ({ from: "a", to: "b", event }));
    const body = { ...orders(), starting_state: "a", states: ["a", "b"], transitions };
    const missing = bytes - JSON.stringify(body).length;
    // Spread over as many names as it takes: a name has 128 code points at the most.
    for (let left = missing, index = 0; left > 0; index += 1) {
      const more = Math.min(left, 38);
      transitions[index] = { from: "a", to: "b", event: `${events[index]}${"+".repeat(more)}` };
      left -= more;
    }
    return body;
  };
  expect(JSON.stringify(of(limit)).length).toBe(limit);
  expect((await sendJson(CONFIGURATIONS, of(limit))).status).toBe(201);
  const problem = await expectProblem(sendJson(CONFIGURATIONS, of(limit + 1)), 400, "LIMIT_EXCEEDED", [""]);
  for (const number of [limit, limit + 1]) expect(problem.detail).toContain(String(number));
});

test("names are listed in order, in pages", async () => {
  const names = (await Promise.all([configuration(), configuration(), configuration()])).toSorted();
  const found: string[] = [];
  let token = "";
  let pages = 0;
  do {
    const { body } = await sendJson(`${CONFIGURATIONS}?page_size=2&page_token=${token}`);
    expect(body.configurations.length).toBeLessThanOrEqual(2);
    found.push(...body.configurations.map(({ name }: Json) => name));
    token = body.next_page_token;
    pages += 1;
  } while (token !== "");
  expect(pages).toBeGreaterThan(1);
  expect(found).toEqual(found.toSorted());
  expect(new Set(found).size).toBe(found.length);
  expect(found.filter((name) => names.includes(name))).toEqual(names);
});

test("a page token of one list is refused by another", async () => {
  const name = await configuration();
  await configuration();
  const token = (await sendJson(`${CONFIGURATIONS}?page_size=1`)).body.next_page_token;
  const other = sendJson(`${CONFIGURATIONS}?configuration=${name}&page_token=${token}`);
  await expectProblem(other, 400, "INVALID_ARGUMENT", ["/page_token"]);
});

test("what says nothing makes no other configuration", async () => {
  const body = orders();
  await sendJson(CONFIGURATIONS, body);
  const empty = { initial_states: [], unhandled: "", retention: { history: null }, state_options: {} };
  const same = await expectProblem(sendJson(CONFIGURATIONS, { ...body, ...empty }), 409, "CONFIGURATION_EXISTS");
  expect(same.metadata).toMatchObject({ identical: "true" });
});

describe("a deprecated configuration", () => {
  const deprecate = async (configId: string): Promise<[number, string]> => {
    const response = await send(`${CONFIGURATIONS}/${configId}/deprecate`, { method: "POST" });
    return [response.status, await response.text()];
  };

  test("is shown as such in lists and by itself, since the first time", async () => {
    const name = await configuration();
    for (const version of ["v2", "v3"]) await sendJson(CONFIGURATIONS, { ...orders(name), version });
    const path = `${CONFIGURATIONS}/${name}:v2`;
    expect((await sendJson(path)).body).not.toHaveProperty("deprecated_at");
    const before = Date.now();
    expect(await deprecate(`${name}:v2`)).toEqual([204, ""]);
    const since = (await sendJson(path)).body.deprecated_at;
    expect(Date.parse(since)).toBeGreaterThanOrEqual(before);
    await new Promise((resolve) => void setTimeout(resolve, 5));
    expect(await deprecate(`${name}:v2`)).toEqual([204, ""]);
    // A missing version is v1.
    expect(await deprecate(name)).toEqual([204, ""]);
    expect((await sendJson(path)).body).toMatchObject({ version: "v2", deprecated_at: since });
    expect((await sendJson(`${CONFIGURATIONS}?configuration=${name}`)).body.configurations).toEqual([
      { name, versions: ["v3", "v2", "v1"], deprecated: ["v2", "v1"] },
    ]);
    const client = createClient(ConfigurationService, connectBinary);
    const { configurations } = await client.listConfigurations({ configuration: name });
    expect(configurations[0]?.deprecated).toEqual(["v2", "v1"]);
    const { configuration: old } = await client.getConfiguration({ configId: `${name}:v2` });
    expect(old?.deprecatedAt).toEqual(timestampFromMs(Date.parse(since)));
    const { configuration: young } = await client.getConfiguration({ configId: `${name}:v3` });
    expect(young?.deprecatedAt).toBeUndefined();
  });

  test("is as identical to an upload as before", async () => {
    const body = orders();
    await sendJson(CONFIGURATIONS, body);
    await deprecate(body.name);
    const same = await expectProblem(sendJson(CONFIGURATIONS, body), 409, "CONFIGURATION_EXISTS");
    expect(same.metadata).toMatchObject({ identical: "true" });
  });

  test("has to be there, and to be one's own", async () => {
    const name = await configuration();
    expect((await deprecate(`${name}:v9`))[0]).toBe(404);
    expect((await deprecate("nowhere"))[0]).toBe(404);
    expect((await deprecate("a:b:c"))[0]).toBe(400);
    const strange = streamConfigurations(createHouse(), STRANGER, name);
    expect((await strange.next()).done).toBe(true);
    await expect(deprecateConfiguration(createHouse(), STRANGER, name)).rejects.toMatchObject({
      reason: "CONFIGURATION_NOT_FOUND",
    });
    expect((await sendJson(`${CONFIGURATIONS}/${name}:v1`)).body).not.toHaveProperty("deprecated_at");
  });
});
