/** Examples of the documentation's pages, for tests that run them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const MARKED = /<!-- test: run -->\s*```(\w+)\n([\s\S]*?)```/g;
const PRINTS = /\/\/ prints: (.*)$/gm;

/** A page's blocks of one language that are marked to be run, in their order, as one program; and what it says they print. */
export async function readProgram(page: string, language: string): Promise<{ source: string; prints: string[] }> {
  const text = await readFile(join(import.meta.dirname, "..", page), "utf8");
  const blocks = [...text.matchAll(MARKED)].filter(([, of]) => of === language).map(([, , block]) => block ?? "");
  const source = blocks.join("\n");
  return { source, prints: [...source.matchAll(PRINTS)].map(([, line]) => line ?? "") };
}
