/** YAML as values that know their lines: one document, and of the language only what JSON can say, too. */
import { Composer, isAlias, isMap, isNode, isScalar, isSeq, Lexer, LineCounter, Parser, visit, type Node } from "yaml";
import { invalid, type DetentError } from "./errors.ts";

/**
 * Pieces into which the library cuts a text: names, colons, spaces, line ends. The longest chart of 500 states, each line
 * with a comment, has about 70,000; what has more would take seconds and hundreds of megabytes.
 */
const MOST_PIECES = 100_000;
/** Lists and maps within each other, by the library's count, which has two for each and more for the document. */
const DEEPEST = 64;
/** Characters of what the library says is wrong: it quotes, and a text may be one long word. */
const LONGEST_MESSAGE = 200;

/** A text that was read. */
export interface YamlText {
  readonly value: unknown;
  /** The line, counted from 1, of what the JSON Pointer names; of what is around it where there is no such thing. */
  readonly lineOf: (pointer: string) => number;
}

type Fail = (offset: number, message: string, rule?: string) => never;

/**
 * Reads YAML 1.2, of which JSON is a part. Throws INVALID_ARGUMENT or LIMIT_EXCEEDED, with the line: not YAML, several
 * documents, or something JSON has no word for (anchors, aliases, tags, a key that is no text or comes twice).
 */
export function parseYaml(text: string): YamlText {
  const lines = new LineCounter();
  lines.addNewLine(0);
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  // Composing catches what is thrown in it and reports that, too: the first is what is wrong.
  let first: DetentError | undefined;
  const fail: Fail = (offset, message, rule = "yaml") => {
    first ??= invalid([{ pointer: "", rule, message: `line ${lineAt(offset)}: ${message}` }]);
    throw first;
  };
  const document = compose(text, lines, fail);
  visit(document, (_key, node) => {
    if (isNode(node)) checkNode(node, fail);
  });
  return {
    value: document.toJS() as unknown,
    lineOf: (pointer) => lineAt(offsetOf(document.contents, pointer)),
  };
}

function compose(text: string, lines: LineCounter, fail: Fail) {
  const parser = new Parser(lines.addNewLine);
  const tokens = [];
  let pieces = 0;
  for (const piece of new Lexer().lex(text)) {
    for (const token of parser.next(piece)) {
      if (token.type === "error") fail(token.offset, shorten(token.message));
      tokens.push(token);
    }
    pieces += 1;
    if (pieces > MOST_PIECES) fail(parser.offset, `has more than ${MOST_PIECES} words and marks`, "limit_exceeded");
    if (parser.stack.length > DEEPEST) fail(parser.offset, "lists and maps nest too deep", "limit_exceeded");
  }
  tokens.push(...parser.end());
  // Merge keys would copy, and comparing every key of a map with every other takes a second.
  const composer = new Composer({ schema: "core", merge: false, uniqueKeys: false, logLevel: "silent" });
  // By itself it goes on after an error, and makes one of each broken character.
  const onError = (at: number | number[] | { offset: number }, _code: string, message: string, isWarning?: boolean) => {
    const offset = typeof at === "number" ? at : Array.isArray(at) ? (at[0] ?? 0) : at.offset;
    if (!isWarning) fail(offset, shorten(message));
  };
  Object.assign(composer, { onError });
  const [document, second] = composer.compose(tokens, true, text.length);
  if (document === undefined) return fail(0, "there is no document");
  if (second !== undefined) fail(second.range[0], "a second document begins; only one is read");
  const [error] = document.errors;
  if (error !== undefined) fail(error.pos[0], shorten(error.message));
  return document;
}

function checkNode(node: Node, fail: Fail): void {
  const at = node.range?.[0] ?? 0;
  if (isAlias(node)) return fail(at, "an alias (*) is not read; write out what it stands for");
  if ("anchor" in node && node.anchor !== undefined) fail(at, "an anchor (&) is not read; nothing may refer to it");
  if (node.tag !== undefined) fail(at, "a tag (!) is not read; write the value without it");
  // 8 in YAML 1.1, which others read, and 10 in YAML 1.2.
  if (isScalar(node) && typeof node.value === "number" && /^[-+]?0\d/.test(node.source ?? "")) {
    fail(at, "a number must not begin with 0; put it in quotes where it is a text");
  }
  if (!isMap(node)) return;
  const keys = new Set<string>();
  for (const { key } of node.items) {
    const keyAt = isNode(key) ? (key.range?.[0] ?? at) : at;
    const name: unknown = isScalar(key) ? key.value : undefined;
    if (typeof name !== "string") return fail(keyAt, "a key must be a text");
    if (keys.has(name)) fail(keyAt, `the key ${shorten(JSON.stringify(name))} is there twice`);
    keys.add(name);
  }
}

function offsetOf(root: Node | null, pointer: string): number {
  const tokens = pointer.split("/").slice(1);
  let offset = root?.range?.[0] ?? 0;
  let node: unknown = root;
  for (const token of tokens) {
    const name = token.replaceAll("~1", "/").replaceAll("~0", "~");
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === name) : undefined;
    const place: unknown = pair?.key ?? (isSeq(node) ? node.items[Number(name)] : undefined);
    if (!isNode(place)) break;
    offset = place.range?.[0] ?? offset;
    node = pair === undefined ? place : pair.value;
  }
  return offset;
}

function shorten(message: string): string {
  return (message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message).toWellFormed();
}
