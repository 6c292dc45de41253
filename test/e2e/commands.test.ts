/** The README's commands that nothing else runs do run. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startServer } from "./server.ts";

const root = join(import.meta.dirname, "../..");
const runIn = (env: Record<string, string>, ...args: string[]) =>
  promisify(execFile)("npm", ["run", "--silent", ...args], { cwd: root, env: { ...process.env, ...env } });
const run = (...args: string[]) => runIn({}, ...args);

test("npm run dev serves", async () => {
  const server = await startServer({ script: "dev" });
  await server.stop();
  expect(server.output()).toContain(`http://localhost:${server.port}`);
});

test("npm run build leaves the bundle in dist/worker", async () => {
  await rm(join(root, "dist/worker"), { recursive: true, force: true });
  await run("build");
  expect(await readFile(join(root, "dist/worker/worker.js"), "utf8")).toContain("MachineObject");
});

test("npm run reindex walks the registry to its end, and names what it has lost", async () => {
  const server = await startServer();
  const dir = await mkdtemp(join(tmpdir(), "detent-reindex-"));
  try {
    const env = { DETENT_URL: server.url };
    expect((await runIn(env, "reindex")).stdout).toMatch(/0 machines looked at.*\ndone\n$/);
    const names = join(dir, "machines.txt");
    await writeFile(names, "orders never was\n");
    expect((await runIn(env, "reindex", "--", names)).stdout).toBe(
      "there is no machine orders never was\n0 machines are in the index\n",
    );
    await writeFile(names, "nonsense\n");
    await expect(runIn(env, "reindex", "--", names)).rejects.toThrow("a line is a configuration, a space and an id");
  } finally {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  }
  await expect(runIn({ DETENT_URL: server.url }, "reindex")).rejects.toThrow("No server answers");
});

test("npm run bench:lag finds every event in the index, soon", async () => {
  const { stdout } = await run("bench:lag", "--", "--rates", "100", "--seconds", "1");
  const { rounds } = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as { rounds: { p95: number }[] };
  expect(rounds).toHaveLength(1);
  expect(rounds[0]?.p95).toBeGreaterThan(0);
});

test("npm run test:faults injects as many as it is told", { timeout: 300_000 }, async () => {
  const faults = await runIn({ DETENT_FAULT_SEEDS: "12", DETENT_FAULTS: "20" }, "test:faults");
  expect(faults.stdout).toMatch(/Tests.*\d\d passed/);
});

test("npm run test:kills kills as often as it is told", async () => {
  const kills = await runIn({ DETENT_KILLS: "1" }, "test:kills");
  expect(kills.stdout).toMatch(/Tests.*1 passed/);
});

test("npm run test:timers takes as many machines as it is told", async () => {
  const timers = await runIn({ DETENT_TIMER_MACHINES: "8" }, "test:timers");
  expect(timers.stdout).toMatch(/Tests.*1 passed/);
});

test("npm run test:jobs takes as many machines as it is told", async () => {
  const jobs = await runIn({ DETENT_JOB_MACHINES: "40" }, "test:jobs");
  expect(jobs.stdout).toMatch(/Tests.*1 passed/);
});

test("npm run test:properties generates other cases each time", async () => {
  const properties = await run("test:properties", "label-index");
  expect(properties.stdout).toMatch(/Tests.* passed/);
});

test("npm run bench measures both sides without an error", async () => {
  const { stdout } = await run("bench", "--", "--rounds", "1", "--requests", "100");
  const { floor, detent, ratio } = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Record<string, Result>;
  expect([floor?.errors, detent?.errors]).toEqual([0, 0]);
  expect(ratio?.median).toBeGreaterThan(0);
});

interface Result {
  readonly errors?: number;
  readonly median?: number;
}
