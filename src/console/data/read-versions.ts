/** Versions of a configuration in full, where any of them may be meant. */
import type { Client } from "../../client/client.ts";
import type { Configuration } from "../../gen/detent/v1/configuration_pb.ts";
import { inTurns } from "./in-turns.ts";

/** Each is a call; machines live on the newest ones. */
const MOST = 12;
const AT_A_TIME = 4;

/** The first 12 of `versions`, which lists have newest first. Rejects with the first failure. */
export async function readVersions(
  client: Client,
  name: string,
  versions: readonly string[],
  signal: AbortSignal,
): Promise<readonly Configuration[]> {
  const wanted = versions.slice(0, MOST);
  const found = new Map<string, Configuration>();
  await inTurns(wanted, AT_A_TIME, async (version) => {
    const { configuration } = await client.configurations.getConfiguration(
      { configId: `${name}:${version}` },
      { signal },
    );
    if (configuration !== undefined) found.set(version, configuration);
  });
  return wanted.flatMap((version) => found.get(version) ?? []);
}
