/** The composition root: bindings -> house -> doors. No logic. */
import { waitUntil } from "cloudflare:workers";
import { cors } from "hono/cors";
import { Hono } from "hono/tiny";
import { version as release } from "../package.json";
import { authenticate, recheck, type GateDeps } from "./auth/gate.ts";
import { KeyHasher } from "./auth/hash.ts";
import { Keyring } from "./auth/keyring.ts";
import { deriveSigningKeys } from "./auth/signing-keys.ts";
import { isTenantName } from "./auth/tenant-name.ts";
import { Tokens } from "./auth/token.ts";
import { discardRest } from "./body.ts";
import { insertDeadLetters } from "./catalog/dead-letters.ts";
import { FeedWait } from "./catalog/feed-wait.ts";
import { measureIndexLag } from "./catalog/index-lag.ts";
import { findKeyById, noteUse } from "./catalog/keys.ts";
import { TenantDb } from "./catalog/tenant-db.ts";
import { listTenants } from "./catalog/tenants.ts";
import { readEvents, readUsage } from "./catalog/usage.ts";
import {
  erasureOf,
  indexWriterOf,
  indexWritersOf,
  jobOf,
  limiterOf,
  logOf,
  machineObjectOf,
  machineOf,
  notificationQueueOf,
  rebuildOf,
  secretsOf,
  settingsOf,
  sweeperOf,
  type Bindings,
} from "./env.ts";
import { DetentError, orUnavailable } from "./errors.ts";
import { createJsonApp } from "./http/app.ts";
import { problemResponse } from "./http/problem.ts";
import { EventQuota } from "./limits/event-quota.ts";
import { Limiter } from "./limits/limiter.ts";
import type { Log } from "./log.ts";
import { openLine } from "./machine/watching.ts";
import { consumeDeadLetters } from "./queue/dead-letters-consumer.ts";
import { consumeEvents } from "./queue/events-consumer.ts";
import { consumeJobChunks, sortOutChunks } from "./queue/jobs-consumer.ts";
import type { TenantRule } from "./queue/tenant.ts";
import { createQueueSender, toJsonMessages } from "./queue-sender.ts";
import { secure } from "./security-headers.ts";
import { createRpcDoor } from "./rpc/mount.ts";
import type { Principal } from "./auth/principal.ts";
import type { House } from "./service/house.ts";
import { traceparentOf } from "./traceparent.ts";

export { IndexWriterObject } from "./catalog/index-writer-object.ts";
export { JobObject } from "./jobs/job-object.ts";
export { LimiterObject } from "./limits/limiter-object.ts";
export { MachineObject } from "./machine/machine-object.ts";
export { ErasureObject } from "./upkeep/erasure-object.ts";
export { RebuildObject } from "./upkeep/rebuild-object.ts";
export { SweeperObject } from "./upkeep/sweeper-object.ts";

const ALLOWED_HEADERS =
  "authorization,content-type,idempotency-key,if-match,if-none-match,prefer,traceparent,connect-protocol-version,connect-timeout-ms,x-grpc-web,x-user-agent,grpc-timeout";
const EXPOSED_HEADERS = "etag,location,request-id,retry-after,grpc-status,grpc-message,grpc-status-details-bin";

const jsonApp = createJsonApp();
const rpcDoor = createRpcDoor();

/** What an isolate remembers of its callers. */
interface Gate extends GateDeps {
  readonly hasher: KeyHasher;
  readonly tokens: Tokens;
  readonly limiter: Limiter;
  readonly eventQuota: EventQuota;
  readonly signingKeys: Promise<readonly CryptoKey[]>;
}

const gates = new WeakMap<Bindings, Gate>();

/** Made once per isolate. */
function gateOf(env: Bindings): Gate {
  const known = gates.get(env);
  if (known !== undefined) return known;
  const { peppers, tokenSecrets, rootKeyHash } = secretsOf(env);
  const gate = {
    keyring: new Keyring({
      find: (id) => findKeyById(env.CATALOG, id),
      used: (id, at) => noteUse(env.CATALOG, id, at),
      background: waitUntil,
      now: () => Date.now(),
    }),
    hasher: new KeyHasher(peppers),
    tokens: new Tokens(tokenSecrets),
    signingKeys: deriveSigningKeys(tokenSecrets),
    rootKeyHash,
    anonymousTenant: settingsOf(env).anonymousTenant,
    corsOrigins: settingsOf(env).corsOrigins,
    quotas: settingsOf(env).quotas,
    limiter: new Limiter({ object: (actor) => limiterOf(env, actor), now: () => Date.now() }),
    eventQuota: new EventQuota({
      read: (tenant) => readEvents(new TenantDb(env.CATALOG, tenant), Date.now()),
      background: waitUntil,
      now: () => Date.now(),
    }),
    now: () => Date.now(),
  };
  gates.set(env, gate);
  return gate;
}

function houseOf(env: Bindings, log: Log): House {
  const { hasher, tokens, eventQuota, signingKeys } = gateOf(env);
  return {
    catalog: (tenant) => new TenantDb(env.CATALOG, tenant),
    machine: (address) => machineOf(env, address),
    watch: (address, call, listener) => openLine(machineObjectOf(env, address), { address, call }, listener),
    indexLagMs: () => measureIndexLag(indexWritersOf(env)),
    recordFailures: async (failures) => {
      const results = await Promise.all(
        failures.map((failed) => orUnavailable("the index", indexWriterOf(env, failed).recordFailures([failed]))),
      );
      const lost = results.flat().find((result) => !result.ok);
      if (lost !== undefined)
        throw new DetentError("UNAVAILABLE", "the event could not be recorded; try again", { cause: lost });
    },
    indexCounts: (tenant) =>
      orUnavailable("the index", Promise.all(indexWritersOf(env).map((writer) => writer.counts(tenant)))),
    awaitFeed: (topic, ms, signal) =>
      new FeedWait({ writers: indexWritersOf(env), topic, ms, signal, background: waitUntil }),
    enqueueEvents: (messages) => orUnavailable("the events queue", createQueueSender(env.EVENTS).send(messages)),
    notify: (events) => orUnavailable("the queue", notificationQueueOf(env).send(toJsonMessages(events))),
    keepDeadLetters: (letters) => orUnavailable("the catalog", insertDeadLetters(env.CATALOG, letters)),
    rebuild: (tenant) => rebuildOf(env, tenant),
    erasure: (tenant) => erasureOf(env, tenant),
    job: (tenant, id) => jobOf(env, tenant, id),
    quotas: settingsOf(env).quotas,
    recheck: (principal) => recheck(gateOf(env), principal),
    usage: (tenant) => readUsage(new TenantDb(env.CATALOG, tenant), Date.now()),
    spendRequests: (principal, count) => spendRequests(gateOf(env), principal, count),
    spendEvents: (tenant, most, count) => eventQuota.spend(tenant, most, count),
    tenants: (after, limit) => orUnavailable("the catalog", listTenants(env.CATALOG, after, limit)),
    hashKey: (key) => hasher.hash(key),
    signToken: (claims, id) => tokens.sign(claims, id),
    retention: { outcomesMs: settingsOf(env).retention.outcomesMs },
    signingKeys: () => signingKeys,
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
    log,
    now: () => Date.now(),
    random: () => Math.random(),
    after: (ms, work) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
    uuid: () => crypto.randomUUID(),
  };
}

/** Messages of queues come again so late while the deployment is not set up. */
const WITHOUT_SECRETS_SECONDS = 900;

/** What is known of a request from its beginning to its last header. */
interface RequestVariables {
  readonly requestId: string;
  readonly traceparent: string | undefined;
  readonly log: Log;
  /** Which method or route is asked; undefined for none. */
  operation: string | undefined;
}

const app = new Hono<{ Bindings: Bindings; Variables: RequestVariables }>();
app.onError((error, c) => {
  c.var.log.fail(error);
  return problemResponse(error, c.var.requestId);
});
app.use(async (c, next) => {
  const startedAt = Date.now();
  const requestId = crypto.randomUUID();
  const traceparent = traceparentOf(c.req.raw.headers);
  const door = rpcDoor.serves(new URL(c.req.url).pathname) ? "rpc" : "json";
  const log = logOf(c.env).with({ request_id: requestId, traceparent, door });
  c.set("requestId", requestId);
  c.set("traceparent", traceparent);
  c.set("log", log);
  await next();
  c.res.headers.set("request-id", requestId);
  secure(c.res.headers);
  const { status } = c.res;
  const ms = Date.now() - startedAt;
  log.write("debug", "answered", { operation: c.var.operation, method: c.req.method, status, ms });
});
app.use((c, next) => {
  refuseWithoutSecrets(c.env, c.var.log);
  return next();
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
  const { requestId, traceparent, log } = c.var;
  let known: Promise<Principal> | undefined;
  const call = {
    house: houseOf(c.env, log),
    release,
    requestId,
    traceparent,
    readAsset: (name: string, etag?: string) =>
      c.env.ASSETS.fetch(`https://assets/${name}`, etag === undefined ? {} : { headers: { "if-none-match": etag } }),
    onOperation: (operation: string) => c.set("operation", operation),
    authenticate: () => (known ??= admit(c.env, c.req.raw)),
  };
  refuseMalformedPath(c.req.url);
  const isRpc = rpcDoor.serves(new URL(c.req.url).pathname);
  return isRpc ? await rpcDoor.handle(c.req.raw, call) : await jsonApp.fetch(c.req.raw, call);
});

/** Who asks; throws RATE_LIMITED, too. */
async function admit(env: Bindings, { url, headers }: Request): Promise<Principal> {
  const gate = gateOf(env);
  const principal = await authenticate(gate, url, headers);
  await spendRequests(gate, principal, 1);
  return principal;
}

async function spendRequests(gate: Gate, { actor, quotas }: Principal, count: number): Promise<void> {
  const most = quotas?.requestsPerSecond;
  if (most !== undefined) await gate.limiter.spend(actor, most, count);
}

/** A deployment without its secrets serves nobody, and says what it lacks. Their names are no secret. */
function refuseWithoutSecrets(env: Bindings, log: Log): void {
  try {
    secretsOf(env);
  } catch (cause) {
    log.write("error", "the deployment is not set up", { cause });
    throw new DetentError("UNAVAILABLE", `the deployment is not set up: ${(cause as Error).message}`);
  }
}

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
  return { eventsTenant: settingsOf(env).eventsTenant, isTenant: isTenantName };
}

async function consume(batch: MessageBatch, env: Bindings): Promise<void> {
  try {
    refuseWithoutSecrets(env, logOf(env));
  } catch {
    // Ten times in two and a half hours; then they are dead letters.
    return batch.retryAll({ delaySeconds: WITHOUT_SECRETS_SECONDS });
  }
  const tenantRule = tenantRuleOf(env);
  const house = houseOf(env, logOf(env).with({ door: "queue" }));
  if (batch.queue.endsWith("-dlq")) return await consumeDeadLetters(house, tenantRule, batch.messages);
  const { chunks, others } = sortOutChunks(batch.messages);
  await consumeEvents({ house, tenantRule, random: () => Math.random() }, others);
  await consumeJobChunks(house, chunks);
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
    logOf(env).write("warn", "the sweeper could not be started", { cause: error });
  }
}

export default {
  async fetch(request, env, context) {
    context.waitUntil(startSweeper(env));
    const response = await app.fetch(request, env, context);
    await discardRest(request);
    return response;
  },
  async queue(batch, env, context) {
    context.waitUntil(startSweeper(env));
    await consume(batch, env);
  },
  async scheduled(_controller, env) {
    await sweeperOf(env).start();
  },
} satisfies ExportedHandler<Bindings>;
