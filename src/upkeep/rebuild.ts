/**
 * Makes a tenant's index right again: walks the registry and lets every machine tell what is true. A walk is a row of
 * chunks; what it knows between two chunks is its progress, so it can go on wherever it was interrupted.
 */
import { walkMachines } from "../catalog/housekeeping.ts";
import { restoreLabels } from "../catalog/label-index.ts";
import { TenantDb } from "../catalog/tenant-db.ts";
import { correctRow, type CorrectionDeps } from "./correction.ts";

/** How far a rebuild is. Counts are of machines. */
export interface RebuildProgress {
  readonly startedAt: number;
  /** Absent while it goes on. */
  readonly finishedAt?: number;
  /** Looked at so far. */
  readonly walked: number;
  /** Of these: rows that were wrong and were written anew. */
  readonly corrected: number;
  /** Rows about no machine, taken out. */
  readonly removed: number;
  /** Machines that could not be reached; their rows are as they were. */
  readonly failed: number;
  /** The last one looked at. */
  readonly after: { readonly configuration: string; readonly id: string };
}

/** A tenant's rebuild as its callers reach it. */
export interface RebuildCalls {
  /** Forgets all walks. */
  erase(): Promise<void>;
  /** Starts a walk, unless one is under way. */
  start(tenant: string): Promise<RebuildProgress>;
  /** The walk under way or the last one. */
  progress(): Promise<RebuildProgress | undefined>;
}

export interface RebuildDeps extends CorrectionDeps {
  now(): number;
}

/** Machines looked at between two notes of the progress. */
const MACHINES_PER_CHUNK = 100;
const MACHINES_AT_ONCE = 8;

export function beginRebuild(now: number): RebuildProgress {
  return { startedAt: now, walked: 0, corrected: 0, removed: 0, failed: 0, after: { configuration: "", id: "" } };
}

/** The next chunk. Rejects when the database does not answer: then nothing has moved. */
export async function continueRebuild(
  deps: RebuildDeps,
  tenant: string,
  progress: RebuildProgress,
): Promise<RebuildProgress> {
  const rows = await walkMachines(new TenantDb(deps.db, tenant), progress.after, MACHINES_PER_CHUNK);
  await restoreLabels(deps.db, rows);
  const counts = { right: 0, corrected: 0, removed: 0, failed: 0 };
  const queue = [...rows];
  const worker = async (): Promise<void> => {
    for (let row = queue.shift(); row !== undefined; row = queue.shift()) counts[await correctRow(deps, row)] += 1;
  };
  await Promise.all(Array.from({ length: MACHINES_AT_ONCE }, worker));
  const last = rows.at(-1);
  return {
    ...progress,
    walked: progress.walked + rows.length,
    corrected: progress.corrected + counts.corrected,
    removed: progress.removed + counts.removed,
    failed: progress.failed + counts.failed,
    ...(last === undefined
      ? { finishedAt: deps.now(), after: { configuration: "", id: "" } }
      : { after: { configuration: last.configuration, id: last.id } }),
  };
}
