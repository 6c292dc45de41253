/** The index of machines and of what they decided, in D1: the statements that write it. Used by the index-writers only. */
import { notErased } from "./erased-lives.ts";
import type { FailedEvent, IndexEntry } from "./index-entry.ts";
import { labelChanges } from "./label-index.ts";
import { COUNT_ACCEPTED, COUNT_IGNORED, COUNT_REFUSED } from "./usage.ts";

/**
 * A telling wins when it is of a newer life, or of the same life and newer: so neither a late write nor an earlier life
 * of the id can. Two secondary indexes are touched; `version` and `retired_at` stay out, since a third would be, too.
 */
const UPSERT_MACHINES = `
  INSERT INTO machines (tenant, configuration, id, version, state, revision, change, created_at, updated_at, labels, due_at,
    retired_at)
  SELECT value->>'tenant', value->>'configuration', value->>'id', value->>'version', value->>'state', value->>'revision',
    value->>'change', value->>'createdAt', value->>'updatedAt', value->>'labels', value->>'dueAt', value->>'retiredAt'
  FROM json_each(?1) WHERE ${notErased("value")}
  ON CONFLICT (tenant, configuration, id) DO UPDATE SET
    state = excluded.state, revision = excluded.revision, change = excluded.change, created_at = excluded.created_at,
    updated_at = excluded.updated_at, labels = excluded.labels, due_at = excluded.due_at
  WHERE (excluded.created_at, excluded.change) > (created_at, change)`;

/** What seldom changes, where the telling that brings it has won. */
const SET_THE_REST = `
  UPDATE machines SET version = value->>'version', retired_at = value->>'retiredAt' FROM json_each(?1)
  WHERE tenant = value->>'tenant' AND configuration = value->>'configuration' AND machines.id = value->>'id'
    AND created_at = value->>'createdAt' AND change = value->>'change'
    AND (version <> value->>'version' OR retired_at IS NOT value->>'retiredAt')`;

/**
 * Takes as many positions of the feeds as follow in the same transaction. None is below the clock: a database that was
 * restored to an earlier time has forgotten which it gave out, and readers would miss what comes below their cursors.
 */
const ADVANCE_FEEDS = "UPDATE feed_head SET seq = max(seq, CAST(unixepoch('subsec') * 1000 AS INTEGER)) + ?1";

/** What was told before is told again after a crash: the first telling stands. */
const INSERT_TRANSITIONS = `
  INSERT INTO transitions (tenant, configuration, seq, machine_id, created_at, kind, event_id, revision, version, event,
    from_state, to_state, at, originator, actor)
  SELECT value->>'tenant', value->>'configuration', (SELECT seq FROM feed_head) - ?2 + key, value->>'id',
    value->>'createdAt', value->>'kind', value->>'eventId', value->>'revision', value->>'version', value->>'event',
    value->>'from', value->>'to', value->>'at', value->>'originator', value->>'actor'
  FROM json_each(?1) WHERE ${notErased("value")}
  ON CONFLICT (tenant, configuration, event_id, machine_id, created_at) DO NOTHING`;

const INSERT_FAILURES = `
  INSERT INTO failures (tenant, seq, configuration, machine_id, event_id, at, failure_id, expires_at, receipt, notification)
  SELECT value->>'tenant', (SELECT seq FROM feed_head) - ?2 + key, value->>'configuration', value->>'id',
    value->>'eventId', value->>'at', coalesce(value->>'failureId', ''), value->>'expiresAt', value->>'receipt',
    value->>'notification'
  FROM json_each(?1) WHERE ${notErased("value")}
  ON CONFLICT (tenant, configuration, event_id, machine_id, at, failure_id) DO NOTHING`;

const INSERT_LOOKUPS = `
  INSERT INTO lookups (tenant, configuration, event_id, machine_id, at, expires_at)
  SELECT value->>'tenant', value->>'configuration', value->>'eventId', value->>'id', value->>'at', value->>'expiresAt'
  FROM json_each(?1) WHERE ${notErased("value")}
  ON CONFLICT (tenant, configuration, event_id, machine_id) DO UPDATE SET at = excluded.at, expires_at = excluded.expires_at
  WHERE excluded.at > at`;

const FORGET_NOTIFICATIONS = `
  UPDATE failures SET notification = NULL FROM json_each(?1)
  WHERE tenant = value->>'tenant' AND configuration = value->>'configuration' AND event_id = value->>'eventId'
    AND machine_id = value->>'id' AND at = value->>'at' AND failure_id = value->>'failureId'`;

/** For the test of their plans: those that ask whether a life was erased. */
export const MACHINE_STATEMENTS = { UPSERT_MACHINES, INSERT_TRANSITIONS, INSERT_FAILURES, INSERT_LOOKUPS } as const;

/**
 * Writes entries and failed events of any tenants: each carries its own. All or nothing, in as few statements as there
 * are tables: D1 takes one at a time.
 */
export async function writeIndex(
  db: D1Database,
  entries: readonly IndexEntry[],
  failed: readonly FailedEvent[] = [],
): Promise<void> {
  const statements: D1PreparedStatement[] = [];
  if (entries.length > 0) {
    const rows = entries.map(({ transitions: _transitions, refusals: _refusals, lookups: _lookups, ...row }) => row);
    statements.push(...labelChanges(db, entries), db.prepare(UPSERT_MACHINES).bind(JSON.stringify(rows)));
    const others = rows.filter(({ isNew, retiredAt }) => isNew || retiredAt !== null);
    if (others.length > 0) statements.push(db.prepare(SET_THE_REST).bind(JSON.stringify(others)));
  }
  const transitions = entries.flatMap(({ tenant, configuration, id, createdAt, transitions: facts }) =>
    facts.map((fact) => ({ tenant, configuration, id, createdAt, ...fact })),
  );
  const refusals = entries.flatMap(({ tenant, configuration, id, createdAt, refusals: facts }) =>
    facts.map((fact) => ({ tenant, configuration, id, createdAt, ...fact })),
  );
  const lookups = entries.flatMap(({ tenant, configuration, id, createdAt, lookups: facts }) =>
    facts.map((fact) => ({ tenant, configuration, id, createdAt, ...fact })),
  );
  const failures = [...refusals, ...failed];
  const positions = transitions.length + failures.length;
  if (positions > 0) statements.push(db.prepare(ADVANCE_FEEDS).bind(positions));
  // Before the rows themselves: what is there already was counted before.
  if (transitions.length > 0) statements.push(db.prepare(COUNT_ACCEPTED).bind(JSON.stringify(transitions)));
  if (failures.length > 0) statements.push(db.prepare(COUNT_REFUSED).bind(JSON.stringify(failures)));
  if (lookups.length > 0) statements.push(db.prepare(COUNT_IGNORED).bind(JSON.stringify(lookups)));
  if (transitions.length > 0) {
    statements.push(db.prepare(INSERT_TRANSITIONS).bind(JSON.stringify(transitions), positions - 1));
  }
  if (failures.length > 0) {
    statements.push(db.prepare(INSERT_FAILURES).bind(JSON.stringify(failures), failures.length - 1));
  }
  if (lookups.length > 0) statements.push(db.prepare(INSERT_LOOKUPS).bind(JSON.stringify(lookups)));
  if (statements.length > 0) await db.batch(statements);
}

/** Marks the notifications of failed events as taken by the queue. */
export async function forgetNotifications(
  db: D1Database,
  sent: readonly Pick<FailedEvent, "tenant" | "configuration" | "id" | "eventId" | "at" | "failureId">[],
): Promise<void> {
  const keys = sent.map(({ tenant, configuration, id, eventId, at, failureId }) => {
    return { tenant, configuration, id, eventId, at, failureId };
  });
  if (keys.length > 0) await db.prepare(FORGET_NOTIFICATIONS).bind(JSON.stringify(keys)).run();
}

/**
 * Whether D1 refuses what it was given, so that it would the next time, too: SQLite's words for a value that is too big,
 * breaks a constraint or is no JSON. Anything else (D1 is down, full, older than this code) may pass.
 */
export function isRefusal(error: unknown): boolean {
  return /too big|constraint failed|malformed JSON|datatype mismatch/i.test(String(error));
}
