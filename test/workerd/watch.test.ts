/** Watches in real workerd: the object sleeps and still tells, through every door; a caller that is gone leaves nothing. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { createClient } from "@connectrpc/connect";
import { beforeAll, describe, expect, test } from "vitest";
import { objectNameOf, type Bindings } from "../../src/env.ts";
import { MachineService } from "../../src/gen/detent/v1/machine_service_pb.ts";
import type { MachineAddress } from "../../src/machine/calls.ts";
import type { MachineObject } from "../../src/machine/machine-object.ts";
import { openLine, type WatchLine } from "../../src/machine/watching.ts";
import { watcherOf, type Told, type Watching } from "../doors/watcher.ts";
import { until } from "../until.ts";
import { connectBinary, connectJson, grpcWeb, send, sendJson } from "./doors/caller.ts";

const bindings = env as unknown as Bindings;
const PATIENCE_MS = 10_000;

const CONFIGURATION = {
  name: "watched",
  starting_state: "a",
  states: ["a", "b"],
  transitions: [
    { from: "a", to: "b", event: "go" },
    { from: "b", to: "a", event: "go" },
  ],
};

beforeAll(async () => {
  await sendJson("/api/v1/configurations", CONFIGURATION);
});

async function create(): Promise<string> {
  const id = crypto.randomUUID();
  expect((await sendJson("/api/v1/statemachines", { config_id: "watched", id })).status).toBe(201);
  return id;
}

async function go(id: string, times = 1): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    const { status } = await sendJson(`/api/v1/statemachines/watched/${id}/events`, { event: "go" });
    expect(status).toBe(200);
  }
}

const addressOf = (id: string): MachineAddress => ({ tenant: "dev", configuration: "watched", id });

function objectOf(id: string): DurableObjectStub<MachineObject> {
  return bindings.MACHINES.getByName(objectNameOf(addressOf(id)));
}

function countSockets(id: string): Promise<number> {
  return runInDurableObject(objectOf(id), (_object, ctx) => ctx.getWebSockets().length);
}

const sockets = (id: string, wanted: number): Promise<number> =>
  until(
    PATIENCE_MS,
    () => countSockets(id),
    (count) => count === wanted,
  );

const DOORS = {
  "Connect JSON": (id: string, after?: number) => watcherOf.rpc(connectJson, "watched", id, after),
  "Connect binary": (id: string, after?: number) => watcherOf.rpc(connectBinary, "watched", id, after),
  "gRPC-web": (id: string, after?: number) => watcherOf.rpc(grpcWeb, "watched", id, after),
  "Server-Sent Events": (id: string, after?: number) => watcherOf.sse(send, "watched", id, after),
} as const;

/** The next message that comes, or what the stream ends with. */
async function next(watching: Watching): Promise<Told | undefined> {
  const { done, value } = await watching.messages.next();
  return done ? undefined : value;
}

describe.each(Object.entries(DOORS))("%s", (_door, watch) => {
  test("tells at once where it begins, then each change", async () => {
    const id = await create();
    await go(id);
    const watching = watch(id);
    expect(await next(watching)).toEqual({ revision: 1 });
    await go(id);
    expect(await next(watching)).toMatchObject({ revision: 2, kind: "event", from: "b", to: "a" });
    watching.cut();
  });

  test("tells first what was missed, from the creation if that is asked", async () => {
    const id = await create();
    await go(id, 3);
    const watching = watch(id, -1);
    expect(await next(watching)).toMatchObject({ revision: 0, kind: "creation", from: "", to: "a" });
    for (const revision of [1, 2, 3]) expect(await next(watching)).toMatchObject({ revision });
    watching.cut();
    const resumed = watch(id, 2);
    expect(await next(resumed)).toMatchObject({ revision: 3 });
    await go(id);
    expect(await next(resumed)).toMatchObject({ revision: 4 });
    resumed.cut();
  });

  test("goes on while the object leaves memory", async () => {
    const id = await create();
    const watching = watch(id);
    await next(watching);
    for (const revision of [1, 2]) {
      await evictDurableObject(objectOf(id), { webSockets: "hibernate" });
      await go(id);
      expect(await next(watching)).toMatchObject({ revision });
    }
    watching.cut();
  });

  test("tells the deletion, then that the machine is gone", async () => {
    const id = await create();
    const watching = watch(id);
    await next(watching);
    await send(`/api/v1/statemachines/watched/${id}`, { method: "DELETE" });
    expect(await next(watching)).toMatchObject({ revision: 1, kind: "deletion", from: "a", to: "" });
    await expect(next(watching)).rejects.toThrow("MACHINE_GONE");
    await expect(next(watch(id))).rejects.toThrow("MACHINE_GONE");
    await expect(next(watch(id, 1))).rejects.toThrow("MACHINE_GONE");
  });

  test("tells the rest to whoever was cut off before the deletion", async () => {
    const id = await create();
    await go(id);
    await go(id);
    await send(`/api/v1/statemachines/watched/${id}`, { method: "DELETE" });
    for (const after of [-1, 0, 1, 2]) {
      const watching = watch(id, after);
      for (let revision = after + 1; revision <= 3; revision += 1)
        expect(await next(watching)).toMatchObject({ revision });
      await expect(next(watching)).rejects.toThrow("MACHINE_GONE");
    }
    await expect(next(watch(id, 3))).rejects.toThrow("MACHINE_GONE");
    expect(await countSockets(id)).toBe(0);
  });

  test("a caller that goes away leaves no socket behind", async () => {
    const id = await create();
    const watching = watch(id);
    await next(watching);
    expect(await sockets(id, 1)).toBe(1);
    watching.cut();
    expect(await sockets(id, 0)).toBe(0);
  });

  test.each([
    [5, "OUT_OF_RANGE"],
    [-2, "INVALID_ARGUMENT"],
  ])("after_revision %i is %s", async (after, reason) => {
    await expect(next(watch(await create(), after))).rejects.toThrow(reason);
  });

  test("a machine that is not there is not watched, and nothing is stored of it", async () => {
    const id = crypto.randomUUID();
    await expect(next(watch(id))).rejects.toThrow("MACHINE_NOT_FOUND");
    const tables = await runInDurableObject(objectOf(id), (_object, { storage }) =>
      storage.sql.exec("SELECT count(*) AS count FROM sqlite_master").one(),
    );
    expect(tables).toEqual({ count: 0 });
    expect(await countSockets(id)).toBe(0);
  });
});

test("the header Last-Event-ID goes before after_revision, and must be a revision", async () => {
  const id = await create();
  await go(id, 3);
  const path = `/api/v1/statemachines/watched/${id}/watch?after_revision=0`;
  const response = await send(path, { headers: { "last-event-id": "2" } });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toBe("retry: 1000\n\n");
  expect((await reader?.read())?.value).toMatch(/^id: 3\ndata: \{"revision":3,/);
  await reader?.cancel();
  const refused = await send(path, { headers: { "last-event-id": "last" } });
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ errors: [{ pointer: "/last-event-id", value: "last" }] });
});

test("HEAD opens no watch", async () => {
  const id = await create();
  const response = await send(`/api/v1/statemachines/watched/${id}/watch`, { method: "HEAD" });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  expect(await countSockets(id)).toBe(0);
  const missing = await send(`/api/v1/statemachines/watched/nobody/watch`, { method: "HEAD" });
  expect(missing.status).toBe(404);
});

test("a ping is answered while the object sleeps, and does not wake it", async () => {
  const id = await create();
  const answered = Promise.withResolvers<void>();
  const opened = await open(id, "k", { answered: () => answered.resolve() });
  await evictDurableObject(objectOf(id), { webSockets: "hibernate" });
  opened.ping();
  await answered.promise;
  opened.close();
});

test("one key has at most 100 watches of a machine; another key still has one", async () => {
  const id = await create();
  const lines = await Promise.all(Array.from({ length: 100 }, () => open(id, "k")));
  const refused = await openLine(objectOf(id), { address: addressOf(id), call: { key: "k" } }, SILENT);
  expect(refused).toMatchObject({ ok: false, reason: "RATE_LIMITED", metadata: { limit: "100" } });
  lines.push(await open(id, "other"));
  expect(await countSockets(id)).toBe(101);
  lines.pop()?.close();
  lines.pop()?.close();
  expect(await sockets(id, 99)).toBe(99);
  lines.push(await open(id, "k"));
  for (const line of lines) line.close();
});

test("a caller beyond the limit is told at every door, and when to ask again", async () => {
  const id = await create();
  // Whoever sends no credential.
  const lines = await Promise.all(Array.from({ length: 100 }, () => open(id, "anonymous")));
  for (const watch of Object.values(DOORS)) await expect(next(watch(id))).rejects.toThrow("RATE_LIMITED");
  const response = await send(`/api/v1/statemachines/watched/${id}/watch`);
  expect(response.status).toBe(429);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  await response.body?.cancel();
  expect(await countSockets(id)).toBe(100);
  for (const line of lines) line.close();
});

test("a key whose name is longer than a tag of the platform can watch", async () => {
  const id = await create();
  const line = await open(id, "\u00fc".repeat(300));
  expect(await countSockets(id)).toBe(1);
  line.close();
});

test("an object holds only the machine it is asked for", async () => {
  const id = await create();
  const asked = { address: { ...addressOf(id), tenant: "stranger" }, call: { key: "k" } };
  expect(await openLine(objectOf(id), asked, SILENT)).toMatchObject({ ok: false, reason: "MACHINE_NOT_FOUND" });
  const changes = await objectOf(id).changes({ ...addressOf(id), tenant: "stranger" }, { after: -1, limit: 10 });
  expect(changes).toMatchObject({ ok: false, reason: "MACHINE_NOT_FOUND" });
});

const SILENT = { heard: () => {}, answered: () => {}, lost: () => {} };

async function open(id: string, key: string, listener: Partial<typeof SILENT> = {}): Promise<WatchLine> {
  const reply = await openLine(objectOf(id), { address: addressOf(id), call: { key } }, { ...SILENT, ...listener });
  if (!reply.ok) throw new Error(reply.message);
  return reply.value;
}

test("a typed client reads a watch as a loop", async () => {
  const id = await create();
  await go(id, 2);
  const client = createClient(MachineService, connectBinary);
  const seen: number[] = [];
  for await (const { revision } of client.watchMachine({ configuration: "watched", id, afterRevision: 0 })) {
    seen.push(revision);
    if (revision === 2) break;
  }
  expect(seen).toEqual([1, 2]);
});

test("a deadline that the caller sets is said when it is over: the watch has not come to its end", async () => {
  const id = await create();
  const message = JSON.stringify({ configuration: "watched", id });
  const body = new Uint8Array(5 + message.length);
  new DataView(body.buffer).setUint32(1, message.length);
  body.set(new TextEncoder().encode(message), 5);
  const headers = { "content-type": "application/connect+json", "connect-timeout-ms": "300" };
  const response = await send("/detent.v1.MachineService/WatchMachine", { method: "POST", headers, body });
  expect(await response.text()).toMatch(/"error":\{"code":"deadline_exceeded"/);
  await until(
    PATIENCE_MS,
    () => countSockets(id),
    (count) => count === 0,
  );
});
