/** Runs files of scenarios, and says what became of them. Loaded by the command that needs it: it brings the machine along. */
import {
  inMemory,
  runScenarios,
  ScenarioFileError,
  service,
  TargetError,
  UsageError,
  type ScenarioResult,
  type ScenariosResult,
  type Target,
} from "../testing/index.ts";
import { REASONS } from "../errors.ts";
import { EXIT, exitCodeOf, Failure, usage } from "./failure.ts";
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

/** What scenarios run in. */
interface Surroundings {
  /** Undefined: in memory. */
  readonly settings: Settings | undefined;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** Runs `files`, one after the other; answers whether all of it passed. */
export async function runFiles(
  files: readonly string[],
  flags: ScenarioFlags,
  { settings, output, signal }: Surroundings,
): Promise<boolean> {
  const target = makeTarget(settings, flags);
  const results = [];
  for (const file of files) {
    if (files.length > 1) output.say(output.tint("bold", file));
    const result = await runFile(file, target, flags, { output, signal });
    results.push({ file, ...toJson(result) });
    describeRest(file, result, output);
  }
  const passed = results.every((result) => result.passed);
  if (output.isJson) output.data({ passed, files: results }, () => "");
  return passed;
}

function makeTarget(settings: Settings | undefined, { waitAtMost }: ScenarioFlags): Target {
  if (settings === undefined) return inMemory();
  try {
    return service({ ...settings, ...(waitAtMost !== undefined && { waitAtMost }) });
  } catch (error) {
    throw toFailure(error);
  }
}

async function runFile(
  file: string,
  target: Target,
  { update }: ScenarioFlags,
  { output, signal }: Pick<Surroundings, "output" | "signal">,
): Promise<ScenariosResult> {
  const text = await readText(file);
  const onScenario = (result: ScenarioResult) => {
    if (!output.isJson) output.data(result, () => describeScenario(file, result, output));
  };
  try {
    return await runScenarios(text, { file, target, signal, onScenario, ...(update === true && { update }) });
  } catch (error) {
    throw toFailure(error);
  }
}

function toFailure(error: unknown): unknown {
  if (error instanceof ScenarioFileError || error instanceof UsageError) return usage(error.message);
  if (!(error instanceof TargetError)) return error;
  const { message, reason } = error;
  const known = Object.entries(REASONS).find(([name]) => name === reason);
  return new Failure(message, known === undefined ? EXIT.unavailable : exitCodeOf(known[1].status));
}

function describeScenario(
  file: string,
  { name, line, passed, ms, message = "", failedLine }: ScenarioResult,
  output: Output,
): string {
  const mark = passed ? output.paint("green", "✓") : output.paint("red", "✗");
  const head = `${mark} ${toPrintable(name)} ${output.paint("dim", `(${ms} ms)`)}`;
  return passed ? head : `${head}\n${toBlock(`${file}:${failedLine ?? line}: ${message}`)}`;
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

function toBlock(text: string): string {
  return text
    .split("\n")
    .map((line) => `  ${toPrintable(line)}`)
    .join("\n");
}
