/** What the sources promise of themselves: generated code fresh, protos clean and grown only, format, lint, types, nothing unused. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { fromBinary, toJson, type JsonValue } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
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

test.each(["lint:proto", "breaking", "format:check", "lint", "unused", "typecheck"])(
  "npm run %s finds nothing",
  (script) => run("npm", "run", "--silent", script),
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

test("statemachine.v1beta is what it was when it landed", async () => {
  const dir = await mkdtemp(join(tmpdir(), "detent-protos-"));
  try {
    const built = join(dir, "image.binpb");
    await run("npm", "exec", "--", "buf", "build", "--exclude-source-info", "--output", built);
    expect(await readV1beta(built)).toEqual(await readV1beta(join(root, "proto/landed.binpb")));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

async function readV1beta(image: string): Promise<JsonValue> {
  const { file } = fromBinary(FileDescriptorSetSchema, await readFile(image));
  const found = file.find(({ name }) => name === "statemachine/v1beta/statemachine.proto");
  if (found === undefined) throw new Error(`no v1beta in ${image}`);
  return toJson(FileDescriptorProtoSchema, found);
}

async function readTree(dir: string): Promise<Record<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = files.map(async (file) => [file.slice(dir.length), await readFile(file, "utf8")] as const);
  return Object.fromEntries(await Promise.all(contents));
}
