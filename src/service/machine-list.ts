/** Use cases on many machines: list them in pages, stream those of a state. Both read the index. */
import { findVersions } from "../catalog/configurations.ts";
import { sortByRarity } from "../catalog/machine-filter.ts";
import * as catalog from "../catalog/machine-list.ts";
import { loadConfiguration } from "../engine/compile-configuration.ts";
import { configIdOf, type ConfigurationSource } from "../engine/configuration.ts";
import type { JsonText } from "../receipt.ts";
import type { Principal } from "../auth/principal.ts";
import { requireEveryMachine } from "../auth/reach.ts";
import type { House } from "./house.ts";
import { checkFilter, toBinding, type MachineFilterInput } from "./machine-filter.ts";
import { pageSizeOf, readPageToken, signPageToken } from "./paging.ts";
import { Rules } from "./rules.ts";

/** Rows read from the index at a time while streaming. */
const STREAM_CHUNK = 500;

export interface ListMachinesInput extends MachineFilterInput {
  /** "id" (default), "updated_at" or "-updated_at"; only "id" with labels. */
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

/**
 * A page of the machines that are meant; one that does not change meanwhile is on exactly one page. `indexLagMs`: what is
 * listed may be older than now by so much.
 */
export async function listMachines(house: House, principal: Principal, input: ListMachinesInput) {
  const rules = new Rules();
  const filter = checkFilter(rules, input);
  const order = orderOf(rules, input.order || "id");
  if (order !== "id" && filter.labels.length > 0) {
    rules.broken("/order", "label_order", 'order must be "id" where machines are listed by labels', order);
  }
  const limit = pageSizeOf(input.pageSize);
  rules.enforce();
  requireEveryMachine(principal, filter.configuration);

  const { configuration } = filter;
  const binding = [principal.tenant, "statemachines", order, ...toBinding(filter)];
  const after = parsePosition(await readPageToken(house, binding, input.pageToken));
  const db = house.catalog(principal.tenant);
  const find = async () => {
    const labels = await sortByRarity(db, configuration, filter.labels);
    return await catalog.listMachines(db, { ...filter, labels, order, after, limit: limit + 1 });
  };
  const [found, indexLagMs] = await Promise.all([find(), house.indexLagMs()]);
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
    indexLagMs,
  };
}

/** Machines of a configuration; of one state unless it is "". In id order, read as consumed: any number of them. */
export async function* streamMachines(house: House, principal: Principal, configuration: string, state: string) {
  requireEveryMachine(principal, configuration);
  const db = house.catalog(principal.tenant);
  let after: catalog.MachinePosition | undefined;
  for (;;) {
    const filter = { configuration, state: state || undefined, labels: [] };
    const query = { ...filter, order: "id", after, limit: STREAM_CHUNK } as const;
    const rows: catalog.IndexedMachine[] = await catalog.listMachines(db, query);
    for (const { id, version, state: current } of rows) {
      yield { id, configId: configIdOf(configuration, version), state: current };
    }
    after = rows.at(-1);
    if (after === undefined || rows.length < STREAM_CHUNK) return;
  }
}

function orderOf(rules: Rules, text: string): catalog.MachineOrder {
  const order = catalog.MACHINE_ORDERS.find((known) => known === text);
  if (order === undefined) {
    rules.broken("/order", "one_of", `order must be one of ${catalog.MACHINE_ORDERS.join(", ")}`, text);
  }
  return order ?? "id";
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
