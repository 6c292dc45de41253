/**
 * The labels of living machines, a row each, by which lists find them. `machines.labels` is what they are made of: whoever
 * writes or deletes a machine's row runs these in the same transaction, before.
 */
import { notErased } from "./erased-lives.ts";
import type { IndexEntry, MachineRow } from "./index-entry.ts";

/** A telling that wins over the row that is there. */
const WINS = `(told.value->>'createdAt', told.value->>'change') > (known.created_at, known.change)`;
const KNOWN = `known.tenant = told.value->>'tenant' AND known.configuration = told.value->>'configuration'
      AND known.id = told.value->>'id'`;

/** The labels of machines that are about to have others, or to end. */
const FORGET_LABELS = `
  DELETE FROM machine_labels WHERE (tenant, configuration, name, value, machine_id) IN (
    SELECT known.tenant, known.configuration, label.key, label.value, known.id
    FROM json_each(?1) AS told CROSS JOIN machines AS known CROSS JOIN json_each(known.labels) AS label
    WHERE ${KNOWN} AND known.retired_at IS NULL AND ${WINS}
      AND (told.value->>'retiredAt' IS NOT NULL OR told.value->>'labels' <> known.labels))`;

/** The labels of machines that are about to be new, or to have others. */
const NOTE_LABELS = `
  INSERT OR IGNORE INTO machine_labels (tenant, configuration, name, value, machine_id)
  SELECT told.value->>'tenant', told.value->>'configuration', label.key, label.value, told.value->>'id'
  FROM json_each(?1) AS told LEFT JOIN machines AS known ON ${KNOWN}
    CROSS JOIN json_each(told.value->>'labels') AS label
  WHERE told.value->>'retiredAt' IS NULL AND ${notErased("told.value")}
    AND (known.id IS NULL OR (${WINS} AND (known.retired_at IS NOT NULL OR told.value->>'labels' <> known.labels)))`;

/** The labels of a row that is about to be deleted. */
const DELETE_LABELS = `
  DELETE FROM machine_labels WHERE (tenant, configuration, name, value, machine_id) IN (
    SELECT known.tenant, known.configuration, label.key, label.value, known.id
    FROM machines AS known CROSS JOIN json_each(known.labels) AS label
    WHERE known.tenant = ?1 AND known.configuration = ?2 AND known.id = ?3 AND known.created_at = ?4
      AND known.change = ?5)`;

/** The labels of rows as they are, where they are missing. */
const RESTORE_LABELS = `
  INSERT OR IGNORE INTO machine_labels (tenant, configuration, name, value, machine_id)
  SELECT known.tenant, known.configuration, label.key, label.value, known.id
  FROM json_each(?1) AS told CROSS JOIN machines AS known CROSS JOIN json_each(known.labels) AS label
  WHERE ${KNOWN} AND known.retired_at IS NULL`;

/** For the test of their plans. */
export const LABEL_STATEMENTS = { FORGET_LABELS, NOTE_LABELS, DELETE_LABELS, RESTORE_LABELS } as const;

/**
 * What has to happen before the rows of these tellings are written. No row is written for a machine whose labels stay;
 * which those are is read from its row, so that a telling need not know what the index has.
 */
export function labelChanges(db: D1Database, entries: readonly IndexEntry[]): D1PreparedStatement[] {
  const newest = listNewest(entries);
  const statements = [db.prepare(FORGET_LABELS).bind(toParam(newest))];
  const labelled = newest.filter(({ labels, retiredAt }) => labels !== "{}" && retiredAt === null);
  if (labelled.length > 0) statements.push(db.prepare(NOTE_LABELS).bind(toParam(labelled)));
  return statements;
}

/** What has to happen before the row is deleted, unless it was written since. */
export function labelDeletion(db: D1Database, row: MachineRow): D1PreparedStatement {
  return db.prepare(DELETE_LABELS).bind(row.tenant, row.configuration, row.id, row.createdAt, row.change);
}

/** Adds labels that rows have and lists do not find. */
export async function restoreLabels(db: D1Database, rows: readonly MachineRow[]): Promise<void> {
  await db.prepare(RESTORE_LABELS).bind(toParam(rows)).run();
}

/** Of each machine the telling that wins over the others. */
function listNewest(entries: readonly IndexEntry[]): IndexEntry[] {
  const newest = new Map<string, IndexEntry>();
  for (const entry of entries) {
    const machine = JSON.stringify([entry.tenant, entry.configuration, entry.id]);
    const known = newest.get(machine);
    const age = known && (entry.createdAt - known.createdAt || entry.change - known.change);
    if (age === undefined || age > 0) newest.set(machine, entry);
  }
  return [...newest.values()];
}

function toParam(rows: readonly MachineRow[]): string {
  return JSON.stringify(
    rows.map(({ tenant, configuration, id, createdAt, change, labels, retiredAt }) => {
      return { tenant, configuration, id, createdAt, change, labels, retiredAt };
    }),
  );
}
