/** A page of machines, and how many there are of which kind. */
import type { ListMachinesResponse, MachineCount } from "../../../gen/detent/v1/machine_service_pb.ts";
import { findFilterProblems, requestOf, type MachineFilter } from "../../data/machine-filter.ts";
import { useLoad, type Loaded } from "../../data/use-load.ts";
import { useClient } from "../../session/session.ts";
import type { MachineOrder } from "./machine-order.ts";

const PAGE_SIZE = 50;

export interface Counts {
  readonly total: number;
  /** Largest first. */
  readonly byState: readonly MachineCount[];
  readonly byVersion: readonly MachineCount[];
}

/** Nothing is asked with a filter that has problems, or no configuration. */
function mayAsk(filter: MachineFilter): boolean {
  return filter.configuration !== "" && findFilterProblems(filter).size === 0;
}

export function useMachineList(
  filter: MachineFilter,
  order: MachineOrder,
  pageToken: string,
): Loaded<ListMachinesResponse> {
  const client = useClient();
  const load = async (signal: AbortSignal) =>
    await client.machines.listMachines({ ...requestOf(filter), order, pageSize: PAGE_SIZE, pageToken }, { signal });
  return useLoad(mayAsk(filter) ? load : undefined, [client, JSON.stringify(filter), order, pageToken]);
}

export function useMachineCounts(filter: MachineFilter): Loaded<Counts> {
  const client = useClient();
  const count = async (signal: AbortSignal): Promise<Counts> => {
    const ask = async (group: "state" | "version") =>
      await client.machines.countMachines({ ...requestOf(filter), groupBy: [group] }, { signal });
    const [byState, byVersion] = await Promise.all([ask("state"), ask("version")]);
    return { total: byState.total, byState: byState.counts, byVersion: byVersion.counts };
  };
  return useLoad(mayAsk(filter) ? count : undefined, [client, JSON.stringify(filter)]);
}
