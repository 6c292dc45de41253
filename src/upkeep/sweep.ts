/**
 * One round of looking after what nobody else does: machines whose work is overdue, notifications that did not leave,
 * what has expired in D1. Every step stands alone: one that fails is tried again in the next round.
 */
import { addressOfRow } from "./address.ts";
import * as housekeeping from "../catalog/housekeeping.ts";
import { forgetNotifications } from "../catalog/machine-index.ts";
import type { MachineAddress, MachineCalls } from "../machine/calls.ts";
import { toJsonMessages, type QueueSender } from "../queue-sender.ts";

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

export interface SweepDeps {
  readonly db: D1Database;
  machine(address: MachineAddress): MachineCalls;
  readonly notifications: QueueSender;
  readonly lookupRetentionMs: number;
  now(): number;
  log(message: string, facts: Record<string, string | number>): void;
}

/** Answers whether more of it is waiting. */
export async function sweep(deps: SweepDeps): Promise<boolean> {
  const { db, lookupRetentionMs } = deps;
  const now = deps.now();
  const full = [
    await step(deps, "machines", MACHINES_PER_ROUND, () => pokeOverdue(deps, now)),
    await step(deps, "notifications", ROWS_PER_ROUND, () => sendNotifications(deps, now)),
    await step(deps, "transitions", ROWS_PER_ROUND, () =>
      housekeeping.pruneTransitions(db, now - lookupRetentionMs, ROWS_PER_ROUND),
    ),
    await step(deps, "failures", ROWS_PER_ROUND, () => housekeeping.pruneFailures(db, now, ROWS_PER_ROUND)),
    await step(deps, "tombstones", ROWS_PER_ROUND, () =>
      housekeeping.pruneTombstones(db, now - TOMBSTONE_MS, ROWS_PER_ROUND),
    ),
  ];
  return full.some(Boolean);
}

/** Whether the step did as much as a round may: then there is more. */
async function step(deps: SweepDeps, name: string, most: number, work: () => Promise<number>): Promise<boolean> {
  try {
    return (await work()) >= most;
  } catch (error) {
    deps.log("a step of the sweep failed", { step: name, cause: String(error) });
    return false;
  }
}

async function pokeOverdue(deps: SweepDeps, now: number): Promise<number> {
  const rows = await housekeeping.listOverdueMachines(deps.db, now - OVERDUE_MS, MACHINES_PER_ROUND);
  for (const row of rows) {
    const address = addressOfRow(row);
    try {
      // One at a time: the sweep is in no hurry, and must not be a load of its own.
      const reply = await deps.machine(address).reindex(address, row);
      if (reply.ok) continue;
      if (reply.reason === "MACHINE_NOT_FOUND") await housekeeping.deleteMachine(deps.db, row);
      else await housekeeping.postponeMachine(deps.db, row, now + POSTPONED_MS);
    } catch (error) {
      deps.log("a machine could not be looked after", { ...address, cause: String(error) });
      await housekeeping.postponeMachine(deps.db, row, now + POSTPONED_MS);
    }
  }
  return rows.length;
}

async function sendNotifications(deps: SweepDeps, now: number): Promise<number> {
  const unsent = await housekeeping.listUnsentNotifications(deps.db, now - UNSENT_MS, ROWS_PER_ROUND);
  if (unsent.length === 0) return 0;
  await deps.notifications.send(toJsonMessages(unsent.map(({ notification }) => notification)));
  await forgetNotifications(deps.db, unsent);
  return unsent.length;
}
