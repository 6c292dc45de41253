/** Whether the caller's tenant may have or do more: asked before something is made. */
import type { Principal } from "../auth/principal.ts";
import type { House } from "./house.ts";

/**
 * The tenant's quota of machines, where it is used up: the machine refuses with it what would be a new one, and answers a
 * repeat. Some more may come to be where many are made at once.
 */
export async function findUsedUp(house: House, { tenant, quotas }: Principal): Promise<{ readonly quota?: number }> {
  const most = quotas?.machines;
  return most !== undefined && (await house.usage(tenant)).machines >= most ? { quota: most } : {};
}

/** Counts `count` events of the caller's; throws RATE_LIMITED and QUOTA_EXCEEDED, and then none of them is sent. */
export async function spendEvents(house: House, principal: Principal, count: number): Promise<void> {
  // The request itself was counted when it came.
  await house.spendRequests(principal, count - 1);
  const most = principal.quotas?.eventsPerDay;
  if (most !== undefined) await house.spendEvents(principal.tenant, most, count);
}
