/** What is said about tenants and the audit log. */
import type { Description } from "./description.ts";

const TENANT = { name: "acme", created_at: "2026-11-24T10:00:00.000Z", quotas: { machines: 10_000 } };

export const TENANT_OPERATIONS = {
  CreateTenant: {
    tag: "Tenants",
    summary: "Create a tenant",
    description: "One that is there is answered as it is, with 200. Give it its first key with `CreateKey`.",
    rpc: "detent.v1.TenantService/CreateTenant",
    answers: {
      201: { description: "The tenant.", shape: "Tenant", headers: ["Location"], example: TENANT },
      200: { description: "It is there already.", shape: "Tenant", headers: ["Location"], example: TENANT },
    },
    reasons: [],
    example: { body: { name: "acme" }, status: 201 },
  },
  ListTenants: {
    tag: "Tenants",
    summary: "List tenants",
    description: "In the order of their names.",
    rpc: "detent.v1.TenantService/ListTenants",
    answers: {
      200: { description: "A page.", shape: "TenantList", example: { tenants: [TENANT], next_page_token: "" } },
    },
    reasons: [],
    example: {},
  },
  GetTenant: {
    tag: "Tenants",
    summary: "Get a tenant",
    description:
      "Whether it is there, and since when. Of an erased one: since when, and how many rows of each kind went.",
    rpc: "detent.v1.TenantService/GetTenant",
    answers: { 200: { description: "The tenant.", shape: "Tenant", example: TENANT } },
    reasons: ["NOT_FOUND"],
    example: { path: { name: "acme" } },
  },
  UpdateTenant: {
    tag: "Tenants",
    summary: "Set a tenant's quotas",
    description: "In place of those that it has. They hold within 30 seconds everywhere.",
    rpc: "detent.v1.TenantService/UpdateTenant",
    answers: { 200: { description: "The tenant.", shape: "Tenant", example: TENANT } },
    reasons: ["NOT_FOUND"],
    example: { path: { name: "acme" }, body: { quotas: { machines: 10_000 } } },
  },
  GetUsage: {
    tag: "Tenants",
    summary: "See what a tenant has and does",
    description:
      "Machines, configurations and events by day, as they are billed and bounded: each counted once, when it is in the index, a few seconds late at most.",
    rpc: "detent.v1.TenantService/GetUsage",
    answers: {
      200: {
        description: "The usage.",
        shape: "Usage",
        example: {
          machines: 240,
          configurations: 3,
          events_today: 1_200,
          quotas: { machines: 10_000, requests_per_second: 1_000 },
          days: [{ day: "2026-11-24", events: 1_200 }],
        },
      },
    },
    reasons: ["NOT_FOUND"],
    example: {},
  },
  ListAuditEntries: {
    tag: "Tenants",
    summary: "Read the audit log",
    description:
      "What was done to the tenant and its keys, newest first: `tenant.created`, `tenant.updated`, `tenant.exported`, `tenant.erasing`, `tenant.erased`, `key.created`, `key.rerolled`, `key.revoked`, `machine.erased`. What else was done to a machine is in its history.",
    rpc: "detent.v1.TenantService/ListAuditEntries",
    answers: {
      200: {
        description: "A page.",
        shape: "AuditLog",
        example: {
          entries: [
            {
              id: "b0a6d7c8-4a5e-4d43-9b0f-0d6f0a4f2c11",
              at: "2026-11-24T11:00:00.000Z",
              actor: "root",
              action: "key.revoked",
              subject: "mTB6dJlqVxZ2kW0a",
              details: {},
            },
          ],
          next_page_token: "",
        },
      },
    },
    reasons: ["NOT_FOUND"],
    example: {},
  },
} as const satisfies Record<string, Description>;
