/** `detent version`: of this command and of the service. */
import type { Command } from "commander";
import { EXIT, Failure } from "../failure.ts";
import { readHealth } from "../health.ts";
import { addLeaf, type Runner } from "../leaf.ts";
import { RELEASE } from "../release.ts";
import { formatFacts } from "../table.ts";

export function addVersion(program: Command, runner: Runner): void {
  addLeaf(program, runner, {
    name: "version",
    summary: "show the versions of this command and of the service",
    examples: [["version", "both, and whether the service is ready"]],
    json: '`{"client", "server": {"url", "release", "state"}}`; the server is null where there is none',
    run: async ({ output, door }) => {
      const service = await door();
      const answer = await readHealth(service).catch((error: unknown) => {
        if (error instanceof Failure && error.exitCode === EXIT.unavailable) return error;
        throw error;
      });
      const health = answer instanceof Failure ? undefined : answer;
      const server = health && { url: service.url, release: health.release, state: health.state };
      output.data({ client: RELEASE, server: server ?? null }, () =>
        formatFacts([
          ["client", RELEASE],
          [
            "server",
            server === undefined ? `none at ${service.url}` : `${server.release} (${server.state}) at ${server.url}`,
          ],
        ]),
      );
      if (answer instanceof Failure) throw answer;
    },
  });
}
