/** Use cases on the audit log: what was done to tenants and keys. */
import type { Principal } from "../auth/principal.ts";
import * as catalog from "../catalog/audit.ts";
import { canonicalJson } from "../json.ts";
import type { House } from "./house.ts";
import { cutPage, keyOfTime, pageSizeOf, readKeyOfTime, readPageToken } from "./paging.ts";
import { tenantMeant } from "./tenant-meant.ts";

/** What is logged. */
export const AUDIT_ACTIONS = [
  "tenant.created",
  ...catalog.TOMBSTONE_ACTIONS,
  "tenant.updated",
  "tenant.exported",
  "key.created",
  "key.rerolled",
  "key.revoked",
  "machine.erased",
] as const;

/** An entry; `details` tells more, by action. */
export type AuditView = Omit<catalog.AuditEntry, "details"> & { readonly details: Readonly<Record<string, unknown>> };

export interface ListAuditInput {
  /** With the root key: whose. */
  readonly tenant?: string | undefined;
  readonly pageSize?: number | undefined;
  readonly pageToken?: string | undefined;
}

/** Newest first. */
export async function listAudit(house: House, principal: Principal, input: ListAuditInput) {
  const limit = pageSizeOf(input.pageSize);
  const tenant = await tenantMeant(house, principal, input.tenant);
  const binding = [tenant, "audit"];
  const after = readKeyOfTime(await readPageToken(house, binding, input.pageToken));
  const found = await catalog.listAudit(house.catalog(tenant), after, limit + 1);
  const { page, nextPageToken } = await cutPage(house, binding, { found, limit }, ({ at, id }) => keyOfTime(at, id));
  return {
    entries: page.map(toAuditView),
    nextPageToken,
  };
}

/** What is about to be done, for the log. */
export function newAuditEntry(
  house: House,
  { actor }: Principal,
  action: (typeof AUDIT_ACTIONS)[number],
  subject: string,
  details: Readonly<Record<string, unknown>>,
): catalog.AuditEntry {
  return { id: house.uuid(), at: house.now(), actor, action, subject, details: canonicalJson(details) };
}

/** An entry as it is listed. */
export function toAuditView(entry: catalog.AuditEntry): AuditView {
  return { ...entry, details: JSON.parse(entry.details) as AuditView["details"] };
}
