/** What the editor begins with: a small example, or another version under the next free name. */
import { sourceOf } from "../../data/configuration-source.ts";
import { useLoad, type Loaded } from "../../data/use-load.ts";
import { useClient } from "../../session/session.ts";
import { FIRST_CONFIGURATION } from "./first-configuration.ts";
import { nextVersion } from "./version-name.ts";

/** `from` is `name:version`. */
export function useBeginning(from: string | undefined): Loaded<object> {
  const client = useClient();
  return useLoad(
    async (signal) => {
      if (from === undefined) return FIRST_CONFIGURATION;
      const { configuration } = await client.configurations.getConfiguration({ configId: from }, { signal });
      if (configuration === undefined) return FIRST_CONFIGURATION;
      const { name, version } = configuration;
      const { configurations } = await client.configurations.listConfigurations({ configuration: name }, { signal });
      return { ...sourceOf(configuration), version: nextVersion(version, configurations[0]?.versions ?? []) };
    },
    [client, from],
  );
}
