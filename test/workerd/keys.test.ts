/** Tenants, keys and tokens, from their making to their end, through the doors of the real worker. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { afterEach, expect, test, vi } from "vitest";
import type { Bindings } from "../../src/env.ts";
import { TenantService } from "../../src/gen/detent/v1/tenant_service_pb.ts";
import worker from "../../src/worker.ts";
import { ROOT_KEY } from "../secrets.ts";

const bindings = env as unknown as Bindings;
const { CATALOG } = bindings;
const ORIGIN = "https://detent.example";
const CHART = {
  name: "orders",
  starting_state: "start",
  states: ["start"],
  transitions: [{ from: "start", to: "start", event: "stay" }],
};

afterEach(() => vi.useRealTimers());

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- an answer may be anything; the tests say what it has to be
  readonly body: any;
}

async function fetchWorker(request: Request, used: Bindings = bindings): Promise<Response> {
  const context = createExecutionContext();
  const response = await worker.fetch(request as Request<unknown, IncomingRequestCfProperties>, used, context);
  await waitOnExecutionContext(context);
  return response;
}

async function call(path: string, key: string, body?: object, used?: Bindings): Promise<Answer> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const init = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
  const response = await fetchWorker(new Request(`${ORIGIN}${path}`, init), used);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
}

/** A tenant of its own with one key that may do everything. */
async function makeTenant(name: string, more: object = {}): Promise<{ key: string; id: string }> {
  await call("/api/v1/tenants", ROOT_KEY, { name });
  const scopes = ["configurations:read", "configurations:write", "machines:read", "machines:write", "events:send"];
  const made = await call("/api/v1/keys", ROOT_KEY, {
    tenant: name,
    name: "all",
    scopes: [...scopes, "ops", "keys:admin"],
    ...more,
  });
  expect(made.status).toBe(201);
  return { key: made.body.secret as string, id: made.body.key.id as string };
}

test("the root key makes a tenant once, and finds and lists it", async () => {
  const first = await call("/api/v1/tenants", ROOT_KEY, { name: "t-a" });
  expect(first).toMatchObject({ status: 201, body: { name: "t-a" } });
  expect(first.headers.get("location")).toBe("/api/v1/tenants/t-a");
  const second = await call("/api/v1/tenants", ROOT_KEY, { name: "t-a" });
  expect(second).toMatchObject({ status: 200, body: first.body });
  await call("/api/v1/tenants", ROOT_KEY, { name: "t-b" });
  expect((await call("/api/v1/tenants/t-b", ROOT_KEY)).body.name).toBe("t-b");
  expect((await call("/api/v1/tenants/t-c", ROOT_KEY)).body).toMatchObject({ status: 404, reason: "NOT_FOUND" });
  const page = await call("/api/v1/tenants?page_size=1", ROOT_KEY);
  expect(page.body.tenants.map(({ name }: { name: string }) => name)).toEqual(["t-a"]);
  const next = await call(`/api/v1/tenants?page_size=1&page_token=${page.body.next_page_token}`, ROOT_KEY);
  expect(next.body.tenants.map(({ name }: { name: string }) => name)).toEqual(["t-b"]);
  expect((await call("/api/v1/audit?tenant=t-a", ROOT_KEY)).body.entries).toMatchObject([
    { actor: "root", action: "tenant.created", subject: "t-a" },
  ]);
});

test.each(["", "A", "-a", "a_b", "a".repeat(64)])("%j is no tenant's name", async (name) => {
  expect(await call("/api/v1/tenants", ROOT_KEY, { name })).toMatchObject({
    status: 400,
    body: { reason: "INVALID_ARGUMENT", errors: [{ pointer: "/name" }] },
  });
});

test("a key is shown once, and the database has nothing of it but a hash", async () => {
  const { key, id } = await makeTenant("shown");
  expect(key).toMatch(new RegExp(`^dtk_${id}_`));
  const made = await call("/api/v1/keys", key, { name: "second", scopes: ["machines:read"] });
  expect(made.headers.get("cache-control")).toBe("no-store");
  const secret = made.body.secret as string;
  for (const path of ["/api/v1/keys", `/api/v1/keys/${made.body.key.id}`, "/api/v1/audit"]) {
    const { body } = await call(path, key);
    expect(JSON.stringify(body)).toContain(made.body.key.id);
    expect(JSON.stringify(body)).not.toMatch(/dtk_|hash/);
  }
  const [entry] = (await call("/api/v1/audit", key)).body.entries;
  expect(entry.details).toEqual({ name: "second", scopes: ["machines:read"], configurations: [] });
  for (const table of ["keys", "audit"]) {
    const { results } = await CATALOG.prepare(`SELECT * FROM ${table}`).all();
    expect(JSON.stringify(results)).not.toContain(secret.slice(-49));
  }
  expect(made.body.key).toMatchObject({ name: "second", tenant: "shown", created_by: `key:${id}`, configurations: [] });
});

test("a key gives no scope that it has not, and the root key every one", async () => {
  const { key } = await makeTenant("scopes");
  const weak = await call("/api/v1/keys", key, { name: "admin", scopes: ["keys:admin", "machines:read"] });
  const refused = await call("/api/v1/keys", weak.body.secret, { name: "more", scopes: ["machines:write"] });
  expect(refused).toMatchObject({
    status: 403,
    body: { reason: "PERMISSION_DENIED", metadata: { scope: "machines:write" } },
  });
  const allowed = await call("/api/v1/keys", weak.body.secret, { name: "less", scopes: ["machines:read"] });
  expect(allowed.status).toBe(201);
});

test.each([
  ["no name", { name: " " }, "/name"],
  ["a long name", { name: "x".repeat(129) }, "/name"],
  ["no scopes", { scopes: [] }, "/scopes"],
  ["an unknown scope", { scopes: ["machines:read", "machines:delete"] }, "/scopes/1"],
  ["no configuration's name", { configurations: ["a b"] }, "/configurations/0"],
  ["too many configurations", { configurations: Array.from({ length: 101 }, () => "a") }, "/configurations"],
  ["the whole tenant and a part of it", { scopes: ["ops"], configurations: ["orders"] }, "/configurations"],
  ["an end that is past", { expires_at: "2020-01-01T00:00:00Z" }, "/expires_at"],
])("a key with %s is refused", async (_what, change, pointer) => {
  const { key } = await makeTenant("refused");
  const refused = await call("/api/v1/keys", key, { name: "k", scopes: ["machines:read"], ...change });
  expect(refused).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
  expect((await call("/api/v1/keys", key)).body.keys.map(({ name }: { name: string }) => name)).not.toContain("k");
});

test("the root key names the tenant whose keys it manages; others are told of none but their own", async () => {
  const { key, id } = await makeTenant("named");
  expect(await call("/api/v1/keys", ROOT_KEY)).toMatchObject({
    status: 400,
    body: { errors: [{ pointer: "/tenant" }] },
  });
  expect(await call("/api/v1/keys?tenant=nobody", ROOT_KEY)).toMatchObject({ status: 404 });
  expect((await call("/api/v1/keys?tenant=named", ROOT_KEY)).body.keys).toMatchObject([{ id }]);
  expect((await call("/api/v1/keys?tenant=named", key)).body.keys).toMatchObject([{ id }]);
  expect(await call("/api/v1/keys?tenant=other", key)).toMatchObject({ status: 404, body: { reason: "NOT_FOUND" } });
});

test("a rerolled key goes on beside the new one for its grace, and not for longer", async () => {
  const { key, id } = await makeTenant("rerolled");
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  const rerolled = await call(`/api/v1/keys/${id}/reroll`, key, { grace: "1h" });
  expect(rerolled).toMatchObject({ status: 200, body: { key: { id } } });
  const next = rerolled.body.secret as string;
  expect(next).not.toBe(key);
  vi.advanceTimersByTime(1_000);
  expect((await call("/api/v1/keys", next)).status, "at once").toBe(200);
  vi.advanceTimersByTime(30_000);
  expect((await call("/api/v1/keys", key)).status).toBe(200);
  expect((await call("/api/v1/keys", next)).status).toBe(200);
  vi.advanceTimersByTime(3_600_000);
  expect(await call("/api/v1/keys", key)).toMatchObject({ status: 401, body: { detail: /rerolled/ } });
  expect((await call("/api/v1/keys", next)).status).toBe(200);
  const again = await call(`/api/v1/keys/${id}/reroll`, next, { grace: "PT0S" });
  vi.advanceTimersByTime(31_000);
  expect((await call("/api/v1/keys", next)).status).toBe(401);
  expect((await call("/api/v1/keys", again.body.secret)).status).toBe(200);
  const actions = (await call("/api/v1/audit", again.body.secret)).body.entries;
  expect(actions.map(({ action }: { action: string }) => action).slice(0, 2)).toEqual(["key.rerolled", "key.rerolled"]);
});

test("no key is given what its giver has not: scopes, and a longer life", async () => {
  const { key, id } = await makeTenant("escalation");
  const make = async (giver: string, change: object) =>
    await call("/api/v1/keys", giver, { name: "k", scopes: ["keys:admin"], ...change });
  const denied = { status: 403, body: { reason: "PERMISSION_DENIED" } };
  const { secret: weak, key: lasting } = (await make(key, {})).body;
  expect(await call(`/api/v1/keys/${id}/reroll`, weak, {})).toMatchObject(denied);
  const soon = new Date(Date.now() + 3_600_000).toISOString();
  const ending = (await make(key, { expires_at: soon })).body.secret as string;
  expect(await make(ending, {})).toMatchObject(denied);
  expect(await call(`/api/v1/keys/${lasting.id}/reroll`, ending, {})).toMatchObject(denied);
  expect(await make(ending, { expires_at: new Date(Date.now() + 7_200_000).toISOString() })).toMatchObject(denied);
  expect((await make(ending, { expires_at: soon })).status).toBe(201);
  // Who has the secret before this one cannot take the key over with it.
  const next = await call(`/api/v1/keys/${id}/reroll`, key, {});
  expect(await call(`/api/v1/keys/${id}/reroll`, key, { grace: "PT0S" })).toMatchObject(denied);
  expect(await make(key, {})).toMatchObject(denied);
  expect((await make(next.body.secret, {})).status).toBe(201);
});

test("a request with a million scopes is refused in a few words", async () => {
  const { key } = await makeTenant("crowd");
  const scopes = Array.from({ length: 240_000 }, () => "");
  for (const path of ["/detent.v1.TenantService/CreateKey", "/detent.v1.TenantService/CreateToken", "/api/v1/keys"]) {
    const { status, body } = await call(path, key, { name: "k", scopes, configurations: ["orders"] });
    expect(status).toBe(400);
    expect(JSON.stringify(body).length).toBeLessThan(5_000);
  }
});

test.each(["soon", "P31D"])("a grace of %s is refused", async (grace) => {
  const { key, id } = await makeTenant("grace");
  expect(await call(`/api/v1/keys/${id}/reroll`, key, { grace })).toMatchObject({
    status: 400,
    body: { errors: [{ pointer: "/grace" }] },
  });
});

test("a revoked key ends within 30 s, with the tokens that were made with it; again changes nothing", async () => {
  const { key: admin } = await makeTenant("revoked");
  const { body: made } = await call("/api/v1/keys", admin, { name: "k", scopes: ["machines:read"] });
  const token = await call("/api/v1/tokens", made.secret, {
    scopes: ["machines:read"],
    configurations: ["orders"],
    ttl: "1h",
  });
  expect(token.status).toBe(201);
  const list = "/api/v1/statemachines?configuration=orders";
  for (const credential of [made.secret, token.body.token]) expect((await call(list, credential)).status).toBe(200);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  const revoke = `/api/v1/keys/${made.key.id}/revoke`;
  const first = await call(revoke, admin, {});
  expect(first).toMatchObject({ status: 200, body: { id: made.key.id } });
  vi.advanceTimersByTime(30_000);
  for (const credential of [made.secret, token.body.token]) {
    expect(await call(list, credential)).toMatchObject({ status: 401, body: { detail: /revoked/ } });
  }
  expect((await call(revoke, admin, {})).body.revoked_at).toBe(first.body.revoked_at);
  const { entries } = (await call("/api/v1/audit", admin)).body;
  expect(entries.filter(({ action }: { action: string }) => action === "key.revoked")).toHaveLength(1);
  expect(await call(`/api/v1/keys/${made.key.id}/reroll`, admin, {})).toMatchObject({ status: 404 });
});

test("when a key was used last is told to the hour", async () => {
  const { key, id } = await makeTenant("used");
  await call("/api/v1/keys", key);
  const { last_used_at } = (await call(`/api/v1/keys/${id}`, key)).body;
  expect(Date.now() - Date.parse(last_used_at)).toBeLessThan(60_000);
});

test("a tenant has 1,000 keys that work at most; ended ones make room", async () => {
  const { key, id } = await makeTenant("many");
  await CATALOG.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
     INSERT INTO keys (id, tenant, name, scopes, configurations, hash, created_at, created_by)
     SELECT 'many-' || i, 'many', 'k', '[]', '[]', 'h', 1, 'test' FROM n`,
  ).run();
  const make = () => call("/api/v1/keys", key, { name: "one more", scopes: ["machines:read"] });
  expect(await make()).toMatchObject({ status: 429, body: { reason: "QUOTA_EXCEEDED" } });
  await call("/api/v1/keys/many-1/revoke", key, {});
  expect((await make()).status).toBe(201);
  expect((await call(`/api/v1/keys/${id}`, key)).status).toBe(200);
});

test.each([
  ["no scopes", { scopes: [] }, "/scopes"],
  ["the whole tenant", { scopes: ["ops"] }, "/scopes/0"],
  ["nothing to reach", { configurations: [] }, "/machines"],
  ["two ways to reach", { machines: [{ configuration: "orders", id: "1" }] }, "/machines"],
  ["no id", { configurations: [], machines: [{ configuration: "orders", id: "" }] }, "/machines/0"],
  ["a life of a day", { ttl: "P1D" }, "/ttl"],
  ["no life", { ttl: "PT0S" }, "/ttl"],
  ["a life of no length", { ttl: "long" }, "/ttl"],
  ["a subject with a control character", { subject: "a\u0000b" }, "/subject"],
  ["too many events", { events: Array.from({ length: 101 }, () => "e") }, "/events"],
])("a token with %s is refused", async (_what, change, pointer) => {
  const { key } = await makeTenant("tokens");
  const refused = await call("/api/v1/tokens", key, {
    scopes: ["machines:read"],
    configurations: ["orders"],
    ...change,
  });
  expect(refused).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
});

test("a token is no longer than a header may be, has no more than its key, and ends with it", async () => {
  const { key } = await makeTenant("bounds");
  const machines = Array.from({ length: 100 }, (_, index) => ({
    configuration: "orders",
    id: "x".repeat(200) + index,
  }));
  expect(await call("/api/v1/tokens", key, { scopes: ["machines:read"], machines })).toMatchObject({
    status: 400,
    body: { reason: "LIMIT_EXCEEDED" },
  });
  const expires_at = new Date(Date.now() + 60_000).toISOString();
  const narrow = { name: "k", scopes: ["machines:read"], configurations: ["orders"], expires_at };
  const { body: made } = await call("/api/v1/keys", key, narrow);
  const ask = (change: object) =>
    call("/api/v1/tokens", made.secret, { scopes: ["machines:read"], configurations: ["orders"], ...change });
  expect(await ask({ scopes: ["events:send"] })).toMatchObject({ status: 403 });
  expect(await ask({ configurations: ["others"] })).toMatchObject({ status: 403 });
  const token = await ask({ ttl: "1h" });
  expect(token.headers.get("cache-control")).toBe("no-store");
  expect(Date.parse(token.body.expires_at)).toBeLessThanOrEqual(Date.parse(expires_at));
});

test.each(["keys", "audit", "configurations"])(
  "each of the %s is on one page, and the last page says that it is",
  async (list) => {
    const { key } = await makeTenant(`paged-${list}`);
    for (const name of ["a", "b", "c"]) {
      await call("/api/v1/keys", key, { name, scopes: ["machines:read"] });
      await call("/api/v1/configurations", key, { ...CHART, name });
    }
    const whole = (await call(`/api/v1/${list}`, key)).body;
    const field = list === "audit" ? "entries" : list;
    expect(whole.next_page_token).toBe("");
    expect(whole[field].length).toBeGreaterThanOrEqual(3);
    const walked = [];
    let token = "";
    for (const _entry of whole[field]) {
      const { body } = await call(`/api/v1/${list}?page_size=1&page_token=${encodeURIComponent(token)}`, key);
      walked.push(...body[field]);
      token = body.next_page_token;
    }
    expect(walked).toEqual(whole[field]);
    expect(token).toBe("");
  },
);

test("the same over Connect", async () => {
  const { key, id } = await makeTenant("connect");
  const transport = createConnectTransport({
    baseUrl: ORIGIN,
    fetch: (input, init = {}) => {
      // What Connect's browser client asks of fetch and workerd does not know.
      const { mode: _mode, credentials: _credentials, ...rest } = init as RequestInit & Record<string, unknown>;
      return fetchWorker(new Request(input, { ...rest, redirect: "manual" }));
    },
    interceptors: [
      (next) => (request) => {
        request.header.set("authorization", `Bearer ${key}`);
        return next(request);
      },
    ],
  });
  const client = createClient(TenantService, transport);
  const { key: made, secret } = await client.createKey({
    name: "k",
    scopes: ["machines:read"],
    configurations: ["orders"],
  });
  expect(made).toMatchObject({ tenant: "connect", name: "k", scopes: ["machines:read"], createdBy: `key:${id}` });
  expect(secret).toMatch(`dtk_${made?.id}_`);
  expect((await client.rerollKey({ id: made?.id ?? "", grace: "PT1M" })).key?.oldSecretUntil).toBeDefined();
  expect((await client.revokeKey({ id: made?.id ?? "" })).key?.revokedAt).toBeDefined();
  expect((await client.listKeys({})).keys.map((listed) => listed.id)).toEqual(expect.arrayContaining([id, made?.id]));
  expect((await client.listAuditEntries({})).entries[0]).toMatchObject({ action: "key.revoked", subject: made?.id });
  const { token, expiresAt } = await client.createToken({
    scopes: ["machines:read"],
    machines: [{ configuration: "orders", id: "1" }],
  });
  expect(token.split(".")).toHaveLength(3);
  expect(expiresAt).toBeDefined();
  await expect(client.createTenant({ name: "x" })).rejects.toThrow("only the root key may manage tenants");
});

/** The same bindings with a database that does not answer at the door; the objects have their own. */
function withoutD1(state: { isDown: boolean }): Bindings {
  const down = (): never => {
    throw new Error("D1_ERROR: Network connection lost.");
  };
  const database = new Proxy(CATALOG, {
    get: (target, name: keyof D1Database) => (state.isDown ? down : (target[name] as () => unknown).bind(target)),
  });
  return { ...bindings, CATALOG: database };
}

test("with D1 down, a key that was seen sends events for 15 minutes; an unknown one is told to wait, not that it is none", async () => {
  const { key } = await makeTenant("outage");
  const unseen = (await call("/api/v1/keys", key, { name: "k", scopes: ["events:send"] })).body.secret as string;
  await call("/api/v1/configurations", key, CHART);
  await call("/api/v1/statemachines", key, { config_id: "orders", id: "1" });
  const state = { isDown: false };
  const used = withoutD1(state);
  const send = (credential: string) =>
    call("/api/v1/statemachines/orders/1/events", credential, { event: "stay" }, used);
  expect((await send(key)).status).toBe(200);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  state.isDown = true;
  for (const minutes of [1, 5, 8]) {
    vi.advanceTimersByTime(minutes * 60_000);
    expect(await send(key)).toMatchObject({ status: 200, body: { result: "transitioned" } });
    const refused = await send(unseen);
    expect(refused).toMatchObject({ status: 503, body: { reason: "UNAVAILABLE" } });
    expect(refused.headers.get("retry-after")).toBe("2");
  }
  vi.advanceTimersByTime(60_000);
  expect((await send(key)).status).toBe(503);
  state.isDown = false;
  vi.advanceTimersByTime(3_000);
  for (const credential of [key, unseen]) expect((await send(credential)).status).toBe(200);
});

test.each(["DETENT_KEY_PEPPER", "DETENT_TOKEN_SECRET", "DETENT_ROOT_KEY_HASH"] as const)(
  "a deployment without %s serves nobody, and says so",
  async (name) => {
    const { [name]: _gone, ...rest } = bindings;
    for (const path of ["/health", "/api/v1/configurations", "/detent.v1.MachineService/GetMachine"]) {
      const told = await call(path, ROOT_KEY, path.startsWith("/detent") ? {} : undefined, rest);
      expect(told).toMatchObject({ status: 503, body: { reason: "UNAVAILABLE" } });
      expect(told.body.detail).toContain(`a secret is missing: ${name}`);
    }
    const retryAll = vi.fn<MessageBatch["retryAll"]>();
    const batch = { queue: "events", messages: [], retryAll } as unknown as MessageBatch;
    await worker.queue(batch, rest, createExecutionContext());
    // Ten times in two and a half hours, not in as many seconds.
    expect(retryAll).toHaveBeenCalledWith({ delaySeconds: 900 });
  },
);

/** What both doors say of a credential. */
async function whoIs(credential: string): Promise<object> {
  const { status, body } = await call("/api/v1/principal", credential);
  expect(status).toBe(200);
  const over = await call("/detent.v1.TenantService/GetPrincipal", credential, {});
  const { expiresAt, ...same } = over.body.principal as { expiresAt?: string };
  const expires_at = expiresAt && new Date(expiresAt).toISOString();
  expect({ ...same, ...(expires_at && { expires_at }) }).toEqual(body);
  return body as object;
}

test("every credential is told what it is and may do, through both doors", async () => {
  const NOBODY = { configurations: [], machines: [], events: [], root: false };
  const { key, id } = await makeTenant("principals");
  const scopes = ["configurations:read", "configurations:write", "machines:read", "machines:write", "events:send"];
  expect(await whoIs(key)).toEqual({
    ...NOBODY,
    tenant: "principals",
    actor: `key:${id}`,
    scopes: [...scopes, "ops", "keys:admin"],
  });
  const narrow = { configurations: ["orders"], scopes: ["events:send", "machines:read"] };
  const narrowed = await call("/api/v1/keys", key, { name: "narrowed", ...narrow, expires_at: "2999-01-01T00:00:00Z" });
  expect(await whoIs(narrowed.body.secret)).toMatchObject({
    configurations: ["orders"],
    scopes: ["machines:read", "events:send"],
    expires_at: "2999-01-01T00:00:00.000Z",
  });
  const machine = { configuration: "orders", id: "a/b" };
  const token = await call("/api/v1/tokens", key, {
    scopes: ["events:send", "machines:read"],
    machines: [machine],
    events: ["stay"],
  });
  expect(await whoIs(token.body.token)).toEqual({
    ...NOBODY,
    tenant: "principals",
    actor: `token:${id}`,
    scopes: ["machines:read", "events:send"],
    configurations: ["orders"],
    machines: [machine],
    events: ["stay"],
    expires_at: expect.any(String) as string,
  });
  expect(await whoIs(ROOT_KEY)).toEqual({ ...NOBODY, tenant: "", actor: "root", scopes: ["keys:admin"], root: true });
});

test("who has no valid credential is told nothing", async () => {
  for (const path of ["/api/v1/principal", "/detent.v1.TenantService/GetPrincipal"])
    expect((await call(path, "dtk_none", path.startsWith("/api") ? undefined : {})).status).toBe(401);
});
