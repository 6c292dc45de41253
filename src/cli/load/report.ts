/** The lines of a load that were not applied, with why, in a file that can be mended and loaded again. */
import { open } from "node:fs/promises";
import { usage } from "../failure.ts";
import { walkJournal, type JournalEntry, type JournalHeader } from "./journal.ts";
import type { TextLine } from "./lines.ts";
import { WINDOW_LINES } from "./load.ts";
import type { Source } from "./source.ts";
import type { LineFailure } from "./tally.ts";

/** Writes the report of everything that a journal tells, in the order of the file. */
export async function writeReport(file: string, source: Source, journal: string, header: JournalHeader): Promise<void> {
  let handle;
  try {
    handle = await open(file, "w", 0o600);
  } catch (error) {
    throw usage(`${file} cannot be written: ${(error as Error).message}`);
  }
  try {
    const failures = new Failures(walkJournal(journal, header));
    for await (const line of source.walk()) {
      const failure = await failures.take(line.number);
      if (failure !== undefined) await handle.appendFile(`${JSON.stringify(toReported(line, failure))}\n`);
    }
  } finally {
    await handle.close();
  }
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
