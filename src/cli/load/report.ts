/** The lines of a load that were not applied, with why, in a file that can be mended and loaded again. */
import { constants } from "node:fs";
import { access, open, realpath, rename, rm, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { Failure, usage } from "../failure.ts";
import { walkJournal, type JournalHeader } from "./journal.ts";
import type { JournalEntry } from "./journal-entry.ts";
import type { TextLine } from "./lines.ts";
import { WINDOW_LINES } from "./load.ts";
import type { Source } from "./source.ts";
import type { LineFailure } from "./tally.ts";

/** Where a report goes: it replaces what is there at once, when it is whole. */
export class Report {
  readonly #file: string;
  /** Beside the file, to be renamed; the file itself where it is a device or a pipe. */
  readonly #written: string;

  private constructor(file: string, written: string) {
    [this.#file, this.#written] = [file, written];
  }

  /** Finds out whether it can be written, before anything is sent. Throws usage. */
  static async prepare(name: string, source: Source): Promise<Report> {
    try {
      const found = await stat(name).catch(passOverMissing);
      if (found !== undefined && source.isReadFrom(found)) throw usage(`${name} is what is loaded: it would be lost`);
      // A link goes on to lead where it leads; what /dev/stdout leads to has no name.
      const file = found?.isFile() === true ? await realpath(name) : resolve(name);
      if (found !== undefined) await access(file, constants.W_OK);
      if (found !== undefined && !found.isFile() && !found.isDirectory()) return new Report(file, file);
      if (found?.isDirectory() === true) throw new Error("it is a directory");
      const written = `${file}.${process.pid}.tmp`;
      await (await open(written, "w", 0o600)).close();
      await rm(written);
      return new Report(file, written);
    } catch (error) {
      throw toFailure(name, error);
    }
  }

  /** Writes everything that a journal tells, in the order of the file. When `signal` aborts, it throws and writes nothing. */
  async write(source: Source, journal: string, header: JournalHeader, signal?: AbortSignal): Promise<void> {
    const isBeside = this.#written !== this.#file;
    try {
      const handle = await open(this.#written, "w", 0o600);
      try {
        const failures = new Failures(walkJournal(journal, header, source.lastLine));
        for await (const line of source.walk(signal)) {
          const failure = await failures.take(line.number);
          if (failure !== undefined) await handle.appendFile(`${JSON.stringify(toReported(line, failure))}\n`);
        }
      } finally {
        await handle.close();
      }
      if (isBeside) await rename(this.#written, this.#file);
    } catch (error) {
      if (isBeside) await rm(this.#written, { force: true });
      throw toFailure(this.#file, error);
    }
  }
}

function passOverMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

function toFailure(file: string, error: unknown): Failure {
  return error instanceof Failure ? error : usage(`${file} cannot be written: ${(error as Error).message}`);
}

/**
 * Failures by their line. They stand in the journal in the order in which they were decided, which is never further from
 * that of the file than the window that is read ahead: so they are read as far, and not all held.
 */
class Failures {
  readonly #entries: AsyncGenerator<JournalEntry>;
  readonly #read = new Map<number, LineFailure>();
  #reach = 0;

  constructor(entries: AsyncGenerator<JournalEntry>) {
    this.#entries = entries;
  }

  async take(line: number): Promise<LineFailure | undefined> {
    while (this.#reach <= line + WINDOW_LINES) {
      const { value: entry } = await this.#entries.next();
      if (entry === undefined) this.#reach = Infinity;
      else {
        for (const [, to] of entry.done) this.#reach = Math.max(this.#reach, to);
        for (const failure of entry.failures) this.#read.set(failure.line, failure);
      }
    }
    const failure = this.#read.get(line);
    this.#read.delete(line);
    return failure;
  }
}

/** What was sent is written as it was read, without the ids that were made for it: a refused event needs another one. */
function toReported({ bytes }: TextLine, failure: LineFailure): object {
  const text = bytes?.toString() ?? "";
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value, failure };
  } catch {
    // Told by the failure.
  }
  return { text, failure };
}
