/** docs/testing.md does what it says: its tests run as they stand there, and its scenarios. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { runScenarios } from "../../../src/testing/index.ts";

const root = join(import.meta.dirname, "../../..");
const page = await readFile(join(root, "docs/testing.md"), "utf8");
const blocksOf = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, block]) => block ?? "");

test("the tests on the page run, one after the other, and print the table on it", async () => {
  const dir = await mkdtemp(join(tmpdir(), "detent-docs-"));
  try {
    const text = blocksOf("ts")
      .join("\n")
      .replaceAll('"detent/testing"', JSON.stringify(join(root, "src/testing/index.ts")));
    await writeFile(join(dir, "orders.test.ts"), text);
    const { VITEST: _vitest, NODE_OPTIONS: _options, CI: _ci, ...env } = process.env;
    const args = ["--test", "--test-reporter=tap", join(dir, "orders.test.ts")];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    expect(stdout).toMatch(/^# pass 7$/m);
    const rows = [...page.matchAll(/^\| (?:none|start|pending|shipped|cancelled) \|.*$/gm)].map(([row]) => row);
    expect(rows).toHaveLength(5);
    for (const row of rows) expect(stdout).toContain(row);
    const diagram = await readFile(join(dir, "orders.state_diagram_with_errors.mmd"), "utf8");
    expect(diagram).toContain("%% error=GUARD_REJECTED\n  s1 --> s1 : ❌ship");
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

test("the scenarios on the page pass, with all that they demand", async () => {
  const [text = ""] = blocksOf("yaml");
  const { scenarios, problems } = await runScenarios(text);
  expect(scenarios.map(({ passed, message = "" }) => [passed, message])).toEqual(scenarios.map(() => [true, ""]));
  expect(problems).toEqual([]);
});
