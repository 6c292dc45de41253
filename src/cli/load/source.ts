/** The file of a load, read twice: once to know it by its content, once to send what is in it. */
import { createHash, randomUUID } from "node:crypto";
import { fstatSync, type Stats } from "node:fs";
import { open, realpath, unlink, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { addAbortSignal, type Readable } from "node:stream";
import { Failure, EXIT, usage } from "../failure.ts";
import { isBlank, splitLines, type TextLine } from "./lines.ts";

const CHUNK_BYTES = 256 * 1024;

export class Source {
  /** As messages name it. */
  readonly name: string;
  /** Where the file lies, as a journal knows it; undefined for a stream, of which the next one is another. */
  readonly path: string | undefined;
  /** Of its content. */
  readonly sha256: string;
  /** Those that are not blank. */
  readonly lines: number;
  /** The number of the last one, with those that are blank. */
  readonly lastLine: number;
  readonly #handle: FileHandle;
  /** What it was read from, which may be a stream. */
  readonly #origin: Stats;
  /** What is appended later is not looked at. */
  readonly #size: number;

  private constructor(
    handle: FileHandle,
    origin: Stats,
    found: Pick<Source, "name" | "path" | "sha256" | "lines" | "lastLine"> & { readonly size: number },
  ) {
    [this.#handle, this.#origin] = [handle, origin];
    ({
      name: this.name,
      path: this.path,
      sha256: this.sha256,
      lines: this.lines,
      lastLine: this.lastLine,
      size: this.#size,
    } = found);
  }

  /**
   * Opens a file, `-` being stdin, which is read to its end first: its ids are made of its whole content, as those of any
   * file, so that the same input again applies nothing twice. Throws usage where it cannot be read, and when `signal` aborts.
   */
  static async open(file: string, signal?: AbortSignal): Promise<Source> {
    const { handle, origin } = await openRepeatably(file, signal);
    const hash = createHash("sha256");
    let [lines, lastLine] = [0, 0];
    try {
      const { size } = await handle.stat();
      for await (const line of splitLines(hashed(chunksOf(handle, size, signal), hash))) {
        lines += isBlank(line) ? 0 : 1;
        lastLine = line.number;
      }
      const name = file === "-" ? "stdin" : resolve(file);
      const path = file === "-" || !origin.isFile() ? undefined : await realpath(file);
      return new Source(handle, origin, { name, path, sha256: hash.digest("hex"), lines, lastLine, size });
    } catch (error) {
      await handle.close();
      throw usage(`${file} cannot be read: ${(error as Error).message}`);
    }
  }

  /** Its lines. Throws, at the end, where they are not those that it was opened with, and when `signal` aborts. */
  async *walk(signal?: AbortSignal): AsyncGenerator<TextLine> {
    const hash = createHash("sha256");
    yield* splitLines(hashed(chunksOf(this.#handle, this.#size, signal), hash));
    if (hash.digest("hex") === this.sha256) return;
    throw new Failure(
      `${this.name} was changed while it was loaded`,
      EXIT.no,
      "what was read is applied; as it is now it is another load, which repeats lines that have no ids of their own",
    );
  }

  /** Whether these are the facts of the file that it was read from: whoever writes that one destroys it. */
  isReadFrom({ dev, ino }: Stats): boolean {
    return this.#origin.dev === dev && this.#origin.ino === ino;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** What can be read twice: the file itself, or what a stream (stdin, a pipe) has to its end. */
async function openRepeatably(
  file: string,
  signal?: AbortSignal,
): Promise<{ readonly handle: FileHandle; readonly origin: Stats }> {
  try {
    if (file === "-") return { origin: fstatSync(process.stdin.fd), handle: await keep(process.stdin, signal) };
    const handle = await open(file);
    const origin = await handle.stat();
    // Of a pipe or a device neither the size is known nor can it be read from its beginning again.
    return { origin, handle: origin.isFile() ? handle : await keep(handle.createReadStream(), signal) };
  } catch (error) {
    throw usage(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/** What a stream has, in a file without a name: whatever becomes of this command, it is not left behind. */
async function keep(stream: Readable, signal?: AbortSignal): Promise<FileHandle> {
  const file = join(tmpdir(), `detent-load-${randomUUID()}`);
  const handle = await open(file, "wx+", 0o600);
  try {
    await unlink(file);
    if (signal !== undefined) addAbortSignal(signal, stream);
    for await (const chunk of stream) await handle.writeFile(chunk as Buffer);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** `size` bytes from the beginning, however often. */
async function* chunksOf(handle: FileHandle, size: number, signal?: AbortSignal): AsyncGenerator<Buffer> {
  for (let position = 0; position < size;) {
    signal?.throwIfAborted();
    const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, size - position));
    const { bytesRead } = await handle.read(buffer, 0, buffer.byteLength, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function* hashed(chunks: AsyncIterable<Buffer>, hash: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}
