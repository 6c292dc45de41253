/** Whether the caller's tenant may have or do more: asked before something is made. */
import type { Principal } from "../auth/principal.ts";
import { DetentError } from "../errors.ts";
import type { House } from "./house.ts";

/**
 * The tenant's quota of machines, where it is used up: the machine refuses with it what would be a new one, and answers a
 * repeat. Some more may come to be where many are made at once.
 */
export async function findUsedUp(house: House, { tenant, quotas }: Principal): Promise<{ readonly quota?: number }> {
  const most = quotas?.machines;
  return most !== undefined && (await house.usage(tenant)).machines >= most ? { quota: most } : {};
}

/** Throws QUOTA_EXCEEDED where the quota of machines is used up: for what is decided later, when nobody asks any more. */
export async function refuseFull(house: House, principal: Principal): Promise<void> {
  const { quota } = await findUsedUp(house, principal);
  if (quota === undefined) return;
  throw new DetentError("QUOTA_EXCEEDED", `the tenant has ${quota} machines, which is its quota`, {
    metadata: { quota: "machines", limit: String(quota) },
  });
}

/**
 * Counts `count` events of the caller's, and as many requests, of which the first was counted when it came; those that are `tried`
 * only are requests, too. Throws RATE_LIMITED and QUOTA_EXCEEDED, and then none of them is sent.
 */
export async function spendEvents(house: House, principal: Principal, count: number, tried = 0): Promise<void> {
  await house.spendRequests(principal, count + tried - 1);
  const most = principal.quotas?.eventsPerDay;
  if (most !== undefined && count > 0) await house.spendEvents(principal.tenant, most, count);
}
