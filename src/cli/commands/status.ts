/** `detent status`: the heartbeat, for scripts and for people. */
import type { Command } from "commander";
import { answeredNo } from "../failure.ts";
import { readHealth } from "../health.ts";
import { addLeaf, type Runner } from "../leaf.ts";
import { formatTable } from "../table.ts";

export function addStatus(program: Command, runner: Runner): void {
  addLeaf<{ readonly quiet?: boolean }>(program, runner, {
    name: "status",
    summary: "is the service there and ready? exit code 0 if it is",
    examples: [
      ["status", "what is ready and what is not"],
      ["status --quiet && deploy", "in a script"],
    ],
    json: "the answer of `CheckHealth`",
    run: async ({ output, door, flags }) => {
      const service = await door();
      const health = await readHealth(service);
      const { state, release, checks } = health;
      // Here the exit code is the answer, and what is printed only explains it.
      if (flags.quiet !== true || output.isJson) {
        output.data(health, () => {
          const colour = state === "READY" ? "green" : "red";
          const head = `${output.paint(colour, state)}  ${release}  ${service.url}`;
          return `${head}\n${formatTable(
            ["CHECK", "STATE", "DETAIL"],
            checks.map((check) => [check.name, check.state, check.detail ?? ""]),
          )}`;
        });
      }
      if (state !== "READY") throw answeredNo();
    },
  });
}
