/** A file of scenarios: YAML, or JSON, for whoever does not write TypeScript. Described in docs/testing.md. */
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { DetentError } from "../errors.ts";
import { parseYaml } from "../yaml.ts";
import { checkConfiguration, ConfigurationError, loadConfiguration, type Loaded } from "./configuration.ts";
import type { CoverageExceptions } from "./coverage.ts";
import { show } from "./match.ts";
import { ScenarioReader, type ReadScenario } from "./scenario-reader.ts";
import { COVERAGE, FILE } from "./scenario-shapes.ts";

/** What is demanded of all scenarios of a file together. */
export interface CoverageDemand {
  readonly states: boolean;
  readonly transitions: boolean;
  readonly except: CoverageExceptions;
  readonly line: number;
}

export interface ScenarioFile {
  /** Its `given` a text: the `name:version` of one that is stored on the target. */
  readonly configuration: { readonly given: Loaded | string; readonly line: number };
  readonly scenarios: readonly ReadScenario[];
  readonly coverage: CoverageDemand | undefined;
  /** What the golden files begin with: an absolute path. */
  readonly golden: { readonly prefix: string; readonly line: number } | undefined;
}

/** A file of scenarios cannot be read. Its message names every problem, with its line. */
export class ScenarioFileError extends Error {
  override readonly name = "ScenarioFileError";
  readonly problems: readonly { readonly line: number; readonly message: string }[];

  constructor(file: string, problems: readonly { readonly line: number; readonly message: string }[], cause?: unknown) {
    const message = problems.map(({ line, message: why }) => `${file}:${line}: ${why}`).join("\n");
    super(message, cause === undefined ? undefined : { cause });
    this.problems = problems;
  }
}

/** Reads a file of scenarios; what it names is looked for beside `file`. Throws a ScenarioFileError. */
export function readScenarios(text: string, file: string): ScenarioFile {
  const { value, lineOf } = parse(text, file);
  const reader = new ScenarioReader(lineOf);
  const read = reader.read(FILE, value, "", "the file");
  const names = new Set<string>();
  const scenarios = (read?.scenarios ?? []).flatMap((one, i) => {
    const scenario = reader.readScenario(one, `/scenarios/${i}`);
    if (scenario === undefined) return [];
    if (names.has(scenario.name)) reader.fail(`/scenarios/${i}`, "there is another scenario with this name");
    names.add(scenario.name);
    return [scenario];
  });
  if (read?.scenarios.length === 0) reader.fail("/scenarios", "there are no scenarios");
  const coverage = read?.coverage === undefined ? undefined : readCoverage(reader, read.coverage, lineOf("/coverage"));
  const configuration = read && readConfiguration(reader, read, file);
  if (configuration === undefined || reader.problems.length > 0) {
    throw new ScenarioFileError(
      file,
      reader.problems.map(({ pointer, message }) => ({
        line: lineOf(pointer),
        message: named(scenarios, lineOf, pointer) + message,
      })),
    );
  }
  const golden =
    read?.golden === undefined ? undefined : { prefix: resolve(dirname(file), read.golden), line: lineOf("/golden") };
  const line = lineOf(typeof configuration === "string" ? "/config_id" : "/configuration");
  return { configuration: { given: configuration, line }, scenarios, coverage, golden };
}

function parse(text: string, file: string) {
  try {
    return parseYaml(text);
  } catch (error) {
    if (!(error instanceof DetentError)) throw error;
    const [, line = "1", message = error.message] = /^line (\d+): ([\s\S]*)$/.exec(error.message) ?? [];
    throw new ScenarioFileError(file, [{ line: Number(line), message }]);
  }
}

/** The scenario and the step that a problem is in, as far as they are known. */
function named(scenarios: readonly ReadScenario[], lineOf: (pointer: string) => number, pointer: string): string {
  const [, scenario, step] = /^\/scenarios\/(\d+)(?:\/steps\/(\d+))?/.exec(pointer) ?? [];
  if (scenario === undefined) return "";
  const name = scenarios.find(({ line }) => line === lineOf(`/scenarios/${scenario}`))?.name;
  const place = name === undefined ? `scenario ${Number(scenario) + 1}` : `scenario ${show(name)}`;
  return `${place}${step === undefined ? "" : `, step ${Number(step) + 1}`}: `;
}

function readCoverage(reader: ScenarioReader, value: unknown, line: number): CoverageDemand | undefined {
  if (value === "all") return { states: true, transitions: true, except: {}, line };
  const read = reader.read(COVERAGE, value, "/coverage", "coverage");
  if (read === undefined) return undefined;
  const { states, transitions, except = {} } = read;
  if (states === undefined && transitions === undefined) {
    reader.fail("/coverage", "coverage demands all states, all transitions, or both");
  }
  return { states: states === "all", transitions: transitions === "all", except, line };
}

function readConfiguration(
  reader: ScenarioReader,
  { configuration, config_id }: { readonly configuration?: unknown; readonly config_id?: string },
  file: string,
): Loaded | string | undefined {
  if ((configuration === undefined) === (config_id === undefined)) {
    reader.fail(
      "",
      "configuration (in full, or the path of its file) or config_id (of one on a service) is needed, one of them",
    );
    return undefined;
  }
  if (config_id !== undefined) return config_id;
  try {
    if (typeof configuration === "string")
      return loadConfiguration(pathToFileURL(resolve(dirname(file), configuration)));
    return checkConfiguration(configuration, (pointer) => pointer);
  } catch (error) {
    if (error instanceof ConfigurationError && typeof configuration !== "string") {
      for (const { pointer, message } of error.problems) reader.fail(`/configuration${pointer}`, message);
      return undefined;
    }
    reader.fail("/configuration", error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
