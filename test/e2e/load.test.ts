/**
 * `detent load` while everything around it is killed: the command in the middle, the server in the middle. Every line is
 * applied once. DETENT_LOAD_MACHINES says with how many machines.
 */
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findFreePort } from "../free-port.ts";
import { until } from "../until.ts";
import { buildPackage, Cli, ordersConfiguration } from "./cli/cli.ts";
import { startServer, type Server } from "./server.ts";

const MACHINES = Number(process.env["DETENT_LOAD_MACHINES"] ?? "1000");
/** Machines whose ids the load makes. */
const UNNAMED = MACHINES / 10;
/** A busy machine does at least thirty lines a second. */
const WITHIN_MS = 60_000 + MACHINES * 100;
const ASKED_AT_ONCE = 20;

let stateDir: string;
let server: Server;
let cli: Cli;
beforeAll(async () => {
  await buildPackage();
  stateDir = await mkdtemp(join(tmpdir(), "detent-e2e-load-"));
  server = await startServer({ stateDir, port: await findFreePort() });
  cli = await Cli.create(server.url);
  await cli.text("config", "create", await cli.write("orders.json", ordersConfiguration("loaded")));
});
afterAll(async () => {
  await cli?.close();
  await server?.kill();
  await rm(stateDir, { recursive: true, force: true, maxRetries: 5 });
});

/** Half of the machines one by one with their events, half with the events far behind. */
function makeLines(): object[] {
  const send = (id: string, event: string) => ({ send: { configuration: "loaded", id, event, data: { id } } });
  const create = (id: string) => ({ create: { config_id: "loaded:v1", id, data: { id } } });
  const ids = Array.from({ length: MACHINES }, (_, index) => `machine-${index}`);
  const [near, far] = [ids.slice(0, MACHINES / 2), ids.slice(MACHINES / 2)];
  return [
    ...near.flatMap((id) => [create(id), send(id, "accept"), send(id, "ship")]),
    ...Array.from({ length: UNNAMED }, (_, index) => ({
      create: { config_id: "loaded:v1", state: "cancelled", labels: { number: String(index) } },
    })),
    ...far.map(create),
    ...far.map((id) => send(id, "accept")),
    ...far.map((id) => send(id, "ship")),
  ];
}

async function countDecided(): Promise<number> {
  const dir = join(cli.dir, "detent/load");
  const [name] = await readdir(dir).catch((): string[] => []);
  if (name === undefined) return 0;
  const entries = (await readFile(join(dir, name), "utf8")).split("\n").slice(1, -1);
  return entries.reduce(
    (sum, entry) => sum + (entry === "" ? 0 : (JSON.parse(entry) as { applied: number }).applied),
    0,
  );
}

async function ask<T>(path: string): Promise<T> {
  const response = await fetch(`${server.url}/api/v1/${path}`);
  expect(response.status).toBe(200);
  return await response.json<T>();
}

test(
  `a load of ${MACHINES} machines survives the end of the command and of the server: every line is applied once`,
  { timeout: WITHIN_MS * 4 },
  async () => {
    const lines = makeLines();
    const file = await cli.write("load.ndjson", `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`);

    const killed = cli.start(["load", file, "--report", "unused.ndjson"]);
    const ended = once(killed, "exit");
    const third = lines.length / 3;
    expect(await until(WITHIN_MS, countDecided, (count) => count > third)).toBeGreaterThan(third);
    killed.kill("SIGKILL");
    await ended;
    const before = await countDecided();
    expect(before).toBeLessThan(lines.length);

    const child = cli.start(["load", file, "--json"]);
    let [stdout, stderr] = ["", ""];
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    const done = once(child, "close");
    const half = before + (lines.length - before) / 3;
    expect(await until(WITHIN_MS, countDecided, (count) => count > half)).toBeGreaterThan(half);
    await server.kill();
    const { port } = server;
    await until(
      WITHIN_MS,
      () => stderr,
      (text) => text.includes("trying again"),
    );
    server = await startServer({ stateDir, port });
    expect(await done, stderr).toEqual([0, null]);
    expect(stderr).toMatch(new RegExp(`going on with .*: [\\d,]+ of [\\d,]+ lines were done before`));
    expect(stderr).toContain("trying again");
    expect(JSON.parse(stdout)).toMatchObject({ lines: lines.length, applied: lines.length, left: 0, failures: [] });

    const counts = [
      { state: "cancelled", count: UNNAMED },
      { state: "shipped", count: MACHINES },
    ];
    // The index is told of changes after they are answered.
    const counted = await until(
      WITHIN_MS,
      () => ask<{ counts: { state: string }[] }>("statemachines:count?configuration=loaded&group_by=state"),
      (found) => found.counts.length === counts.length,
    );
    expect(counted.counts.toSorted((one, other) => one.state.localeCompare(other.state))).toEqual(counts);
    const ids = Array.from({ length: MACHINES }, (_, index) => `machine-${index}`);
    while (ids.length > 0) {
      await Promise.all(
        ids.splice(0, ASKED_AT_ONCE).map(async (id) => {
          const { statemachine } = await ask<{ statemachine: { revision: number; data: object; history: object[] } }>(
            `statemachines/loaded/${id}`,
          );
          expect(statemachine).toMatchObject({
            revision: 2,
            data: { id },
            history: [{ transition: { event: "accept" } }, { transition: { event: "ship" } }],
          });
          const refused = await ask<{ receipts: object[] }>(`statemachines/loaded/${id}/history?refused=true`);
          expect(refused.receipts).toEqual([]);
        }),
      );
    }
    // Complete, it has nothing to go on from.
    expect(await readdir(join(cli.dir, "detent/load"))).toEqual([]);
  },
);
