/** Use cases on tenants, for the root key: create, list. */
import type { Principal } from "../auth/principal.ts";
import { isTenantName, TENANT_RULE } from "../auth/tenant-name.ts";
import * as catalog from "../catalog/tenants.ts";
import { QUOTA_NAMES, type Quotas } from "../limits/quotas.ts";
import { newAuditEntry } from "./audit.ts";
import type { House } from "./house.ts";
import { cutPage, pageSizeOf, readPageToken } from "./paging.ts";
import { Rules } from "./rules.ts";
import { getTenant, refuseErased, refuseErasedTenant } from "./tenant-meant.ts";

/** As in the settings. */
const LARGEST_QUOTA = 999_999_999;

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

/** Sets the tenant's own quotas, in place of those that it has. Throws NOT_FOUND where there is no tenant of that name. */
export async function updateTenant(
  house: House,
  principal: Principal,
  name: string,
  quotas: { readonly [K in keyof Quotas]?: number | undefined },
): Promise<catalog.Tenant> {
  const rules = new Rules();
  for (const quota of QUOTA_NAMES) {
    const value = quotas[quota];
    if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= LARGEST_QUOTA)) continue;
    const field = toSnakeCase(quota);
    const message = `quotas.${field} must be a whole number from 1 to ${LARGEST_QUOTA}`;
    rules.broken(`/quotas/${field}`, "range", message, String(value));
  }
  rules.enforce();
  const tenant = await getTenant(house, name);
  refuseErasedTenant(tenant, "/name");
  const own = Object.fromEntries(QUOTA_NAMES.flatMap((quota) => (quotas[quota] ? [[quota, quotas[quota]]] : [])));
  const told = Object.fromEntries(Object.entries(own).map(([quota, value]) => [toSnakeCase(quota), value]));
  const entry = newAuditEntry(house, principal, "tenant.updated", name, { quotas: told });
  await catalog.setQuotas(house.catalog(name), own, entry);
  return { ...tenant, quotas: own };
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
  const { page, nextPageToken } = await cutPage(house, binding, { found, limit }, ({ name }) => name);
  return { tenants: page, nextPageToken };
}

function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
