/** What the sources promise of themselves: generated code fresh, protos clean, format, lint, types, nothing unused. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

async function run(command: string, ...args: string[]): Promise<void> {
  try {
    await promisify(execFile)(command, args, { cwd: root });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}`, { cause: error });
  }
}

test.each(["lint:proto", "format:check", "lint", "unused", "typecheck"])("npm run %s finds nothing", (script) =>
  run("npm", "run", "--silent", script),
);

test("src/gen is what buf makes of proto", async () => {
  const dir = await mkdtemp(join(tmpdir(), "detent-gen-"));
  try {
    await run("npm", "exec", "--", "buf", "generate", "--output", dir);
    expect(await readTree(join(root, "src/gen"))).toEqual(await readTree(join(dir, "src/gen")));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

async function readTree(dir: string): Promise<Record<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = files.map(async (file) => [file.slice(dir.length), await readFile(file, "utf8")] as const);
  return Object.fromEntries(await Promise.all(contents));
}
