/**
 * The sweeper's Durable Object: its own alarm is its clock, since a local server fires no cron triggers. Wiring only.
 * There is one in a deployment.
 */
import { DurableObject } from "cloudflare:workers";
import { erasureOf, logOf, machineOf, notificationQueueOf, settingsOf, type Bindings } from "../env.ts";
import { sweep } from "./sweep.ts";

const ROUND_MS = 30_000;
/** Between rounds while more is waiting. */
const BUSY_ROUND_MS = 1_000;

export class SweeperObject extends DurableObject<Bindings> {
  /** Makes sure that it sweeps. Costs nothing when it does. */
  async start(): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + BUSY_ROUND_MS);
  }

  override async alarm(): Promise<void> {
    let isBusy = false;
    try {
      isBusy = await sweep({
        db: this.env.CATALOG,
        jurisdiction: settingsOf(this.env).jurisdiction ?? "",
        machine: (address) => machineOf(this.env, address),
        notifications: notificationQueueOf(this.env),
        startErasure: (tenant) => erasureOf(this.env, tenant).start(tenant),
        lookupRetentionMs: settingsOf(this.env).lookupRetentionMs,
        now: () => Date.now(),
        log: (severity, message, facts) => logOf(this.env).write(severity, message, facts),
      });
    } finally {
      await this.ctx.storage.setAlarm(Date.now() + (isBusy ? BUSY_ROUND_MS : ROUND_MS));
    }
  }
}
