/** Rows as columns of text, as wide as what is in them; control characters of customers' texts do not reach a terminal. */
import { countCodePoints } from "../engine/limits.ts";
import { Document, visit } from "yaml";
import { showText as toPrintable } from "../diagram/text.ts";

/** `rows` below `header`; nothing behind the last column. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [header, ...rows].map((row) => row.map(toPrintable));
  const widths = header.map((_, column) => Math.max(...cells.map((row) => countCodePoints(row[column] ?? ""))));
  const lines = cells.map((row) => row.map((cell, column) => pad(cell, widths[column] ?? 0)).join("  "));
  return lines.map((line) => line.trimEnd()).join("\n");
}

/** Names and values in two columns. */
export function formatFacts(facts: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${pad(name, width)}  ${toPrintable(value)}`.trimEnd()).join("\n");
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - countCodePoints(text)));
}

/** `text` as a terminal may show it: what would move its cursor, change its colours or turn its direction is made visible. */
export { toPrintable };

/** What YAML lets stand as it is, and a terminal must not get. */
const UNSHOWN = /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** A value as YAML that a terminal may show: the same value, with escapes where a terminal would not show a text as it is. */
export function toYaml(value: unknown): string {
  const document = new Document(value);
  // Only in double quotes is an escape one.
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value === "string" && node.value.search(UNSHOWN) >= 0) node.type = "QUOTE_DOUBLE";
    },
  });
  return document.toString({ lineWidth: 120 }).replaceAll(UNSHOWN, escape).trimEnd();
}

function escape(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
