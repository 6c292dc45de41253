/** `detent codegen`: a configuration as a TypeScript module of its types. */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { readNamedConfiguration } from "../configurations.ts";
import { deliverFile } from "../delivery.ts";
import { answeredNo, usage } from "../failure.ts";
import { addLeaf, type Runner } from "../leaf.ts";

interface CodegenFlags {
  readonly output?: string;
  readonly import?: string;
  readonly check?: boolean;
}

export function addCodegen(program: Command, runner: Runner): void {
  addLeaf<CodegenFlags>(program, runner, {
    name: "codegen <config>",
    summary: "make a TypeScript module of a configuration: its states, its events, a client that knows them",
    description: `Makes a TypeScript module of a configuration, which is NAME:VERSION or a file: its states with their data, its events
with theirs, and a client on which an event that there is not does not compile. It imports "detent/client".`,
    examples: [
      ["codegen orders:v3 -o src/orders.ts", "of a stored configuration"],
      ["codegen orders.yaml -o src/orders.ts", "of a file; no service is asked"],
      ["codegen orders.yaml -o src/orders.ts --check", "exit code 1 where the module is not up to date"],
    ],
    json: '`{"config_id", "value", "types", "states", "events", "text"}`; with `-o` `{"file"}`, with `--check` `{"file", "config_id", "up_to_date"}`',
    options: (command) =>
      command
        .option("-o, --output <file>", "write it to a file")
        .option("--import <module>", "where the module imports the client from (detent/client)")
        .option("--check", "write nothing; tell whether the file is up to date"),
    run: async ({ output, door, flags }, config = "") => {
      const { comparable, generateModule } = await import("../../codegen/module.ts");
      const source = await readNamedConfiguration(door, config);
      const { text, configId, ...module } = generateModule(source, {
        command: commandLine(config, flags),
        ...(flags.import !== undefined && { importFrom: flags.import }),
      });
      if (flags.check !== true)
        return await deliverFile(output, flags.output, text, { config_id: configId, ...module, text });
      const file = flags.output;
      if (file === undefined || file === "-") throw usage("--check compares with a file: name it with -o");
      const found = await readFile(file, "utf8").catch(() => undefined);
      // By whatever command it was made, and however its lines end.
      const isFresh = found !== undefined && comparable(found) === comparable(text);
      output.data({ file, config_id: configId, up_to_date: isFresh }, () => "");
      output.say(
        isFresh
          ? `${file} is up to date`
          : `${file} is not what ${configId} makes; make it anew with:\n  ${commandLine(config, flags)}`,
      );
      if (!isFresh) throw answeredNo();
    },
  });
}

/** As it stands in the module's header. */
function commandLine(config: string, flags: CodegenFlags): string {
  const words = ["detent", "codegen", config];
  if (flags.output !== undefined && flags.output !== "-") words.push("-o", flags.output);
  if (flags.import !== undefined) words.push("--import", flags.import);
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word))).join(" ");
}
