/** Rows of the index as its writers would leave them, and a house that reads them: without machines. */
import { env } from "cloudflare:workers";
import { deriveSigningKeys } from "../../src/auth/signing-keys.ts";
import { TenantDb } from "../../src/catalog/tenant-db.ts";
import { Log } from "../../src/log.ts";
import type { QueueMessage } from "../../src/queue-sender.ts";
import { EVERY_SCOPE } from "../../src/auth/scope.ts";
import { SECRETS } from "../secrets.ts";
import type { House } from "../../src/service/house.ts";

export const { CATALOG } = env as unknown as { CATALOG: D1Database };

/** The tenant of requests without a credential. */
export const DEV = { tenant: "dev", actor: "", scopes: EVERY_SCOPE } as const;

/** Whose rows must never show. */
export const STRANGER = { tenant: "stranger", actor: "", scopes: EVERY_SCOPE } as const;

export interface MachineRow {
  readonly id: string;
  readonly version: string;
  readonly state: string;
  readonly updatedAt: number;
  readonly retiredAt: number | null;
  /** Besides `of`, whose value is the tenant. */
  readonly labels?: Readonly<Record<string, string>>;
}

const LABEL = `
  INSERT OR IGNORE INTO machine_labels SELECT tenant, configuration, key, value, machines.id
  FROM machines CROSS JOIN json_each(labels) WHERE tenant = ?1 AND configuration = ?2 AND retired_at IS NULL`;

export async function seedMachines(tenant: string, configuration: string, rows: readonly MachineRow[]): Promise<void> {
  const sql = `
    INSERT INTO machines
      (tenant, configuration, id, version, state, revision, change, created_at, updated_at, labels, retired_at)
    SELECT ?1, ?2, value->>'id', value->>'version', value->>'state', 3, 4, 1000, value->>'updatedAt',
           value->>'labels', value->>'retiredAt'
    FROM json_each(?3)`;
  const labelled = rows.map((row) => ({ ...row, labels: JSON.stringify({ of: tenant, ...row.labels }) }));
  await CATALOG.prepare(sql).bind(tenant, configuration, JSON.stringify(labelled)).run();
  await CATALOG.prepare(LABEL).bind(tenant, configuration).run();
}

/** `count` machines whose states go round the given ones. */
export async function seedManyMachines(
  tenant: string,
  configuration: string,
  count: number,
  states: readonly string[],
) {
  const sql = `
    WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ?3)
    INSERT INTO machines (tenant, configuration, id, version, state, revision, change, created_at, updated_at, labels)
    SELECT ?1, ?2, 'm' || n, 'v1', json_extract(?4, '$[' || (n % json_array_length(?4)) || ']'), 0, 0, 1, n, '{}'
    FROM numbers`;
  await CATALOG.prepare(sql).bind(tenant, configuration, count, JSON.stringify(states)).run();
}

/** The next `count` positions of the feeds; answers the first. */
export async function takePositions(count: number): Promise<number> {
  const sql = "UPDATE feed_head SET seq = seq + ?1 RETURNING seq";
  const row = await CATALOG.prepare(sql).bind(count).first<{ seq: number }>();
  if (row === null) throw new Error("no feed_head");
  return row.seq - count + 1;
}

/** What a statement of D1 has answered, by number of rows. */
export interface Reads {
  rows: number[];
}

/** A house on the real D1; `queue` gets what is enqueued, and may throw. */
export function createHouse(
  queue: (messages: readonly QueueMessage[]) => void = () => undefined,
  reads: Reads = { rows: [] },
): House {
  const unused = (): never => {
    throw new Error("not needed here");
  };
  return {
    catalog: (tenant) => new TenantDb(watched(reads), tenant),
    machine: unused,
    indexLagMs: () => Promise.resolve(0),
    recordFailures: unused,
    notify: unused,
    indexCounts: unused,
    awaitFeed: unused,
    keepDeadLetters: unused,
    // Async, so that what it throws is a rejection.
    enqueueEvents: async (messages) => queue(messages),
    rebuild: unused,
    job: unused,
    erasure: unused,
    watch: unused,
    quotas: {},
    recheck: () => Promise.resolve(),
    usage: unused,
    spendRequests: () => Promise.resolve(),
    spendEvents: () => Promise.resolve(),
    tenants: unused,
    hashKey: unused,
    signToken: unused,
    retention: { outcomesMs: 0 },
    // The deployment's own: what this house signs, the worker accepts.
    signingKeys: () => deriveSigningKeys([SECRETS.DETENT_TOKEN_SECRET]),
    checks: [],
    log: new Log("off"),
    random: () => 0.5,
    after: unused,
    now: () => Date.now(),
    uuid: () => crypto.randomUUID(),
  };
}

function watched(reads: Reads): D1Database {
  const prepare = (sql: string) => ({
    bind: (...params: unknown[]) => {
      const statement = CATALOG.prepare(sql).bind(...params);
      return {
        all: async () => {
          const answer = await statement.all();
          reads.rows.push(answer.results.length);
          return answer;
        },
        first: () => statement.first(),
        run: () => statement.run(),
      };
    },
  });
  return { prepare } as unknown as D1Database;
}
