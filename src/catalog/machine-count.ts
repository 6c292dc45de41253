/** How many machines there are in D1, together and in groups. Without labels a count reads nothing but an index. */
import { Params, selectMachines, type MachineFilter, type MachineIndex } from "./machine-filter.ts";
import type { Param, TenantDb } from "./tenant-db.ts";

export const MACHINE_GROUPS = ["state", "version"] as const;
export type MachineGroup = (typeof MACHINE_GROUPS)[number];

export interface CountQuery extends MachineFilter {
  /** Each once. */
  readonly groupBy: readonly MachineGroup[];
  /** Groups. */
  readonly limit: number;
}

/** One group; what it is not grouped by is absent. */
export interface MachineCount {
  readonly state?: string;
  readonly version?: string;
  readonly count: number;
}

/** The groups, largest first, then by name; without `groupBy` the one of all machines. */
export function countMachines(db: TenantDb, query: CountQuery): Promise<MachineCount[]> {
  const { sql, params } = machineCountStatement(query);
  return db.all(sql, ...params);
}

/** The statement of a query; its parameters go on from ?2. */
export function machineCountStatement(query: CountQuery): { readonly sql: string; readonly params: readonly Param[] } {
  const params = new Params();
  const { from, where } = selectMachines(query, indexOf(query), params);
  const columns = query.groupBy.map((group) => `machine.${group}`);
  const groups = columns.length > 0 ? `GROUP BY ${columns.join(", ")}` : "";
  const sql = `
    SELECT ${[...columns, "count(*) AS count"].join(", ")}
    FROM ${from} WHERE ${where.join(" AND ")} ${groups}
    ORDER BY ${["count DESC", ...columns].join(", ")} LIMIT ${params.of(query.limit)}`;
  return { sql, params: params.values };
}

/** The one that has all that is asked for; of several the one that leaves out the most, or need not be sorted. */
function indexOf({ updatedAfter, updatedBefore, state, groupBy }: CountQuery): MachineIndex {
  if ((updatedAfter ?? updatedBefore) !== undefined) return "machines_by_updated_at";
  return state === undefined && !groupBy.includes("state") ? "machines_by_version" : "machines_by_state";
}
