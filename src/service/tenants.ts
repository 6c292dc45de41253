/** Use cases on tenants, for the root key: create, list. */
import type { Principal } from "../auth/principal.ts";
import { isTenantName, TENANT_RULE } from "../auth/tenant-name.ts";
import * as catalog from "../catalog/tenants.ts";
import { newAuditEntry } from "./audit.ts";
import type { House } from "./house.ts";
import { pageSizeOf, readPageToken, signPageToken } from "./paging.ts";
import { Rules } from "./rules.ts";
import { getTenant, refuseErased } from "./tenant-meant.ts";

export type { Tenant } from "../catalog/tenants.ts";

/** Creates a tenant; one that is there is answered as it is, since the name is all that there is to say. */
export async function createTenant(
  house: House,
  principal: Principal,
  name: string,
): Promise<{ readonly tenant: catalog.Tenant; readonly isNew: boolean }> {
  const rules = new Rules();
  if (!isTenantName(name)) {
    rules.broken("/name", name === "" ? "required" : "pattern", `name: a tenant's name is ${TENANT_RULE}`, name);
  }
  rules.enforce();
  const entry = newAuditEntry(house, principal, "tenant.created", name, {});
  await refuseErased(house, name, "/name");
  const isNew = await catalog.insertTenant(house.catalog(name), entry.at, entry);
  return { tenant: await getTenant(house, name), isNew };
}

/** In the order of their names. */
export async function listTenants(
  house: House,
  query: { readonly pageSize?: number | undefined; readonly pageToken?: string | undefined },
) {
  const limit = pageSizeOf(query.pageSize);
  const binding = ["", "tenants"];
  const after = (await readPageToken(house, binding, query.pageToken)) ?? "";
  const found = await house.tenants(after, limit + 1);
  const tenants = found.slice(0, limit);
  const last = tenants.at(-1);
  const more = found.length > limit && last !== undefined;
  return { tenants, nextPageToken: more ? await signPageToken(house, binding, last.name) : "" };
}
