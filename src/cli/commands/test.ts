/** `detent test`: scenarios in YAML, on the machine itself in memory or on a service. */
import type { Command } from "commander";
import { answeredNo } from "../failure.ts";
import { addLeaf, type Runner } from "../leaf.ts";
import type { ScenarioFlags } from "../scenarios.ts";

export function addTest(program: Command, runner: Runner): void {
  addLeaf<ScenarioFlags>(program, runner, {
    name: "test <files...>",
    summary: "run scenarios: given a machine, when an event comes, then it is in a state",
    description: `Runs the scenarios of files of YAML (docs/testing.md), in memory, where days pass at once, or on the service. Exit code 1
where one fails, or where less is reached than a file demands.`,
    examples: [
      ["test orders.test.yaml", "in memory; no service is asked"],
      ["test orders.test.yaml --service", "the same on the service"],
      ["test orders.test.yaml --update", "write the golden diagrams anew"],
    ],
    json: '`{"passed", "files": [{"file", "passed", "scenarios": [{"name", "line", "passed", "ms", "message", "failed_line"}], "coverage": {"states", "transitions"}, "problems"}]}`',
    options: (command) =>
      command
        .option("--service", "on the service instead of in memory; time passes as it does there")
        .option("--wait-at-most <duration>", "on a service: the longest that a step waits (PT10S)")
        .option("--update", "write golden files instead of comparing with them (DETENT_UPDATE_GOLDEN)"),
    run: async ({ output, settings, flags, signal }, ...files) => {
      const { runFiles } = await import("../scenarios.ts");
      const place = flags.service === true ? await settings() : undefined;
      const passed = await runFiles(files, flags, { settings: place, output, signal });
      if (!passed) throw answeredNo();
    },
  });
}
