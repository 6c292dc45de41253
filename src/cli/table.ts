/** Rows as columns of text, as wide as what is in them; control characters of customers' texts do not reach a terminal. */
import { countCodePoints } from "../engine/limits.ts";
import { stringify } from "yaml";
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

/** A value as YAML, whose texts are quoted where a terminal would not show them as they are. */
export function toYaml(value: unknown): string {
  return stringify(value, { lineWidth: 120 }).trimEnd();
}
