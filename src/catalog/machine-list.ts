/** Lists of machines in D1: each filter and order has its index, and pages go on by key. Reads only. */
import type { JsonText } from "../receipt.ts";
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

export interface MachineQuery {
  readonly configuration: string;
  readonly version?: string | undefined;
  readonly state?: string | undefined;
  /** Exclusive. */
  readonly updatedAfter?: number | undefined;
  /** Exclusive. */
  readonly updatedBefore?: number | undefined;
  readonly order: MachineOrder;
  /** The last machine already seen, under the same filters and order. */
  readonly after?: MachinePosition | undefined;
  readonly limit: number;
}

/** Where a machine stands in its list. */
export type MachinePosition = Pick<IndexedMachine, "id" | "updatedAt">;

/** The machines of a configuration that are not retired. */
export function listMachines(db: TenantDb, query: MachineQuery): Promise<IndexedMachine[]> {
  const { sql, params } = machineListStatement(query);
  return db.all(sql, ...params);
}

/**
 * The statement of a query; its parameters go on from ?2. The index is pinned: without statistics the planner may take
 * one that has to be sorted.
 */
export function machineListStatement(query: MachineQuery): { readonly sql: string; readonly params: readonly Param[] } {
  const params: Param[] = [];
  const param = (value: Param): string => `?${params.push(value) + 1}`;
  const where = ["tenant = ?1", `configuration = ${param(query.configuration)}`, "retired_at IS NULL"];
  if (query.version !== undefined) where.push(`version = ${param(query.version)}`);
  if (query.state !== undefined) where.push(`state = ${param(query.state)}`);
  const { order, after } = query;
  // A position lies within the bound on its side. With both, the planner might seek by the bound and read the pages
  // before once more.
  if (query.updatedAfter !== undefined && !(order === "updated_at" && after !== undefined)) {
    where.push(`updated_at > ${param(query.updatedAfter)}`);
  }
  if (query.updatedBefore !== undefined && !(order === "-updated_at" && after !== undefined)) {
    where.push(`updated_at < ${param(query.updatedBefore)}`);
  }
  if (after !== undefined) {
    if (order === "id") where.push(`id > ${param(after.id)}`);
    else {
      const beyond = order === "updated_at" ? ">" : "<";
      where.push(`(updated_at, id) ${beyond} (${param(after.updatedAt)}, ${param(after.id)})`);
    }
  }
  const sql = `
    SELECT id, version, state, revision, created_at AS createdAt, updated_at AS updatedAt, labels
    FROM machines INDEXED BY ${indexOf(query)}
    WHERE ${where.join(" AND ")} ORDER BY ${COLUMNS[order]} LIMIT ${param(query.limit)}`;
  return { sql, params };
}

const COLUMNS: Readonly<Record<MachineOrder, string>> = {
  id: "id",
  updated_at: "updated_at, id",
  "-updated_at": "updated_at DESC, id DESC",
};

/** The index that has the order, and of those with order "id" the one that leaves out the most. */
function indexOf({ order, state, version }: MachineQuery): string {
  if (order !== "id") return "machines_by_updated_at";
  if (state !== undefined) return "machines_by_state";
  if (version !== undefined) return "machines_by_version";
  // What SQLite calls the primary key.
  return "sqlite_autoindex_machines_1";
}
