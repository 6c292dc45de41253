/** Raw bindings and variables -> what the house works with. The only reader of raw variables. */
import { isTenantName, TENANT_RULE } from "./auth/tenant-name.ts";
import { readSecrets, type Secrets, type SecretVariables } from "./auth/secrets.ts";
import { parseDuration } from "./engine/duration.ts";
import type { IndexWriterCalls } from "./catalog/index-entry.ts";
import type { IndexWriterObject } from "./catalog/index-writer-object.ts";
import type { MachineAddress, MachineCalls } from "./machine/calls.ts";
import type { RetentionSettings } from "./machine/deps.ts";
import type { MachineObject } from "./machine/machine-object.ts";
import { NOTIFICATIONS_PER_MINUTE } from "./machine/notice-window.ts";
import { Log, LOG_LEVELS, type LogLevel } from "./log.ts";
import type { JobCalls } from "./jobs/calls.ts";
import type { JobObject } from "./jobs/job-object.ts";
import type { LimiterCalls, LimiterObject } from "./limits/limiter-object.ts";
import { QUOTA_NAMES, type Quotas } from "./limits/quotas.ts";
import { createQueueSender, type QueueSender } from "./queue-sender.ts";
import type { ErasureObject } from "./upkeep/erasure-object.ts";
import type { RebuildObject } from "./upkeep/rebuild-object.ts";
import type { SweeperObject } from "./upkeep/sweeper-object.ts";

/** What wrangler.toml binds. */
export interface Bindings extends SecretVariables {
  readonly CATALOG: D1Database;
  /** Files that are served as they are, or made into what is served. */
  readonly ASSETS: Fetcher;
  readonly MACHINES: DurableObjectNamespace<MachineObject>;
  readonly INDEX_WRITERS: DurableObjectNamespace<IndexWriterObject>;
  readonly SWEEPERS: DurableObjectNamespace<SweeperObject>;
  readonly REBUILDS: DurableObjectNamespace<RebuildObject>;
  readonly ERASURES: DurableObjectNamespace<ErasureObject>;
  readonly JOBS: DurableObjectNamespace<JobObject>;
  readonly LIMITERS: DurableObjectNamespace<LimiterObject>;
  readonly EVENTS: Queue;
  readonly JOB_CHUNKS: Queue;
  readonly NOTIFICATIONS: Queue;
  /** Only where every change is to leave through a queue. */
  readonly TRANSITIONS?: Queue;
  readonly DETENT_ANONYMOUS_TENANT?: string;
  readonly DETENT_CORS_ORIGINS?: string;
  readonly DETENT_EVENTS_TENANT?: string;
  readonly DETENT_JURISDICTION?: string;
  readonly DETENT_LOG_LEVEL?: string;
  readonly DETENT_LOOKUP_RETENTION?: string;
  readonly DETENT_MAX_RETENTION_FINAL?: string;
  readonly DETENT_MAX_RETENTION_HISTORY?: string;
  readonly DETENT_MAX_RETENTION_OUTCOMES?: string;
  readonly DETENT_NOTIFICATIONS_PER_MINUTE?: string;
  readonly DETENT_QUOTA_CONFIGURATIONS?: string;
  readonly DETENT_QUOTA_EVENTS_PER_DAY?: string;
  readonly DETENT_QUOTA_MACHINES?: string;
  readonly DETENT_QUOTA_REQUESTS_PER_SECOND?: string;
  readonly DETENT_RETENTION?: string;
}

/** The checked settings. */
export interface Settings {
  /** Tenant of loopback requests without a credential; undefined: there is none. */
  readonly anonymousTenant: string | undefined;
  /** Origins that browsers may call from. */
  readonly corsOrigins: readonly string[];
  /** Whose the events queue is; `*`: each message names its tenant; undefined: nobody's. */
  readonly eventsTenant: string | undefined;
  /** What is at least as grave is logged. */
  readonly logLevel: LogLevel;
  /** Refused events of a machine that are told of one by one; undefined: all. */
  readonly notificationsPerMinute: number | undefined;
  /** Of tenants that have none of their own. */
  readonly quotas: Quotas;
  readonly retention: RetentionSettings;
  /** How far back the index looks accepted events up, and the transitions feed; in ms. */
  readonly lookupRetentionMs: number;
  /** Where objects live; undefined: anywhere. */
  readonly jurisdiction: (typeof JURISDICTIONS)[number] | undefined;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
const DEFAULT_LOG_LEVEL = "info";
const JURISDICTIONS = ["eu", "fedramp", "fedramp-high"] as const;

/**
 * How many index-writers share the load; a machine always writes through the same one. D1 takes one statement at a time,
 * so more of them only split the batches.
 */
const INDEX_WRITER_SHARDS = 2;

const KNOWN = new WeakMap<Bindings, Settings>();
const KNOWN_SECRETS = new WeakMap<Bindings, Secrets>();

/** The settings, read and checked once per isolate; throws an Error that names the variable, the rule and the value. */
export function settingsOf(env: Bindings): Settings {
  const known = KNOWN.get(env) ?? readSettings(env);
  KNOWN.set(env, known);
  return known;
}

/** The secrets, read and checked once per isolate; throws an Error that names the variable and the rule, and no value. */
export function secretsOf(env: Bindings): Secrets {
  const known = KNOWN_SECRETS.get(env) ?? readSecrets(env);
  KNOWN_SECRETS.set(env, known);
  return known;
}

/** The log at the level of the settings; while those are wrong, at the default one: somebody has to say so. */
export function logOf(env: Bindings): Log {
  try {
    return new Log(settingsOf(env).logLevel);
  } catch {
    return new Log(DEFAULT_LOG_LEVEL);
  }
}

function readSettings(env: Bindings): Settings {
  const anonymousTenant = env.DETENT_ANONYMOUS_TENANT || undefined;
  if (anonymousTenant !== undefined && !isTenantName(anonymousTenant)) {
    throw new Error(`DETENT_ANONYMOUS_TENANT must be a tenant name (${TENANT_RULE}), got "${anonymousTenant}"`);
  }
  const eventsTenant = env.DETENT_EVENTS_TENANT || undefined;
  if (eventsTenant !== undefined && eventsTenant !== "*" && !isTenantName(eventsTenant)) {
    throw new Error(`DETENT_EVENTS_TENANT must be a tenant name (${TENANT_RULE}) or *, got "${eventsTenant}"`);
  }
  const corsOrigins = (env.DETENT_CORS_ORIGINS ?? "")
    .split(",")
    .map((origin) => origin.trim())
    .filter(Boolean);
  return {
    anonymousTenant,
    corsOrigins,
    eventsTenant,
    jurisdiction: readOneOf(env, "DETENT_JURISDICTION", JURISDICTIONS),
    logLevel: readOneOf(env, "DETENT_LOG_LEVEL", LOG_LEVELS) ?? DEFAULT_LOG_LEVEL,
    lookupRetentionMs: readDuration(env, "DETENT_LOOKUP_RETENTION") ?? DAY_MS,
    notificationsPerMinute: readCount(env, "DETENT_NOTIFICATIONS_PER_MINUTE", `${NOTIFICATIONS_PER_MINUTE}`),
    quotas: readQuotas(env),
    retention: {
      outcomesMs: readDuration(env, "DETENT_RETENTION") ?? 30 * DAY_MS,
      longestFinalMs: readDuration(env, "DETENT_MAX_RETENTION_FINAL"),
      longestHistoryMs: readDuration(env, "DETENT_MAX_RETENTION_HISTORY"),
      longestOutcomesMs: readDuration(env, "DETENT_MAX_RETENTION_OUTCOMES"),
    },
  };
}

const QUOTA_VARIABLES = {
  machines: "DETENT_QUOTA_MACHINES",
  configurations: "DETENT_QUOTA_CONFIGURATIONS",
  eventsPerDay: "DETENT_QUOTA_EVENTS_PER_DAY",
  requestsPerSecond: "DETENT_QUOTA_REQUESTS_PER_SECOND",
} as const satisfies Record<keyof Quotas, keyof Bindings>;

function readQuotas(env: Bindings): Quotas {
  const quotas: { -readonly [K in keyof Quotas]: Quotas[K] } = {};
  for (const name of QUOTA_NAMES) {
    const value = readCount(env, QUOTA_VARIABLES[name]);
    if (value !== undefined) quotas[name] = value;
  }
  return quotas;
}

function readCount(
  env: Bindings,
  name: (typeof QUOTA_VARIABLES)[keyof Quotas] | "DETENT_NOTIFICATIONS_PER_MINUTE",
  otherwise?: string,
): number | undefined {
  const value = env[name] ?? otherwise;
  if (!value) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(value)) {
    throw new Error(`${name} must be a whole number from 1 to 999999999, or empty for no limit, got "${value}"`);
  }
  return Number(value);
}

type DurationVariable = Extract<keyof Bindings, `DETENT_${string}RETENTION${string}`>;

function readDuration(env: Bindings, name: DurationVariable): number | undefined {
  const value = env[name];
  if (!value) return undefined;
  const ms = parseDuration(value);
  if (ms === undefined) throw new Error(`${name} must be a duration like P30D, PT30M or 30m, got "${value}"`);
  return ms;
}

function readOneOf<T extends string>(
  env: Bindings,
  name: "DETENT_JURISDICTION" | "DETENT_LOG_LEVEL",
  known: readonly T[],
): T | undefined {
  const value = env[name];
  if (!value) return undefined;
  const found = known.find((one) => one === value);
  if (found === undefined) throw new Error(`${name} must be one of ${known.join(", ")} or empty, got "${value}"`);
  return found;
}

function inJurisdiction<T extends Rpc.DurableObjectBranded>(env: Bindings, objects: DurableObjectNamespace<T>) {
  const { jurisdiction } = settingsOf(env);
  return jurisdiction === undefined ? objects : objects.jurisdiction(jurisdiction);
}

/**
 * The object's name, injective over the address: tenant and configuration contain no slash. At most 63 + 63 + 512
 * bytes and two slashes, under the 1,024 above which the platform drops `ctx.id.name`.
 */
export function objectNameOf({ tenant, configuration, id }: MachineAddress): string {
  return `${tenant}/${configuration}/${id}`;
}

export function machineOf(env: Bindings, address: MachineAddress): MachineCalls {
  return machineObjectOf(env, address);
}

/** The same as a stub, for what is no call. */
export function machineObjectOf(env: Bindings, address: MachineAddress): DurableObjectStub<MachineObject> {
  return inJurisdiction(env, env.MACHINES).getByName(objectNameOf(address));
}

export function indexWriterOf(env: Bindings, address: MachineAddress): IndexWriterCalls {
  let hash = 0;
  for (const char of objectNameOf(address)) hash = (Math.imul(hash, 31) + (char.codePointAt(0) ?? 0)) >>> 0;
  return indexWriter(env, hash % INDEX_WRITER_SHARDS);
}

/** All of them. */
export function indexWritersOf(env: Bindings): IndexWriterCalls[] {
  return Array.from({ length: INDEX_WRITER_SHARDS }, (_, shard) => indexWriter(env, shard));
}

function indexWriter(env: Bindings, shard: number): IndexWriterCalls {
  return inJurisdiction(env, env.INDEX_WRITERS).getByName(`index-${shard}`);
}

/** The one sweeper of the deployment. */
export function sweeperOf(env: Bindings): DurableObjectStub<SweeperObject> {
  return inJurisdiction(env, env.SWEEPERS).getByName("sweeper");
}

/** The tenant's rebuild of its index. */
export function rebuildOf(env: Bindings, tenant: string): DurableObjectStub<RebuildObject> {
  return inJurisdiction(env, env.REBUILDS).getByName(tenant);
}

/** The tenant's erasure. */
export function erasureOf(env: Bindings, tenant: string): DurableObjectStub<ErasureObject> {
  return inJurisdiction(env, env.ERASURES).getByName(tenant);
}

/** A tenant's job. No tenant's name has a slash. */
export function jobOf(env: Bindings, tenant: string, id: string): JobCalls {
  return inJurisdiction(env, env.JOBS).getByName(`${tenant}/${id}`);
}

/** Counts the requests of a credential. */
export function limiterOf(env: Bindings, actor: string): LimiterCalls {
  return inJurisdiction(env, env.LIMITERS).getByName(actor);
}

export function jobQueueOf(env: Bindings): QueueSender {
  return createQueueSender(env.JOB_CHUNKS);
}

export function notificationQueueOf(env: Bindings): QueueSender {
  return createQueueSender(env.NOTIFICATIONS);
}

/** Undefined where the deployment has no such queue. */
export function transitionQueueOf(env: Bindings): QueueSender | undefined {
  return env.TRANSITIONS && createQueueSender(env.TRANSITIONS);
}
