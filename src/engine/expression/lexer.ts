import { clip, quote } from "../names.ts";
import { ExpressionProblem } from "./problem.ts";
import { readString } from "./string-literal.ts";

export type Token =
  | { readonly type: "int" | "uint"; readonly value: bigint; readonly at: number }
  | { readonly type: "double"; readonly value: number; readonly at: number }
  | { readonly type: "string"; readonly value: string; readonly at: number }
  | { readonly type: "bytes"; readonly value: Uint8Array; readonly at: number }
  /** `quoted` is a name in backticks, which only a field may have. */
  | { readonly type: "name" | "quoted" | "sign"; readonly value: string; readonly at: number }
  | { readonly type: "end"; readonly at: number };

const BLANK = /(?:[\t\n\f\r ]|\/\/[^\n]*)*/y;
const STRING_START = /(?:[rR][bB]?|[bB][rR]?)?(?:"""|'''|"|')/y;
const NAME = /[A-Za-z_]\w*/y;
const QUOTED = /`([\w.\-/ ]+)`/y;
const DOUBLE = /(?:\d+\.\d+|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+/y;
const INTEGER = /(0x[\da-fA-F]+|\d+)([uU]?)/y;
const SIGN = /&&|\|\||[<>=!]=|[-+*/%<>!?:.,()[\]{}]/y;

/**
 * The words of an expression, in one pass whose work grows with its length only.
 *
 * @throws ExpressionProblem
 */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  function take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (!match) return undefined;
    at += match[0].length;
    return match;
  }
  for (;;) {
    take(BLANK);
    const start = at;
    if (start >= source.length) break;
    let match;
    if ((match = take(STRING_START))) {
      const literal = readString(source, start, match[0]);
      at = literal.end;
      tokens.push(literal.token);
    } else if ((match = take(NAME))) tokens.push({ type: "name", value: match[0], at: start });
    else if ((match = take(QUOTED))) tokens.push({ type: "quoted", value: match[1] ?? "", at: start });
    else if ((match = take(DOUBLE))) tokens.push({ type: "double", value: Number(match[0]), at: start });
    else if ((match = take(INTEGER))) {
      tokens.push({ type: match[2] === "" ? "int" : "uint", value: BigInt(match[1] ?? "0"), at: start });
    } else if ((match = take(SIGN))) tokens.push({ type: "sign", value: match[0], at: start });
    else throw new ExpressionProblem(`${quote(String.fromCodePoint(source.codePointAt(at) ?? 0))} means nothing`, at);
    refuseRunOn(source, at, tokens.at(-1));
  }
  tokens.push({ type: "end", at });
  return tokens;
}

/** A token for a message. */
export function describeToken(token: Token): string {
  switch (token.type) {
    case "end":
      return "the end";
    case "string":
      return `the string ${quote(token.value)}`;
    case "bytes":
      return "bytes";
    case "uint":
      return `${token.value}u`;
    default:
      return `"${clip(String(token.value))}"`;
  }
}

/** `12abc` would be read as a number and a name. */
function refuseRunOn(source: string, at: number, token: Token | undefined): void {
  const isNumber = token?.type === "int" || token?.type === "uint" || token?.type === "double";
  if (!isNumber || !/\w/.test(source.charAt(at))) return;
  throw new ExpressionProblem(`${quote(source.slice(token.at, at + 1))} is no number`, token.at);
}
