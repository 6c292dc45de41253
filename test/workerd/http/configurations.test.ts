/** Configurations: created once, listed, checked, limited. */
import { expect, test } from "vitest";
import { sendJson } from "../doors/caller.ts";
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
