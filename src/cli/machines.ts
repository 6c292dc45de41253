/** Machines as commands make, name and show them. */
import { randomUUID } from "node:crypto";
import type { MachineAnswer } from "./answers.ts";
import type { Door } from "./door.ts";
import { toPrintable } from "./table.ts";

/** Creates a machine; the same machine again when the answer was lost. */
export async function createMachine(door: Door, body: object): Promise<MachineAnswer> {
  // Asked twice, the service knows by this key that the same machine is meant.
  const headers = { "idempotency-key": randomUUID() };
  return await door.post<MachineAnswer>("/api/v1/statemachines", body, { headers, isRepeatable: true });
}

/** `orders/order-1`, as it is typed; to be made printable. */
export function nameOf({ id, statemachine }: MachineAnswer): string {
  return `${configurationOf(statemachine.config_id)}/${id}`;
}

/** Where a machine is, in a line. */
export function formatMachine(answer: MachineAnswer): string {
  const { state, revision, config_id: configId } = answer.statemachine;
  const dryRun = answer.dry_run === true ? " (nothing was changed: a dry run)" : "";
  return toPrintable(`${nameOf(answer)}: ${state}, revision ${revision}, on ${configId}${dryRun}`);
}

/** Labels in a line, as they are typed. */
export function formatLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
}

function configurationOf(configId: string): string {
  return configId.slice(0, configId.indexOf(":"));
}

/** The version in `orders:v3`. */
export function versionOf(configId: string): string {
  return configId.slice(configId.indexOf(":") + 1);
}
