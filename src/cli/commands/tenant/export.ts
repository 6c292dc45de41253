/** `detent tenant export`. */
import type { Command } from "commander";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { readExport } from "../../exporting.ts";
import { usage } from "../../failure.ts";
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
        if (last !== "") output.say(`it can go on with --after ${(JSON.parse(last) as { cursor?: string }).cursor}`);
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
    const file = await open(name, isAdded ? "a" : "w", 0o600);
    return { write: async (text) => await file.appendFile(text), close: async () => await file.close() };
  } catch (error) {
    throw usage(`${name} cannot be written: ${(error as Error).message}`);
  }
}
