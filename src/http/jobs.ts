/** The routes of jobs. */
import type * as v from "valibot";
import * as jobs from "../service/jobs.ts";
import * as out from "../output.ts";
import { idempotencyKey } from "./preconditions.ts";
import { instant, pageSize, param, route, type Ctx } from "./route.ts";
import { SHAPES } from "./shapes.ts";

const JOBS = "/api/v1/jobs";

const createJob = route({
  operation: "CreateJob",
  access: "ops",
  method: "POST",
  path: JOBS,
  query: SHAPES.dryRunQuery,
  body: SHAPES.job,
  handle: async ({ c, house, principal, query, body }) => {
    const job = await jobs.createJob(house, principal, {
      filter: filterOf(body.filter),
      send: body.send,
      migrate: body.migrate && { to: body.migrate.to, stateMap: body.migrate.state_map },
      delete: body.delete,
      isDryRun: body.dry_run === true || query.dry_run === "true",
      rate: body.rate,
      idempotencyKey: idempotencyKey(c.req.header("idempotency-key")),
    });
    c.header("location", `${JOBS}/${job.id}`);
    return c.json(out.jobJson(job), 201);
  },
});

function filterOf({ updated_after, updated_before, ...filter }: v.InferOutput<typeof SHAPES.job>["filter"]) {
  return { ...filter, updatedAfter: instant(updated_after), updatedBefore: instant(updated_before) };
}

const listJobs = route({
  operation: "ListJobs",
  access: "ops",
  method: "GET",
  path: JOBS,
  query: SHAPES.pageQuery,
  handle: async ({ c, house, principal, query }) => {
    const input = { pageSize: pageSize(query.page_size), pageToken: query.page_token };
    const found = await jobs.listJobs(house, principal, input);
    return c.json({ jobs: found.jobs.map(out.jobJson), next_page_token: found.nextPageToken });
  },
});

const getJob = route({
  operation: "GetJob",
  access: "ops",
  method: "GET",
  path: `${JOBS}/:id`,
  query: SHAPES.pageQuery,
  handle: async ({ c, house, principal, query }) => {
    const found = await jobs.getJob(house, principal, {
      id: param(c, "id"),
      pageSize: pageSize(query.page_size),
      pageToken: query.page_token,
    });
    const refusals = found.refusals.map(({ seq: _seq, ...refusal }) => refusal);
    return c.json({ ...out.jobJson(found.job), refusals, next_page_token: found.nextPageToken });
  },
});

const pauseJob = route({
  operation: "PauseJob",
  access: "ops",
  method: "POST",
  path: `${JOBS}/:id/pause`,
  handle: ({ c, house, principal }) => answer(c, jobs.pauseJob(house, principal, param(c, "id"))),
});

const resumeJob = route({
  operation: "ResumeJob",
  access: "ops",
  method: "POST",
  path: `${JOBS}/:id/resume`,
  handle: ({ c, house, principal }) => answer(c, jobs.resumeJob(house, principal, param(c, "id"))),
});

const cancelJob = route({
  operation: "CancelJob",
  access: "ops",
  method: "POST",
  path: `${JOBS}/:id/cancel`,
  handle: ({ c, house, principal }) => answer(c, jobs.cancelJob(house, principal, param(c, "id"))),
});

async function answer(c: Ctx, job: ReturnType<typeof jobs.pauseJob>): Promise<Response> {
  return c.json(out.jobJson(await job));
}

export const JOB_ROUTES = [createJob, listJobs, getJob, pauseJob, resumeJob, cancelJob];
