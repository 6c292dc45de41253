/** Use cases on many machines: list them in pages, stream those of a state. Both read the index. */
import { findVersions } from "../catalog/configurations.ts";
import * as catalog from "../catalog/machine-list.ts";
import { loadConfiguration } from "../engine/compile-configuration.ts";
import { configIdOf, type ConfigurationSource } from "../engine/configuration.ts";
import { checkConfigurationName, checkStateOrEventName, checkVersion, clip } from "../engine/names.ts";
import { invalid } from "../errors.ts";
import type { JsonText } from "../receipt.ts";
import type { House, Principal } from "./house.ts";
import { pageSizeOf, readPageToken, signPageToken } from "./paging.ts";
import { Rules } from "./rules.ts";

/** Rows read from the index at a time while streaming. */
const STREAM_CHUNK = 500;

export interface ListMachinesInput {
  readonly configuration: string;
  /** Absent or empty: every version, every state. */
  readonly version?: string | undefined;
  readonly state?: string | undefined;
  /** Epoch ms; both exclusive. */
  readonly updatedAfter?: number | undefined;
  readonly updatedBefore?: number | undefined;
  /** "id" (default), "updated_at" or "-updated_at". */
  readonly order?: string | undefined;
  readonly pageSize?: number | undefined;
  readonly pageToken?: string | undefined;
}

/** A machine as lists show it: without data and history, which the index has not. */
export interface ListedMachine {
  readonly id: string;
  readonly configId: string;
  readonly state: string;
  readonly labels: JsonText;
  readonly revision: number;
  readonly final: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A page of the machines of a configuration; a machine that does not change meanwhile is on exactly one page. */
export async function listMachines(house: House, principal: Principal, input: ListMachinesInput) {
  const { configuration, updatedAfter, updatedBefore } = input;
  const version = input.version || undefined;
  const state = input.state || undefined;
  const order = orderOf(input.order || "id");
  const rules = new Rules();
  rules.name("/configuration", configuration, checkConfigurationName);
  if (version !== undefined) rules.name("/version", version, checkVersion);
  if (state !== undefined) rules.name("/state", state, checkStateOrEventName);
  rules.instant("/updated_after", updatedAfter);
  rules.instant("/updated_before", updatedBefore);
  const limit = pageSizeOf(input.pageSize);
  rules.enforce();

  const db = house.catalog(principal.tenant);
  const filter = [configuration, version ?? "", state ?? "", `${updatedAfter ?? ""}`, `${updatedBefore ?? ""}`, order];
  const binding = [principal.tenant, "statemachines", ...filter];
  const after = parsePosition(await readPageToken(house, binding, input.pageToken));
  const query = { configuration, version, state, updatedAfter, updatedBefore, order, after, limit: limit + 1 };
  const found = await catalog.listMachines(db, query);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const more = found.length > limit && last !== undefined;
  const finals = await loadFinalStates(house, principal, configuration, new Set(page.map((row) => row.version)));
  return {
    statemachines: page.map(({ version: current, ...machine }): ListedMachine => ({
      ...machine,
      configId: configIdOf(configuration, current),
      final: finals.get(current)?.has(machine.state) ?? false,
    })),
    nextPageToken: more ? await signPageToken(house, binding, `${last.updatedAt}:${last.id}`) : "",
  };
}

/** Machines of a configuration; of one state unless it is "". In id order, read as consumed: any number of them. */
export async function* streamMachines(house: House, principal: Principal, configuration: string, state: string) {
  const db = house.catalog(principal.tenant);
  let after: catalog.MachinePosition | undefined;
  for (;;) {
    const query = { configuration, state: state || undefined, order: "id", after, limit: STREAM_CHUNK } as const;
    const rows: catalog.IndexedMachine[] = await catalog.listMachines(db, query);
    for (const { id, version, state: current } of rows) {
      yield { id, configId: configIdOf(configuration, version), state: current };
    }
    after = rows.at(-1);
    if (after === undefined || rows.length < STREAM_CHUNK) return;
  }
}

function orderOf(text: string): catalog.MachineOrder {
  const order = catalog.MACHINE_ORDERS.find((known) => known === text);
  if (order !== undefined) return order;
  const message = `order must be one of ${catalog.MACHINE_ORDERS.join(", ")}`;
  throw invalid([{ pointer: "/order", rule: "one_of", message, value: clip(text) }]);
}

/** The final states of each version; the sources are not kept, since a page may have many. */
async function loadFinalStates(house: House, principal: Principal, name: string, versions: ReadonlySet<string>) {
  const finals = new Map<string, ReadonlySet<string>>();
  for await (const { version, source } of findVersions(house.catalog(principal.tenant), name, [...versions])) {
    finals.set(version, loadConfiguration(JSON.parse(source) as ConfigurationSource).finalStates);
  }
  return finals;
}

/** What a token of ours says: `updatedAt:id`. */
function parsePosition(key: string | undefined): catalog.MachinePosition | undefined {
  if (key === undefined) return undefined;
  const colon = key.indexOf(":");
  return { updatedAt: Number(key.slice(0, colon)), id: key.slice(colon + 1) };
}
