/** What tenants have and have done, in D1: what they are billed by. Machines and configurations are counted by triggers. */
import type { Quotas, Usage } from "../limits/quotas.ts";
import type { TenantDb } from "./tenant-db.ts";

const READ_USAGE = `
  SELECT coalesce(max(machines), 0) AS machines, coalesce(max(configurations), 0) AS configurations,
    coalesce((SELECT events FROM event_counts WHERE tenant = ?1 AND day = date(?2 / 1000, 'unixepoch')), 0) AS eventsToday
  FROM usage WHERE tenant = ?1`;

const READ_EVENTS = "SELECT events FROM event_counts WHERE tenant = ?1 AND day = date(?2 / 1000, 'unixepoch')";

const LIST_EVENT_COUNTS = "SELECT day, events FROM event_counts WHERE tenant = ?1 AND day >= ?2 ORDER BY day LIMIT ?3";

/** For the test of their plans. */
export const USAGE_STATEMENTS = { READ_USAGE, READ_EVENTS, LIST_EVENT_COUNTS } as const;

/** What the tenant has, and has done on the day of `now` (epoch ms). */
export async function readUsage(db: TenantDb, now: number): Promise<Usage> {
  return (await db.first<Usage>(READ_USAGE, now)) ?? { machines: 0, configurations: 0, eventsToday: 0 };
}

/** Events of the tenant on the day of `now`. */
export async function readEvents(db: TenantDb, now: number): Promise<number> {
  return (await db.first<{ events: number }>(READ_EVENTS, now))?.events ?? 0;
}

export interface EventCount {
  /** `2026-11-26`, of UTC. */
  readonly day: string;
  readonly events: number;
}

/** Days with events, from `from` on, oldest first. */
export function listEventCounts(db: TenantDb, from: string, limit: number): Promise<EventCount[]> {
  return db.all(LIST_EVENT_COUNTS, from, limit);
}

/** As the column has them. */
export function parseQuotas(text: string | null | undefined): Quotas {
  return text ? (JSON.parse(text) as Quotas) : {};
}

/**
 * Counts what is about to be written and is not there: to be run before the rows themselves, in the same transaction, so that an
 * event is counted once however often it is told. `alias` finds the row of a fact, whose members stand in `fact.value`.
 */
function countStatement(which: string, key: string, present: string): string {
  return `
  INSERT INTO event_counts (tenant, day, events)
  SELECT fact.value->>'tenant', date((fact.value->>'at') / 1000, 'unixepoch'), count(DISTINCT ${key})
  FROM json_each(?1) AS fact
  WHERE ${which} AND NOT EXISTS (${present})
  GROUP BY 1, 2
  ON CONFLICT (tenant, day) DO UPDATE SET events = events + excluded.events`;
}

const EVENT = `json_array(fact.value->>'configuration', fact.value->>'id', fact.value->>'eventId')`;
const SAME_EVENT = `
    known.tenant = fact.value->>'tenant' AND known.configuration = fact.value->>'configuration'
    AND known.event_id = fact.value->>'eventId' AND known.machine_id = fact.value->>'id'`;

/** Accepted events; what operators and machines do themselves is none. */
export const COUNT_ACCEPTED = countStatement(
  `fact.value->>'kind' = 'changed' AND fact.value->>'event' <> ''`,
  EVENT,
  `SELECT 1 FROM transitions AS known WHERE ${SAME_EVENT} AND known.created_at = fact.value->>'createdAt'`,
);
/** Refused and failed events. */
export const COUNT_REFUSED = countStatement(
  "true",
  `json_array(${EVENT}, fact.value->>'at', fact.value->>'failureId')`,
  `SELECT 1 FROM failures AS known WHERE ${SAME_EVENT} AND known.at = fact.value->>'at'
    AND known.failure_id = coalesce(fact.value->>'failureId', '')`,
);
/** Ignored events; a deferred one is counted as what becomes of it. */
export const COUNT_IGNORED = countStatement(
  "fact.value->>'kind' = 'ignored'",
  EVENT,
  `SELECT 1 FROM lookups AS known WHERE ${SAME_EVENT} AND known.at = fact.value->>'at'`,
);
