/** `detent config`: configurations. */
import type { Command } from "commander";
import { loadConfiguration } from "../../engine/compile-configuration.ts";
import { diffConfigurations, type Difference } from "../../configuration-diff.ts";
import { fetchConfiguration, readNamedConfiguration } from "../configurations.ts";
import { addDiagramOptions, deliver, draw, readFormat, type DiagramFlags } from "../diagram.ts";
import { answeredNo } from "../failure.ts";
import { checkFile, formatFinding, type LocatedFinding } from "../findings.ts";
import { readConfigId, readConfigurationFile } from "../input.ts";
import { addLeaf, addNoun, type Runner, type Session } from "../leaf.ts";
import { listAll } from "../pages.ts";
import { formatTable, toPrintable, toYaml } from "../table.ts";
import { createConfiguration } from "./send.ts";

export function addConfig(program: Command, runner: Runner): void {
  const config = addNoun(program, "config", "configurations: check, create, list, get, diff, diagram, deprecate");

  addLeaf<{ readonly strict?: boolean; readonly offline?: boolean }>(config, runner, {
    name: "check <file>",
    summary: "check a configuration in a file; nothing is stored",
    description: `Checks a configuration in a file of YAML or JSON ("-": stdin), and tells what is wrong or doubtful, with line and column.
Exit code 1 where it would not be accepted.`,
    examples: [
      ["config check orders.yaml", "findings as file:line:column"],
      ["config check --strict orders.yaml", "warnings count, too"],
      ["config check --offline orders.yaml", "by this command's own engine, without a service"],
    ],
    json: '`{"valid", "findings": [{"severity", "code", "pointer", "message", "file", "line", "column"}]}`',
    options: (command) =>
      command.option("--strict", "exit code 1 for warnings, too").option("--offline", "ask no service: check here"),
    run: async ({ output, door, flags }, name = "") => {
      const file = await readConfigurationFile(name);
      const checked = await checkFile(flags.offline === true ? undefined : await door(), file);
      output.data(checked, () => formatFindings(checked.findings));
      if (checked.findings.length === 0) output.say(`${file.file}: nothing to say against it`);
      if (!checked.valid || (flags.strict === true && checked.findings.length > 0)) throw answeredNo();
    },
  });

  addLeaf(config, runner, {
    name: "create <file>",
    summary: "upload a configuration; one that is there, with the same content, counts as done",
    examples: [
      ["config create orders.yaml", "what it is known by from now on"],
      ["config create - < orders.json", "from stdin"],
    ],
    json: "the answer of `CreateConfiguration`, or of `GetConfiguration` where it is there, with a `status`: `created` or `identical`",
    run: async ({ output, door }, name = "") => {
      const file = await readConfigurationFile(name);
      const service = await door();
      const checked = await checkFile(service, file);
      if (!checked.valid) {
        output.data(checked, () => formatFindings(checked.findings));
        throw answeredNo();
      }
      for (const finding of checked.findings) output.say(formatFinding(finding));
      const { status, name: configId, answer } = await createConfiguration(service, file.source);
      output.data({ ...answer, status }, () => toPrintable(configId));
      output.say(status === "identical" ? "it is there already, identical" : "created");
    },
  });

  addLeaf<{ readonly configuration?: string }>(config, runner, {
    name: "list",
    summary: "list the configurations with their versions",
    examples: [
      ["config list", "all of them"],
      ["config list --configuration orders", "one of them"],
    ],
    json: '`{"configurations"}`, as `ListConfigurations` answers them, of all pages',
    options: (command) => command.option("--configuration <name>", "only this one"),
    run: async ({ output, door, flags }) => {
      const { configuration } = flags;
      const configurations = await listAll<Listed>(await door(), "/api/v1/configurations", "configurations", {
        configuration,
      });
      output.data({ configurations }, () =>
        formatTable(
          ["NAME", "VERSIONS, NEWEST FIRST"],
          configurations.map((each) => [each.name, formatVersions(each)]),
        ),
      );
    },
  });

  addLeaf(config, runner, {
    name: "get <config>",
    summary: "show a configuration, as YAML",
    examples: [
      ["config get orders:v3", "as YAML"],
      ["config get --json orders:v3 > orders.json", "as JSON"],
    ],
    json: "the answer of `GetConfiguration`",
    run: async ({ output, door }, configId = "") => {
      const source = await fetchConfiguration(await door(), configId);
      output.data(source, () => toYaml(source));
    },
  });

  addLeaf<{ readonly exitCode?: boolean }>(config, runner, {
    name: "diff <before> <after>",
    summary: "what is different between two configurations",
    description: `What is different between two configurations, by what it means: the order of states, or of keys, is not. Each is
NAME:VERSION or a file.`,
    examples: [
      ["config diff orders:v3 orders:v4", "two versions"],
      ["config diff orders:v3 orders.yaml", "what an upload would change"],
      ["config diff --exit-code orders:v3 orders.yaml", "exit code 1 where they differ"],
    ],
    json: '`{"differences": [{"change", "path", "before", "after"}]}`; a change is `added`, `removed` or `changed`',
    options: (command) => command.option("--exit-code", "exit code 1 where there are differences"),
    run: async (session, before = "", after = "") => {
      const { output, door, flags } = session;
      const [one, other] = [await readNamedConfiguration(door, before), await readNamedConfiguration(door, after)];
      const differences = diffConfigurations(one, other);
      output.data({ differences }, () => differences.map((each) => formatDifference(session, each)).join("\n"));
      if (differences.length === 0) output.say("they mean the same");
      else if (flags.exitCode === true) throw answeredNo();
    },
  });

  addLeaf<DiagramFlags>(config, runner, {
    name: "diagram <config>",
    summary: "draw a configuration: in the terminal, as .mmd or as .svg",
    examples: [
      ["config diagram orders:v3", "an outline, in the terminal"],
      ["config diagram orders.yaml -o orders.svg", "a file's, as a picture"],
      ["config diagram orders:v3 --format mmd", "as Mermaid"],
    ],
    json: '`{"format", "diagram"}`; with `-o` `{"file"}`',
    options: addDiagramOptions,
    run: async ({ output, door, flags }, name = "") => {
      const format = readFormat(flags);
      const source = await readNamedConfiguration(door, name);
      const title = `${source.name}:${source.version || "v1"}`;
      await deliver(output, flags, format, draw(loadConfiguration(source), title, format));
    },
  });

  addLeaf(config, runner, {
    name: "deprecate <config>",
    summary: "take no new machines for a configuration; those that are there go on",
    examples: [["config deprecate orders:v2", "for good: there is no way back"]],
    json: '`{"config_id", "deprecated": true}`',
    run: async ({ output, door }, name = "") => {
      const configId = readConfigId(name);
      await (
        await door()
      ).post(`/api/v1/configurations/${encodeURIComponent(configId)}/deprecate`, undefined, { isRepeatable: true });
      output.data({ config_id: configId, deprecated: true }, () => `${configId} takes no new machines`);
    },
  });
}

interface Listed {
  readonly name: string;
  /** Newest first. */
  readonly versions: readonly string[];
  /** Those of them that take no new machines. */
  readonly deprecated: readonly string[];
}

function formatVersions({ versions, deprecated }: Listed): string {
  return versions.map((version) => (deprecated.includes(version) ? `${version} (deprecated)` : version)).join(" ");
}

function formatFindings(findings: readonly LocatedFinding[]): string {
  return findings.map(formatFinding).join("\n");
}

function formatDifference({ output }: Session<unknown>, { change, path, before, after }: Difference): string {
  const lines = [];
  if (before !== undefined) lines.push(output.paint("red", `- ${path}: ${show(before)}`));
  if (after !== undefined) lines.push(output.paint("green", `+ ${path}: ${show(after)}`));
  return lines.length > 0 ? lines.join("\n") : `${change} ${path}`;
}

function show(value: unknown): string {
  return toPrintable(JSON.stringify(value) ?? "");
}
