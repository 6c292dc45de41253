/** Every page of the console as a reader of a seeded tenant finds it: for pictures, and for what holds on all of them. */
import type { Page } from "playwright-core";
import type { Seeded } from "./seed.ts";

export interface SeededPage {
  /** Of its picture. */
  readonly name: string;
  readonly path: string;
  /** Who looks; absent: the tenant `dev`, who may do everything. */
  readonly key?: string;
  /** What is done before one looks. */
  readonly prepare?: (page: Page) => Promise<void>;
}

export function pagesOf(seeded: Seeded): SeededPage[] {
  const { keys, jobs, hostile, orders } = seeded;
  const open = (name: string) => async (page: Page) => {
    await page.getByRole("button", { name, exact: true }).first().click();
    await page.locator("dialog[open]").waitFor();
  };
  return [
    { name: "overview", path: "/" },
    { name: "overview-read-only", path: "/", key: keys.readOnly },
    { name: "configurations", path: "/configurations" },
    { name: "configuration", path: "/configurations/orders" },
    { name: "configuration-big", path: "/configurations/big" },
    { name: "configuration-hostile", path: "/configurations/hostile" },
    { name: "configuration-unused", path: "/configurations/unused" },
    { name: "configuration-missing", path: "/configurations/nowhere" },
    { name: "comparison", path: "/configurations/orders/compare?from=v2&to=v3" },
    { name: "new-configuration", path: "/new-configuration?from=orders:v3" },
    { name: "new-configuration-empty", path: "/new-configuration" },
    { name: "machines", path: "/machines?configuration=orders" },
    { name: "machines-none", path: "/machines?configuration=unused" },
    { name: "machines-hostile", path: "/machines?configuration=hostile" },
    { name: "new-machine", path: "/new-machine?configuration=orders&version=v3" },
    { name: "machine", path: `/machines/orders/${orders.pending}` },
    { name: "machine-long", path: `/machines/orders/${orders.long}` },
    { name: "machine-refused", path: `/machines/orders/${orders.refusing}?tab=refused` },
    { name: "machine-then", path: `/machines/orders/${orders.long}?revision=3` },
    { name: "machine-read-only", path: `/machines/orders/${orders.pending}`, key: keys.readOnly },
    { name: "machine-hostile", path: `/machines/hostile/${encodeURIComponent(hostile.machines[0] ?? "")}` },
    { name: "machine-missing", path: "/machines/orders/nobody" },
    { name: "jobs", path: "/jobs" },
    { name: "job", path: `/jobs/${jobs.send}` },
    { name: "job-dry-run", path: `/jobs/${jobs.dryRun}` },
    { name: "new-job", path: "/new-job?configuration=orders&state=pending" },
    { name: "failures", path: "/failures" },
    { name: "dead-letters", path: "/dead-letters" },
    { name: "dead-letters-read-only", path: "/dead-letters", key: keys.readOnly },
    { name: "keys", path: "/keys" },
    { name: "audit", path: "/audit" },
    { name: "tenants", path: "/tenants", key: keys.root },
    { name: "new-key", path: "/keys", prepare: open("New key") },
    { name: "job-missing", path: "/jobs/none" },
  ];
}
