/** The versions of a configuration that a job is about. */
import type { Configuration } from "../../../gen/detent/v1/configuration_pb.ts";
import { readVersions } from "../../data/read-versions.ts";
import { useLoad, type Loaded } from "../../data/use-load.ts";
import { useClient } from "../../session/session.ts";

export interface Versions {
  /** Names of all there are, newest first. */
  readonly names: readonly string[];
  /** Those that machines of the job may have: the one that is named, or the newest 12. */
  readonly configurations: readonly Configuration[];
}

/** Nothing is asked while no configuration is named. `version` empty: every one. */
export function useVersions(configuration: string, version: string): Loaded<Versions> {
  const client = useClient();
  const load = async (signal: AbortSignal): Promise<Versions> => {
    const listed = await client.configurations.listConfigurations({ configuration }, { signal });
    const names = listed.configurations.flatMap((found) => found.versions);
    const configurations = await readVersions(client, configuration, version === "" ? names : [version], signal);
    return { names, configurations };
  };
  return useLoad(configuration === "" ? undefined : load, [client, configuration, version]);
}
