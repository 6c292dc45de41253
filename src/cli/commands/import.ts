/** `detent import`: what others wrote, as a configuration of Detent. */
import type { Command } from "commander";
import { randomUUID } from "node:crypto";
import { parseDuration } from "../../engine/duration.ts";
import type { ConversionFinding } from "../../xstate/finding.ts";
import { importMachine } from "../../xstate/import.ts";
import { deliverFile, writeText } from "../delivery.ts";
import { answeredNo, EXIT, Failure, usage } from "../failure.ts";
import { checkFile } from "../findings.ts";
import { collect, formatPlace, readConfigId, readDocuments, readMachineName, readPairs, readText } from "../input.ts";
import { addLeaf, addNoun, type Runner, type Session } from "../leaf.ts";
import { toPrintable, toYaml } from "../table.ts";

interface XStateFlags {
  readonly as?: string;
  readonly output?: string;
  readonly guard?: readonly string[];
  readonly delay?: readonly string[];
}

interface ChartFlags {
  readonly as: string;
  readonly timezone?: string;
}

export function addImport(program: Command, runner: Runner): void {
  const noun = addNoun(program, "import", "what others wrote, as a configuration: xstate, stateservice");

  addLeaf<XStateFlags>(noun, runner, {
    name: "xstate <file>",
    summary: "turn a machine of XState into a configuration, as YAML",
    description: `Turns the configuration of an XState machine (v4 or v5, as JSON: "-" is stdin) into a configuration of Detent, as YAML.
Nothing is uploaded. What has no counterpart is told: as an error where the meaning would be another, as a warning where
something is left out. Guards that are functions are lost in JSON.stringify: docs/xstate.md has the line that keeps them.`,
    examples: [
      ["import xstate machine.json -o orders.yaml", "into a file, to be looked at and uploaded"],
      ["import xstate machine.json --as orders:v2", "under another name than the machine's id"],
      ["import xstate machine.json --guard 'isPaid=data.paid'", "with an expression for a guard"],
    ],
    json: '`{"configuration", "findings", "checked"}`; with `-o` also `"file"`, where one was written',
    options: (command) =>
      command
        .option("--as <config>", "name and version of the configuration (the machine's id)")
        .option("--guard <name=cel>", "the expression for a guard; as often as there are guards", collect)
        .option("--delay <name=duration>", "the duration of a delay, like PT5M; as often as there are delays", collect)
        .option("-o, --output <file>", "write it to a file"),
    run: importXState,
  });

  addLeaf<ChartFlags>(noun, runner, {
    name: "stateservice <file>",
    summary: "make a chart of StateService a configuration and a machine",
    description: `Uploads a chart of StateService ("-": stdin): it becomes a configuration, unless that is there already, and a machine that
stands where the chart does.`,
    examples: [
      ["import stateservice states.yaml --as colors/wall-1", "configuration colors:v1, machine wall-1"],
      ["import stateservice states.yaml --as colors:v2/wall-1", "as another version"],
    ],
    json: "the answer of `ImportChart`",
    options: (command) =>
      command
        .requiredOption("--as <name/id>", "the configuration, with its version where that is not v1, and the machine")
        .option("--timezone <zone>", "of the times in the chart, like Europe/Paris or +02:00 (UTC)"),
    run: importChart,
  });
}

async function importXState({ flags, output }: Session<XStateFlags>, file = ""): Promise<void> {
  const [document, second] = await readDocuments(file);
  if (document === undefined || second !== undefined) throw usage(`${file} must have one machine in it`);
  const [name, version] = flags.as === undefined ? [] : readNewName(flags.as);
  const delays = new Map(Object.entries(readPairs("--delay", flags.delay) ?? {}));
  for (const [delay, duration] of delays) {
    if (parseDuration(duration) === undefined) throw usage(`--delay ${delay}: "${duration}" is no duration like PT5M`);
  }
  const guards = new Map(Object.entries(readPairs("--guard", flags.guard) ?? {}));
  const { source, findings } = importMachine(document.value, { name, version, guards, delays });
  const place = { ...document, source };
  const lines = tell(findings, ({ pointer }) => formatPlace(place, pointer));
  // What a machine may be and a configuration may not: its places are in what was made of it.
  const isWhole = lines.errors.length === 0;
  const checked = isWhole
    ? await checkFile(undefined, { ...place, placeOf: () => ({ line: 1, column: 1 }) })
    : undefined;
  for (const { severity, message, code } of checked?.findings ?? []) {
    const list = severity === "error" ? lines.errors : lines.warnings;
    list.push(`the configuration: ${severity}: ${toPrintable(message)} (${code})`);
  }
  const isRefused = lines.errors.length > 0;
  const toText = () => `${toYaml(source)}\n`;
  const target = isRefused || flags.output === "-" ? undefined : flags.output;
  if (output.isJson) {
    if (target !== undefined) await writeText(target, toText());
    const configuration = isRefused ? null : source;
    const written = target !== undefined && { file: target };
    output.data({ configuration, findings, checked: checked?.findings ?? [], ...written }, () => "");
  }
  for (const line of lines.warnings) output.say(line);
  if (output.isJson && target !== undefined) output.say(`written: ${target}`);
  if (isRefused) throw output.isJson ? answeredNo() : new Failure(lines.errors.join("\n"), EXIT.no);
  if (!output.isJson) await deliverFile(output, target, toText(), source);
}

/** A name and perhaps a version, as `--as` gives them; whether they may be those of a configuration is checked later. */
function readNewName(text: string): string[] {
  const parts = text.split(":");
  if (parts.length > 2 || parts.includes("")) throw usage(`--as: "${text}" must be NAME or NAME:VERSION`);
  return parts;
}

/** Findings of a conversion as lines. */
export function tell(
  findings: readonly ConversionFinding[],
  placeOf: (finding: ConversionFinding) => string,
): { readonly errors: string[]; readonly warnings: string[] } {
  const lines = (wanted: ConversionFinding["severity"]) =>
    findings
      .filter(({ severity }) => severity === wanted)
      .map((finding) => `${placeOf(finding)}: ${wanted}: ${toPrintable(finding.message)}`);
  return { errors: lines("error"), warnings: lines("warning") };
}

async function importChart({ flags, output, door }: Session<ChartFlags>, file = ""): Promise<void> {
  const { configuration, id } = readMachineName(flags.as);
  const [name = "", version] = readConfigId(configuration).split(":");
  const chart = await readText(file);
  const service = await door();
  const path = `/stateservice/${encodeURIComponent(name)}/${encodeURIComponent(id)}`;
  const { body } = await service.call<{ id: string; statemachine: { config_id: string; state: string } }>(
    "POST",
    path,
    {
      query: { version, timezone: flags.timezone },
      body: chart,
      headers: { "content-type": "application/yaml", "idempotency-key": randomUUID() },
      isRepeatable: true,
    },
  );
  output.data(body, () => toPrintable(`${name}/${body.id}`));
  output.say(`${body.statemachine.config_id}, in the state ${toPrintable(body.statemachine.state)}`);
}
