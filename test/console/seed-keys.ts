/** Keys of the tenant, and other tenants. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Api } from "./api.ts";
import { SCOPES } from "../../src/auth/scope.ts";

export interface SeededKey {
  readonly id: string;
  readonly name: string;
  /** What a caller signs in with. */
  readonly secret: string;
}

export interface SeededKeys {
  /** Every scope. */
  readonly operator: SeededKey;
  /** `configurations:read` and `machines:read`. */
  readonly readOnly: SeededKey;
  /** As `readOnly` with `events:send`, and of `orders` alone. */
  readonly orders: SeededKey;
  /** As `readOnly`, for a day. */
  readonly expiring: SeededKey;
  /** It works no more; whoever has seen it may let it in for 30 s. */
  readonly revoked: SeededKey;
}

export const TENANTS = ["acme", "globex"] as const;

const KEYS = "/api/v1/keys";
const READ = ["configurations:read", "machines:read"];
const DAY_MS = 86_400_000;

export async function readRootKey(stateDir: string): Promise<string> {
  return (await readFile(join(stateDir, "root-key"), "utf8")).trim();
}

async function createKey(api: Api, name: string, scopes: readonly string[], more: object = {}): Promise<SeededKey> {
  const body = { name, scopes, ...more };
  const { key, secret } = await api.call<{ key: { id: string }; secret: string }>(KEYS, { body });
  return { id: key.id, name, secret };
}

export async function seedKeys(api: Api, rootKey: string): Promise<SeededKeys> {
  for (const name of TENANTS) await api.call("/api/v1/tenants", { body: { name }, key: rootKey });
  // One after another, so that they are listed in this order.
  const operator = await createKey(api, "operator", SCOPES);
  const readOnly = await createKey(api, "read-only", READ);
  const orders = await createKey(api, "orders only", [...READ, "events:send"], { configurations: ["orders"] });
  const expiresAt = new Date(Date.now() + DAY_MS).toISOString();
  const expiring = await createKey(api, "expiring", READ, { expires_at: expiresAt });
  const revoked = await createKey(api, "revoked", READ);
  await api.call(`${KEYS}/${revoked.id}/revoke`, { method: "POST" });
  return { operator, readOnly, orders, expiring, revoked };
}
