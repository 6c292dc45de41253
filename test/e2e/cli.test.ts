/** `detent`, the command line: every command, by its real binary, against one server. */
import type { Command } from "commander";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createProgram } from "../../src/cli/program.ts";
import { startServer, type Server } from "./server.ts";
import { buildPackage, Cli } from "./cli/cli.ts";
import { testConfigurations } from "./cli/configurations.ts";
import { testConversions } from "./cli/conversions.ts";
import { testDocuments } from "./cli/documents.ts";
import { testLoads } from "./cli/load.ts";
import { testPages } from "./cli/pages.ts";
import { testProfiles } from "./cli/profiles.ts";

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
testConversions(() => cli);
testLoads(() => cli);
testPages(() => cli);
testProfiles(() => cli);

/** The words of every command that does something. */
function listLeaves(command: Command, words: readonly string[] = []): string[] {
  if (command.commands.length === 0) return [words.join(" ")];
  return command.commands.flatMap((each) => listLeaves(each, [...words, each.name()]));
}

test("every command was run, and none without an example in its help", async () => {
  const leaves = listLeaves(createProgram(async () => undefined));
  expect(leaves.length).toBeGreaterThan(10);
  const unrun = leaves.filter((leaf) => !cli.lines.some((line) => line === leaf || line.startsWith(`${leaf} `)));
  expect(unrun).toEqual([]);
  for (const leaf of leaves) expect(await cli.text(...leaf.split(" "), "--help")).toMatch(/^Examples:\n {2}detent /);
});
