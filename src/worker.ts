/** The composition root: bindings -> house -> doors. No logic. */
import { cors } from "hono/cors";
import { Hono } from "hono";
import { version as release } from "../package.json";
import { authenticate } from "./auth.ts";
import { insertDeadLetters } from "./catalog/dead-letters.ts";
import { TenantDb } from "./catalog/tenant-db.ts";
import {
  indexWriterOf,
  machineOf,
  notificationQueueOf,
  rebuildOf,
  settingsOf,
  sweeperOf,
  TENANT,
  type Bindings,
} from "./env.ts";
import { DetentError, orUnavailable } from "./errors.ts";
import { createJsonApp } from "./http/app.ts";
import { logError, problemResponse } from "./http/problem.ts";
import { consumeDeadLetters } from "./queue/dead-letters-consumer.ts";
import { consumeEvents } from "./queue/events-consumer.ts";
import type { TenantRule } from "./queue/tenant.ts";
import { createQueueSender, toJsonMessages } from "./queue-sender.ts";
import { createRpcDoor } from "./rpc/mount.ts";
import type { House, Principal } from "./service/house.ts";
import { traceparentOf } from "./traceparent.ts";

export { IndexWriterObject } from "./catalog/index-writer-object.ts";
export { MachineObject } from "./machine/machine-object.ts";
export { RebuildObject } from "./upkeep/rebuild-object.ts";
export { SweeperObject } from "./upkeep/sweeper-object.ts";

const ALLOWED_HEADERS =
  "authorization,content-type,idempotency-key,if-match,if-none-match,prefer,traceparent,connect-protocol-version,connect-timeout-ms,x-grpc-web,x-user-agent,grpc-timeout";
const EXPOSED_HEADERS = "etag,location,request-id,retry-after,grpc-status,grpc-message,grpc-status-details-bin";

const jsonApp = createJsonApp();
const handleRpc = createRpcDoor(logError);
let tokenKey: Promise<CryptoKey> | undefined;

function houseOf(env: Bindings): House {
  return {
    catalog: (tenant) => new TenantDb(env.CATALOG, tenant),
    machine: (address) => machineOf(env, address),
    recordFailures: async (failures) => {
      const results = await Promise.all(
        failures.map((failed) => orUnavailable("the index", indexWriterOf(env, failed).recordFailures([failed]))),
      );
      const lost = results.flat().find((result) => !result.ok);
      if (lost !== undefined)
        throw new DetentError("UNAVAILABLE", "the event could not be recorded; try again", { cause: lost });
    },
    enqueueEvents: (messages) => orUnavailable("the events queue", createQueueSender(env.EVENTS).send(messages)),
    notify: (events) => orUnavailable("the queue", notificationQueueOf(env).send(toJsonMessages(events))),
    keepDeadLetters: (letters) => orUnavailable("the catalog", insertDeadLetters(env.CATALOG, letters)),
    rebuild: (tenant) => rebuildOf(env, tenant),
    retention: { outcomesMs: settingsOf(env).retention.outcomesMs },
    tokenKey: () => {
      tokenKey ??= readTokenKey(env).catch((error: unknown) => {
        tokenKey = undefined;
        throw error;
      });
      return tokenKey;
    },
    checks: [
      {
        name: "catalog",
        check: async () => void (await env.CATALOG.prepare("SELECT 1 FROM machines LIMIT 1").first()),
      },
      {
        name: "objects",
        check: async () => void (await indexWriterOf(env, { tenant: "", configuration: "", id: "" }).ping()),
      },
    ],
    now: () => Date.now(),
    uuid: () => crypto.randomUUID(),
  };
}

async function readTokenKey(env: Bindings): Promise<CryptoKey> {
  const query = env.CATALOG.prepare("SELECT token_key FROM deployment").first<{ token_key: string }>();
  const row = await orUnavailable("the catalog", query);
  if (row === null) throw new DetentError("UNAVAILABLE", "the deployment has no token key; apply the migrations");
  const bytes = new TextEncoder().encode(row.token_key);
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
}

const app = new Hono<{ Bindings: Bindings }>();
app.onError((error) => {
  const requestId = crypto.randomUUID();
  logError(error, requestId);
  return problemResponse(error, requestId);
});
app.use((c, next) => {
  const origins = settingsOf(c.env).corsOrigins;
  if (origins.length === 0) return next();
  return cors({
    origin: [...origins],
    allowHeaders: ALLOWED_HEADERS.split(","),
    exposeHeaders: EXPOSED_HEADERS.split(","),
    allowMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    maxAge: 7_200,
  })(c, next);
});
app.all("*", async (c) => {
  const requestId = crypto.randomUUID();
  let response: Response;
  try {
    const settings = settingsOf(c.env);
    const house = houseOf(c.env);
    let known: Principal | undefined;
    const principal = () => (known ??= authenticate(settings, c.req.url, c.req.raw.headers));
    refuseMalformedPath(c.req.url);
    const traceparent = traceparentOf(c.req.raw.headers);
    const log = (error: unknown): void => logError(error, requestId);
    const answered = await handleRpc(c.req.raw, { house, release, requestId, log, traceparent, principal });
    response = answered ?? (await jsonApp.fetch(c.req.raw, { house, release, requestId, log, traceparent, principal }));
  } catch (error) {
    logError(error, requestId);
    response = problemResponse(error, requestId);
  }
  response.headers.set("request-id", requestId);
  return response;
});

/** Malformed percent-encoding would reach the routes as plain text. */
function refuseMalformedPath(url: string): void {
  try {
    decodeURIComponent(new URL(url).pathname);
  } catch {
    throw new DetentError("INVALID_ARGUMENT", "the path is not valid percent-encoded UTF-8");
  }
}

/** Whose the events queue is. */
function tenantRuleOf(env: Bindings): TenantRule {
  return { eventsTenant: settingsOf(env).eventsTenant, isTenant: (name) => TENANT.test(name) };
}

async function consume(batch: MessageBatch, env: Bindings): Promise<void> {
  const tenantRule = tenantRuleOf(env);
  // The platform names the queue, and a deployment may call its queues as it likes.
  if (batch.queue.endsWith("-dlq")) return await consumeDeadLetters(houseOf(env), tenantRule, batch);
  await consumeEvents(
    {
      house: houseOf(env),
      tenantRule,
      random: () => Math.random(),
      log: (message, facts) => console.warn(JSON.stringify({ level: "warn", message, ...facts })),
    },
    batch.messages,
  );
}

const isSwept = new WeakSet<Bindings>();

/** Sees to it, once per isolate, that the sweeper sweeps. */
async function startSweeper(env: Bindings): Promise<void> {
  if (isSwept.has(env)) return;
  isSwept.add(env);
  try {
    await sweeperOf(env).start();
  } catch (error) {
    isSwept.delete(env);
    logError(error, "sweeper");
  }
}

export default {
  fetch(request, env, context) {
    context.waitUntil(startSweeper(env));
    return app.fetch(request, env, context);
  },
  async queue(batch, env, context) {
    context.waitUntil(startSweeper(env));
    await consume(batch, env);
  },
  async scheduled(_controller, env) {
    await sweeperOf(env).start();
  },
} satisfies ExportedHandler<Bindings>;
