/** Whose keys a call is about. */
import type { Principal } from "../auth/principal.ts";
import { isTenantName } from "../auth/tenant-name.ts";
import { findTenant, type Tenant } from "../catalog/tenants.ts";
import { quote } from "../engine/names.ts";
import { DetentError, invalid } from "../errors.ts";
import type { House } from "./house.ts";

/** Throws NOT_FOUND where there is no tenant of that name. */
export async function getTenant(house: House, name: string): Promise<Tenant> {
  const tenant = isTenantName(name) ? await findTenant(house.catalog(name)) : undefined;
  if (tenant === undefined) throw noTenant(name);
  return tenant;
}

/**
 * The tenant that a call about keys means: the caller's own, or with the root key the one that it names, which has to be
 * there. Whoever names another than his own is told that there is none.
 */
export async function tenantMeant(house: House, principal: Principal, named: string | undefined): Promise<string> {
  if (!principal.isRoot) {
    if (named && named !== principal.tenant) throw noTenant(named);
    return principal.tenant;
  }
  if (named) return (await getTenant(house, named)).name;
  const message = "tenant is required with the root key, which has none of its own";
  throw invalid([{ pointer: "/tenant", rule: "required", message }]);
}

/** Throws INVALID_ARGUMENT, with `pointer` to blame, where the tenant of that name is erased or being so: nobody inherits it. */
export async function refuseErased(house: House, name: string, pointer: string): Promise<void> {
  refuseErasedTenant(await findTenant(house.catalog(name)), pointer);
}

/** The same of a tenant that was read. */
export function refuseErasedTenant(tenant: Tenant | undefined, pointer: string): void {
  if (tenant?.erasingAt === undefined) return;
  const { name } = tenant;
  const message = `the tenant ${quote(name)} was erased; its name stays taken`;
  throw invalid([{ pointer, rule: "erased", message, value: name }]);
}

function noTenant(name: string): DetentError {
  return new DetentError("NOT_FOUND", `there is no tenant ${quote(name)}`);
}
