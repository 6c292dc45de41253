/** Use case: what a tenant has and how much it does, as it is billed and bounded. */
import type { Principal } from "../auth/principal.ts";
import { listEventCounts, type EventCount } from "../catalog/usage.ts";
import { findTenant } from "../catalog/tenants.ts";
import type { Quotas, Usage } from "../limits/quotas.ts";
import type { House } from "./house.ts";
import { Rules } from "./rules.ts";
import { tenantMeant } from "./tenant-meant.ts";

const DAY_MS = 24 * 60 * 60_000;
const USUAL_DAYS = 30;
const MOST_DAYS = 400;

export interface UsageView extends Usage {
  /** Those that hold. */
  readonly quotas: Quotas;
  /** Days of UTC with events, oldest first. */
  readonly days: readonly EventCount[];
}

export interface GetUsageInput {
  /** With the root key: whose. */
  readonly tenant?: string | undefined;
  /** `2026-11-26`; absent or empty: 30 days ago. */
  readonly from?: string | undefined;
}

/** Exact but for the last seconds: events are counted when they are in the index. */
export async function getUsage(house: House, principal: Principal, input: GetUsageInput): Promise<UsageView> {
  const from = input.from || new Date(house.now() - USUAL_DAYS * DAY_MS).toISOString().slice(0, 10);
  const rules = new Rules();
  if (!/^\d{4}-\d\d-\d\d$/.test(from) || Number.isNaN(Date.parse(from))) {
    rules.broken("/from", "date", "from must be a day like 2026-11-26", from);
  }
  rules.enforce();
  const tenant = await tenantMeant(house, principal, input.tenant);
  const db = house.catalog(tenant);
  const [usage, found, days] = await Promise.all([
    house.usage(tenant),
    findTenant(db),
    listEventCounts(db, from, MOST_DAYS),
  ]);
  return { ...usage, quotas: { ...house.quotas, ...found?.quotas }, days };
}
