/** The machine as it was at an earlier revision. */
import { useLoad, type Loaded } from "../../data/use-load.ts";
import type { Machine } from "../../../gen/detent/v1/machine_pb.ts";
import { useClient } from "../../session/session.ts";
import type { MachineAddress } from "./follow-machine.ts";

export interface Past {
  readonly revision: number;
  readonly loaded: Loaded<Machine | undefined>;
}

/** Undefined: the present one is asked for. */
export function usePast({ configuration, id }: MachineAddress, revision: number | undefined): Past | undefined {
  const client = useClient();
  const loaded = useLoad(
    revision === undefined
      ? undefined
      : async (signal) =>
          (await client.machines.getMachine({ configuration, id, atRevision: revision }, { signal })).statemachine,
    [client, configuration, id, revision],
  );
  return revision === undefined ? undefined : { revision, loaded };
}
