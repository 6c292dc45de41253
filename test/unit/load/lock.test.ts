/** One load at a time writes a journal, whoever was killed before. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Lock } from "../../../src/cli/load/lock.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "detent-lock-"));
});
afterAll(async () => {
  await rm(dir, { recursive: true });
});

test("a lock that a process has is not taken, and it is as it was", async () => {
  const file = join(dir, "held");
  await writeFile(file, String(process.ppid));
  await expect(Lock.take(file)).rejects.toMatchObject({ exitCode: 2, hint: expect.stringContaining(file) as string });
  await expect(Lock.take(file)).rejects.toThrow(`process ${process.ppid} is loading this file`);
  expect(await readFile(file, "utf8")).toBe(String(process.ppid));
});

test("a lock whose process is gone, or that says nothing, is taken; released, nothing is left of it", async () => {
  const own = await mkdtemp(join(dir, "own-"));
  const child = spawn("true");
  await once(child, "exit");
  for (const content of [String(child.pid), "", "someone", String(process.pid)]) {
    const file = join(own, "left");
    await writeFile(file, content);
    const lock = await Lock.take(file);
    expect(await readFile(file, "utf8")).toBe(String(process.pid));
    await lock.release();
    expect(await readdir(own)).toEqual([]);
  }
});

test("a directory that is not there is made", async () => {
  const lock = await Lock.take(join(dir, "a/b/lock"));
  expect(await readdir(join(dir, "a/b"))).toEqual(["lock"]);
  await lock.release();
});
