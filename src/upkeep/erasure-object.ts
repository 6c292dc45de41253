/** A tenant's erasure as a Durable Object: its alarm goes from chunk to chunk until nothing is left, of itself neither. Wiring only. */
import { DurableObject } from "cloudflare:workers";
import { TenantDb } from "../catalog/tenant-db.ts";
import { indexWritersOf, jobOf, logOf, machineOf, rebuildOf, type Bindings } from "../env.ts";
import { continueErasure, FROM_THE_START, type ErasureProgress } from "./erasure.ts";

const PROGRESS = "progress";
const TENANT = "tenant";
/** After a chunk that a part did not answer. */
const RETRY_MS = 5_000;

export class ErasureObject extends DurableObject<Bindings> {
  /** Makes sure that it goes on. Costs nothing when it does. */
  async start(tenant: string): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) !== null) return;
    await this.ctx.storage.put(TENANT, tenant);
    await this.ctx.storage.setAlarm(Date.now());
  }

  override async alarm(): Promise<void> {
    const { env } = this;
    const { storage } = this.ctx;
    const tenant = await storage.get<string>(TENANT);
    if (tenant === undefined) return;
    try {
      const deps = {
        db: new TenantDb(env.CATALOG, tenant),
        machine: machineOf.bind(undefined, env),
        job: jobOf.bind(undefined, env, tenant),
        forgetRest: async () => {
          await rebuildOf(env, tenant).erase();
          for (const writer of indexWritersOf(env)) await writer.forgetCounts(tenant);
        },
        now: () => Date.now(),
        uuid: () => crypto.randomUUID(),
      };
      const next = await continueErasure(
        deps,
        tenant,
        (await storage.get<ErasureProgress>(PROGRESS)) ?? FROM_THE_START,
      );
      if (next === undefined) return await storage.deleteAll();
      await storage.put(PROGRESS, next.progress);
      await storage.setAlarm(Date.now() + next.waitMs);
    } catch (error) {
      logOf(env).write("warn", "an erasure waits", { tenant, cause: error });
      await storage.setAlarm(Date.now() + RETRY_MS);
    }
  }
}
