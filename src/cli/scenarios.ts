/** Runs files of scenarios, and says what became of them. Loaded by the command that needs it: it brings the machine along. */
import {
  inMemory,
  runScenarios,
  ScenarioFileError,
  service,
  type ScenarioResult,
  type ScenariosResult,
} from "../testing/index.ts";
import { EXIT, Failure, usage } from "./failure.ts";
import { readText } from "./input.ts";
import type { Output } from "./output.ts";
import type { Settings } from "./settings.ts";
import { toPrintable } from "./table.ts";

export interface ScenarioFlags {
  /** On a service instead of in memory. */
  readonly service?: boolean;
  readonly update?: boolean;
  readonly waitAtMost?: string;
}

/** Runs `files`, one after the other; answers whether all of it passed. */
export async function runFiles(
  files: readonly string[],
  flags: ScenarioFlags,
  settings: Settings | undefined,
  output: Output,
): Promise<boolean> {
  const target = settings === undefined ? inMemory() : service({ ...settings, ...waitOf(flags) });
  const results = [];
  for (const file of files) {
    if (files.length > 1) output.say(output.tint("bold", file));
    const result = await runFile(file, target, flags, output);
    results.push({ file, ...toJson(result) });
    describeRest(file, result, output);
  }
  const passed = results.every((result) => result.passed);
  if (output.isJson) output.data({ passed, files: results }, () => "");
  return passed;
}

function waitOf({ waitAtMost }: ScenarioFlags) {
  return waitAtMost === undefined ? {} : { waitAtMost };
}

async function runFile(
  file: string,
  target: ReturnType<typeof inMemory>,
  { update, service: isOnService }: ScenarioFlags,
  output: Output,
): Promise<ScenariosResult> {
  const text = await readText(file);
  const onScenario = (result: ScenarioResult) => {
    if (!output.isJson) output.data(result, () => describeScenario(file, result, output));
  };
  try {
    return await runScenarios(text, { file, target, onScenario, ...(update === true && { update }) });
  } catch (error) {
    if (error instanceof ScenarioFileError) throw usage(error.message);
    // Of a service that cannot be reached, or does not take the configuration; in memory it would be a defect.
    if (isOnService === true && error instanceof Error) throw new Failure(error.message, EXIT.unavailable);
    throw error;
  }
}

function describeScenario(
  file: string,
  { name, line, passed, ms, message = "", failedLine }: ScenarioResult,
  output: Output,
): string {
  const mark = passed ? output.paint("green", "✓") : output.paint("red", "✗");
  const head = `${mark} ${toPrintable(name)} ${output.paint("dim", `(${ms} ms)`)}`;
  return passed ? head : `${head}\n${indent(`${file}:${failedLine ?? line}: ${message}`)}`;
}

/** What is to be said of the file as a whole. */
function describeRest(file: string, { scenarios, coverage, problems }: ScenariosResult, output: Output): void {
  if (!output.isJson) {
    const told = problems.map(({ line, message }) => `${output.paint("red", "✗")} ${file}:${line}: ${message}`);
    output.data(problems, () => told.join("\n"));
  }
  const failed = scenarios.filter(({ passed }) => !passed).length;
  const { states, transitions } = coverage;
  const shares = [
    `${states.reached.length} of ${states.reached.length + states.missed.length} states`,
    `${transitions.reached.length} of ${transitions.reached.length + transitions.missed.length} transitions`,
  ];
  output.say(`${scenarios.length - failed} passed, ${failed} failed; reached ${shares.join(" and ")}`);
}

function toJson({ passed, scenarios, coverage, problems }: ScenariosResult) {
  return {
    passed,
    scenarios: scenarios.map(({ failedLine, ...scenario }) => ({
      ...scenario,
      ...(failedLine !== undefined && { failed_line: failedLine }),
    })),
    coverage: { states: coverage.states, transitions: coverage.transitions },
    problems,
  };
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}
