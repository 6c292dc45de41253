/** What the sources promise of themselves: generated code fresh, protos clean and grown only, format, lint, types, nothing unused. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { fromBinary, toJsonString } from "@bufbuild/protobuf";
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

/** SHA-256 of the descriptor of statemachine.v1beta, which never changes. */
const V1BETA = "b02ebc44aebdb959f595eb0d2d2da56941096dc9cadcd2736bd4fb4437ad8e17";

test("the protos are those of proto/landed.binpb, and v1beta is what it always was", async () => {
  const dir = await mkdtemp(join(tmpdir(), "detent-protos-"));
  try {
    const built = join(dir, "image.binpb");
    await run("npm", "exec", "--", "buf", "build", "--exclude-source-info", "--output", built);
    const image = await readFile(built);
    const landed = await readFile(join(root, "proto/landed.binpb"));
    expect(image.equals(landed), "the protos have grown: `npm run landed` takes them in, unless they break").toBe(true);
    expect(digestOfV1beta(image)).toBe(V1BETA);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

function digestOfV1beta(image: Uint8Array): string {
  const { file } = fromBinary(FileDescriptorSetSchema, image);
  const found = file.find(({ name }) => name === "statemachine/v1beta/statemachine.proto");
  if (found === undefined) throw new Error("no statemachine.v1beta among the protos");
  return createHash("sha256").update(toJsonString(FileDescriptorProtoSchema, found)).digest("hex");
}

async function readTree(dir: string): Promise<Record<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = files.map(async (file) => [file.slice(dir.length), await readFile(file, "utf8")] as const);
  return Object.fromEntries(await Promise.all(contents));
}
