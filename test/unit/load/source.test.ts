/** The file of a load, whatever it is: it is read to its end, and can be read again. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Source } from "../../../src/cli/load/source.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "detent-source-"));
});
afterAll(async () => {
  await rm(dir, { recursive: true });
});

async function readAll(source: Source): Promise<(string | undefined)[]> {
  const lines = [];
  for await (const { bytes } of source.walk()) lines.push(bytes?.toString());
  return lines;
}

test("a pipe is read to its end first, and is then as a file with that content", async () => {
  const pipe = join(dir, "pipe");
  await promisify(execFile)("mkfifo", [pipe]);
  const content = `${"a".repeat(200_000)}\nb\n\nc`;
  const file = join(dir, "content");
  await writeFile(file, content);
  // A process of its own: who reads too little does not block this one.
  execFile("sh", ["-c", 'cat "$1" > "$2"', "sh", file, pipe]);
  const source = await Source.open(pipe);
  try {
    // The next one that comes this way is another: that its content differs says nothing.
    expect(source.path).toBeUndefined();
    expect(source).toMatchObject({ lines: 3, lastLine: 4, sha256: createHash("sha256").update(content).digest("hex") });
    expect(await readAll(source)).toEqual(content.split("\n"));
    expect(await readAll(source)).toEqual(content.split("\n"));
  } finally {
    await source.close();
  }
});

test("what cannot be read says so", async () => {
  await expect(Source.open(dir)).rejects.toThrow(`${dir} cannot be read: EISDIR`);
  await expect(Source.open(join(dir, "none"))).rejects.toThrow("cannot be read: ENOENT");
});

test("whoever interrupts does not wait for the end of a file", async () => {
  const file = join(dir, "interrupted");
  await writeFile(file, "a\n");
  const interruption = new AbortController();
  const source = await Source.open(file, interruption.signal);
  try {
    interruption.abort(new Error("interrupted"));
    await expect(source.walk(interruption.signal).next()).rejects.toThrow("interrupted");
    await expect(Source.open(file, interruption.signal)).rejects.toThrow("interrupted");
  } finally {
    await source.close();
  }
});
