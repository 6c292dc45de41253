/** What the README tells a newcomer to type has to work as it stands there, in that order. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Server, startServer } from "./server.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const readme = await readFile(join(root, "README.md"), "utf8");
const blocks = [...readme.matchAll(/<!-- test: run -->\s*```sh\n([\s\S]*?)```/g)].map(([, block]) => block ?? "");

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server?.stop();
});

test("the README has blocks to run", () => {
  expect(blocks.length).toBeGreaterThan(0);
});

test.each(blocks.map((block, index) => ({ name: block.trim().split("\n")[0], index, block })))(
  "README block $index runs: $name",
  async ({ block }) => {
    const script = block.replaceAll("localhost:8787", `127.0.0.1:${server.port}`).replaceAll("8787", `${server.port}`);
    const { stdout } = await run("bash", ["-euo", "pipefail", "-c", script], {
      cwd: root,
      // The command line asks there without being told where that is the usual port.
      env: { ...process.env, PORT: String(server.port), DETENT_URL: server.url },
    });
    expect(stdout).not.toBe("");
  },
);
