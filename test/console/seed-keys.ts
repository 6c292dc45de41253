/** Keys of the tenant, and other tenants. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Api } from "./api.ts";
import { SCOPES } from "../../src/auth/scope.ts";

interface NewKey {
  readonly id: string;
  readonly secret: string;
}

/** What callers sign in with. */
export interface SeededKeys {
  /** The deployment's. */
  readonly root: string;
  /** Every scope. */
  readonly operator: string;
  /** `configurations:read` and `machines:read`. */
  readonly readOnly: string;
  /** As `readOnly` with `events:send`, and of `orders` alone. */
  readonly orders: string;
  /** As `readOnly`, for a day. */
  readonly expiring: string;
  /** It works no more; whoever has seen it may let it in for 30 s. */
  readonly revoked: string;
}

export const TENANTS = ["acme", "globex"] as const;

const KEYS = "/api/v1/keys";
const READ = ["configurations:read", "machines:read"];
const DAY_MS = 86_400_000;

/** The root key of the server that keeps its state there. */
export async function readRootKey(stateDir: string): Promise<string> {
  return (await readFile(join(stateDir, "root-key"), "utf8")).trim();
}

async function createKey(api: Api, name: string, scopes: readonly string[], more: object = {}): Promise<NewKey> {
  const body = { name, scopes, ...more };
  const { key, secret } = await api.call<{ key: Pick<NewKey, "id">; secret: string }>(KEYS, { body });
  return { id: key.id, secret };
}

export async function seedKeys(api: Api, stateDir: string): Promise<SeededKeys> {
  const rootKey = await readRootKey(stateDir);
  for (const name of TENANTS) await api.call("/api/v1/tenants", { body: { name }, key: rootKey });
  // One after another, so that they are listed in this order.
  const operator = await createKey(api, "operator", SCOPES);
  const readOnly = await createKey(api, "read-only", READ);
  const orders = await createKey(api, "orders only", [...READ, "events:send"], { configurations: ["orders"] });
  const expiresAt = new Date(Date.now() + DAY_MS).toISOString();
  const expiring = await createKey(api, "expiring", READ, { expires_at: expiresAt });
  const revoked = await createKey(api, "revoked", READ);
  await api.call(`${KEYS}/${revoked.id}/revoke`, { method: "POST" });
  return {
    root: rootKey,
    operator: operator.secret,
    readOnly: readOnly.secret,
    orders: orders.secret,
    expiring: expiring.secret,
    revoked: revoked.secret,
  };
}
