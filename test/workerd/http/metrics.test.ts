/** `GET /metrics`: what has happened, in a form that collectors read, each tenant's own. */
import { createExecutionContext, runInDurableObject, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { CountStore } from "../../../src/catalog/count-store.ts";
import type { Bindings } from "../../../src/env.ts";
import worker from "../../../src/worker.ts";
import { until } from "../../until.ts";
import { send, sendJson } from "../doors/caller.ts";
import { expectProblem, machine } from "./orders.ts";

async function metrics(over: Partial<Bindings> = {}): Promise<string[]> {
  const context = createExecutionContext();
  const request = new Request("http://localhost/metrics") as Parameters<typeof worker.fetch>[0];
  const response = await worker.fetch(request, { ...(env as unknown as Bindings), ...over }, context);
  await waitOnExecutionContext(context);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
  // The runtime warns of a text() whose type it does not know.
  const text = new TextDecoder().decode(await response.arrayBuffer());
  expect(text.endsWith("\n# EOF\n")).toBe(true);
  return text.split("\n");
}

test("they say what was created, decided, refused and failed, and another tenant's nothing of it", async () => {
  const { name, path } = await machine();
  await sendJson(`${path}/events`, { event: "accept" });
  await sendJson(`${path}/events`, { event: "remind", event_id: "e1" });
  await sendJson(`${path}/events`, { event: "remind", event_id: "e1" });
  await sendJson(`${path}/events`, { event: "accept" });
  await sendJson(`/api/v1/statemachines/${name}/nobody/events`, { event: "accept" });
  const expected = [
    `detent_events_total{configuration="${name}",result="failed",reason="MACHINE_NOT_FOUND"} 1`,
    `detent_events_total{configuration="${name}",result="refused",reason="NO_TRANSITION"} 1`,
    `detent_events_total{configuration="${name}",result="transitioned"} 2`,
    `detent_machines_created_total{configuration="${name}"} 1`,
  ];
  const own = async () => (await metrics()).filter((line) => line.includes(name));
  expect(await until(5_000, own, (lines) => lines.length === expected.length)).toEqual(expected);
  const others = await metrics({ DETENT_ANONYMOUS_TENANT: "stranger" });
  expect(others.join("\n")).not.toContain(name);
  expect(others).toContain("detent_index_entries_total 0");
  expect(others).toContain('detent_index_lag_seconds_bucket{le="+Inf"} 0');
});

test("every sample has its family before it, and buckets only grow", async () => {
  await machine();
  const lines = await metrics();
  const types = new Set(lines.flatMap((line) => /^# TYPE (\w+) /.exec(line)?.[1] ?? []));
  let family = "";
  let last = 0;
  for (const line of lines.slice(0, -2)) {
    const named = /^# (?:TYPE|UNIT|HELP) (\w+) /.exec(line)?.[1];
    if (named !== undefined) {
      family = named;
      continue;
    }
    const sample = /^(\w+)(?:\{(?:\w+="(?:[^"\\\n]|\\.)*",?)+\})? (\d+(?:\.\d+)?)$/.exec(line);
    expect(sample, line).not.toBeNull();
    expect(sample?.[1]?.startsWith(family), line).toBe(true);
    if (!line.includes("_bucket")) continue;
    expect(Number(sample?.[2])).toBeGreaterThanOrEqual(last);
    last = Number(sample?.[2]);
  }
  expect(types.size).toBe(9);
  expect(last).toBeGreaterThan(0);
});

test("they need a credential, take no parameters and are only read", async () => {
  const authorization = { headers: { authorization: "Bearer wrong" } };
  expect((await send("/metrics", authorization)).status).toBe(401);
  await expectProblem(sendJson("/metrics?tenant=stranger"), 400, "INVALID_ARGUMENT", ["/tenant"]);
  expect((await send("/metrics", { method: "POST" })).status).toBe(405);
});

test("when an index-writer does not answer nothing is told: a sum without it would have gone back", async () => {
  const { INDEX_WRITERS } = env as unknown as Bindings;
  const halved = {
    getByName: (name: string) => {
      if (name === "index-0") return INDEX_WRITERS.getByName(name);
      return { counts: () => Promise.reject(new Error("away")) };
    },
  } as unknown as Bindings["INDEX_WRITERS"];
  const context = createExecutionContext();
  const request = new Request("http://localhost/metrics") as Parameters<typeof worker.fetch>[0];
  const over = { INDEX_WRITERS: halved, DETENT_LOG_LEVEL: "off" };
  const { status, headers } = await worker.fetch(request, { ...(env as unknown as Bindings), ...over }, context);
  await waitOnExecutionContext(context);
  expect([status, headers.get("retry-after")]).toEqual([503, "2"]);
});

test("storing a tenant's counts writes one row, and reading them none", async () => {
  const { INDEX_WRITERS } = env as unknown as Bindings;
  await runInDurableObject(INDEX_WRITERS.getByName("counted"), (_instance, { storage }) => {
    let written = 0;
    const store = new CountStore({
      sql: {
        exec: (query, ...bindings) => {
          const cursor = storage.sql.exec(query, ...bindings);
          const rows = cursor.toArray();
          written += cursor.rowsWritten;
          return { toArray: () => rows };
        },
      },
      transactionSync: (work) => storage.transactionSync(work),
    });
    expect(store.load("t")).toBeUndefined();
    for (const counts of ["1", "2", "3"]) {
      written = 0;
      store.store([{ tenant: "t", counts }]);
      expect(written).toBe(1);
    }
    written = 0;
    expect([store.load("t"), new CountStore(storage).load("t"), store.load("u")]).toEqual(["3", "3", undefined]);
    expect(written).toBe(0);
  });
});
