/** Jobs that are over, each in another way. */
import type { Api } from "./api.ts";
import { until } from "../until.ts";

interface Job {
  readonly id: string;
  readonly status: string;
}

export interface SeededJobs {
  /** A send to all devices, finished; those that were off refused. */
  readonly send: string;
  /** A dry run of a cancellation of orders, finished. */
  readonly dryRun: string;
  /** Orders of v1 that are `start`, migrated to v2, finished. */
  readonly migration: string;
  /** A dry run at one machine a second, cancelled. */
  readonly cancelled: string;
}

const JOBS = "/api/v1/jobs";
const DONE_WITHIN_MS = 30_000;
const OVER = new Set(["finished", "cancelled"]);

async function create(api: Api, name: string, body: object): Promise<string> {
  return (await api.call<Job>(JOBS, { body, headers: { "idempotency-key": name } })).id;
}

async function finish(api: Api, name: string, body: object): Promise<string> {
  const id = await create(api, name, body);
  const find = () => api.call<Job>(`${JOBS}/${id}`);
  const { status } = await until(DONE_WITHIN_MS, find, (job) => OVER.has(job.status));
  if (status !== "finished") throw new Error(`the job ${name} is ${status}`);
  return id;
}

export async function seedJobs(api: Api): Promise<SeededJobs> {
  const all = { filter: { configuration: "orders" } };
  const [send, dryRun, migration, cancelled] = await Promise.all([
    finish(api, "stop-devices", {
      filter: { configuration: "devices" },
      send: { event: "stop", details: "Closing time." },
    }),
    finish(api, "try-cancel", { ...all, send: { event: "cancel" }, dry_run: true }),
    finish(api, "leave-v1", {
      filter: { configuration: "orders", version: "v1", state: "start" },
      migrate: { to: "v2" },
    }),
    create(api, "never-mind", { ...all, delete: {}, dry_run: true, rate: 1 }),
  ]);
  await api.call(`${JOBS}/${cancelled}/cancel`, { method: "POST" });
  return { send, dryRun, migration, cancelled };
}
