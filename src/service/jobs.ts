/** Use cases on jobs: create one, see how far it is, pause, resume and cancel it. What a job does is in job-work.ts. */
import * as catalog from "../catalog/jobs.ts";
import { configurationExists } from "../catalog/configurations.ts";
import { countMachines } from "../catalog/machine-count.ts";
import { configIdOf } from "../engine/configuration.ts";
import { checkId, checkVersion, quote } from "../engine/names.ts";
import { DetentError, invalid, orUnavailable } from "../errors.ts";
import type { JobAction, JobCalls, JobRefusal, JobReply, JobSpec, JobView } from "../jobs/calls.ts";
import { canonicalJson } from "../json.ts";
import { requireScope } from "../auth/scope.ts";
import { findStored } from "./configurations.ts";
import { deriveId } from "./derived-id.ts";
import { checkEventItself, type EventInput } from "./event-rules.ts";
import type { Principal } from "../auth/principal.ts";
import type { House } from "./house.ts";
import { checkFilter, type MachineFilterInput } from "./machine-filter.ts";
import { checkStateMap } from "./migration.ts";
import { pageSizeOf, readPageToken, signPageToken } from "./paging.ts";
import { Rules } from "./rules.ts";

const USUAL_RATE = 100;
/** What objects, the index and the queues of one deployment bear beside their other work. */
const LARGEST_RATE = 1_000;

/** Jobs of a tenant that have not ended: each reads the index and sends to the queue by itself, whether anybody looks or not. */
const MOST_UNFINISHED = 100;

/** Jobs of a page: each may carry an event of 64 KiB. */
const MOST_LISTED = 50;

/** What is to be done to each machine: one of these. */
interface JobActionInput {
  readonly send?: Omit<EventInput, "eventId" | "timestamp"> | undefined;
  readonly migrate?:
    | { readonly to: string; readonly stateMap?: Readonly<Record<string, string>> | undefined }
    | undefined;
  readonly delete?: object | undefined;
}

export interface CreateJobInput extends JobActionInput {
  readonly filter: MachineFilterInput;
  readonly isDryRun?: boolean | undefined;
  /** Machines a second; absent or 0: 100. */
  readonly rate?: number | undefined;
  /** A repeat with the same key and content gets the first job. */
  readonly idempotencyKey?: string | undefined;
}

/**
 * Starts a job. Throws CONFIGURATION_NOT_FOUND where the filter or the migration names none, QUOTA_EXCEEDED where a hundred of
 * the tenant's have not ended; some more may come to be where many are created at once.
 */
export async function createJob(house: House, principal: Principal, input: CreateJobInput): Promise<JobView> {
  requireScope(principal, "ops");
  const { tenant, actor } = principal;
  const key = input.idempotencyKey || undefined;
  const rules = new Rules();
  if (key !== undefined) rules.name("/idempotency_key", key, checkId);
  const filter = checkFilter(rules, input.filter, "/filter");
  const action = checkAction(rules, house, input);
  const rate = checkRate(rules, input.rate || USUAL_RATE);
  rules.enforce();
  // Whoever may not do it to one may not do it to many.
  requireScope(principal, action.kind === "send" ? "events:send" : "machines:write");
  const { configuration } = filter;
  const db = house.catalog(tenant);
  if (action.kind === "migrate") await findStored(house, principal, configIdOf(configuration, action.to));
  else if (!(await configurationExists(db, configuration))) {
    throw new DetentError("CONFIGURATION_NOT_FOUND", `there is no configuration ${quote(configuration)}`);
  }
  const [counted] = await countMachines(db, { ...filter, groupBy: [], limit: 1 });
  const id = key === undefined ? house.uuid() : await deriveId(key);
  const isDryRun = input.isDryRun ?? false;
  const createdAt = house.now();
  const spec: JobSpec = {
    id,
    tenant,
    actor,
    filter,
    action,
    isDryRun,
    rate,
    expected: counted?.count ?? 0,
    createdAt,
    eventId: `detent:job:${id}:${createdAt}`,
    content: canonicalJson({ filter, action, isDryRun, rate }),
  };
  const isFull = (await catalog.countUnfinishedJobs(db)) >= MOST_UNFINISHED;
  return jobOf(id, await orUnavailable("the job", house.job(tenant, id).create(spec, isFull)));
}

function checkAction(rules: Rules, house: House, input: JobActionInput): JobAction {
  const given = (["send", "migrate", "delete"] as const).filter((kind) => input[kind] !== undefined);
  if (given.length !== 1) {
    const message = "a job does one of send, migrate and delete";
    rules.broken("", given.length === 0 ? "required" : "contradiction", message, given.join(", "));
  }
  if (input.send !== undefined) {
    const { event, data, details, originator } = checkEventItself(rules, "/send", house, input.send);
    return { kind: "send", event, data, details, originator };
  }
  if (input.migrate !== undefined) {
    const { to, stateMap = {} } = input.migrate;
    rules.name("/migrate/to", to, checkVersion);
    checkStateMap(rules, stateMap, "/migrate");
    return { kind: "migrate", to, stateMap: { ...stateMap } };
  }
  return { kind: "delete" };
}

function checkRate(rules: Rules, rate: number): number {
  if (!Number.isInteger(rate) || rate < 0) {
    rules.broken("/rate", "range", "rate must be a whole number of machines a second", String(rate));
  } else if (rate > LARGEST_RATE) {
    const message = `rate is ${rate} machines a second, the limit is ${LARGEST_RATE}`;
    rules.broken("/rate", "limit_exceeded", message, String(rate));
  }
  return rate;
}

export interface GetJobInput {
  readonly id: string;
  readonly pageSize?: number | undefined;
  readonly pageToken?: string | undefined;
}

export interface JobAnswer {
  readonly job: JobView;
  /** In the order in which they came. */
  readonly refusals: readonly JobRefusal[];
  readonly nextPageToken: string;
}

/** How far a job is, and a page of what was refused. */
export async function getJob(house: House, principal: Principal, input: GetJobInput): Promise<JobAnswer> {
  requireScope(principal, "ops");
  const { id } = input;
  const limit = pageSizeOf(input.pageSize);
  const binding = [principal.tenant, "job", id];
  const after = Number((await readPageToken(house, binding, input.pageToken)) ?? 0);
  const object = objectOf(house, principal, id);
  const job = jobOf(id, await orUnavailable("the job", object.read()));
  const found = await orUnavailable("the job", object.refusals(after, limit + 1));
  const refusals = found.slice(0, limit);
  const last = refusals.at(-1);
  const isMore = found.length > limit && last !== undefined;
  return { job, refusals, nextPageToken: isMore ? await signPageToken(house, binding, String(last.seq)) : "" };
}

/** Jobs, newest first, at most 50 a page; how far each was some seconds ago. */
export async function listJobs(
  house: House,
  principal: Principal,
  input: { readonly pageSize?: number | undefined; readonly pageToken?: string | undefined },
): Promise<{ readonly jobs: readonly JobView[]; readonly nextPageToken: string }> {
  requireScope(principal, "ops");
  const limit = Math.min(pageSizeOf(input.pageSize), MOST_LISTED);
  const binding = [principal.tenant, "jobs"];
  const token = await readPageToken(house, binding, input.pageToken);
  const after = token === undefined ? undefined : (JSON.parse(token) as catalog.JobPosition);
  const found = await catalog.listJobs(house.catalog(principal.tenant), after, limit + 1);
  const jobs = found.slice(0, limit).map((job) => JSON.parse(job) as JobView);
  const last = jobs.at(-1);
  if (found.length <= limit || last === undefined) return { jobs, nextPageToken: "" };
  const { createdAt, id } = last;
  return { jobs, nextPageToken: await signPageToken(house, binding, JSON.stringify({ createdAt, id })) };
}

/** Takes on no more machines until it is resumed. A job that has ended stays as it is, here and below. */
export function pauseJob(house: House, principal: Principal, id: string): Promise<JobView> {
  return change(house, principal, id, (job) => job.pause());
}

export function resumeJob(house: House, principal: Principal, id: string): Promise<JobView> {
  return change(house, principal, id, (job) => job.resume());
}

/** Ends a job; what was done stays done. */
export function cancelJob(house: House, principal: Principal, id: string): Promise<JobView> {
  return change(house, principal, id, (job) => job.cancel());
}

async function change(
  house: House,
  principal: Principal,
  id: string,
  ask: (job: JobCalls) => Promise<JobReply>,
): Promise<JobView> {
  requireScope(principal, "ops");
  return jobOf(id, await orUnavailable("the job", ask(objectOf(house, principal, id))));
}

function objectOf(house: House, { tenant }: Principal, id: string): JobCalls {
  const rules = new Rules();
  rules.name("/id", id, checkId);
  rules.enforce();
  return house.job(tenant, id);
}

/** The job, or why there is none. */
function jobOf(id: string, reply: JobReply): JobView {
  if (reply.ok) return reply.job;
  switch (reply.problem) {
    case "unknown":
      throw new DetentError("NOT_FOUND", `there is no job ${quote(id)}`);
    case "other content": {
      const message = "idempotency_key was used for another job";
      throw invalid([{ pointer: "/idempotency_key", rule: "reused", message }]);
    }
    case "too many":
      throw new DetentError(
        "QUOTA_EXCEEDED",
        `${MOST_UNFINISHED} jobs have not ended, which is the limit of a tenant`,
        {
          metadata: { quota: "jobs", limit: String(MOST_UNFINISHED) },
        },
      );
    default:
      return reply.problem satisfies never;
  }
}
