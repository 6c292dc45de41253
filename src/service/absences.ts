/** Why there is no machine to answer: said in the same words whatever was asked of it. Pure. */
import { quote } from "../engine/names.ts";
import type { MachineAddress } from "../machine/calls.ts";

type Name = Pick<MachineAddress, "configuration" | "id">;

export const ABSENCES = {
  MACHINE_NOT_FOUND: ({ configuration, id }: Name) =>
    `configuration ${quote(configuration)} has no machine ${quote(id)}`,
  MACHINE_GONE: ({ configuration, id }: Name) =>
    `machine ${quote(id)} of configuration ${quote(configuration)} was deleted or retired`,
} as const;
