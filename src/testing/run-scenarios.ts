/** Runs a file of scenarios: what `detent test` does, and everything it may tell of. */
import { ConfigurationError } from "./configuration.ts";
import type { Coverage } from "./coverage.ts";
import { Kit } from "./kit.ts";
import { show } from "./match.ts";
import { inMemory } from "./memory.ts";
import { requireNode } from "./node-version.ts";
import { ScenarioError } from "./scenario-error.ts";
import { readScenarios, ScenarioFileError, type CoverageDemand } from "./scenario-file.ts";
import type { ReadScenario } from "./scenario-reader.ts";
import { TargetError } from "./target-error.ts";
import type { Target } from "./target.ts";
import { UsageError } from "./usage-error.ts";

export interface RunScenariosOptions {
  /** Where the text is from: it stands in messages, and what the text names is looked for beside it. */
  readonly file?: string;
  /** Where machines are. Default: `inMemory()`. */
  readonly target?: Target;
  /** Write golden files instead of comparing with them. Default: whether DETENT_UPDATE_GOLDEN is set. */
  readonly update?: boolean;
  /** Calls it off: between steps, and while something is waited for. It rejects with the signal's reason then. */
  readonly signal?: AbortSignal;
  /** Hears of each scenario when it is over. */
  readonly onScenario?: (result: ScenarioResult) => void;
}

/** What became of one scenario. */
export interface ScenarioResult {
  readonly name: string;
  /** Where it begins, counted from 1. */
  readonly line: number;
  readonly passed: boolean;
  readonly ms: number;
  /** Why it has failed. */
  readonly message?: string;
  /** The line of the step at which it has. */
  readonly failedLine?: number;
}

/** What became of a file. */
export interface ScenariosResult {
  /** All of it: scenarios, coverage and golden files. */
  readonly passed: boolean;
  readonly scenarios: readonly ScenarioResult[];
  /** What all scenarios together have reached; also without a demand. */
  readonly coverage: Coverage;
  /** What is demanded beyond the scenarios and is not so, with its line. */
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

/**
 * Runs scenarios, one after the other. Rejects with a ScenarioFileError where the text cannot be read, or names a
 * configuration that the target cannot have, and with a TargetError
 * where the target cannot be reached, does not take the configuration, or answers what says nothing about a machine; a
 * scenario that fails is a result. Golden files are looked at only where none has.
 */
export async function runScenarios(
  text: string,
  { file = "scenarios", target = inMemory(), update, signal, onScenario }: RunScenariosOptions = {},
): Promise<ScenariosResult> {
  requireNode();
  const { configuration, scenarios, coverage: demand, golden } = readScenarios(text, file);
  const kit = new Kit(target, configuration.given, { signal, owner: file });
  signal?.throwIfAborted();
  // What keeps all of them from running is no failure of the first.
  await kit.coverage().catch((error: unknown) => {
    if (!(error instanceof UsageError || error instanceof ConfigurationError)) throw error;
    throw new ScenarioFileError(file, [{ line: configuration.line, message: error.message }], error);
  });
  const results: ScenarioResult[] = [];
  for (const scenario of scenarios) {
    const result = await runOne(kit, scenario);
    results.push(result);
    onScenario?.(result);
  }
  const coverage = await kit.coverage();
  const isGreen = results.every(({ passed }) => passed);
  const problems = demand === undefined ? [] : listMissed(coverage, demand);
  if (golden !== undefined && isGreen) {
    try {
      await kit.golden(golden.prefix, update === undefined ? {} : { update });
    } catch (error) {
      if (!(error instanceof ScenarioError || error instanceof UsageError)) throw error;
      problems.push({ line: golden.line, message: error.message });
    }
  }
  return { passed: isGreen && problems.length === 0, scenarios: results, coverage, problems };
}

async function runOne(kit: Kit, { name, line, steps }: ReadScenario): Promise<ScenarioResult> {
  const startedAt = performance.now();
  const end = () => ({ name, line, ms: Math.round(performance.now() - startedAt) });
  try {
    await kit.runSteps(steps);
    return { ...end(), passed: true };
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    // It would be the same for every scenario, and is no verdict on this one.
    const { cause } = error;
    if (cause instanceof TargetError) {
      const message = `line ${error.line ?? line}, scenario ${show(name)}: ${error.message}`;
      throw new TargetError(message, { cause, ...(cause.reason !== undefined && { reason: cause.reason }) });
    }
    const failedLine = error.line === undefined ? {} : { failedLine: error.line };
    return { ...end(), passed: false, message: error.message, ...failedLine };
  }
}

function listMissed(coverage: Coverage, demand: CoverageDemand): { line: number; message: string }[] {
  return coverage.listProblems(demand.except, demand).map((message) => ({ line: demand.line, message }));
}
