/** `node src/local/write-cli-docs.ts`: writes the list of commands and options into docs/cli.md. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withReference } from "./cli-reference.ts";

const file = join(import.meta.dirname, "../../docs/cli.md");
await writeFile(file, withReference(await readFile(file, "utf8")));
