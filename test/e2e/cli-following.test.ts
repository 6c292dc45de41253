/** What follows the service for hours goes on after it was away: watches, tails and waits, over a kill and a restart. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../until.ts";
import { buildPackage, Cli, ordersConfiguration, type Running } from "./cli/cli.ts";
import { startServer, type Server } from "./server.ts";

const TOLD_WITHIN_MS = 60_000;

let stateDir: string;
let server: Server;
let cli: Cli;
beforeAll(async () => {
  await buildPackage();
  stateDir = await mkdtemp(join(tmpdir(), "detent-following-"));
  server = await startServer({ stateDir });
  cli = await Cli.create(server.url);
});
afterAll(async () => {
  await cli?.close();
  await server?.stop();
  await rm(stateDir, { recursive: true, force: true, maxRetries: 5 });
});

interface Entry {
  readonly id?: string;
  readonly revision: number;
}

const entriesOf = (running: Running): Entry[] =>
  running
    .stdout()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Entry);

test("a watch, a tail and a wait go on after the server was killed, and tell everything once", async () => {
  await cli.upload(ordersConfiguration("followed"));
  for (const id of ["f-1", "f-2"]) await cli.text("machine", "create", "followed", "--id", id);
  const fromCreation = ["--after-revision", "-1", "--json"];
  const watch = cli.follow(["machine", "watch", "followed/f-1", ...fromCreation]);
  const waited = cli.follow(["machine", "watch", "followed/f-2", "--until", "shipped", ...fromCreation]);
  const tail = cli.follow(["events", "tail", "--from-start", "--json"]);
  // A machine a second: it is under way when the server goes.
  const wait = cli.follow(["job", "create", "send", "followed", "accept", "--rate", "1", "--wait"]);
  const begun = () => [entriesOf(watch), entriesOf(waited), entriesOf(tail), wait.stderr().split(",").slice(1)];
  await until(TOLD_WITHIN_MS, begun, (signs) => signs.every(({ length }) => length > 0));

  await server.kill();
  server = await startServer({ stateDir, port: server.port });
  expect(await wait.ended).toBe(0);
  expect(wait.stdout()).toContain("2 of 2; succeeded 2");
  await cli.text("machine", "send", "followed/f-1", "ship");
  await cli.text("machine", "send", "followed/f-2", "ship");
  expect(await waited.ended).toBe(0);

  const isTold = (entries: Entry[]) => entries.filter(({ revision }) => revision === 2).length >= 2;
  const told = await until(TOLD_WITHIN_MS, () => entriesOf(tail), isTold);
  const byMachine = (id: string) => told.filter((entry) => entry.id === id).map(({ revision }) => revision);
  expect([byMachine("f-1"), byMachine("f-2")]).toEqual([
    [0, 1, 2],
    [0, 1, 2],
  ]);
  await cli.text("machine", "delete", "followed/f-1");
  expect(await watch.ended).toBe(0);
  expect(entriesOf(watch).map(({ revision }) => revision)).toEqual([0, 1, 2, 3]);
  expect(watch.stderr()).toContain("going on in");
  tail.interrupt();
  expect(await tail.ended).toBe(130);
});

test("what was never there is not waited for", async () => {
  const nowhere = ["--url", "http://127.0.0.1:9"];
  for (const args of [
    ["events", "tail"],
    ["machine", "watch", "followed/f-2"],
  ]) {
    expect(await cli.refusal(3, ...args, ...nowhere)).toContain("does not answer");
  }
});
