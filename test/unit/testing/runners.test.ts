/** The kit outside vitest: under node:test, which shows its failures well, and in a Node.js without SQLite. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { runScenarios } from "../../../src/testing/index.ts";
import { requireNode } from "../../../src/testing/node-version.ts";

const root = join(import.meta.dirname, "../../..");
const EITHER = "test/unit/testing/either-runner.test.ts";
const EXAMPLE = "examples/self-healing-order";

/** What a command of Node.js prints, and whether it has succeeded. */
async function runNode(args: readonly string[], env: Record<string, string> = {}) {
  const { VITEST: _vitest, NODE_OPTIONS: _options, ...inherited } = process.env;
  const options = { cwd: root, env: { ...inherited, CI: "true", ...env } };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, options);
    return { isGreen: true, output: stdout + stderr };
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    return { isGreen: false, output: stdout + stderr };
  }
}

test("the same file runs under node:test as under vitest", async () => {
  const { isGreen, output } = await runNode(["--test", "--test-reporter=tap", EITHER]);
  expect(output).toMatch(/^# pass 3$/m);
  expect(isGreen).toBe(true);
});

test("node:test shows what was expected, what came, and the line", async () => {
  const { isGreen, output } = await runNode(["--test", "--test-reporter=spec", EITHER], { DETENT_TEST_FAILS: "1" });
  expect(isGreen).toBe(false);
  expect(output).toContain('expected the state "parked", but the event moved the machine from "new" to "assigned"');
  const [before = ""] = (await readFile(join(root, EITHER), "utf8")).split("// wrong");
  expect(output).toContain(`either-runner.test.ts:${before.split("\n").length}:`);
  expect(output).toContain("expected: 'parked'");
  expect(output).toContain("actual: 'assigned'");
});

test("the example's tests are green, and its diagrams are what they see", async () => {
  const { isGreen, output } = await runNode(["--test", "--test-reporter=tap", `${EXAMPLE}/order.test.ts`]);
  expect(output).toMatch(/^# pass 11$/m);
  expect(isGreen).toBe(true);
});

test("the example's scenarios in YAML are green, and reach all of it", async () => {
  const file = join(root, EXAMPLE, "scenarios.yaml");
  const { passed, scenarios, problems } = await runScenarios(await readFile(file, "utf8"), { file });
  expect({ problems, failed: scenarios.filter((scenario) => !scenario.passed) }).toEqual({ problems: [], failed: [] });
  expect(passed).toBe(true);
});

test("a Node.js without SQLite is told which one has it", async () => {
  const script = `
    import { create, createKit, service } from ${JSON.stringify(join(root, "src/testing/index.ts"))};
    const kit = createKit(${JSON.stringify({ name: "a", starting_state: "a", states: ["a", "b"], transitions: [{ from: "a", to: "b", event: "e" }] })});
    await kit.given(create());`;
  const { isGreen, output } = await runNode(["--no-experimental-sqlite", "--input-type=module", "--eval", script]);
  expect(isGreen).toBe(false);
  expect(output).toContain("needs node:sqlite, which Node.js has from 22.13 on; this is v");
});

test("a Node.js that is too old is told so, before anything in it fails", () => {
  expect(() => requireNode("20.20.2")).toThrow("needs Node.js 22.13 or newer; this is 20.20.2");
  expect(() => requireNode("22.12.0")).toThrow("22.13");
  for (const version of ["22.13.0", "22.21.1", "24.0.0", process.versions.node]) requireNode(version);
});
