/** Rows of the index of machines, as D1 has them and as the house reads them. */
import type { MachineRow } from "./index-entry.ts";

/** As D1 has it. */
export interface StoredMachineRow extends Pick<
  MachineRow,
  "tenant" | "configuration" | "id" | "version" | "state" | "revision" | "change" | "labels"
> {
  readonly created_at: number;
  readonly updated_at: number;
  readonly due_at: number | null;
  readonly retired_at: number | null;
}

export const MACHINE_COLUMNS =
  "tenant, configuration, id, version, state, revision, change, created_at, updated_at, labels, due_at, retired_at";

export function toMachineRow({ created_at, updated_at, due_at, retired_at, ...row }: StoredMachineRow): MachineRow {
  return { ...row, createdAt: created_at, updatedAt: updated_at, dueAt: due_at, retiredAt: retired_at };
}
