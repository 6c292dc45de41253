/**
 * Prints `N passed, N failed[, N skipped]` as the very last line of a run, for machines that read only that.
 * A file that cannot be collected, a failing hook and an unhandled error count as one failure each.
 */
import { writeSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      counts.failed += countCollectionErrors(module);
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        // A test that never came to an end has not passed.
        counts[state === "pending" ? "failed" : state] += 1;
      }
    }
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
    const line = `${counts.passed} passed, ${counts.failed} failed${skipped}\n`;
    // Other reporters and the shutdown still print after this hook.
    process.once("exit", () => writeSync(1, line));
  }
}

function countCollectionErrors(module: TestModule): number {
  const suites = [...module.children.allSuites()];
  return [module, ...suites].filter((suite) => suite.errors().length > 0).length;
}
