/** The versions of a configuration that a job is about. */
import type { Configuration } from "../../../gen/detent/v1/configuration_pb.ts";
import { inTurns } from "../../data/in-turns.ts";
import { useLoad, type Loaded } from "../../data/use-load.ts";
import { useClient } from "../../session/session.ts";

/** Each is a call; machines live on the newest ones. */
const MOST = 20;
const AT_A_TIME = 4;

export interface Versions {
  /** Names of all there are, newest first. */
  readonly names: readonly string[];
  /** Those that machines of the job may have: the one that is named, or the newest 20. */
  readonly configurations: readonly Configuration[];
}

/** Nothing is asked while no configuration is named. `version` empty: every one. */
export function useVersions(configuration: string, version: string): Loaded<Versions> {
  const client = useClient();
  const load = async (signal: AbortSignal): Promise<Versions> => {
    const listed = await client.configurations.listConfigurations({ configuration }, { signal });
    const names = listed.configurations.flatMap((found) => found.versions);
    const wanted = version === "" ? names.slice(0, MOST) : [version];
    const found = new Map<string, Configuration>();
    await inTurns(wanted, AT_A_TIME, async (name) => {
      const answer = await client.configurations.getConfiguration({ configId: `${configuration}:${name}` }, { signal });
      if (answer.configuration !== undefined) found.set(name, answer.configuration);
    });
    return { names, configurations: wanted.flatMap((name) => found.get(name) ?? []) };
  };
  return useLoad(configuration === "" ? undefined : load, [client, configuration, version]);
}
