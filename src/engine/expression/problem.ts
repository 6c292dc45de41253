/** What is wrong with an expression's text, and where; leaves this room as a message only. */
export class ExpressionProblem extends Error {
  /** Offset in the text, in UTF-16 code units. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.name = "ExpressionProblem";
    this.at = at;
  }
}

/** The expression, or something in it, is larger than its limit. */
export class LimitProblem extends ExpressionProblem {}

/** `message` with the line and the column, in code points from 1, of offset `at` in `source`. */
export function locate(message: string, source: string, at: number): string {
  const before = source.slice(0, at).split("\n");
  const column = Array.from(before.at(-1) ?? "").length + 1;
  return `${before.length}:${column}: ${message}`;
}
