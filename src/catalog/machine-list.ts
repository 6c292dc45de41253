/** Lists of machines in D1: each filter and order has its index, and pages go on by key. Reads only. */
import type { JsonText } from "../receipt.ts";
import { KEY, Params, selectMachines, type MachineFilter, type MachineIndex } from "./machine-filter.ts";
import type { Param, TenantDb } from "./tenant-db.ts";

/** A machine as the index knows it. */
export interface IndexedMachine {
  readonly id: string;
  readonly version: string;
  readonly state: string;
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** JSON object of strings. */
  readonly labels: JsonText;
}

export const MACHINE_ORDERS = ["id", "updated_at", "-updated_at"] as const;
export type MachineOrder = (typeof MACHINE_ORDERS)[number];

export interface MachineQuery extends MachineFilter {
  /** "id" where there are labels. */
  readonly order: MachineOrder;
  /** The last machine already seen, under the same filters and order. */
  readonly after?: MachinePosition | undefined;
  readonly limit: number;
}

/** Where a machine stands in its list. */
export type MachinePosition = Pick<IndexedMachine, "id" | "updatedAt">;

/** A page of the machines that are meant, in order. */
export function listMachines(db: TenantDb, query: MachineQuery): Promise<IndexedMachine[]> {
  const { sql, params } = machineListStatement(query);
  return db.all(sql, ...params);
}

/** The statement of a query; its parameters go on from ?2. */
export function machineListStatement(query: MachineQuery): { readonly sql: string; readonly params: readonly Param[] } {
  const params = new Params();
  const { order, after, updatedAfter, updatedBefore } = query;
  // A position lies within the bound on its side. With both, the planner might seek by the bound and read the pages
  // before once more.
  const bounded = {
    ...query,
    updatedAfter: order === "updated_at" && after !== undefined ? undefined : updatedAfter,
    updatedBefore: order === "-updated_at" && after !== undefined ? undefined : updatedBefore,
  };
  const { from, where } = selectMachines(bounded, indexOf(query), params);
  const id = query.labels.length > 0 ? "label0.machine_id" : "machine.id";
  if (after !== undefined) {
    if (order === "id") where.push(`${id} > ${params.of(after.id)}`);
    else {
      const beyond = order === "updated_at" ? ">" : "<";
      where.push(`(machine.updated_at, machine.id) ${beyond} (${params.of(after.updatedAt)}, ${params.of(after.id)})`);
    }
  }
  const columns: Readonly<Record<MachineOrder, string>> = {
    id,
    updated_at: "machine.updated_at, machine.id",
    "-updated_at": "machine.updated_at DESC, machine.id DESC",
  };
  const sql = `
    SELECT machine.id, machine.version, machine.state, machine.revision, machine.created_at AS createdAt,
      machine.updated_at AS updatedAt, machine.labels
    FROM ${from} WHERE ${where.join(" AND ")} ORDER BY ${columns[order]} LIMIT ${params.of(query.limit)}`;
  return { sql, params: params.values };
}

/** The index that has the order, and of those with order "id" the one that leaves out the most. */
function indexOf({ order, state, version }: MachineQuery): MachineIndex {
  if (order !== "id") return "machines_by_updated_at";
  if (state !== undefined) return "machines_by_state";
  if (version !== undefined) return "machines_by_version";
  return KEY;
}
