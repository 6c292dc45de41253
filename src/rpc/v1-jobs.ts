/** detent.v1.JobService: each method translates one message to one use case. */
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  JobSchema,
  JobService,
  type CreateJobRequest,
  type Job,
  type JobFilterSchema,
} from "../gen/detent/v1/job_service_pb.ts";
import type { JobAction, JobView } from "../jobs/calls.ts";
import * as jobs from "../service/jobs.ts";
import { callOf } from "./call.ts";
import type { Register } from "./register.ts";
import { struct, timeOf } from "./convert.ts";

export function registerJobs(register: Register): void {
  const { method } = JobService;
  register(method.createJob, "ops", async (request, context) => {
    const { house, principal } = callOf(context);
    return { job: toJob(await jobs.createJob(house, principal, toInput(request))) };
  });
  register(method.getJob, "ops", async (request, context) => {
    const { house, principal } = callOf(context);
    const { job, refusals, nextPageToken } = await jobs.getJob(house, principal, request);
    return { job: toJob(job), refusals: [...refusals], nextPageToken };
  });
  register(method.listJobs, "ops", async (request, context) => {
    const { house, principal } = callOf(context);
    const found = await jobs.listJobs(house, principal, request);
    return { jobs: found.jobs.map(toJob), nextPageToken: found.nextPageToken };
  });
  register(method.pauseJob, "ops", async ({ id }, context) => {
    const { house, principal } = callOf(context);
    return { job: toJob(await jobs.pauseJob(house, principal, id)) };
  });
  register(method.resumeJob, "ops", async ({ id }, context) => {
    const { house, principal } = callOf(context);
    return { job: toJob(await jobs.resumeJob(house, principal, id)) };
  });
  register(method.cancelJob, "ops", async ({ id }, context) => {
    const { house, principal } = callOf(context);
    return { job: toJob(await jobs.cancelJob(house, principal, id)) };
  });
}

function toInput({ filter, action, dryRun, rate, idempotencyKey }: CreateJobRequest): jobs.CreateJobInput {
  const { configuration = "", version, state, labels } = filter ?? {};
  return {
    filter: {
      configuration,
      version,
      state,
      labels,
      updatedAfter: timeOf(filter?.updatedAfter),
      updatedBefore: timeOf(filter?.updatedBefore),
    },
    ...(action.case !== undefined && { [action.case]: action.value }),
    isDryRun: dryRun,
    rate,
    idempotencyKey,
  };
}

function toJob({ filter, action, isDryRun, createdAt, updatedAt, finishedAt, ...job }: JobView): Job {
  const { version = "", state = "", labels, configuration } = filter;
  const meant: MessageInitShape<typeof JobFilterSchema> = {
    configuration,
    version,
    state,
    labels: Object.fromEntries(labels.map(({ name, value }) => [name, value])),
    ...(filter.updatedAfter !== undefined && { updatedAfter: timestampFromMs(filter.updatedAfter) }),
    ...(filter.updatedBefore !== undefined && { updatedBefore: timestampFromMs(filter.updatedBefore) }),
  };
  return create(JobSchema, {
    ...job,
    filter: meant,
    action: toAction(action),
    dryRun: isDryRun,
    createdAt: timestampFromMs(createdAt),
    updatedAt: timestampFromMs(updatedAt),
    ...(finishedAt !== undefined && { finishedAt: timestampFromMs(finishedAt) }),
  });
}

function toAction(action: JobAction): NonNullable<MessageInitShape<typeof JobSchema>["action"]> {
  switch (action.kind) {
    case "send": {
      const { event, data, details, originator } = action;
      return { case: "send", value: { event, data: struct(data), details, originator } };
    }
    case "migrate":
      return { case: "migrate", value: { to: action.to, stateMap: { ...action.stateMap } } };
    case "delete":
      return { case: "delete", value: {} };
    default:
      return action satisfies never;
  }
}
