/**
 * Erases a tenant: its jobs and machines, object by object, then every row that is left. There is no list of what was done:
 * what is erased is not found again, so it goes on wherever it was interrupted.
 */
import * as catalog from "../catalog/erasure.ts";
import { walkMachines } from "../catalog/housekeeping.ts";
import type { MachineRow } from "../catalog/index-entry.ts";
import { listJobsOf } from "../catalog/jobs.ts";
import type { TenantDb } from "../catalog/tenant-db.ts";
import { findTenant } from "../catalog/tenants.ts";
import type { JobCalls } from "../jobs/calls.ts";
import type { MachineAddress, MachineCalls } from "../machine/calls.ts";
import { within } from "../within.ts";

/** A tenant's erasure as its callers reach it. */
export interface ErasureCalls {
  /** Makes sure that it goes on; the tenant is marked. */
  start(tenant: string): Promise<void>;
}

/** The last machine looked at in the walk under way. */
export type ErasureProgress = Pick<MachineRow, "configuration" | "id">;

export const FROM_THE_START: ErasureProgress = { configuration: "", id: "" };

export interface ErasureDeps {
  readonly db: TenantDb;
  machine(address: MachineAddress): Pick<MachineCalls, "erase">;
  job(id: string): Pick<JobCalls, "erase">;
  /** Forgets what else has been kept of the tenant outside D1: counts, rebuilds. */
  forgetRest(): Promise<void>;
  now(): number;
  uuid(): string;
}

/** What comes next, and after how long; undefined: nothing is left. */
export type Next = { readonly progress: ErasureProgress; readonly waitMs: number } | undefined;

/** Keys go on for 30 s after they were revoked, and what was begun with them a little longer. */
const GRACE_MS = 60_000;
/** Before what could not be reached is asked again. */
const PAUSE_MS = 5_000;
/** For one machine. */
const PATIENCE_MS = 10_000;
const MACHINES_PER_CHUNK = 100;
const MACHINES_AT_ONCE = 8;
const JOBS_PER_CHUNK = 20;
/** What stands in the audit log as the actor. */
const ACTOR = "detent";

/** The next chunk. Rejects when a part does not answer: then it is to be tried again. */
export async function continueErasure(deps: ErasureDeps, tenant: string, progress: ErasureProgress): Promise<Next> {
  const { db } = deps;
  const marked = await findTenant(db);
  if (marked?.erasingAt === undefined) return undefined;
  const jobs = await listJobsOf(db, "", undefined, JOBS_PER_CHUNK);
  for (const { createdAt, id } of jobs) {
    await deps.job(id).erase();
    await catalog.eraseJobRow(db, createdAt, id);
  }
  if (jobs.length > 0) return { progress, waitMs: 0 };
  const rows = await walkMachines(db, progress, MACHINES_PER_CHUNK);
  const last = rows.at(-1);
  if (last !== undefined) {
    await catalog.eraseRegistryRows(db, await eraseObjects(deps, tenant, rows));
    return { progress: { configuration: last.configuration, id: last.id }, waitMs: 0 };
  }
  if ((await catalog.eraseSomeRows(db)) || (await eraseSomeOfFeed(deps, tenant))) return { progress, waitMs: 0 };
  const graceMs = marked.erasingAt + GRACE_MS - deps.now();
  if (graceMs > 0) return { progress: FROM_THE_START, waitMs: Math.min(graceMs, PAUSE_MS) };
  await deps.forgetRest();
  const entry = {
    id: deps.uuid(),
    at: deps.now(),
    actor: ACTOR,
    action: "tenant.erased",
    subject: tenant,
    details: "{}",
  };
  return (await catalog.endErasure(db, entry)) ? undefined : { progress: FROM_THE_START, waitMs: PAUSE_MS };
}

/**
 * Deletes the first of the feed, and before it the objects of machines that were deleted: the registry forgets those in an
 * hour, and they keep their address for a month. Answers whether there may be more. Rejects when one does not answer.
 */
async function eraseSomeOfFeed(deps: ErasureDeps, tenant: string): Promise<boolean> {
  const rows = await catalog.listFirstTransitions(deps.db);
  const last = rows.at(-1);
  if (last === undefined) return false;
  const gone = rows.filter(({ kind }) => kind === "deleted");
  if ((await eraseObjects(deps, tenant, gone)).length < gone.length) throw new Error("a machine does not answer");
  await catalog.eraseTransitions(deps.db, last);
  return true;
}

/** Those whose objects are empty now; the others are to be found again by what is kept of them. */
async function eraseObjects<M extends ErasureProgress>(
  deps: ErasureDeps,
  tenant: string,
  machines: readonly M[],
): Promise<M[]> {
  const queue = [...machines];
  const erased: M[] = [];
  const worker = async (): Promise<void> => {
    for (let machine = queue.shift(); machine !== undefined; machine = queue.shift()) {
      const address = { tenant, configuration: machine.configuration, id: machine.id };
      try {
        await within(PATIENCE_MS, "the machine", deps.machine(address).erase(address, ACTOR));
        erased.push(machine);
      } catch {
        // It is asked again with the next walk.
      }
    }
  };
  await Promise.all(Array.from({ length: MACHINES_AT_ONCE }, worker));
  return erased;
}
