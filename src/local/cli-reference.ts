/**
 * The part of docs/cli.md that lists every command and every option: made of the program itself, so that it says what there
 * is. What is written by hand stands around it.
 */
import type { Command, Option } from "commander";
import { jsonNoteOf } from "../cli/leaf.ts";
import { createProgram } from "../cli/program.ts";

const BEGIN = "<!-- begin of what src/local/write-cli-docs.ts writes -->";
const END = "<!-- end of what src/local/write-cli-docs.ts writes -->";

interface Leaf {
  readonly words: readonly string[];
  readonly command: Command;
}

/** Every command that does something. */
export function listLeaves(
  command: Command = createProgram(async () => undefined),
  words: readonly string[] = [],
): Leaf[] {
  if (command.commands.length === 0) return [{ words, command }];
  return command.commands.flatMap((each) => listLeaves(each, [...words, each.name()]));
}

/** `page` with the reference as it has to be. Throws where it has no place for it. */
export function withReference(page: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`docs/cli.md has no "${BEGIN}" with an "${END}" behind it`);
  return `${page.slice(0, begin)}${BEGIN}\n${renderReference()}\n${page.slice(end)}`;
}

function renderReference(): string {
  const leaves = listLeaves();
  const common = commonOptions(leaves);
  const isCommon = ({ flags }: Option) => common.some((option) => option.flags === flags);
  const nouns = new Set(leaves.map(({ words }) => (words.length > 1 ? words[0] : undefined)));
  const sections = [...nouns].map((noun) => {
    const own = leaves.filter(({ words }) => (words.length > 1 ? words[0] === noun : noun === undefined));
    const title = noun === undefined ? "Without a noun" : `\`${noun}\``;
    return [`### ${title}`, renderCommands(own), renderOptions(own, isCommon)]
      .filter((part) => part !== "")
      .join("\n\n");
  });
  const rows = common.map(({ flags, description }) => [`\`${flags}\``, description]);
  return ["### Options of every command", renderTable(["Option", ""], rows), ...sections].join("\n\n");
}

function commonOptions(leaves: readonly Leaf[]): Option[] {
  const flags = leaves.map(({ command }) => new Set(command.options.map((option) => option.flags)));
  const [first] = leaves;
  return (first?.command.options ?? []).filter((option) => flags.every((each) => each.has(option.flags)));
}

function renderCommands(leaves: readonly Leaf[]): string {
  return renderTable(
    ["Command", "Does", "`--json` prints"],
    leaves.map(({ words, command }) => {
      const operands = command.registeredArguments.map((operand) => {
        const name = operand.variadic ? `${operand.name()}...` : operand.name();
        return operand.required ? `<${name}>` : `[${name}]`;
      });
      return [`\`${[...words, ...operands].join(" ")}\``, command.summary(), jsonNoteOf(command) ?? ""];
    }),
  );
}

/** An option that means the same in several commands stands once. */
function renderOptions(leaves: readonly Leaf[], isCommon: (option: Option) => boolean): string {
  const rows = new Map<string, { readonly cells: readonly string[]; readonly of: string[] }>();
  for (const { words, command } of leaves) {
    for (const option of command.options.filter((each) => !isCommon(each))) {
      const cells = [`\`${option.flags}\``, describe(option)];
      const row = rows.get(cells.join()) ?? { cells, of: [] };
      rows.set(cells.join(), row);
      row.of.push(`\`${(words.length > 1 ? words.slice(1) : words).join(" ")}\``);
    }
  }
  if (rows.size === 0) return "";
  return renderTable(
    ["Option", "Of", ""],
    [...rows.values()].map(({ cells: [flags = "", description = ""], of }) => [flags, of.join(", "), description]),
  );
}

function describe({ description, mandatory, argChoices, defaultValue }: Option): string {
  const notes = [
    ...(mandatory ? ["required"] : []),
    ...(argChoices === undefined ? [] : [argChoices.join(", ")]),
    ...(defaultValue === undefined || typeof defaultValue === "boolean"
      ? []
      : [`unless given: ${String(defaultValue)}`]),
  ];
  return notes.length === 0 ? description : `${description} (${notes.join("; ")})`;
}

function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, header.map(() => "---"), ...rows.map((row) => row.map(escapeCell))];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function escapeCell(text: string): string {
  // Outside of code, what stands in angle brackets would be a tag.
  const parts = text.split(/(`[^`]*`)/);
  const escaped = parts.map((part) => (part.startsWith("`") ? part : part.replaceAll("<", "&lt;")));
  return escaped.join("").replaceAll("|", "\\|");
}
