/** What can be chosen where a configuration, a version or a state is asked for. */
import type { Configuration } from "../../gen/detent/v1/configuration_pb.ts";
import type { ConfigurationVersions } from "../../gen/detent/v1/configuration_service_pb.ts";
import { useSession } from "../session/session.ts";
import { readVersions } from "./read-versions.ts";
import { useLoad, type Loaded } from "./use-load.ts";

/** As many as the service answers at a time. */
const PAGE_SIZE = 1_000;

/**
 * All configurations, at most 1000. Nothing is asked for a credential that may not read them: its user enters names.
 */
export function useConfigurations(): Loaded<readonly ConfigurationVersions[]> {
  const { client, lacks } = useSession();
  const mayRead = lacks("configurations:read") === undefined;
  return useLoad(
    mayRead
      ? async (signal) =>
          (await client.configurations.listConfigurations({ pageSize: PAGE_SIZE }, { signal })).configurations
      : undefined,
    [client, mayRead],
  );
}

/** A configuration's version in full; nothing is asked where one of both is empty, or the credential may not. */
export function useConfiguration(name: string, version: string): Loaded<Configuration | undefined> {
  const { client, lacks } = useSession();
  const mayRead = lacks("configurations:read") === undefined && name !== "" && version !== "";
  return useLoad(
    mayRead
      ? async (signal) =>
          (await client.configurations.getConfiguration({ configId: `${name}:${version}` }, { signal })).configuration
      : undefined,
    [client, mayRead, name, version],
  );
}

/** The states of a configuration's versions, each once; of many versions those of the newest 12. */
export function useStates(name: string, versions: readonly string[]): Loaded<readonly string[]> {
  const { client, lacks } = useSession();
  const mayRead = lacks("configurations:read") === undefined && name !== "" && versions.length > 0;
  return useLoad(
    mayRead
      ? async (signal) => {
          const found = await readVersions(client, name, versions, signal);
          return [...new Set(found.flatMap(({ states }) => states))];
        }
      : undefined,
    [client, mayRead, name, versions.join(" ")],
  );
}
