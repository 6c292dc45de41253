/** A tenant's rebuild as a Durable Object: its alarm goes from chunk to chunk, its storage keeps the progress. Wiring only. */
import { DurableObject } from "cloudflare:workers";
import { logOf, machineOf, settingsOf, type Bindings } from "../env.ts";
import { beginRebuild, continueRebuild, type RebuildDeps, type RebuildProgress } from "./rebuild.ts";

const PROGRESS = "progress";
const TENANT = "tenant";
/** After a chunk that the database did not answer. */
const RETRY_MS = 5_000;

export class RebuildObject extends DurableObject<Bindings> {
  /** Starts a walk, unless one is under way; answers its progress. */
  async start(tenant: string): Promise<RebuildProgress> {
    const known = await this.progress();
    if (known !== undefined && known.finishedAt === undefined) return known;
    const progress = beginRebuild(Date.now());
    await this.ctx.storage.put({ [TENANT]: tenant, [PROGRESS]: progress });
    await this.ctx.storage.setAlarm(Date.now());
    return progress;
  }

  /** The walk under way or the last one; undefined: there was none. */
  progress(): Promise<RebuildProgress | undefined> {
    return this.ctx.storage.get<RebuildProgress>(PROGRESS);
  }

  /** Forgets all walks; one under way ends. */
  erase(): Promise<void> {
    return this.ctx.storage.deleteAll();
  }

  override async alarm(): Promise<void> {
    const tenant = await this.ctx.storage.get<string>(TENANT);
    const progress = await this.progress();
    if (tenant === undefined || progress === undefined || progress.finishedAt !== undefined) return;
    try {
      const deps: RebuildDeps = {
        db: this.env.CATALOG,
        jurisdiction: settingsOf(this.env).jurisdiction ?? "",
        machine: (address) => machineOf(this.env, address),
        now: () => Date.now(),
      };
      const next = await continueRebuild(deps, tenant, progress);
      // Erased meanwhile, it is not to come back.
      if ((await this.progress()) === undefined) return;
      await this.ctx.storage.put(PROGRESS, next);
      if (next.finishedAt === undefined) await this.ctx.storage.setAlarm(Date.now());
    } catch (error) {
      logOf(this.env).write("warn", "a rebuild waits", { tenant, cause: error });
      await this.ctx.storage.setAlarm(Date.now() + RETRY_MS);
    }
  }
}
