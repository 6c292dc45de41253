/** What the editor begins with: a small example, or another version under the next free name. */
import { create, fromJson } from "@bufbuild/protobuf";
import { ConfigurationSchema, type Configuration } from "../../../gen/detent/v1/configuration_pb.ts";
import { useLoad, type Loaded } from "../../data/use-load.ts";
import { useClient } from "../../session/session.ts";
import { FIRST_CONFIGURATION } from "./first-configuration.ts";
import { nextVersion } from "./version-name.ts";

/** `from` is `name:version`. */
export function useBeginning(from: string | undefined): Loaded<Configuration> {
  const client = useClient();
  return useLoad(
    async (signal) => {
      if (from === undefined) return fromJson(ConfigurationSchema, FIRST_CONFIGURATION);
      const found = await client.configurations.getConfiguration({ configId: from }, { signal });
      const configuration = found.configuration ?? create(ConfigurationSchema);
      const { name, version } = configuration;
      const { configurations } = await client.configurations.listConfigurations({ configuration: name }, { signal });
      const { createdAt: _created, deprecatedAt: _deprecated, ...uploaded } = configuration;
      return create(ConfigurationSchema, {
        ...uploaded,
        version: nextVersion(version, configurations[0]?.versions ?? []),
      });
    },
    [client, from],
  );
}
