/** Findings of a text that is being written. */
import type { Place } from "../../../documents.ts";

export interface PlacedFinding {
  readonly severity: "error" | "warning";
  /** Of docs/configurations.md, the rule of a shape, or of the text itself. */
  readonly code: string;
  readonly pointer: string;
  readonly message: string;
  /** Undefined: it is of the whole text. */
  readonly place: Place | undefined;
}

/** Where a place is in a text, in UTF-16 code units; the end of the line where the line is shorter. */
export function offsetOf(text: string, { line, column }: Place): number {
  let start = 0;
  for (let passed = 1; passed < line; passed++) {
    const end = text.indexOf("\n", start);
    if (end < 0) return text.length;
    start = end + 1;
  }
  const end = text.indexOf("\n", start);
  return Math.min(start + column - 1, end < 0 ? text.length : end);
}

/** `2 errors, 1 warning`. */
export function countFindings(findings: readonly PlacedFinding[]): string {
  const told = (["error", "warning"] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}${count === 1 ? "" : "s"}`];
  });
  return told.join(", ");
}
