/** Data rights in the real runtime: an export has everything once, and nothing is found of what was erased. */
import {
  createExecutionContext,
  runDurableObjectAlarm,
  runInDurableObject,
  waitOnExecutionContext,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { afterEach, expect, test, vi } from "vitest";
import type { IndexEntry } from "../../src/catalog/index-entry.ts";
import { erasureOf, indexWriterOf, jobOf, machineObjectOf, sweeperOf, type Bindings } from "../../src/env.ts";
import { TenantService } from "../../src/gen/detent/v1/tenant_service_pb.ts";
import type { MachineAddress } from "../../src/machine/calls.ts";
import worker from "../../src/worker.ts";
import { ROOT_KEY } from "../secrets.ts";

const bindings = env as unknown as Bindings;
const { CATALOG } = bindings;
const ORIGIN = "https://detent.example";

afterEach(() => vi.useRealTimers());

// oxlint-disable-next-line typescript/no-explicit-any -- an answer may be anything; the tests say what it has to be
type Json = any;

async function fetchWorker(path: string, key: string, init: RequestInit = {}, used = bindings): Promise<Response> {
  const context = createExecutionContext();
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const request = new Request(`${ORIGIN}${path}`, { ...init, headers });
  const response = await worker.fetch(request as Request<unknown, IncomingRequestCfProperties>, used, context);
  await waitOnExecutionContext(context);
  return response;
}

async function call(
  path: string,
  key: string,
  body?: object,
  method = "POST",
): Promise<{ status: number; body: Json }> {
  const init = body === undefined ? {} : { method, body: JSON.stringify(body) };
  const response = await fetchWorker(path, key, init);
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}

async function expectOk(path: string, key: string, body?: object, method?: string): Promise<Json> {
  const answer = await call(path, key, body, method);
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

function chart(name: string, version = "v1") {
  return {
    name,
    version,
    starting_state: "start",
    states: ["start", "waiting", "end"],
    transitions: [
      { from: "start", to: "start", event: "stay" },
      { from: "start", to: "waiting", event: "wait", assign: { seen: "event.data.secret" } },
      { from: "waiting", to: "end", event: "late", after: "P2D" },
      { from: "waiting", to: "end", event: "finish" },
      { from: "end", to: "end", event: "again" },
    ],
    event_options: {},
    state_options: { waiting: { unhandled: "defer" }, end: { unhandled: "ignore" } },
  };
}

/** Waits until it is so, and no longer than `ms`. */
async function until(isSo: () => Promise<boolean>, what: string, ms = 10_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`${what} did not come`);
    await scheduler.wait(50);
  }
}

interface Side {
  readonly tenant: string;
  readonly key: string;
  readonly canary: string;
}

const at = (configuration: string, id: string): string =>
  `/api/v1/statemachines/${configuration}/${encodeURIComponent(id)}`;

/** A tenant with something of everything; its canary stands in all that it has sent, and in no name. */
async function makeSide(tenant: string): Promise<Side> {
  const canary = `canary-${tenant}-${crypto.randomUUID()}`;
  await expectOk("/api/v1/tenants", ROOT_KEY, { name: tenant });
  const scopes = ["configurations:read", "configurations:write", "machines:read", "machines:write", "events:send"];
  const made = await expectOk("/api/v1/keys", ROOT_KEY, {
    tenant,
    name: canary,
    scopes: [...scopes, "ops", "keys:admin"],
  });
  const key = made.secret as string;
  for (const source of [chart("orders"), chart("orders", "v2"), chart("bills")]) {
    await expectOk("/api/v1/configurations", key, source);
  }
  for (const configuration of ["orders", "bills"]) {
    for (const id of ["m 1", "m 2"]) await makeMachine({ tenant, key, canary }, configuration, id);
  }
  await call(`${at("orders", "nobody")}/events`, key, { event: "stay", event_id: "failed", data: { secret: canary } });
  const job = await expectOk("/api/v1/jobs", key, {
    filter: { configuration: "orders", labels: { secret: canary } },
    send: { event: "never", details: canary },
  });
  await until(async () => (await expectOk(`/api/v1/jobs/${job.id}`, key)).progress.refused === 2, "the job", 20_000);
  await CATALOG.prepare(
    `INSERT INTO dead_letters (tenant, at, id, configuration, machine_id, event_id, content_type, body)
     VALUES (?1, 1700000000000, ?1, 'orders', 'm 1', 'e', 'json', ?2)`,
  )
    .bind(tenant, JSON.stringify({ details: canary }))
    .run();
  return { tenant, key, canary };
}

/** One that has changed, refused, deferred, and has a timer. */
async function makeMachine({ key, canary }: Side, configuration: string, id: string): Promise<void> {
  const content = { data: { secret: canary }, labels: { secret: canary } };
  await expectOk("/api/v1/statemachines", key, { config_id: `${configuration}:v1`, id, ...content });
  const send = (event: string) =>
    call(`${at(configuration, id)}/events`, key, { event, event_id: event, data: { secret: canary }, details: canary });
  for (const event of ["stay", "never", "wait", "again"]) await send(event);
}

async function readLines(path: string, key: string): Promise<Json[]> {
  const response = await fetchWorker(path, key);
  const text = await response.text();
  if (response.status !== 200) throw new Error(text);
  expect(response.headers.get("content-type")).toBe("application/x-ndjson");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const ofType = (lines: readonly Json[], type: string): Json[] => lines.filter((line) => line.type === type);

async function listTables(): Promise<string[]> {
  const sql = "SELECT name FROM sqlite_master WHERE type = 'table'";
  const { results } = await CATALOG.prepare(sql).all<{ name: string }>();
  return results.map(({ name }) => name).filter((name) => !/^(?:sqlite_|_cf_|d1_)/.test(name));
}

/** Every table that knows tenants, also those that are made later. */
async function tablesOfTenants(): Promise<string[]> {
  const tables: string[] = [];
  for (const name of await listTables()) {
    const { results } = await CATALOG.prepare(`PRAGMA table_info(${name})`).all<{ name: string }>();
    if (results.some((column) => column.name === "tenant")) tables.push(name);
  }
  expect(tables.length).toBeGreaterThanOrEqual(10);
  return tables;
}

/** What the whole database has, as text. */
async function dump(): Promise<string> {
  const names = await listTables();
  const tables = await Promise.all(names.map((name) => CATALOG.prepare(`SELECT * FROM ${name}`).all()));
  return JSON.stringify(tables.map((table) => table.results));
}

async function rowsOf(table: string, tenant: string): Promise<Json[]> {
  return (await CATALOG.prepare(`SELECT * FROM ${table} WHERE tenant = ?1`).bind(tenant).all()).results;
}

/** How much an object keeps. */
async function tablesOf(object: DurableObjectStub): Promise<unknown[]> {
  return await runInDurableObject(object, async (_instance, state) => {
    const tables = state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf\\_%' ESCAPE '\\'");
    return [...tables.toArray(), ...(await state.storage.list()), await state.storage.getAlarm()].filter(
      (x) => x !== null,
    );
  });
}

const objectOf = (address: MachineAddress) => machineObjectOf(bindings, address) as unknown as DurableObjectStub;

/** What two exports have in common: each is an entry of the audit log, and a key tells when it was used. */
function plain(lines: readonly Json[]): Json[] {
  return lines
    .filter(({ type, action }) => type !== "key" && type !== "cursor" && action !== "tenant.exported")
    .map((line) => (line.type === "end" ? { ...line, counts: { ...line.counts, audit: 0 } } : line));
}

/** An export, when nothing is on its way to the index any more. */
async function readSettled(key: string): Promise<Json[]> {
  let lines: Json[] = [];
  await until(async () => {
    const before = JSON.stringify(plain(lines));
    await scheduler.wait(700);
    lines = await readLines("/api/v1/export", key);
    return before === JSON.stringify(plain(lines));
  }, "the index");
  return lines;
}

test("an export has everything that was put in, in the shapes of the routes, and says at its end that it is whole", async () => {
  const side = await makeSide("exported");
  const { tenant, key, canary } = side;
  await expectOk("/api/v1/statemachines", key, { config_id: "orders:v2", id: "gone" });
  await call(at("orders", "gone"), key, {}, "DELETE");
  const lines = await readSettled(key);
  expect(ofType(lines, "tenant")).toMatchObject([{ name: tenant }]);
  expect(ofType(lines, "configuration").map(({ name, version }) => `${name}:${version}`)).toEqual([
    "bills:v1",
    "orders:v1",
    "orders:v2",
  ]);
  const shown = await expectOk("/api/v1/configurations/orders:v2", key);
  expect(ofType(lines, "configuration")[2]).toEqual({ type: "configuration", ...shown });
  const machines = ofType(lines, "machine");
  expect(machines.map(({ configuration, id }) => `${configuration}/${id}`)).toEqual([
    "bills/m 1",
    "bills/m 2",
    "orders/gone",
    "orders/m 1",
    "orders/m 2",
  ]);
  expect(machines[2]).toMatchObject({ gone: true });
  const one = (await expectOk(at("orders", "m 1"), key)).statemachine;
  const { history: _history, history_next_page_token: _token, ...rest } = one;
  expect(machines[3]).toEqual({ type: "machine", configuration: "orders", id: "m 1", statemachine: rest });
  expect(rest).toMatchObject({ data: { secret: canary, seen: canary }, labels: { secret: canary }, timers: [{}] });
  const of = (type: string) =>
    ofType(lines, type).filter(({ configuration, id }) => configuration === "orders" && id === "m 1");
  const { history } = await expectOk(`${at("orders", "m 1")}/history`, key);
  expect(of("history")).toEqual([
    expect.objectContaining({ kind: "creation", revision: 0, data: { secret: canary } }),
    ...history.map((item: Json) => ({ type: "history", configuration: "orders", id: "m 1", ...item })),
  ]);
  const receipts = ofType(lines, "receipt").filter(
    ({ machine }) => machine.configuration === "orders" && machine.id === "m 1",
  );
  expect(receipts).toMatchObject([
    { event: "never", result: "refused", details: canary, data: { secret: canary } },
    { event: "again", result: "deferred", details: canary, data: { secret: canary } },
    { event: "never", result: "refused", details: canary },
  ]);
  expect(ofType(lines, "failure").find(({ result }) => result === "failed")).toMatchObject({
    event_id: "failed",
    data: { secret: canary },
  });
  expect(ofType(lines, "transition").length).toBeGreaterThan(8);
  expect(ofType(lines, "dead_letter")).toMatchObject([{ machine_id: "m 1", body: { details: canary } }]);
  expect(ofType(lines, "job")).toMatchObject([{ filter: { configuration: "orders" }, send: { details: canary } }]);
  expect(ofType(lines, "job_refusal")).toMatchObject([{ id: "m 1" }, { id: "m 2" }]);
  expect(ofType(lines, "key")).toMatchObject([{ tenant, name: canary }]);
  expect(JSON.stringify(lines)).not.toMatch(/hash|dtk_/);
  const [exported, ...others] = ofType(lines, "audit");
  expect(exported).toMatchObject({ action: "tenant.exported", subject: tenant, actor: expect.stringMatching(/^key:/) });
  expect(others.map(({ action }) => action).filter((action) => action !== "tenant.exported")).toEqual([
    "key.created",
    "tenant.created",
  ]);
  const end = lines.at(-1);
  expect(end.type).toBe("end");
  for (const [type, count] of Object.entries(end.counts)) expect(ofType(lines, type).length, type).toBe(count);
  expect(Object.values<number>(end.counts).reduce((sum, count) => sum + count)).toBe(
    lines.filter(({ type }) => type !== "cursor" && type !== "end").length,
  );
  await expectSameOverRpc(key, lines);
});

async function expectSameOverRpc(key: string, lines: readonly Json[]): Promise<void> {
  const transport = createConnectTransport({
    baseUrl: ORIGIN,
    useBinaryFormat: true,
    fetch: (url, init) => {
      const { method, body, headers: sent } = init ?? {};
      const headers = new Headers(sent as HeadersInit);
      headers.set("authorization", `Bearer ${key}`);
      return worker.fetch(
        new Request(url, { method, body, headers } as RequestInit) as Request<unknown, IncomingRequestCfProperties>,
        bindings,
        createExecutionContext(),
      );
    },
  });
  const told: Json[] = [];
  for await (const { type, value } of createClient(TenantService, transport).exportTenant({})) {
    told.push({ type, ...value });
  }
  expect(plain(told)).toEqual(plain(lines));
}

test("cut off and continued at each of its cursors, an export tells the same set, each once; the cursor is the tenant's", async () => {
  const { tenant, key } = await makeSide("continued");
  const other = await makeSide("other");
  const events = Array.from({ length: 100 }, (_, index) => ({
    configuration: "orders",
    id: "m 3",
    event: "stay",
    event_id: `e-${index}`,
    create_if_missing: {},
  }));
  for (const event of ["a", "b", "c"]) {
    await expectOk("/api/v1/statemachines:send-events", key, {
      events: events.map((one) => ({ ...one, event_id: one.event_id + event })),
    });
  }
  const path = "/api/v1/export";
  await until(async () => (await rowsOf("transitions", tenant)).length > 300, "the index", 10_000);
  const whole = await readLines(path, key);
  const told: Json[] = [];
  let after = "";
  let pieces = 0;
  for (;;) {
    const piece = await readLines(`${path}?after=${encodeURIComponent(after)}`, key);
    const cut = piece.findIndex(({ type }) => type === "cursor");
    told.push(...piece.slice(0, cut < 0 ? undefined : cut));
    pieces += 1;
    if (cut < 0) break;
    after = piece[cut].cursor;
  }
  expect(pieces).toBeGreaterThan(4);
  const lines = (all: readonly Json[]) => plain(all).map((line) => JSON.stringify(line));
  expect(lines(told)).toEqual(lines(whole));
  expect(new Set(lines(told)).size).toBe(lines(told).length);
  expect(ofType(whole, "history").filter(({ id }) => id === "m 3")).toHaveLength(301);
  const refused = { status: 400, body: { errors: [{ pointer: "/after" }] } };
  expect(await call(`${path}?after=${encodeURIComponent(after)}`, other.key)).toMatchObject(refused);
  expect(await call(`${path}?after=nonsense`, key)).toMatchObject(refused);
});

test("an export needs all that it gives; it ends when its key does", async () => {
  const { tenant, key } = await makeSide("scoped");
  const needed = ["configurations:read", "machines:read", "ops", "keys:admin"];
  for (const missing of needed) {
    const scopes = needed.filter((scope) => scope !== missing);
    const made = await expectOk("/api/v1/keys", key, { name: missing, scopes });
    const lacking = { status: 403, body: { metadata: { scope: missing } } };
    expect(await call("/api/v1/export", made.secret)).toMatchObject(lacking);
  }
  expect((await call("/api/v1/export", ROOT_KEY)).status).toBe(403);
  const made = await expectOk("/api/v1/keys", key, { name: "revoked", scopes: needed });
  const response = await fetchWorker("/api/v1/export", made.secret);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect(JSON.parse((await reader.read()).value ?? "")).toMatchObject({ type: "tenant", name: tenant });
  await expectOk(`/api/v1/keys/${made.key.id}/revoke`, key, {});
  // So long an isolate remembers a key, and longer than the export goes without asking.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
  let last = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    last = value;
  }
  expect(JSON.parse(last)).toMatchObject({ type: "error", reason: "UNAUTHENTICATED" });
});

test("a machine that does not answer ends an export with an error and no end; a caller who leaves stops the reading", async () => {
  const { key } = await makeSide("unanswered");
  let reads = 0;
  const MACHINES = {
    getByName: (name: string) =>
      new Proxy(bindings.MACHINES.getByName(name), {
        get: (object, property) => {
          if (property === "read") reads += 1;
          if (property === "read" && name.endsWith("orders/m 2")) return () => Promise.reject(new Error("overloaded"));
          return Reflect.get(object, property);
        },
      }),
  } as unknown as Bindings["MACHINES"];
  const used = { ...bindings, MACHINES };
  const lines = (await (await fetchWorker("/api/v1/export", key, {}, used)).text()).trimEnd().split("\n");
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ type: "error", reason: "UNAVAILABLE", status: 503 });
  expect(lines.filter((line) => line.includes('"type":"end"'))).toEqual([]);
  reads = 0;
  const response = await fetchWorker("/api/v1/export", key, {}, used);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  for (let line = 0; line < 6; line += 1) await reader.read();
  await scheduler.wait(300);
  const before = reads;
  await reader.cancel();
  await scheduler.wait(100);
  expect(reads).toBe(before);
  expect(before).toBeLessThan(3);
}, 90_000);

/** Whether anything is left of `orders/m 1`, but for its address in the audit log. */
async function expectErased({ tenant, key }: Side, canary: string): Promise<void> {
  for (const table of await tablesOfTenants()) {
    const rows = (await rowsOf(table, tenant)).filter(
      (row) => row.configuration === "orders" && [row.machine_id, row.id].includes("m 1"),
    );
    expect(rows, table).toEqual([]);
  }
  expect(await dump()).not.toContain(canary);
  expect(await tablesOf(objectOf({ tenant, configuration: "orders", id: "m 1" }))).toEqual([]);
  expect(await call(at("orders", "m 1"), key)).toMatchObject({ status: 404, body: { reason: "MACHINE_NOT_FOUND" } });
}

test("nothing is left of an erased machine but its address in the audit log; again changes nothing; others stay", async () => {
  const side = await makeSide("erased-machine");
  const { key } = side;
  const canary = `canary-of-one-${crypto.randomUUID()}`;
  await expectOk(at("orders", "m 1"), key, { labels: { secret: canary } }, "PATCH");
  await call(`${at("orders", "m 1")}/events`, key, { event: "again", event_id: "x", details: canary });
  await call(`${at("orders", "m 1")}/events`, key, { event: "unheard of", event_id: "y", details: canary });
  await CATALOG.prepare("UPDATE dead_letters SET body = ?2 WHERE tenant = ?1")
    .bind(side.tenant, JSON.stringify(canary))
    .run();
  await until(async () => JSON.stringify(await rowsOf("failures", side.tenant)).includes("unheard of"), "the index");
  const before = await readSettled(key);
  expect(JSON.stringify(before)).toContain(canary);
  for (let time = 0; time < 2; time += 1) {
    expect((await fetchWorker(`${at("orders", "m 1")}/erase`, key, { method: "POST" })).status).toBe(204);
    await expectErased(side, canary);
  }
  const { entries } = await expectOk("/api/v1/audit", key);
  expect(entries.filter(({ action }: Json) => action === "machine.erased")).toMatchObject([
    { subject: "orders/m 1", details: {} },
  ]);
  const after = await readLines("/api/v1/export", key);
  const others = (lines: readonly Json[]) =>
    plain(lines)
      .filter(({ type, action }) => action !== "machine.erased" && type !== "end")
      .filter((line) => !(line.configuration === "orders" && line.id === "m 1"))
      .filter((line) => !(line.machine?.configuration === "orders" && line.machine.id === "m 1"))
      .filter((line) => line.machine_id !== "m 1" && !(line.type === "job_refusal" && line.id === "m 1"));
  expect(others(after)).toEqual(others(before));
  expect(after.filter(({ type }) => type === "job_refusal")).toMatchObject([{ id: "m 2" }]);
  await makeMachine(side, "orders", "m 1");
  expect((await expectOk(at("orders", "m 1"), key)).statemachine.revision).toBe(2);
  await until(
    async () => (await rowsOf("machines", side.tenant)).some(({ id, revision }) => id === "m 1" && revision === 2),
    "the new life",
  );
});

test("a machine that was deleted before is erased like another, and so is one whose object is empty already", async () => {
  const side = await makeSide("erased-gone");
  const { tenant, key } = side;
  await call(at("orders", "m 1"), key, {}, "DELETE");
  expect((await call(at("orders", "m 1"), key)).status).toBe(410);
  expect((await fetchWorker(`${at("orders", "m 1")}/erase`, key, { method: "POST" })).status).toBe(204);
  await CATALOG.prepare("DELETE FROM dead_letters").run();
  expect(await tablesOf(objectOf({ tenant, configuration: "orders", id: "m 1" }))).toEqual([]);
  // As a call that was cut off behind the object has left it.
  await runInDurableObject(objectOf({ tenant, configuration: "orders", id: "m 2" }), (_instance, state) =>
    state.storage.deleteAll(),
  );
  expect((await fetchWorker(`${at("orders", "m 2")}/erase`, key, { method: "POST" })).status).toBe(204);
  // And as the sweeper has left it then.
  await runInDurableObject(objectOf({ tenant, configuration: "bills", id: "m 1" }), (_instance, state) =>
    state.storage.deleteAll(),
  );
  await CATALOG.prepare("DELETE FROM machines WHERE tenant = ?1 AND configuration = 'bills' AND id = 'm 1'")
    .bind(tenant)
    .run();
  for (let time = 0; time < 2; time += 1) await fetchWorker(`${at("bills", "m 1")}/erase`, key, { method: "POST" });
  for (const table of ["machines", "machine_labels", "transitions", "failures", "lookups"]) {
    const rows = (await rowsOf(table, tenant)).filter(
      ({ configuration, machine_id, id }) => configuration === "orders" && (machine_id ?? id) !== "nobody",
    );
    expect(rows, table).toEqual([]);
  }
  const { entries } = await expectOk("/api/v1/audit", key);
  expect(entries.filter(({ action }: Json) => action === "machine.erased")).toHaveLength(3);
});

test("what an erased machine has told comes too late, whenever it comes; what a later life tells does not", async () => {
  const side = await makeSide("late");
  const { tenant, key } = side;
  const row = (await rowsOf("machines", tenant)).find(
    ({ configuration, id }) => configuration === "orders" && id === "m 1",
  );
  const life = row.created_at as number;
  const entry = (createdAt: number): IndexEntry => ({
    tenant,
    configuration: "orders",
    id: "m 1",
    version: "v1",
    state: "start",
    revision: 9,
    change: 999,
    createdAt,
    updatedAt: createdAt,
    labels: '{"late":"yes"}',
    dueAt: null,
    retiredAt: null,
    isNew: true,
    transitions: [
      {
        kind: "changed",
        eventId: "late",
        revision: 9,
        version: "v1",
        event: "stay",
        from: "a",
        to: "b",
        at: 1,
        originator: "",
        actor: "",
      },
    ],
    refusals: [{ eventId: "late-2", at: 1, expiresAt: Number.MAX_SAFE_INTEGER, receipt: '{"result":"refused"}' }],
    lookups: [{ kind: "ignored", eventId: "late-3", at: 1, expiresAt: Number.MAX_SAFE_INTEGER }],
  });
  const address = { tenant, configuration: "orders", id: "m 1" };
  expect((await fetchWorker(`${at("orders", "m 1")}/erase`, key, { method: "POST" })).status).toBe(204);
  const writer = indexWriterOf(bindings, address);
  expect(await writer.write(entry(life), true)).toEqual({ ok: true });
  const left = async () => {
    const tables = ["machines", "machine_labels", "transitions", "failures", "lookups"];
    const rows = await Promise.all(tables.map((table) => rowsOf(table, tenant)));
    return rows.map(
      (found) =>
        found.filter((one) => one.configuration === "orders" && [one.machine_id, one.id].includes("m 1")).length,
    );
  };
  expect(await left()).toEqual([0, 0, 0, 0, 0]);
  expect(await writer.write(entry(life + 1), true)).toEqual({ ok: true });
  expect(await left()).toEqual([1, 1, 1, 1, 1]);
});

test("events under way while a machine is erased bring nothing back", async () => {
  const side = await makeSide("racing");
  const { tenant, key } = side;
  for (let round = 0; round < 5; round += 1) {
    const id = `r ${round}`;
    await expectOk("/api/v1/statemachines", key, { config_id: "orders:v1", id, labels: { a: "b" } });
    const sent = Array.from({ length: 30 }, (_, index) =>
      call(`${at("orders", id)}/events`, key, { event: index % 3 ? "stay" : "never", event_id: `e-${index}` }),
    );
    const erased = fetchWorker(`${at("orders", id)}/erase`, key, { method: "POST" });
    const statuses = (await Promise.all(sent)).map(({ status }) => status);
    expect((await erased).status).toBe(204);
    expect(statuses.every((status) => [200, 404, 422].includes(status))).toBe(true);
  }
  // Longer than any alarm and any batch of the index-writers.
  await scheduler.wait(7_000);
  for (const table of ["machines", "machine_labels", "transitions", "lookups"]) {
    const rows = (await rowsOf(table, tenant)).filter((row) => /^r \d$/.test(row.machine_id ?? row.id));
    expect(rows, table).toEqual([]);
  }
  // Who came too late found no machine.
  const failures = (await rowsOf("failures", tenant)).filter((row) => row.machine_id.startsWith("r "));
  expect(failures.filter((row) => row.failure_id === "")).toEqual([]);
});

/** Lets the erasure of a tenant go on until it is done, as if time had passed. */
async function finishErasure(tenant: string): Promise<void> {
  const object = erasureOf(bindings, tenant);
  await until(
    async () => {
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 31_000 });
      await runDurableObjectAlarm(object);
      return (await expectOk(`/api/v1/tenants/${tenant}`, ROOT_KEY)).erased_at !== undefined;
    },
    `the erasure of ${tenant}`,
    30_000,
  );
}

test("nothing is left of an erased tenant but its tombstone; its keys are dead, its name is taken; others stay", async () => {
  const side = await makeSide("erased");
  const other = await makeSide("untouched");
  const { tenant, key, canary } = side;
  await expectOk("/api/v1/statemachines", key, { config_id: "orders:v2", id: "gone" });
  await call(at("orders", "gone"), key, {}, "DELETE");
  await expectOk("/api/v1/index:rebuild", key, {});
  const machines = await rowsOf("machines", tenant);
  const jobs = await rowsOf("jobs", tenant);
  expect(await dump()).toContain(canary);
  const before = await readSettled(other.key);
  const path = `/api/v1/tenants/${tenant}/erase`;
  expect(await call(path, ROOT_KEY, { confirm: "other" })).toMatchObject({
    status: 400,
    body: { errors: [{ pointer: "/confirm" }] },
  });
  expect(await call("/api/v1/tenants/nobody/erase", ROOT_KEY, { confirm: "nobody" })).toMatchObject({ status: 404 });
  expect(await call(path, ROOT_KEY, { confirm: tenant })).toMatchObject({
    status: 202,
    body: { name: tenant, erased_counts: {} },
  });
  expect((await rowsOf("keys", tenant)).map(({ revoked_at }) => typeof revoked_at)).toEqual(["number"]);
  const refused = { status: 400, body: { errors: [{ rule: "erased" }] } };
  expect(await call("/api/v1/keys", ROOT_KEY, { tenant, name: "k", scopes: ["ops"] })).toMatchObject(refused);
  expect(await call("/api/v1/tenants", ROOT_KEY, { name: tenant })).toMatchObject(refused);
  await finishErasure(tenant);
  expect(await call("/api/v1/configurations", key)).toMatchObject({ status: 401 });
  vi.useRealTimers();
  const proof = await expectOk(`/api/v1/tenants/${tenant}`, ROOT_KEY);
  expect(proof).toMatchObject({ name: tenant, erasing_at: expect.any(String), erased_at: expect.any(String) });
  expect(proof.erased_counts).toMatchObject({
    machines: machines.length,
    configurations: 3,
    jobs: 1,
    keys: 1,
    dead_letters: 1,
  });
  const audit = await rowsOf("audit", tenant);
  expect(new Set(audit.map(({ action }) => action as string))).toEqual(new Set(["tenant.erased", "tenant.erasing"]));
  expect(audit).toHaveLength(2);
  for (const table of await tablesOfTenants()) {
    if (table !== "audit") expect(await rowsOf(table, tenant), table).toEqual([]);
  }
  expect(await dump()).not.toContain(canary);
  for (const { configuration, id } of machines)
    expect(await tablesOf(objectOf({ tenant, configuration, id }))).toEqual([]);
  for (const { id } of jobs) expect(await tablesOf(jobOf(bindings, tenant, id) as never)).toEqual([]);
  expect(await tablesOf(erasureOf(bindings, tenant) as never)).toEqual([]);
  expect(await tablesOf(bindings.REBUILDS.getByName(tenant) as never)).toEqual([]);
  expect(await indexWriterOf(bindings, { tenant, configuration: "", id: "" }).counts(tenant)).toMatchObject({
    entries: 0,
  });
  expect(await call("/api/v1/tenants", ROOT_KEY, { name: tenant })).toMatchObject(refused);
  expect(await call(path, ROOT_KEY, { confirm: tenant })).toMatchObject({
    status: 202,
    body: { erased_at: proof.erased_at },
  });
  expect(await call(`/api/v1/tenants/${tenant}`, ROOT_KEY, { quotas: { machines: 1 } }, "PATCH")).toMatchObject(
    refused,
  );
  expect(await rowsOf("audit", tenant)).toHaveLength(2);
  expect(plain(await readLines("/api/v1/export", other.key))).toEqual(plain(before));
});

/** As the registry and the feed forget machines at their end, after an hour and after their time. */
async function forgetRow({ tenant, key }: Side, id: string, tables: readonly string[]): Promise<void> {
  await call(at("orders", id), key, {}, "DELETE");
  await until(async () => (await rowsOf("transitions", tenant)).some(({ kind }) => kind === "deleted"), "the end");
  for (const table of tables) {
    const column = table === "machines" ? "id" : "machine_id";
    await CATALOG.prepare(`DELETE FROM ${table} WHERE tenant = ?1 AND ${column} = ?2`).bind(tenant, id).run();
  }
}

test("a machine that was deleted, which only the feed still knows, goes with its tenant", async () => {
  const side = await makeSide("deleted-before");
  await forgetRow(side, "m 1", ["machines"]);
  await expectOk(`/api/v1/tenants/${side.tenant}/erase`, ROOT_KEY, { confirm: side.tenant });
  await finishErasure(side.tenant);
  expect(await tablesOf(objectOf({ tenant: side.tenant, configuration: "orders", id: "m 1" }))).toEqual([]);
});

test("events and dead letters that come for an erased tenant create nothing", async () => {
  const side = await makeSide("queued");
  const { tenant, canary } = side;
  await forgetRow(side, "m 2", ["machines", "transitions"]);
  await expectOk(`/api/v1/tenants/${tenant}/erase`, ROOT_KEY, { confirm: tenant });
  await finishErasure(tenant);
  vi.useRealTimers();
  const settled: string[] = [];
  const message = (id: string, machine = "m 1") => ({
    id,
    timestamp: new Date(),
    attempts: 1,
    ack: () => settled.push(id),
    retry: () => settled.push(`${id} again`),
    body: {
      tenant,
      config: "orders",
      id: machine,
      event: { event_id: id, transition: { event: "stay" }, details: canary },
    },
  });
  const context = createExecutionContext();
  const sent: unknown[] = [];
  const used = {
    ...bindings,
    DETENT_EVENTS_TENANT: "*",
    NOTIFICATIONS: { sendBatch: (batch: unknown[]) => void sent.push(...batch) } as unknown as Queue,
  };
  // Of the second the object is left, which answers that it was deleted.
  const messages = [message("a"), message("c", "m 2")];
  await worker.queue({ queue: "events", messages } as unknown as MessageBatch, used, context);
  await worker.queue({ queue: "events-dlq", messages: [message("b")] } as unknown as MessageBatch, used, context);
  await waitOnExecutionContext(context);
  expect(settled.toSorted()).toEqual(["a", "b", "c"]);
  expect(sent).toEqual([]);
  expect(await dump()).not.toContain(canary);
  for (const table of await tablesOfTenants()) {
    if (table !== "audit") expect(await rowsOf(table, tenant), table).toEqual([]);
  }
});

test("an erasure that nobody has started goes on by the sweeper, and a machine that the index had lost is found when it speaks", async () => {
  const { tenant, key, canary } = await makeSide("swept");
  await readSettled(key);
  // Erased from the registry as a lost database would have it; its object is there.
  await CATALOG.prepare("DELETE FROM machines WHERE tenant = ?1 AND id = 'm 2'").bind(tenant).run();
  await CATALOG.prepare("UPDATE tenants SET erasing_at = ?2, erased_counts = '{}' WHERE name = ?1")
    .bind(tenant, Date.now() - 60_000)
    .run();
  await runDurableObjectAlarm(sweeperOf(bindings));
  await until(async () => (await rowsOf("machines", tenant)).length === 0, "the sweeper", 10_000);
  await finishErasure(tenant);
  vi.useRealTimers();
  const address = { tenant, configuration: "orders", id: "m 2" };
  await machineObjectOf(bindings, address).send(address, {
    eventId: "z",
    event: "finish",
    data: "{}",
    details: "",
    originator: "",
    actor: "",
  });
  expect(await tablesOf(objectOf(address))).not.toEqual([]);
  const isLeft = async () =>
    (await tablesOf(objectOf(address))).length + (await rowsOf("transitions", tenant)).length > 0;
  await until(async () => !(await runDurableObjectAlarm(sweeperOf(bindings)).then(isLeft)), "its end", 30_000);
  expect(await dump()).not.toContain(canary);
});
