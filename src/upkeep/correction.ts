/** One row of the index, made right by the machine it is about. */
import { deleteMachine, isJurisdiction } from "../catalog/housekeeping.ts";
import type { MachineRow } from "../catalog/index-entry.ts";
import type { MachineAddress, MachineCalls } from "../machine/calls.ts";

export interface CorrectionDeps {
  readonly db: D1Database;
  /** The setting, empty for none: with another one than the machines were created under, none of them is found. */
  readonly jurisdiction: string;
  machine(address: MachineAddress): MachineCalls;
}

/** It was right; it was written anew; it was about no machine and is gone; its machine could not be reached. */
export type Correction = "right" | "corrected" | "removed" | "failed";

/** Never rejects: what fails leaves the row as it is. */
export async function correctRow(deps: CorrectionDeps, row: MachineRow): Promise<Correction> {
  const { tenant, configuration, id } = row;
  const address = { tenant, configuration, id };
  const machine = deps.machine(address);
  try {
    const reply = await machine.reindex(address, row);
    if (!reply.ok) return reply.reason === "MACHINE_NOT_FOUND" ? await remove(deps, row) : "failed";
    if (reply.value !== "outranked") return reply.value === "right" ? "right" : "corrected";
    await remove(deps, row);
    return (await machine.reindex(address, undefined)).ok ? "corrected" : "failed";
  } catch {
    return "failed";
  }
}

async function remove({ db, jurisdiction }: CorrectionDeps, row: MachineRow): Promise<Correction> {
  if (!(await isJurisdiction(db, jurisdiction))) return "failed";
  await deleteMachine(db, row);
  return "removed";
}
