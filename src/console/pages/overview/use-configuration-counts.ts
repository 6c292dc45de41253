/** Configurations, and how many of their machines are in which state. */
import { useEffect, useState } from "preact/hooks";
import type { CountMachinesResponse } from "../../../gen/detent/v1/machine_service_pb.ts";
import { inTurns } from "../../data/in-turns.ts";
import { useEvery } from "../../data/use-every.ts";
import { useLoad, type Loaded } from "../../data/use-load.ts";
import { useSession } from "../../session/session.ts";

const EVERY_MS = 15_000;
/** Each is a query of D1. */
const AT_A_TIME = 4;

export interface ConfigurationCounts {
  readonly name: string;
  readonly versions: readonly string[];
  /** Undefined: on its way, or not to be seen by this credential. */
  readonly counts: CountMachinesResponse | undefined;
}

export interface Overview {
  readonly configurations: readonly ConfigurationCounts[];
  /** There are more than these. */
  readonly hasMore: boolean;
}

/** The first page of configurations, and their counts as they come. */
export function useConfigurationCounts(): Loaded<Overview> {
  const { client, lacks } = useSession();
  const [counts, setCounts] = useState<ReadonlyMap<string, CountMachinesResponse>>(new Map());
  const listed = useLoad((signal) => client.configurations.listConfigurations({}, { signal }), [client]);
  const names = listed.value?.configurations.map(({ name }) => name) ?? [];
  const mayCount = lacks("machines:read") === undefined;
  const counted = useLoad(
    mayCount && names.length > 0
      ? (signal) =>
          inTurns(names, AT_A_TIME, async (configuration) => {
            const found = await client.machines.countMachines({ configuration, groupBy: ["state"] }, { signal });
            setCounts((before) => new Map(before).set(configuration, found));
          })
      : undefined,
    [client, names.join(" ")],
  );
  useEvery(EVERY_MS, () => {
    listed.poll();
    counted.poll();
  });
  useEffect(() => setCounts(new Map()), [client]);
  const value = listed.value && {
    configurations: listed.value.configurations.map(({ name, versions }) => ({
      name,
      versions,
      counts: counts.get(name),
    })),
    hasMore: listed.value.nextPageToken !== "",
  };
  return { ...listed, value, error: listed.error ?? counted.error };
}
