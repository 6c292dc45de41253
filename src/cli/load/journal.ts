/**
 * What a load has done so far, in a file of its own, so that it can go on after an interruption. It only saves asking again:
 * what is lost of it is sent once more, under the same ids. Knows no service.
 *
 * One line of JSON each: a header, then entries that are only ever appended. One that was torn by a kill or a power cut is
 * passed over.
 */
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rm, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { usage, type Failure } from "../failure.ts";
import { EntryCheck, listLines, takeMerged, type JournalEntry } from "./journal-entry.ts";
import { LineSet } from "./line-set.ts";
import { splitLines } from "./lines.ts";
import { Tally } from "./tally.ts";

/** Far more than an entry has, far less than the memory. */
const LONGEST_ENTRY_BYTES = 64 * 1024 * 1024;

/** Which load a journal is of. */
export interface JournalHeader {
  readonly detent_load: 1;
  readonly file: string;
  /** Of its content. */
  readonly sha256: string;
  readonly url: string;
}

/** What a journal says: which lines are done, and what became of them. */
export interface Journaled {
  readonly done: LineSet;
  readonly tally: Tally;
}

/**
 * What the entries of a journal say together; undefined where there is none, or its header says that it is of something else.
 * `lastLine` is the number of the last line of the file.
 */
export async function readJournal(
  file: string,
  header: JournalHeader,
  lastLine: number,
): Promise<Journaled | undefined> {
  const done = new LineSet();
  const tally = new Tally();
  for await (const { done: ranges, applied, duplicates, failures } of walkJournal(file, header, lastLine)) {
    for (const line of listLines(ranges)) done.add(line);
    tally.add(applied, duplicates, failures);
  }
  return done.watermark === 0 && tally.decided === 0 ? undefined : { done, tally };
}

/** The same, entry by entry, without those that do not hold. */
export async function* walkJournal(
  file: string,
  header: JournalHeader,
  lastLine: number,
): AsyncGenerator<JournalEntry> {
  const check = new EntryCheck(lastLine);
  let isIts = false;
  try {
    for await (const { number, bytes } of splitLines(createReadStream(file), LONGEST_ENTRY_BYTES)) {
      const value = parse(bytes);
      if (number === 1) isIts = isSameLoad(value, header);
      const entry = isIts ? check.read(value) : undefined;
      if (entry !== undefined) yield entry;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** The header of a journal; undefined where it has none. */
async function readHeader(file: string): Promise<JournalHeader | undefined> {
  for await (const { bytes } of splitLines(createReadStream(file))) {
    const value = parse(bytes);
    return isHeader(value) ? value : undefined;
  }
  return undefined;
}

/** Journals of loads of the same file to the same service that were left unfinished when the file had another content. */
export async function findEarlier(dir: string, header: JournalHeader): Promise<string[]> {
  const found: string[] = [];
  const names = await readdir(dir).catch((): string[] => []);
  for (const name of names.filter((each) => each.endsWith(".journal"))) {
    const other = await readHeader(join(dir, name)).catch(() => undefined);
    const isEarlier = other?.file === header.file && other.url === header.url && other.sha256 !== header.sha256;
    if (isEarlier) found.push(join(dir, name));
  }
  return found;
}

/** A journal that is written. */
export class Journal {
  readonly #handle: FileHandle;
  readonly #file: string;
  readonly #pending: JournalEntry[] = [];
  #writing: Promise<void> | undefined;
  #failure: Failure | undefined;

  private constructor(handle: FileHandle, file: string) {
    this.#handle = handle;
    this.#file = file;
  }

  /** Goes on with a journal, or begins a new one, whatever is there. */
  static async open(file: string, header: JournalHeader, isGoingOn: boolean): Promise<Journal> {
    let handle;
    try {
      // Lines that failed stand in it with what the service said of their data.
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      handle = await open(file, isGoingOn ? "a" : "w", 0o600);
      // An entry that was torn must not take the next one with it.
      await handle.appendFile(isGoingOn ? "\n" : `${JSON.stringify(header)}\n`);
      return new Journal(handle, file);
    } catch (error) {
      await handle?.close();
      throw toFailure(file, error);
    }
  }

  /** Takes an entry over; what comes while another is written is written together. Throws once writing has failed. */
  add(entry: JournalEntry): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#pending.push(entry);
    this.#writing ??= this.#write();
  }

  /** Settles when everything is written; throws what kept it from being. */
  async flush(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  /** Ends it for good: the load is complete. */
  async remove(): Promise<void> {
    await rm(this.#file, { force: true });
  }

  async #write(): Promise<void> {
    try {
      for (let entry = takeMerged(this.#pending); entry !== undefined; entry = takeMerged(this.#pending)) {
        await this.#handle.appendFile(`${JSON.stringify(entry)}\n`);
      }
    } catch (error) {
      this.#failure = toFailure(this.#file, error);
    }
    this.#writing = undefined;
  }
}

function toFailure(file: string, error: unknown): Failure {
  return usage(`the journal ${file} cannot be written: ${(error as Error).message}`);
}

function parse(bytes: Buffer | undefined): unknown {
  try {
    return JSON.parse(bytes?.toString() ?? "");
  } catch {
    return undefined;
  }
}

function isHeader(value: unknown): value is JournalHeader {
  return typeof value === "object" && value !== null && "detent_load" in value && value.detent_load === 1;
}

function isSameLoad(value: unknown, { sha256, url }: JournalHeader): boolean {
  return isHeader(value) && value.sha256 === sha256 && value.url === url;
}
