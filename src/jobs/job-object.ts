/** A job as a Durable Object: wiring only. */
import { DurableObject } from "cloudflare:workers";
import { deleteJob, storeJob } from "../catalog/jobs.ts";
import { sortByRarity } from "../catalog/machine-filter.ts";
import { listMachines } from "../catalog/machine-list.ts";
import { TenantDb } from "../catalog/tenant-db.ts";
import { jobQueueOf, logOf, settingsOf, type Bindings } from "../env.ts";
import type { SqlValue } from "../machine/deps.ts";
import { toJsonMessages } from "../queue-sender.ts";
import type { JobResult, JobSpec } from "./calls.ts";
import { Job } from "./job.ts";

export class JobObject extends DurableObject<Bindings> {
  readonly #job: Job;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    const catalog = (tenant: string) => new TenantDb(env.CATALOG, tenant);
    this.#job = new Job({
      sql: {
        exec: (query, ...bindings) => ctx.storage.sql.exec<Record<string, SqlValue>>(query, ...bindings).toArray(),
      },
      transaction: (work) => ctx.storage.transactionSync(work),
      now: () => Date.now(),
      random: () => Math.random(),
      setAlarm: (at) => void ctx.storage.setAlarm(at),
      deleteAll: () => ctx.storage.deleteAll(),
      listMachines: async ({ tenant, filter }, after, limit) => {
        const labels = await sortByRarity(catalog(tenant), filter.configuration, filter.labels);
        const position = after === undefined ? undefined : { id: after, updatedAt: 0 };
        return await listMachines(catalog(tenant), { ...filter, labels, order: "id", after: position, limit });
      },
      send: (refs) => jobQueueOf(env).send(toJsonMessages(refs.map((ref) => JSON.stringify(ref)))),
      tell: (view) => storeJob(catalog(view.tenant), view, JSON.stringify(view)),
      forget: (spec) => deleteJob(catalog(spec.tenant), spec),
      keepMs: () => settingsOf(env).retention.outcomesMs,
      log: (severity, message, facts) => logOf(env).write(severity, message, { job: ctx.id.name, ...facts }),
    });
  }

  create(spec: JobSpec, isFull?: boolean) {
    return this.#job.create(spec, isFull);
  }

  read() {
    return this.#job.read();
  }

  refusals(after: number, limit: number) {
    return this.#job.refusals(after, limit);
  }

  pause() {
    return this.#job.pause();
  }

  resume() {
    return this.#job.resume();
  }

  cancel() {
    return this.#job.cancel();
  }

  erase() {
    return this.#job.erase();
  }

  forgetMachine(id: string) {
    return this.#job.forgetMachine(id);
  }

  take(chunk: number) {
    return this.#job.take(chunk);
  }

  report(chunk: number, lease: number, results: readonly JobResult[]) {
    return this.#job.report(chunk, lease, results);
  }

  override alarm() {
    return this.#job.wake();
  }
}
