/** detent.v1.TenantService: each method translates one message to one use case. */
import { create, type JsonObject, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  ExportTenantResponseSchema,
  KeySchema,
  PrincipalSchema,
  QuotasSchema,
  TenantSchema,
  TenantService,
  type Key,
  type Principal,
  type Tenant,
} from "../gen/detent/v1/tenant_service_pb.ts";
import { exportLine } from "../export-line.ts";
import { listAudit } from "../service/audit.ts";
import { eraseTenant } from "../service/erasure.ts";
import { exportTenant } from "../service/export.ts";
import * as keys from "../service/keys.ts";
import { describePrincipal, type PrincipalView } from "../service/principal.ts";
import { getTenant } from "../service/tenant-meant.ts";
import * as tenants from "../service/tenants.ts";
import { getUsage } from "../service/usage.ts";
import { createToken } from "../service/tokens.ts";
import { callOf } from "./call.ts";
import { timeOf } from "./convert.ts";
import type { Register } from "./register.ts";

export function registerTenants(register: Register): void {
  const { method } = TenantService;
  register(method.createTenant, "root", async ({ name }, context) => {
    const { house, principal } = callOf(context);
    return { tenant: toTenant((await tenants.createTenant(house, principal, name)).tenant) };
  });
  register(method.getTenant, "root", async ({ name }, context) => {
    return { tenant: toTenant(await getTenant(callOf(context).house, name)) };
  });
  register(method.updateTenant, "root", async ({ name, quotas = create(QuotasSchema) }, context) => {
    const { house, principal } = callOf(context);
    return { tenant: toTenant(await tenants.updateTenant(house, principal, name, quotas)) };
  });
  register(method.getUsage, "keys:admin", async (request, context) => {
    const { house, principal } = callOf(context);
    const { days, ...usage } = await getUsage(house, principal, request);
    return { ...usage, days: [...days] };
  });
  register(method.listTenants, "root", async (request, context) => {
    const { tenants: found, nextPageToken } = await tenants.listTenants(callOf(context).house, request);
    return { tenants: found.map(toTenant), nextPageToken };
  });
  register(method.eraseTenant, "root", async ({ name, confirm }, context) => {
    const { house, principal } = callOf(context);
    return { tenant: toTenant(await eraseTenant(house, principal, name, confirm)) };
  });
  register(method.exportTenant, "ops", async function* (request, context) {
    const { house, principal } = callOf(context);
    const { signal } = context;
    for await (const message of await exportTenant(house, principal, { ...request, signal })) {
      const { type, ...value } = JSON.parse(exportLine(message)) as JsonObject & { type: string };
      yield create(ExportTenantResponseSchema, { type, value });
    }
  });
  register(method.createKey, "keys:admin", async (request, context) => {
    const { house, principal } = callOf(context);
    const input = { ...request, expiresAt: timeOf(request.expiresAt) };
    return toShown(await keys.createKey(house, principal, input));
  });
  register(method.getKey, "keys:admin", async ({ id, tenant }, context) => {
    const { house, principal } = callOf(context);
    return { key: toKey(await keys.getKey(house, principal, id, tenant)) };
  });
  register(method.listKeys, "keys:admin", async (request, context) => {
    const { house, principal } = callOf(context);
    const { keys: found, nextPageToken } = await keys.listKeys(house, principal, request);
    return { keys: found.map(toKey), nextPageToken };
  });
  register(method.rerollKey, "keys:admin", async (request, context) => {
    const { house, principal } = callOf(context);
    return toShown(await keys.rerollKey(house, principal, request));
  });
  register(method.revokeKey, "keys:admin", async ({ id, tenant }, context) => {
    const { house, principal } = callOf(context);
    return { key: toKey(await keys.revokeKey(house, principal, id, tenant)) };
  });
  register(method.createToken, "any", async (request, context) => {
    const { house, principal } = callOf(context);
    const { token, expiresAt } = await createToken(house, principal, request);
    return { token, expiresAt: timestampFromMs(expiresAt) };
  });
  register(method.getPrincipal, "known", async (_request, context) => {
    return { principal: toPrincipal(describePrincipal(callOf(context).principal)) };
  });
  register(method.listAuditEntries, "keys:admin", async (request, context) => {
    const { house, principal } = callOf(context);
    const { entries, nextPageToken } = await listAudit(house, principal, request);
    return {
      entries: entries.map((entry) => ({
        ...entry,
        at: timestampFromMs(entry.at),
        details: entry.details as JsonObject,
      })),
      nextPageToken,
    };
  });
}

function toPrincipal({
  scopes,
  configurations,
  machines,
  events,
  isRoot,
  expiresAt,
  ...who
}: PrincipalView): Principal {
  return create(PrincipalSchema, {
    ...who,
    scopes: [...scopes],
    configurations: [...configurations],
    machines: [...machines],
    events: [...events],
    root: isRoot,
    ...(expiresAt !== undefined && { expiresAt: timestampFromMs(expiresAt) }),
  });
}

function toTenant({ name, createdAt, quotas, erasingAt, erasedAt, erasedCounts = {} }: tenants.Tenant): Tenant {
  return create(TenantSchema, {
    name,
    createdAt: timestampFromMs(createdAt),
    quotas,
    ...(erasingAt !== undefined && { erasingAt: timestampFromMs(erasingAt) }),
    ...(erasedAt !== undefined && { erasedAt: timestampFromMs(erasedAt) }),
    erasedCounts,
  });
}

function toShown({ key, secret }: keys.ShownKey) {
  return { key: toKey(key), secret };
}

function toKey({ oldUntil, createdAt, expiresAt, lastUsedAt, revokedAt, ...key }: keys.KeyView): Key {
  const init: MessageInitShape<typeof KeySchema> = {
    ...key,
    scopes: [...key.scopes],
    configurations: [...key.configurations],
    createdAt: timestampFromMs(createdAt),
    ...(expiresAt !== undefined && { expiresAt: timestampFromMs(expiresAt) }),
    ...(lastUsedAt !== undefined && { lastUsedAt: timestampFromMs(lastUsedAt) }),
    ...(revokedAt !== undefined && { revokedAt: timestampFromMs(revokedAt) }),
    ...(oldUntil !== undefined && { oldSecretUntil: timestampFromMs(oldUntil) }),
  };
  return create(KeySchema, init);
}
