/** Use cases on what nobody is to find again: erase a machine, erase a tenant. */
import type { Principal } from "../auth/principal.ts";
import * as catalog from "../catalog/erasure.ts";
import { listJobsOf, type JobPosition } from "../catalog/jobs.ts";
import { invalid, orUnavailable } from "../errors.ts";
import { newAuditEntry } from "./audit.ts";
import type { House } from "./house.ts";
import { addressOf } from "./machines.ts";
import { getTenant } from "./tenant-meant.ts";
import type { Tenant } from "./tenants.ts";

const JOBS_PER_READ = 100;

/**
 * Erases a machine, alive or gone, and what is kept of it, but for an entry of the audit log with its address: afterwards
 * there was none. First its object, then its rows: interrupted, the call is to be repeated, and does the rest. Throws
 * UNAVAILABLE where a part does not answer.
 */
export async function eraseMachine(
  house: House,
  principal: Principal,
  configuration: string,
  id: string,
): Promise<void> {
  const address = addressOf(principal, configuration, id);
  const { tenant, actor } = principal;
  const asked = house.now();
  const { createdAt: life, endedAt } = await orUnavailable("the machine", house.machine(address).erase(address, actor));
  const db = house.catalog(tenant);
  const entry = newAuditEntry(house, principal, "machine.erased", `${configuration}/${id}`, {});
  // By the object's clock, as lives are dated: another may have begun since it answered.
  const born = life ?? endedAt - 1;
  await catalog.eraseMachineRows(db, { configuration, id, life, born, until: Math.max(asked, endedAt) }, entry);
  for (let after: JobPosition | undefined, isMore = true; isMore;) {
    const jobs = await listJobsOf(db, configuration, after, JOBS_PER_READ);
    for (const job of jobs) await orUnavailable("the job", house.job(tenant, job.id).forgetMachine(id));
    after = jobs.at(-1);
    isMore = jobs.length === JOBS_PER_READ;
  }
}

/**
 * Marks a tenant, ends its keys, and has everything erased that is kept of it, which goes on by itself: GetTenant tells how
 * far it is. One that is marked is answered as it is. Throws NOT_FOUND where there is none, INVALID_ARGUMENT where
 * `confirm` is not its name.
 */
export async function eraseTenant(house: House, principal: Principal, name: string, confirm: string): Promise<Tenant> {
  await getTenant(house, name);
  if (confirm !== name) {
    const message = "confirm must be the tenant's name: what is erased does not come back";
    throw invalid([{ pointer: "/confirm", rule: confirm === "" ? "required" : "one_of", message, value: confirm }]);
  }
  const entry = newAuditEntry(house, principal, "tenant.erasing", name, {});
  await catalog.beginErasure(house.catalog(name), entry);
  const tenant = await getTenant(house, name);
  if (tenant.erasedAt === undefined) await orUnavailable("the erasure", house.erasure(name).start(name));
  return tenant;
}
