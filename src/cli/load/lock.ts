/** That one load at a time writes a journal: a file beside it that says which process does. Knows no journal. */
import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { usage } from "../failure.ts";

/** How often a lock that somebody left behind is taken away; more than once only where others do the same. */
const ATTEMPTS = 5;

export class Lock {
  readonly #file: string;

  private constructor(file: string) {
    this.#file = file;
  }

  /** Takes it; throws usage where a process that is there has it. One whose process is gone (a kill, a power cut) is free. */
  static async take(file: string): Promise<Lock> {
    const own = `${file}.${randomUUID()}`;
    try {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      // Linked, it is there with its content or not at all.
      await writeFile(own, String(process.pid), { flag: "wx", mode: 0o600 });
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        if (await tryLink(own, file)) return new Lock(file);
        const holder = await readHolder(file);
        if (isRunning(holder)) throw isLoading(file, holder);
        await takeAway(file);
      }
      throw isLoading(file, await readHolder(file));
    } finally {
      await rm(own, { force: true });
    }
  }

  async release(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}

function isLoading(file: string, holder: number) {
  return usage(
    `process ${holder} is loading this file: one load of it at a time`,
    `wait for its end, or interrupt it; if it is none of detent, remove ${file}`,
  );
}

async function tryLink(own: string, file: string): Promise<boolean> {
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw usage(`the lock ${file} cannot be written: ${(error as Error).message}`);
  }
}

/** The process that has it; 0 where it is gone meanwhile or says nothing. */
async function readHolder(file: string): Promise<number> {
  const text = await readFile(file, "utf8").catch(() => "");
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

/** This process has none before it takes it: one of the same number, as in a container that was begun again, is gone. */
function isRunning(pid: number): boolean {
  if (pid === 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // There, and somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Takes a lock away that was found to be free, unless another process has taken it meanwhile. */
async function takeAway(file: string): Promise<void> {
  const taken = `${file}.${randomUUID()}`;
  try {
    await rename(file, taken);
  } catch {
    // Somebody else was faster.
    return;
  }
  if (isRunning(await readHolder(taken))) await link(taken, file).catch(() => undefined);
  await rm(taken, { force: true });
}
