/** What a tenant may have and do: counted exactly, refused in time, told before it is billed. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { deleteMachine } from "../../src/catalog/housekeeping.ts";
import type { IndexEntry, TransitionFact } from "../../src/catalog/index-entry.ts";
import { writeIndex } from "../../src/catalog/machine-index.ts";
import type { Bindings } from "../../src/env.ts";
import worker from "../../src/worker.ts";
import { ROOT_KEY } from "../secrets.ts";
import { until } from "../until.ts";

const bindings = env as unknown as Bindings;
const { CATALOG } = bindings;
const MACHINES = "/api/v1/statemachines";

afterEach(() => vi.useRealTimers());

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- an answer may be anything; the tests say what it has to be
  readonly body: any;
}

async function call(path: string, key: string, body?: object, method = body ? "POST" : "GET"): Promise<Answer> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const context = createExecutionContext();
  const request = new Request(`https://detent.example${path}`, init) as Request<unknown, IncomingRequestCfProperties>;
  const response = await worker.fetch(request, bindings, context);
  await waitOnExecutionContext(context);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
}

const chart = (version: string) => ({
  name: "orders",
  version,
  starting_state: "start",
  states: ["start", "end"],
  transitions: [
    { from: "start", to: "start", event: "stay" },
    { from: "start", to: "end", event: "finish" },
  ],
});

/** A tenant with these quotas, a key, and a configuration. */
async function makeTenant(name: string, quotas: object): Promise<string> {
  await call("/api/v1/tenants", ROOT_KEY, { name });
  expect((await call(`/api/v1/tenants/${name}`, ROOT_KEY, { quotas }, "PATCH")).status).toBe(200);
  const scopes = ["configurations:read", "configurations:write", "machines:read", "machines:write", "events:send"];
  const made = await call("/api/v1/keys", ROOT_KEY, {
    tenant: name,
    name: "k",
    scopes: [...scopes, "keys:admin", "ops"],
  });
  const key = made.body.secret as string;
  expect((await call("/api/v1/configurations", key, chart("v1"))).status).toBe(201);
  return key;
}

const usageOf = async (key: string) => (await call("/api/v1/usage", key)).body;
const usedUp = (quota: string, limit: number) => ({
  status: 429,
  body: { reason: "QUOTA_EXCEEDED", metadata: { quota, limit: String(limit) } },
});

test("a tenant has as many machines as its quota says; a refused creation leaves no object, an ended machine makes room", async () => {
  const key = await makeTenant("q-machines", { machines: 2 });
  const create = (id: string, more: Record<string, string> = {}) =>
    call(MACHINES, key, { config_id: "orders", id, ...more });
  for (const id of ["1", "2"]) expect((await create(id)).status).toBe(201);
  const refused = await create("3");
  expect(refused).toMatchObject(usedUp("machines", 2));
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  const missing = { event: "stay", create_if_missing: {} };
  expect(await call(`${MACHINES}/orders/3/events`, key, missing)).toMatchObject(usedUp("machines", 2));
  expect((await call(`${MACHINES}/orders/3`, key)).status).toBe(404);
  const enqueued = { events: [{ configuration: "orders", id: "3", event: "stay", createIfMissing: {} }] };
  expect((await call("/detent.v1.MachineService/EnqueueEvents", key, enqueued)).status).toBe(429);
  expect((await call(`${MACHINES}/orders/1/events`, key, missing)).status).toBe(200);
  expect(await usageOf(key)).toMatchObject({ machines: 2, configurations: 1, quotas: { machines: 2 } });
  expect((await call(`${MACHINES}/orders/1`, key, undefined, "DELETE")).status).toBe(204);
  await until(
    5_000,
    () => usageOf(key),
    ({ machines }) => machines === 1,
  );
  expect((await create("3")).status).toBe(201);
});

test("a creation that is repeated under its key is answered, although the quota is used up", async () => {
  const key = await makeTenant("q-repeat", { machines: 1 });
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json", "idempotency-key": "once" };
  const create = () =>
    worker.fetch(
      new Request(`https://detent.example${MACHINES}`, {
        method: "POST",
        headers,
        body: JSON.stringify({ config_id: "orders" }),
      }),
      bindings,
      createExecutionContext(),
    );
  const [first, second] = [await create(), await create()];
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(await second.json()).toEqual(await first.json());
});

test("a tenant has as many configurations as its quota says; one that is there is told to be there", async () => {
  const key = await makeTenant("q-configurations", { configurations: 2 });
  const upload = (version: string) => call("/api/v1/configurations", key, chart(version));
  expect((await upload("v2")).status).toBe(201);
  expect(await upload("v3")).toMatchObject(usedUp("configurations", 2));
  expect(await upload("v2")).toMatchObject({ status: 409, body: { metadata: { identical: "true" } } });
  expect((await usageOf(key)).configurations).toBe(2);
});

test("a tenant sends as many events a day as its quota says, refused ones and those of batches among them; dry runs are free", async () => {
  const key = await makeTenant("q-events", { events_per_day: 6 });
  await call(MACHINES, key, { config_id: "orders", id: "1" });
  const at = `${MACHINES}/orders/1/events`;
  for (let event = 0; event < 3; event += 1) expect((await call(at, key, { event: "stay" })).status).toBe(200);
  expect((await call(at, key, { event: "nothing" })).status).toBe(422);
  expect((await call(`${at}?dry_run=true`, key, { event: "stay" })).status).toBe(200);
  const batch = { events: ["stay", "stay", "stay"].map((event) => ({ configuration: "orders", id: "1", event })) };
  const refused = await call(`${MACHINES}:send-events`, key, batch);
  expect(refused).toMatchObject(usedUp("events_per_day", 6));
  expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(24 * 60 * 60);
  expect((await call(`${MACHINES}:send-events`, key, { events: batch.events.slice(1) })).status).toBe(200);
  expect(await call(at, key, { event: "stay" })).toMatchObject(usedUp("events_per_day", 6));
  const enqueue = { events: [{ configuration: "orders", id: "1", event: "stay" }] };
  expect((await call("/detent.v1.MachineService/EnqueueEvents", key, enqueue)).status).toBe(429);
  expect((await call(`${MACHINES}/orders/1`, key)).body.statemachine.revision).toBe(5);
  const today = new Date().toISOString().slice(0, 10);
  const usage = await until(
    5_000,
    () => usageOf(key),
    ({ events_today }) => events_today === 6,
  );
  expect(usage.days).toEqual([{ day: today, events: 6 }]);
});

test("events that are told twice, or in two batches at once, are counted once; what operators do is none", async () => {
  const fact = (eventId: string, more: Partial<TransitionFact> = {}): TransitionFact => ({
    kind: "changed",
    eventId,
    revision: 1,
    version: "v1",
    event: "stay",
    from: "a",
    to: "a",
    at: 1_000,
    originator: "",
    actor: "",
    ...more,
  });
  const refusal = (eventId: string, at = 2_000) => ({ eventId, at, expiresAt: 9e15, receipt: "{}" });
  const entry = (change: number, more: Partial<IndexEntry>): IndexEntry => ({
    tenant: "q-exact",
    configuration: "c",
    id: "m",
    version: "v1",
    state: "a",
    revision: 1,
    change,
    createdAt: 1,
    updatedAt: 1,
    labels: "{}",
    dueAt: null,
    retiredAt: null,
    isNew: false,
    transitions: [],
    refusals: [],
    lookups: [],
    ...more,
  });
  const told = entry(1, {
    transitions: [fact("e1"), fact("e2"), fact("migration", { event: "" }), fact("c", { kind: "created", event: "" })],
    refusals: [refusal("r1")],
    lookups: [
      { kind: "ignored", eventId: "i1", at: 3_000, expiresAt: 9e15 },
      { kind: "deferred", eventId: "d1", at: 3_000, expiresAt: 9e15 },
    ],
  });
  const failure = {
    tenant: "q-exact",
    configuration: "c",
    id: "none",
    failureId: "f",
    notification: "{}",
    ...refusal("f1"),
  };
  await writeIndex(CATALOG, [told, told], [failure, failure]);
  await writeIndex(CATALOG, [told, entry(2, { transitions: [fact("e2"), fact("e3")] })], [failure]);
  const tomorrow = 86_400_000;
  await writeIndex(CATALOG, [
    entry(3, { transitions: [fact("e4", { at: tomorrow })], refusals: [refusal("r1", 4_000)] }),
  ]);
  const { results } = await CATALOG.prepare("SELECT day, events FROM event_counts WHERE tenant = 'q-exact'").all();
  // e1, e2, e3, r1, r1 once more at another time, i1, f1.
  expect(results).toEqual([
    { day: "1970-01-01", events: 7 },
    { day: "1970-01-02", events: 1 },
  ]);
});

test("machines are counted right whatever becomes of their rows", async () => {
  const entry = (id: string, createdAt: number, change: number, retiredAt: number | null = null): IndexEntry => ({
    tenant: "q-rows",
    configuration: "c",
    id,
    version: "v1",
    state: "a",
    revision: change,
    change,
    createdAt,
    updatedAt: 1,
    labels: "{}",
    dueAt: null,
    retiredAt,
    isNew: true,
    transitions: [],
    refusals: [],
    lookups: [],
  });
  const counted = async () => {
    const usage = await CATALOG.prepare("SELECT machines FROM usage WHERE tenant = 'q-rows'").first<{
      machines: number;
    }>();
    const sql = "SELECT count(*) AS machines FROM machines WHERE tenant = 'q-rows' AND retired_at IS NULL";
    expect(usage).toEqual(await CATALOG.prepare(sql).first());
    return usage?.machines;
  };
  await writeIndex(CATALOG, [entry("1", 1, 0), entry("2", 1, 0), entry("3", 1, 0)]);
  expect(await counted()).toBe(3);
  await writeIndex(CATALOG, [entry("1", 1, 0), entry("2", 1, 1, 5), entry("2", 1, 1, 5)]);
  expect(await counted()).toBe(2);
  // Another life of the same id; born and gone in one batch.
  await writeIndex(CATALOG, [entry("2", 9, 0), entry("4", 1, 0), entry("4", 1, 1, 5)]);
  expect(await counted()).toBe(3);
  await deleteMachine(CATALOG, entry("3", 1, 0));
  await deleteMachine(CATALOG, entry("4", 1, 1, 5));
  expect(await counted()).toBe(2);
});

test("a key asks so often a second and then is told when to ask again; other keys are not its business", async () => {
  const key = await makeTenant("q-rate", { requests_per_second: 5 });
  const other = await makeTenant("q-rate-2", {});
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  const answers = [];
  for (let request = 0; request < 30; request += 1) answers.push(await call(`${MACHINES}/orders/none`, key));
  const refused = answers.filter(({ status }) => status === 429);
  expect(answers.length - refused.length).toBeLessThanOrEqual(2 * 5 + 2);
  expect(refused[0]).toMatchObject({ body: { reason: "RATE_LIMITED", metadata: { limit: "5" } } });
  expect(refused[0]?.headers.get("retry-after")).toBe("1");
  expect((await call("/detent.v1.MachineService/GetMachine", key, { configuration: "orders", id: "1" })).status).toBe(
    429,
  );
  expect((await call(`${MACHINES}/orders/none`, other)).status).toBe(404);
  vi.advanceTimersByTime(1_000);
  expect((await call(`${MACHINES}/orders/none`, key)).status).toBe(404);
});

test("what is only tried out is a request all the same, and no event", async () => {
  const key = await makeTenant("q-tried", { requests_per_second: 20, events_per_day: 1 });
  await call(MACHINES, key, { config_id: "orders", id: "1" });
  expect((await call(`${MACHINES}/orders/1/events`, key, { event: "stay" })).status).toBe(200);
  const events = Array.from({ length: 20 }, () => ({ configuration: "orders", id: "1", event: "stay" }));
  const answers = [];
  for (let batch = 0; batch < 4; batch += 1)
    answers.push(await call(`${MACHINES}:send-events?dry_run=true`, key, { events }));
  expect(answers[0]?.status).toBe(200);
  expect(answers.at(-1)).toMatchObject({ status: 429, body: { reason: "RATE_LIMITED" } });
});

test.each([
  ["machines", 0],
  ["configurations", -1],
  ["events_per_day", 1_000_000_000],
  ["requests_per_second", 0],
])("a quota %s of %i is refused", async (quota, value) => {
  await call("/api/v1/tenants", ROOT_KEY, { name: "q-refused" });
  const refused = await call("/api/v1/tenants/q-refused", ROOT_KEY, { quotas: { [quota]: value } }, "PATCH");
  expect(refused).toMatchObject({ status: 400, body: { errors: [{ pointer: `/quotas/${quota}` }] } });
  expect((await call("/api/v1/tenants/q-refused", ROOT_KEY)).body.quotas).toEqual({});
});

test("quotas are set as a whole, are in the audit log, and are the root key's to set", async () => {
  const key = await makeTenant("q-set", { machines: 5, events_per_day: 7 });
  await call("/api/v1/tenants/q-set", ROOT_KEY, { quotas: { machines: 6 } }, "PATCH");
  expect((await call("/api/v1/tenants/q-set", ROOT_KEY)).body.quotas).toEqual({ machines: 6 });
  expect((await usageOf(key)).quotas).toEqual({ machines: 6, requests_per_second: 1_000 });
  const { entries } = (await call("/api/v1/audit", key)).body;
  expect(entries[0]).toMatchObject({ actor: "root", action: "tenant.updated", details: { quotas: { machines: 6 } } });
  expect((await call("/api/v1/tenants/q-set", key, { quotas: {} }, "PATCH")).status).toBe(403);
  expect((await call("/api/v1/tenants/q-none", ROOT_KEY, { quotas: {} }, "PATCH")).status).toBe(404);
  expect(await call("/api/v1/usage?from=soon", key)).toMatchObject({
    status: 400,
    body: { errors: [{ pointer: "/from" }] },
  });
});
