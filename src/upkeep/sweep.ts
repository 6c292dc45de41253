/**
 * One round of looking after what nobody else does: machines whose work is overdue, notifications that did not leave,
 * what has expired in D1. Every step stands alone: one that fails is tried again in the next round.
 */
import { listUnerased } from "../catalog/erasure.ts";
import * as housekeeping from "../catalog/housekeeping.ts";
import { forgetNotifications } from "../catalog/machine-index.ts";
import type { LogFacts, Severity } from "../log.ts";
import { RejectedError, toJsonMessages, type QueueSender } from "../queue-sender.ts";
import { correctRow, type CorrectionDeps } from "./correction.ts";

/** What is late by so much is looked after: a machine that lives has woken by itself long before. */
const OVERDUE_MS = 60_000;
/** A machine that cannot be reached is asked again after this, so that the others come first. */
const POSTPONED_MS = 10 * 60_000;
/** A notification that its index-writer has not got rid of in this time. */
const UNSENT_MS = 30_000;
/** No write about a machine is under way for longer than that after its end. */
const TOMBSTONE_MS = 60 * 60_000;
/** Rows of each kind a round takes, so that a round stays short. */
const ROWS_PER_ROUND = 500;
const MACHINES_PER_ROUND = 100;
/** They go on by themselves: no round comes sooner for them. */
const ERASURES_PER_ROUND = 1_000;
/** Each may carry 64 KiB of a sender's data. */
const NOTIFICATIONS_PER_ROUND = 100;
/** Machines that do not answer must not use up the time that an alarm has. */
const MACHINES_WITHIN_MS = 60_000;

export interface SweepDeps extends CorrectionDeps {
  readonly notifications: QueueSender;
  /** Makes sure that the tenant's erasure goes on. */
  startErasure(tenant: string): Promise<void>;
  readonly lookupRetentionMs: number;
  now(): number;
  log(severity: Severity, message: string, facts: LogFacts): void;
}

/** Answers whether more of it is waiting. */
export async function sweep(deps: SweepDeps): Promise<boolean> {
  const { db, lookupRetentionMs } = deps;
  const now = deps.now();
  const full = [
    await step(deps, "notifications", NOTIFICATIONS_PER_ROUND, () => sendNotifications(deps, now)),
    await step(deps, "transitions", ROWS_PER_ROUND, () =>
      housekeeping.pruneTransitions(db, now - lookupRetentionMs, ROWS_PER_ROUND),
    ),
    await step(deps, "failures", ROWS_PER_ROUND, () => housekeeping.pruneFailures(db, now, ROWS_PER_ROUND)),
    await step(deps, "lookups", ROWS_PER_ROUND, () => housekeeping.pruneLookups(db, now, ROWS_PER_ROUND)),
    await step(deps, "erasures", Infinity, () => startErasures(deps)),
    await step(deps, "tombstones", ROWS_PER_ROUND, () =>
      housekeeping.pruneTombstones(db, now - TOMBSTONE_MS, ROWS_PER_ROUND),
    ),
    await step(deps, "machines", MACHINES_PER_ROUND, () => pokeOverdue(deps, now)),
  ];
  return full.some(Boolean);
}

/** Whether the step did as much as a round may: then there is more. */
async function step(deps: SweepDeps, name: string, most: number, work: () => Promise<number>): Promise<boolean> {
  try {
    return (await work()) >= most;
  } catch (error) {
    deps.log("warn", "a step of the sweep failed", { step: name, cause: error });
    return false;
  }
}

/** Whoever was to start one may have been interrupted; and a machine that the index had lost may have come back. */
async function startErasures(deps: SweepDeps): Promise<number> {
  const tenants = await listUnerased(deps.db, ERASURES_PER_ROUND);
  for (const tenant of tenants) await deps.startErasure(tenant);
  return tenants.length;
}

async function pokeOverdue(deps: SweepDeps, now: number): Promise<number> {
  const rows = await housekeeping.listOverdueMachines(deps.db, now - OVERDUE_MS, MACHINES_PER_ROUND);
  let count = 0;
  for (const row of rows) {
    if (deps.now() - now > MACHINES_WITHIN_MS) break;
    // One at a time: the sweep is in no hurry, and must not be a load of its own.
    const correction = await correctRow(deps, row);
    if (correction === "failed") await housekeeping.postponeMachine(deps.db, row, now + POSTPONED_MS);
    count += 1;
  }
  return count;
}

async function sendNotifications(deps: SweepDeps, now: number): Promise<number> {
  const unsent = await housekeeping.listUnsentNotifications(deps.db, now - UNSENT_MS, NOTIFICATIONS_PER_ROUND);
  for (const failed of unsent) {
    try {
      // One at a time, so that one that the queue never takes is known.
      await deps.notifications.send(toJsonMessages([failed.notification]));
    } catch (error) {
      if (!(error instanceof RejectedError)) throw error;
      const { tenant, configuration, id, eventId } = failed;
      const facts = { tenant, configuration, id, event_id: eventId, cause: error };
      deps.log("error", "a notification that the queue never takes was set aside", facts);
    }
    await forgetNotifications(deps.db, [failed]);
  }
  return unsent.length;
}
