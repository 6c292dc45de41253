import { quote } from "../names.ts";
import type { Token } from "./lexer.ts";
import { ExpressionProblem } from "./problem.ts";

const ESCAPE = /\\(?:([abfnrtv\\?"'`])|[xX]([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-3][0-7]{2}))/y;
const NAMED: ReadonlyMap<string, string> = new Map([
  ["a", "\u0007"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
]);
const encoder = new TextEncoder();

/**
 * Reads a literal that begins at `start` with `opening` (its prefix and quotes), as the language definition of CEL has it.
 *
 * @throws ExpressionProblem
 */
export function readString(
  source: string,
  start: number,
  opening: string,
): { readonly token: Token; readonly end: number } {
  const quotes = opening.replace(/^[rRbB]+/, "");
  const prefix = opening.slice(0, opening.length - quotes.length).toLowerCase();
  const isRaw = prefix.includes("r");
  const isBytes = prefix.includes("b");
  const parts: (string | number)[] = [];
  let at = start + opening.length;
  for (;;) {
    if (source.startsWith(quotes, at)) break;
    const character = source.charAt(at);
    if (character === "" || (quotes.length === 1 && (character === "\n" || character === "\r"))) {
      throw new ExpressionProblem(`the string that begins here has no closing ${quotes}`, start);
    }
    if (character === "\\" && !isRaw) {
      const escape = readEscape(source, at, isBytes);
      parts.push(escape.part);
      at = escape.end;
    } else {
      parts.push(character);
      at += 1;
    }
  }
  const end = at + quotes.length;
  if (!isBytes) return { token: { type: "string", value: parts.join(""), at: start }, end };
  return { token: { type: "bytes", value: joinBytes(parts), at: start }, end };
}

/** A number is an octet. */
function readEscape(
  source: string,
  at: number,
  isBytes: boolean,
): { readonly part: string | number; readonly end: number } {
  ESCAPE.lastIndex = at;
  const match = ESCAPE.exec(source);
  if (!match) throw new ExpressionProblem(`${quote(source.slice(at, at + 2))} is no escape sequence`, at);
  const [all, named, hex, short, long, octal] = match;
  const end = at + all.length;
  if (named !== undefined) return { part: NAMED.get(named) ?? named, end };
  const octet = hex === undefined ? octal : hex;
  const code = octet === undefined ? Number.parseInt(short ?? long ?? "", 16) : Number.parseInt(octet, hex ? 16 : 8);
  if (isBytes) {
    if (octet === undefined) throw new ExpressionProblem("bytes have no escapes of Unicode", at);
    return { part: code, end };
  }
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    throw new ExpressionProblem(`${quote(all)} is no character`, at);
  }
  return { part: String.fromCodePoint(code), end };
}

function joinBytes(parts: readonly (string | number)[]): Uint8Array {
  const bytes: number[] = [];
  let text = "";
  for (const part of [...parts, -1]) {
    if (typeof part === "string") text += part;
    else {
      bytes.push(...encoder.encode(text));
      text = "";
      if (part >= 0) bytes.push(part);
    }
  }
  return Uint8Array.from(bytes);
}
