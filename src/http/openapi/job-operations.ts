/** What is said about jobs. */
import type { Description } from "./description.ts";

/** Its id is made of the key of the example. */
const JOB = {
  id: "07b04ca6-6205-8295-8659-d097414cf149",
  filter: { configuration: "orders", state: "pending" },
  send: { event: "cancel", data: {}, details: "", originator: "" },
  dry_run: true,
  rate: 100,
  status: "running",
  progress: { expected: 240, found: 100, succeeded: 97, unchanged: 0, refused: 2, skipped: 1 },
  actor: "anonymous",
  created_at: "2026-11-24T10:00:00.000Z",
  updated_at: "2026-11-24T10:00:01.000Z",
};

export const JOB_OPERATIONS = {
  CreateJob: {
    tag: "Jobs",
    summary: "Start a job",
    description:
      "Does the same to all machines that a filter means, one of `send`, `migrate` and `delete`: each once, at `rate`. The index says which they are; each is asked again, when its turn comes, whether it still fits. Machines that are created later are not among them. Besides, `events:send` is needed to send, `machines:write` to migrate and delete.\n\nWith `dry_run`, in the body or the query, every machine is asked what would become of it and nothing is changed.",
    rpc: "detent.v1.JobService/CreateJob",
    headers: { "Idempotency-Key": "optional" },
    answers: { 201: { description: "The job.", shape: "Job", headers: ["Location"], example: JOB } },
    reasons: ["CONFIGURATION_NOT_FOUND", "QUOTA_EXCEEDED"],
    example: {
      headers: { "Idempotency-Key": "cancel-pending-orders" },
      body: {
        filter: { configuration: "orders", state: "pending" },
        send: { event: "cancel", details: "The shop has closed." },
        dry_run: true,
      },
    },
  },
  ListJobs: {
    tag: "Jobs",
    summary: "List jobs",
    description:
      "Newest first, at most 50 a page. Their progress may be some seconds old; `GetJob` has the current one.",
    rpc: "detent.v1.JobService/ListJobs",
    answers: {
      200: { description: "A page of jobs.", shape: "JobList", example: { jobs: [JOB], next_page_token: "" } },
    },
    reasons: [],
    example: {},
  },
  GetJob: {
    tag: "Jobs",
    summary: "Get a job and its report",
    description:
      "How far it is, and a page of what was refused, with reasons. Once it is finished, the machines that were found are those that succeeded, were unchanged, were refused and were skipped.",
    rpc: "detent.v1.JobService/GetJob",
    answers: {
      200: {
        description: "The job and refusals.",
        shape: "JobReport",
        example: {
          ...JOB,
          refusals: [{ id: "order-7", reason: "GUARD_REJECTED", message: 'the guard of "cancel" is false' }],
          next_page_token: "",
        },
      },
    },
    reasons: ["NOT_FOUND"],
    example: { path: { id: JOB.id } },
  },
  PauseJob: {
    tag: "Jobs",
    summary: "Pause a job",
    description: "It takes on no more machines until it is resumed. Those that it has taken on may still be done.",
    rpc: "detent.v1.JobService/PauseJob",
    answers: { 200: { description: "The job.", shape: "Job", example: { ...JOB, status: "paused" } } },
    reasons: ["NOT_FOUND"],
    example: { path: { id: JOB.id } },
  },
  ResumeJob: {
    tag: "Jobs",
    summary: "Resume a job",
    description: "It goes on where it was paused.",
    rpc: "detent.v1.JobService/ResumeJob",
    answers: { 200: { description: "The job.", shape: "Job", example: JOB } },
    reasons: ["NOT_FOUND"],
    example: { path: { id: JOB.id } },
  },
  CancelJob: {
    tag: "Jobs",
    summary: "Cancel a job",
    description:
      "Ends it; what was done stays done. Machines that it has taken on may still be done, and are counted. A job that has ended stays as it is.",
    rpc: "detent.v1.JobService/CancelJob",
    answers: { 200: { description: "The job.", shape: "Job", example: { ...JOB, status: "cancelled" } } },
    reasons: ["NOT_FOUND"],
    example: { path: { id: JOB.id } },
  },
} as const satisfies Record<string, Description>;
