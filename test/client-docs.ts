/** docs/client.md as a program: its configuration, and its blocks one after the other. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConfigurationSource } from "../src/engine/configuration.ts";

interface Documented {
  readonly configuration: ConfigurationSource;
  /** Imports `detent/client` and `./orders.ts`. */
  readonly program: string;
}

export async function readClientDocs(): Promise<Documented> {
  const page = await readFile(join(import.meta.dirname, "../docs/client.md"), "utf8");
  const blocksOf = (language: string): string[] =>
    [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(([, block]) => block ?? "");
  const [json = ""] = blocksOf("json");
  const program = ['const myKey = "";', ...blocksOf("ts")].join("\n");
  return { configuration: JSON.parse(json) as ConfigurationSource, program };
}
