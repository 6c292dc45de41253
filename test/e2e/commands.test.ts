/** The README's commands that nothing else runs do run. */
import { execFile } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startServer } from "./server.ts";

const root = join(import.meta.dirname, "../..");
const run = (...args: string[]) => promisify(execFile)("npm", ["run", "--silent", ...args], { cwd: root });

test("npm run dev serves", async () => {
  const server = await startServer({ script: "dev" });
  await server.stop();
  expect(server.output()).toContain(`http://localhost:${server.port}`);
});

test("npm run build leaves the bundle in dist", async () => {
  await rm(join(root, "dist"), { recursive: true, force: true });
  await run("build");
  expect(await readFile(join(root, "dist/worker.js"), "utf8")).toContain("MachineObject");
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
