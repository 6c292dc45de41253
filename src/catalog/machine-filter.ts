/** Which machines are meant by a list or a count, in SQL. Reads only. */
import type { Param, TenantDb } from "./tenant-db.ts";

export interface Label {
  readonly name: string;
  readonly value: string;
}

/** The machines of a configuration that are not retired and fit everything that is given. */
export interface MachineFilter {
  readonly configuration: string;
  readonly version?: string | undefined;
  readonly state?: string | undefined;
  /** Exclusive. */
  readonly updatedAfter?: number | undefined;
  /** Exclusive. */
  readonly updatedBefore?: number | undefined;
  /** The first one is what is sought by, so the rarest is best first. */
  readonly labels: readonly Label[];
}

/** The parameters of a statement, in the order of their numbers: they go on from ?2. */
export class Params {
  readonly values: Param[] = [];

  /** A placeholder that stands for the value. */
  of(value: Param): string {
    return `?${this.values.push(value) + 1}`;
  }
}

/** Indexes of machines; the key is what SQLite calls it. */
export const KEY = "sqlite_autoindex_machines_1";
export type MachineIndex = typeof KEY | "machines_by_state" | "machines_by_version" | "machines_by_updated_at";

/**
 * The tables (`machine`, and `label0`, ... where labels are asked for) and the conditions. The index is pinned: without
 * statistics the planner may take one that has to be sorted. With labels it is theirs, and each machine that has them is
 * read by its key.
 */
export function selectMachines(filter: MachineFilter, index: MachineIndex, params: Params) {
  const { labels, version, state, updatedAfter, updatedBefore } = filter;
  const configuration = params.of(filter.configuration);
  const where = labels.flatMap(({ name, value }, position) => [
    `label${position}.tenant = ?1`,
    `label${position}.configuration = ${configuration}`,
    `label${position}.name = ${params.of(name)}`,
    `label${position}.value = ${params.of(value)}`,
    // The plus keeps what is said of one id, where a page begins, from being said of all: the planner would seek by that.
    ...(position > 0 ? [`label${position}.machine_id = +label0.machine_id`] : []),
  ]);
  where.push("machine.tenant = ?1", `machine.configuration = ${configuration}`, "machine.retired_at IS NULL");
  if (labels.length > 0) where.push("machine.id = +label0.machine_id");
  if (version !== undefined) where.push(`machine.version = ${params.of(version)}`);
  if (state !== undefined) where.push(`machine.state = ${params.of(state)}`);
  if (updatedAfter !== undefined) where.push(`machine.updated_at > ${params.of(updatedAfter)}`);
  if (updatedBefore !== undefined) where.push(`machine.updated_at < ${params.of(updatedBefore)}`);
  const from = [
    ...labels.map((_, position) => `machine_labels AS label${position}`),
    `machines AS machine INDEXED BY ${labels.length > 0 ? KEY : index}`,
  ].join(" CROSS JOIN ");
  return { from, where };
}

/** Of labels that more machines have it is not asked which is the rarer one: counting them would cost more than it spares. */
const MOST_COUNTED = 10_000;

export const COUNT_LABEL = `
  SELECT count(*) AS count FROM (
    SELECT 1 FROM machine_labels WHERE tenant = ?1 AND configuration = ?2 AND name = ?3 AND value = ?4
    LIMIT ${MOST_COUNTED})`;

/** The labels, the rarest first. One needs no look. */
export async function sortByRarity(
  db: TenantDb,
  configuration: string,
  labels: readonly Label[],
): Promise<readonly Label[]> {
  if (labels.length < 2) return labels;
  const counted = await Promise.all(
    labels.map(async (label) => {
      const row = await db.first<{ count: number }>(COUNT_LABEL, configuration, label.name, label.value);
      return { label, count: row?.count ?? 0 };
    }),
  );
  return counted.toSorted((a, b) => a.count - b.count).map(({ label }) => label);
}
