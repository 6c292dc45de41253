/** `detent tenant export`. */
import type { Command } from "commander";
import { once } from "node:events";
import { constants, open, type FileHandle } from "node:fs/promises";
import { readExport } from "../../exporting.ts";
import { EXIT, Failure, usage } from "../../failure.ts";
import { addLeaf, type Runner } from "../../leaf.ts";
import { Patience } from "../../patience.ts";
import { StatusLine } from "../../status-line.ts";

interface ExportFlags {
  readonly output?: string;
  readonly after?: string;
}

export function addExport(tenant: Command, runner: Runner): void {
  addLeaf<ExportFlags>(tenant, runner, {
    name: "export",
    summary: "export everything of the key's tenant, as lines of JSON",
    description: `Exports everything of the key's tenant as lines of JSON, as docs/data-rights.md lists them. When the connection breaks it goes on
behind the last cursor, so that each line is there once; it ends well with the line "end" only. Needs a key with the scopes
configurations:read, machines:read, ops and keys:admin.`,
    examples: [
      ["tenant export -o acme.ndjson", "into a file, for your eyes only"],
      ["tenant export | gzip > acme.ndjson.gz", "through a pipe"],
      ["tenant export --after CURSOR -o acme.ndjson", "adds what comes behind the file's last cursor"],
    ],
    json: "the same lines as without it",
    options: (command) =>
      command
        .option("-o, --output <file>", "write it to a file")
        .option("--after <cursor>", "only what comes behind this cursor; a file is added to"),
    run: async ({ output, door, flags, signal }) => {
      const { output: name, after } = flags;
      const service = await door();
      const sink = await openSink(name, after !== undefined, signal);
      output.stream();
      const line = new StatusLine(output);
      let [count, last] = [0, ""];
      try {
        for await (const portion of readExport(service, after, new Patience(output, signal))) {
          await sink.write(`${portion.join("\n")}\n`);
          count += portion.length;
          last = portion.at(-1) ?? "";
          line.show(`${count} lines`);
        }
      } catch (error) {
        line.clear();
        // Whoever stopped reading has what they wanted.
        const isWanted = !(signal.reason instanceof Failure && signal.reason.exitCode === EXIT.done);
        if (last !== "" && isWanted)
          output.say(`it can go on with --after ${(JSON.parse(last) as { cursor?: string }).cursor}`);
        throw error;
      } finally {
        await sink.close();
      }
      line.clear();
      output.say(`whole: ${count} lines${name === undefined ? "" : ` in ${name}`}`);
    },
  });
}

interface Sink {
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

async function openSink(name: string | undefined, isAdded: boolean, signal: AbortSignal): Promise<Sink> {
  if (name === undefined || name === "-") {
    return {
      write: async (text) => {
        // A reader that is slower than the service holds it up, and not this machine's memory.
        if (!process.stdout.write(text)) await once(process.stdout, "drain", { signal });
      },
      close: async () => undefined,
    };
  }
  try {
    // For reading, too, and made where it is not there.
    const file = await open(name, isAdded ? constants.O_RDWR | constants.O_CREAT : "w", 0o600);
    const end = isAdded ? await findLastCursor(file) : 0;
    if (end === undefined) {
      await file.close();
      throw usage(`${name} has no cursor to go on from`, "give it another file, or no --after");
    }
    // A line that was torn, or has no cursor behind it, comes again.
    await file.truncate(end);
    let at = end;
    const write = async (text: string): Promise<void> => {
      const { bytesWritten } = await file.write(text, at);
      at += bytesWritten;
    };
    return { write, close: async () => await file.close() };
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw usage(`${name} cannot be written: ${(error as Error).message}`);
  }
}

const CURSOR = '\n{"type":"cursor"';
/** A cursor's line is short; between two of them there are a page's lines. */
const CHUNK_BYTES = 1024 * 1024;

/** The offset behind a file's last line with a cursor; 0 of an empty one, undefined where there is none. */
async function findLastCursor(file: FileHandle): Promise<number | undefined> {
  const { size } = await file.stat();
  if (size === 0) return 0;
  let tail = Buffer.alloc(0);
  for (let from = size; from > 0;) {
    const length = Math.min(CHUNK_BYTES, from);
    from -= length;
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, from);
    tail = Buffer.concat([buffer, tail]);
    const line = findWholeLine(tail);
    if (line !== undefined) return from + line;
  }
  return undefined;
}

function findWholeLine(tail: Buffer): number | undefined {
  for (
    let begin = tail.lastIndexOf(CURSOR);
    begin >= 0;
    begin = begin === 0 ? -1 : tail.lastIndexOf(CURSOR, begin - 1)
  ) {
    const end = tail.indexOf("\n", begin + 1);
    if (end >= 0) return end + 1;
  }
  return undefined;
}
