/** The machine that a row of the index is about. */
import type { MachineRow } from "../catalog/index-entry.ts";
import type { MachineAddress } from "../machine/calls.ts";

export function addressOfRow({ tenant, configuration, id }: MachineRow): MachineAddress {
  return { tenant, configuration, id };
}
