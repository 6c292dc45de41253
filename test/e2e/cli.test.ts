/** `detent`, the command line: every command, by its real binary, against one server. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { listLeaves } from "../../src/local/cli-reference.ts";
import { startServer, type Server } from "./server.ts";
import { buildPackage, Cli } from "./cli/cli.ts";
import { testAuthoring } from "./cli/authoring.ts";
import { testConfigurations } from "./cli/configurations.ts";
import { testConversions } from "./cli/conversions.ts";
import { testDocuments } from "./cli/documents.ts";
import { testEvents } from "./cli/events.ts";
import { testJobs } from "./cli/jobs.ts";
import { testKeys } from "./cli/keys.ts";
import { testMachineChanges } from "./cli/machine-changes.ts";
import { testMachines } from "./cli/machines.ts";
import { testLoads } from "./cli/load.ts";
import { testPages } from "./cli/pages.ts";
import { testProfiles } from "./cli/profiles.ts";
import { testTrouble } from "./cli/trouble.ts";

let server: Server;
let cli: Cli;
beforeAll(async () => {
  await buildPackage();
  server = await startServer();
  cli = await Cli.create(server.url);
});
afterAll(async () => {
  await cli?.close();
  await server?.stop();
});

testDocuments(() => cli);
testConfigurations(() => cli);
testAuthoring(() => cli);
testMachines(() => cli);
testMachineChanges(() => cli);
testEvents(() => cli);
testJobs(() => cli);
testKeys(
  () => cli,
  () => server.stateDir,
);
testConversions(() => cli);
testLoads(() => cli);
testPages(() => cli);
testProfiles(() => cli);
testTrouble(() => cli);

test("the command lines of docs/cli.md run, in their order", async () => {
  const page = await readFile(join(import.meta.dirname, "../../docs/cli.md"), "utf8");
  const blocks = [...page.matchAll(/<!-- test: run -->\n```sh\n([^]*?)```/g)].map(([, block = ""]) => block);
  expect(blocks.length).toBeGreaterThan(2);
  await promisify(execFile)("bash", ["-euo", "pipefail", "-c", blocks.join("\n")], await cli.shell());
});

test("every command was run, and none without an example in its help", async () => {
  const leaves = listLeaves().map(({ words }) => words.join(" "));
  expect(leaves.length).toBeGreaterThan(10);
  const unrun = leaves.filter((leaf) => !cli.lines.some((line) => line === leaf || line.startsWith(`${leaf} `)));
  expect(unrun).toEqual([]);
  const help = async (leaf: string) =>
    expect(await cli.text(...leaf.split(" "), "--help")).toMatch(/^Examples:\n {2}detent /);
  await Promise.all(leaves.map(help));
});
