/** Jobs in D1: a list of them, and how far each was when its object told last. The objects have the truth. */
import type { JsonText } from "../receipt.ts";
import type { TenantDb } from "./tenant-db.ts";

/** Where a job stands in the list. */
export interface JobPosition {
  readonly createdAt: number;
  readonly id: string;
}

const UPSERT = `
  INSERT INTO jobs (tenant, created_at, id, job) VALUES (?1, ?2, ?3, ?4)
  ON CONFLICT (tenant, created_at, id) DO UPDATE SET job = excluded.job`;

const LIST_JOBS = `
  SELECT job FROM jobs WHERE tenant = ?1 AND (created_at, id) < (?2, ?3) ORDER BY created_at DESC, id DESC LIMIT ?4`;

const LIST_JOBS_OF = `
  SELECT created_at AS createdAt, id FROM jobs
  WHERE tenant = ?1 AND (created_at, id) < (?2, ?3) AND (?4 = '' OR job->>'$.filter.configuration' = ?4)
  ORDER BY created_at DESC, id DESC LIMIT ?5`;

const COUNT_UNFINISHED = "SELECT count(*) AS count FROM jobs WHERE tenant = ?1 AND job->>'finishedAt' IS NULL";

/** For the test of their plans. */
export const JOB_STATEMENTS = { LIST_JOBS, LIST_JOBS_OF, COUNT_UNFINISHED } as const;

/** How many jobs have not ended, as far as they have told: running or paused. */
export async function countUnfinishedJobs(db: TenantDb): Promise<number> {
  return (await db.first<{ count: number }>(COUNT_UNFINISHED))?.count ?? 0;
}

/** Stores what is told of a job in place of what was told before. */
export async function storeJob(db: TenantDb, { createdAt, id }: JobPosition, job: JsonText): Promise<void> {
  await db.run(UPSERT, createdAt, id, job);
}

/** Newest first, after a position; what was told of each. */
export async function listJobs(db: TenantDb, after: JobPosition | undefined, limit: number): Promise<JsonText[]> {
  const { createdAt = Number.MAX_SAFE_INTEGER, id = "" } = after ?? {};
  return (await db.all<{ job: JsonText }>(LIST_JOBS, createdAt, id, limit)).map(({ job }) => job);
}

/** The same, of one configuration unless it is "": where each stands. */
export function listJobsOf(
  db: TenantDb,
  configuration: string,
  after: JobPosition | undefined,
  limit: number,
): Promise<JobPosition[]> {
  const { createdAt = Number.MAX_SAFE_INTEGER, id = "" } = after ?? {};
  return db.all(LIST_JOBS_OF, createdAt, id, configuration, limit);
}

export async function deleteJob(db: TenantDb, { createdAt, id }: JobPosition): Promise<void> {
  await db.run("DELETE FROM jobs WHERE tenant = ?1 AND created_at = ?2 AND id = ?3", createdAt, id);
}
