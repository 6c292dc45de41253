/** docs/cli.md says what the command line has, no more and no less. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EXIT } from "../../src/cli/failure.ts";
import { jsonNoteOf } from "../../src/cli/leaf.ts";
import document from "../../src/http/assets/openapi.json" with { type: "json" };
import { listLeaves, withReference } from "../../src/local/cli-reference.ts";
import type { Json } from "../doors/json.ts";

const page = await readFile(join(import.meta.dirname, "../../docs/cli.md"), "utf8");
const leaves = listLeaves();

test("its list of commands and options is that of the program: node src/local/write-cli-docs.ts writes it", () => {
  expect(page).toBe(withReference(page));
});

test("it names every command, with every option, and no other", () => {
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  const commands = leaves.map(({ words }) => words.join(" "));
  for (const { words, command } of leaves) {
    const row = rows.find((line) => new RegExp(`^\\| \`${words.join(" ")}(?: [<[][^\`]*)?\` \\|`).test(line));
    expect(row, words.join(" ")).toBeDefined();
    for (const { flags } of command.options) expect(page, `${words.join(" ")} ${flags}`).toContain(`| \`${flags}\` |`);
  }
  const flags = new Set(leaves.flatMap(({ command }) => command.options.map((option) => option.flags)));
  const named = rows.flatMap((line) => /^\| `(-[^`]*)`/.exec(line)?.[1] ?? []);
  expect(named.filter((each) => !flags.has(each))).toEqual([]);
  expect(commands.length).toBeGreaterThan(40);
});

test("every command says what it prints with --json, by operations that there are", () => {
  const operations = Object.values<Json>((document as Json).paths)
    .flatMap((methods) => Object.values<Json>(methods))
    .map(({ operationId }) => operationId as string);
  for (const { words, command } of leaves) {
    const note = jsonNoteOf(command);
    expect(note, words.join(" ")).toBeDefined();
    const named = [...(note ?? "").matchAll(/`([A-Z]\w+)`/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !operations.includes(name))).toEqual([]);
  }
});

test("every command line on it, and in the help, is one that the program takes", () => {
  const spans = [...page.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
  const fenced = [...page.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, block = ""]) => block.split("\n"));
  const lines = [...spans, ...fenced].flatMap((text) => [...text.matchAll(/\bdetent ([a-z][^|;&<>]*)/g)]);
  expect(lines.length).toBeGreaterThan(10);
  for (const [line, words = ""] of lines) {
    const typed = words.trim().split(/\s+/);
    const leaf = leaves.find(({ words: known }) => known.every((word, i) => typed[i] === word));
    expect(leaf, line).toBeDefined();
    const known = leaf?.command.options.flatMap(({ long, short }) => [long, short]) ?? [];
    const options = typed.filter((word) => /^--?[a-z]/.test(word));
    expect(options.filter((option) => !known.includes(option) && option !== "--help")).toEqual([]);
  }
});

test("it has every exit code", () => {
  for (const code of Object.values(EXIT)) expect(page).toContain(`\n| ${code} | `);
});
