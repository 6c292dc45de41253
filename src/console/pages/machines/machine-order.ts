/** In which order machines are listed. */
import { type MachineFilter } from "../../data/machine-filter.ts";

export type MachineOrder = "id" | "-updated_at" | "updated_at";

export const ORDERS: Readonly<Record<MachineOrder, string>> = {
  id: "By id",
  "-updated_at": "Newest change first",
  updated_at: "Oldest change first",
};

/** The order that is asked for; by id where the service has no other, which is where labels are asked for. */
export function orderOf(text: string | undefined, filter: MachineFilter): MachineOrder {
  if (text === undefined || !Object.hasOwn(ORDERS, text) || hasLabels(filter)) return "id";
  return text as MachineOrder;
}

export function hasLabels({ label, label2 }: MachineFilter): boolean {
  return label !== "" || label2 !== "";
}
