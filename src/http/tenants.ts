/** The routes of tenants, for the root key, and of the audit log. */
import { listAudit } from "../service/audit.ts";
import { getTenant as find } from "../service/tenant-meant.ts";
import * as tenants from "../service/tenants.ts";
import { getUsage as readUsage } from "../service/usage.ts";
import * as out from "../output.ts";
import { pageSize, param, route } from "./route.ts";
import { SHAPES } from "./shapes.ts";

const TENANTS = "/api/v1/tenants";

const createTenant = route({
  operation: "CreateTenant",
  access: "root",
  method: "POST",
  path: TENANTS,
  body: SHAPES.tenant,
  handle: async ({ c, house, principal, body }) => {
    const { tenant, isNew } = await tenants.createTenant(house, principal, body.name);
    c.header("location", `${TENANTS}/${tenant.name}`);
    return c.json(out.tenantJson(tenant), isNew ? 201 : 200);
  },
});

const getTenant = route({
  operation: "GetTenant",
  access: "root",
  method: "GET",
  path: `${TENANTS}/:name`,
  handle: async ({ c, house }) => c.json(out.tenantJson(await find(house, param(c, "name")))),
});

const updateTenant = route({
  operation: "UpdateTenant",
  access: "root",
  method: "PATCH",
  path: `${TENANTS}/:name`,
  body: SHAPES.tenantUpdate,
  handle: async ({ c, house, principal, body }) => {
    const { machines, configurations, events_per_day, requests_per_second } = body.quotas;
    const more = { eventsPerDay: events_per_day, requestsPerSecond: requests_per_second };
    const quotas = { machines, configurations, ...more };
    return c.json(out.tenantJson(await tenants.updateTenant(house, principal, param(c, "name"), quotas)));
  },
});

const getUsage = route({
  operation: "GetUsage",
  access: "keys:admin",
  method: "GET",
  path: "/api/v1/usage",
  query: SHAPES.usageQuery,
  handle: async ({ c, house, principal, query }) => c.json(out.usageJson(await readUsage(house, principal, query))),
});

const listTenants = route({
  operation: "ListTenants",
  access: "root",
  method: "GET",
  path: TENANTS,
  query: SHAPES.pageQuery,
  handle: async ({ c, house, query }) => {
    const page = { pageSize: pageSize(query.page_size), pageToken: query.page_token };
    const { tenants: found, nextPageToken } = await tenants.listTenants(house, page);
    return c.json({ tenants: found.map(out.tenantJson), next_page_token: nextPageToken });
  },
});

const listAuditEntries = route({
  operation: "ListAuditEntries",
  access: "keys:admin",
  method: "GET",
  path: "/api/v1/audit",
  query: SHAPES.tenantPageQuery,
  handle: async ({ c, house, principal, query }) => {
    const page = { tenant: query.tenant, pageSize: pageSize(query.page_size), pageToken: query.page_token };
    const { entries, nextPageToken } = await listAudit(house, principal, page);
    return c.json({ entries: entries.map(out.auditJson), next_page_token: nextPageToken });
  },
});

export const TENANT_ROUTES = [createTenant, listTenants, getTenant, updateTenant, getUsage, listAuditEntries];
