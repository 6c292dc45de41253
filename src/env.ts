/** Raw bindings and variables -> what the house works with. The only reader of raw variables. */
import type { IndexWriterObject } from "./catalog/index-writer-object.ts";
import type { MachineAddress, MachineCalls } from "./machine/calls.ts";
import type { MachineObject } from "./machine/machine-object.ts";

/** What wrangler.toml binds. */
export interface Bindings {
  readonly CATALOG: D1Database;
  readonly MACHINES: DurableObjectNamespace<MachineObject>;
  readonly INDEX_WRITERS: DurableObjectNamespace<IndexWriterObject>;
  readonly DETENT_ANONYMOUS_TENANT?: string;
  readonly DETENT_CORS_ORIGINS?: string;
  readonly DETENT_JURISDICTION?: string;
}

/** The checked settings. */
export interface Settings {
  /** Tenant of loopback requests without a credential; undefined: there is none. */
  readonly anonymousTenant: string | undefined;
  /** Origins that browsers may call from. */
  readonly corsOrigins: readonly string[];
  /** Where objects live; undefined: anywhere. */
  readonly jurisdiction: (typeof JURISDICTIONS)[number] | undefined;
}

const TENANT = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const JURISDICTIONS = ["eu", "fedramp", "fedramp-high"] as const;

/** How many index-writers share the load; a machine always writes through the same one. */
const INDEX_WRITER_SHARDS = 4;

const KNOWN = new WeakMap<Bindings, Settings>();

/** The settings, read and checked once per isolate; throws an Error that names the variable, the rule and the value. */
export function settingsOf(env: Bindings): Settings {
  const known = KNOWN.get(env) ?? readSettings(env);
  KNOWN.set(env, known);
  return known;
}

function readSettings(env: Bindings): Settings {
  const anonymousTenant = env.DETENT_ANONYMOUS_TENANT || undefined;
  if (anonymousTenant !== undefined && !TENANT.test(anonymousTenant)) {
    throw new Error(`DETENT_ANONYMOUS_TENANT must be a tenant name (${TENANT.source}), got "${anonymousTenant}"`);
  }
  const corsOrigins = (env.DETENT_CORS_ORIGINS ?? "")
    .split(",")
    .map((origin) => origin.trim())
    .filter(Boolean);
  return { anonymousTenant, corsOrigins, jurisdiction: readJurisdiction(env) };
}

function readJurisdiction(env: Bindings): Settings["jurisdiction"] {
  const value = env.DETENT_JURISDICTION || undefined;
  const jurisdiction = JURISDICTIONS.find((known) => known === value);
  if (value !== undefined && jurisdiction === undefined) {
    throw new Error(`DETENT_JURISDICTION must be one of ${JURISDICTIONS.join(", ")} or empty, got "${value}"`);
  }
  return jurisdiction;
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
  return inJurisdiction(env, env.MACHINES).getByName(objectNameOf(address));
}

export function indexWriterOf(env: Bindings, address: MachineAddress): DurableObjectStub<IndexWriterObject> {
  let hash = 0;
  for (const char of objectNameOf(address)) hash = (Math.imul(hash, 31) + (char.codePointAt(0) ?? 0)) >>> 0;
  return inJurisdiction(env, env.INDEX_WRITERS).getByName(`index-${hash % INDEX_WRITER_SHARDS}`);
}
