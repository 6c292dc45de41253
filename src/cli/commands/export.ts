/** `detent export`: configurations, for those who read something else. */
import type { Command } from "commander";
import { loadConfiguration } from "../../engine/compile-configuration.ts";
import { exportMachine } from "../../xstate/export.ts";
import { readNamedConfiguration } from "../configurations.ts";
import { deliverFile } from "../delivery.ts";
import { draw } from "../diagram.ts";
import { EXIT, Failure } from "../failure.ts";
import { addLeaf, addNoun, type Runner } from "../leaf.ts";
import { tell } from "./import.ts";

interface ExportFlags {
  readonly output?: string;
}

export function addExport(program: Command, runner: Runner): void {
  const noun = addNoun(program, "export", "configurations for those who read something else: xstate, mermaid");

  addLeaf<ExportFlags>(noun, runner, {
    name: "xstate <config>",
    summary: "write a configuration as that of an XState v5 machine, as JSON",
    description: `Writes a configuration, NAME:VERSION or a file, as the configuration of an XState v5 machine, as JSON for createMachine.
What XState has no word for stands in "meta", so that "import xstate" finds it again, and is told on stderr.`,
    examples: [
      ["export xstate orders:v3 -o machine.json", "into a file"],
      ["export xstate orders.yaml", "a file's, without a service"],
    ],
    json: 'the machine; with `-o` `{"file"}`',
    options: addOutputOption,
    run: async ({ output, door, flags }, name = "") => {
      const { machine, findings } = exportMachine(await readNamedConfiguration(door, name));
      const { errors, warnings } = tell(findings, ({ pointer }) => pointer);
      if (errors.length > 0) throw new Failure(errors.join("\n"), EXIT.no);
      for (const line of warnings) output.say(line);
      await deliverFile(output, flags.output, `${JSON.stringify(machine, null, 2)}\n`, machine);
    },
  });

  addLeaf<ExportFlags>(noun, runner, {
    name: "mermaid <config>",
    summary: "write a configuration as a Mermaid state diagram",
    examples: [
      ["export mermaid orders:v3 -o orders.mmd", "into a file"],
      ["export mermaid orders.yaml", "a file's, without a service"],
    ],
    json: '`{"format", "diagram"}`; with `-o` `{"file"}`',
    options: addOutputOption,
    run: async ({ output, door, flags }, name = "") => {
      const source = await readNamedConfiguration(door, name);
      const diagram = draw(loadConfiguration(source), `${source.name}:${source.version || "v1"}`, "mmd");
      await deliverFile(output, flags.output, diagram, { format: "mmd", diagram });
    },
  });
}

function addOutputOption(command: Command): Command {
  return command.option("-o, --output <file>", "write it to a file");
}
