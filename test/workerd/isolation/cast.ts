/** Two tenants of one deployment, each with everything that a tenant can have, and credentials of every kind. */
import { env } from "cloudflare:workers";
import { SCOPES, type Scope } from "../../../src/auth/scope.ts";
import { CANARY } from "../../canary.ts";
import { ROOT_KEY } from "../../secrets.ts";
import { call } from "./asking.ts";
import { chart, type Names } from "./samples.ts";

const { CATALOG } = env as unknown as { CATALOG: D1Database };

/** Stands in all data, labels, details and bodies of a tenant's, and in no name. */
export const canaryOf = (tenant: string): string => `${CANARY}-${tenant}`;

export interface Side {
  readonly names: Names;
  /** Another machine, of the same configuration. */
  readonly otherMachine: string;
  /** Of another configuration. */
  readonly otherConfiguration: string;
  /** With every scope. */
  readonly key: string;
}

interface Made {
  readonly key: { readonly id: string };
  readonly secret: string;
}

export async function makeKey(tenant: string, more: object = {}): Promise<{ id: string; secret: string }> {
  const body = { name: "a key", scopes: SCOPES, tenant, ...more };
  const { key, secret } = (await expectOk("/api/v1/keys", ROOT_KEY, body)) as unknown as Made;
  return { id: key.id, secret };
}

/** A key with these scopes and no others. */
export async function makeKeysByScope(tenant: string): Promise<{
  readonly only: (scope: Scope) => string;
  readonly without: (scope: Scope) => string;
}> {
  const only = new Map<Scope, string>();
  const without = new Map<Scope, string>();
  for (const scope of SCOPES) {
    only.set(scope, (await makeKey(tenant, { scopes: [scope] })).secret);
    without.set(scope, (await makeKey(tenant, { scopes: SCOPES.filter((other) => other !== scope) })).secret);
  }
  return { only: (scope) => only.get(scope) ?? "", without: (scope) => without.get(scope) ?? "" };
}

export async function makeSide(tenant: string): Promise<Side> {
  await expectOk("/api/v1/tenants", ROOT_KEY, { name: tenant });
  const { id: keyId, secret: key } = await makeKey(tenant);
  const [configuration, otherConfiguration] = [`c-${tenant}`, `other-${tenant}`];
  const canary = canaryOf(tenant);
  const machine = `machine of ${tenant}`;
  const otherMachine = `other machine of ${tenant}`;
  const at = `/api/v1/statemachines/${configuration}/${encodeURIComponent(machine)}`;
  for (const name of [configuration, otherConfiguration]) await expectOk("/api/v1/configurations", key, chart(name));
  for (const id of [machine, otherMachine]) {
    const content = { data: { secret: canary }, labels: { secret: canary } };
    await expectOk("/api/v1/statemachines", key, { config_id: configuration, id, ...content });
  }
  const event = `event of ${tenant}`;
  await expectOk(`${at}/events`, key, { event: "stay", event_id: event, data: { secret: canary }, details: canary });
  await call(`${at}/events`, key, { event: "nothing of the kind", event_id: `refused ${event}`, details: canary });
  const filter = { configuration, labels: { secret: canary } };
  const job = (await expectOk("/api/v1/jobs", key, { filter, send: { event: "stay" }, dry_run: true })) as {
    id: string;
  };
  const at1 = 1_700_000_000_000;
  await CATALOG.prepare(
    `INSERT INTO dead_letters (tenant, at, id, configuration, machine_id, event_id, content_type, body)
     VALUES (?1, ?2, ?1, ?3, ?4, 'e', 'json', ?5)`,
  )
    .bind(tenant, at1, configuration, machine, JSON.stringify({ details: canary }))
    .run();
  const names = { tenant, configuration, machine, event, job: job.id, key: keyId, letter: `${at1}-${tenant}` };
  return { names, otherMachine, otherConfiguration, key };
}

export async function expectOk(path: string, credential: string, body?: unknown): Promise<Record<string, unknown>> {
  const { status, body: answer } = await call(path, credential, body);
  if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(answer)}`);
  return answer;
}

/** What `by` does to the stored key itself, since no call can. */
export async function changeKey(id: string, set: string): Promise<void> {
  await CATALOG.prepare(`UPDATE keys SET ${set} WHERE id = ?1`).bind(id).run();
}
