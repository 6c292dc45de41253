/**
 * Reads regular expressions as ECMA-262 writes them under the flag `u`, as far as they can be matched in linear time. What
 * that flag forbids but everybody understands (`\-`, a lone `]`) is read too; anything unclear is refused.
 */
import { LIMITS } from "../limits.ts";
import { quote } from "../names.ts";
import { CharacterSet, complementOf, DIGITS, LINE_ENDS, type Ranges, SPACE, WORD } from "./character-set.ts";

export type PatternNode =
  | { readonly kind: "character"; readonly code: number }
  | { readonly kind: "set"; readonly set: CharacterSet }
  | { readonly kind: "assertion"; readonly assertion: Assertion }
  | { readonly kind: "sequence"; readonly items: readonly PatternNode[] }
  | { readonly kind: "choice"; readonly items: readonly PatternNode[] }
  | { readonly kind: "repeat"; readonly item: PatternNode; readonly min: number; readonly max: number };

type Assertion = "start" | "end" | "boundary" | "no_boundary";

/** Says in one clause why a pattern is refused. */
export class PatternError extends Error {}

/** The pattern is larger than its limit. */
export class PatternLimitError extends PatternError {}

/** Groups in groups: enough for anybody, and no recursion overflows. */
const DEEPEST_GROUP = 50;
const PROPERTY = /^\\[pP]\{[A-Za-z_]+(?:=[A-Za-z_]+)?\}$/;
const CONTROLS: ReadonlyMap<string, number> = new Map([
  ["t", 0x09],
  ["n", 0x0a],
  ["v", 0x0b],
  ["f", 0x0c],
  ["r", 0x0d],
]);
const CLASSES: ReadonlyMap<string, Ranges> = new Map([
  ["d", DIGITS],
  ["D", complementOf(DIGITS)],
  ["w", WORD],
  ["W", complementOf(WORD)],
  ["s", SPACE],
  ["S", complementOf(SPACE)],
]);
/** By their text: a property takes a fraction of a millisecond to prepare, and there are only some hundreds of them. */
const knownProperties = new Map<string, RegExp>();
const NOT_LINE_END = new CharacterSet(LINE_ENDS, [], true);

/** One member of a class in brackets, or what an escape stands for. */
type Atom = { readonly code: number } | { readonly ranges: Ranges } | { readonly property: RegExp };

/** Reads a pattern; throws PatternError. */
export function parsePattern(source: string): PatternNode {
  return new PatternParser(source).parse();
}

class PatternParser {
  readonly #source: string;
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  parse(): PatternNode {
    const node = this.#parseChoice();
    if (this.#at < this.#source.length) throw new PatternError("it has a ) that closes nothing");
    return node;
  }

  #parseChoice(): PatternNode {
    const items = [this.#parseSequence()];
    while (this.#take("|")) items.push(this.#parseSequence());
    return items.length === 1 && items[0] ? items[0] : { kind: "choice", items };
  }

  #parseSequence(): PatternNode {
    const items: PatternNode[] = [];
    while (this.#at < this.#source.length && !this.#isAt("|") && !this.#isAt(")")) {
      items.push(this.#parseQuantifier(this.#parseTerm()));
    }
    return items.length === 1 && items[0] ? items[0] : { kind: "sequence", items };
  }

  #parseQuantifier(item: PatternNode): PatternNode {
    const range = this.#parseRange();
    if (!range) return item;
    const [min, max] = range;
    if (item.kind === "assertion") throw new PatternError("it repeats an assertion");
    if (max < min) throw new PatternError(`it repeats ${min} times at least and ${max} times at most`);
    this.#take("?"); // lazy or not, the same texts match
    return { kind: "repeat", item, min, max };
  }

  #parseRange(): [number, number] | undefined {
    if (this.#take("*")) return [0, Infinity];
    if (this.#take("+")) return [1, Infinity];
    if (this.#take("?")) return [0, 1];
    if (!this.#isAt("{")) return undefined;
    const [text, min, comma, max] = this.#match(/\{(\d{1,9})(,(\d{1,9})?)?\}/y) ?? [];
    if (text === undefined) throw new PatternError("it has a { that is no repetition; write \\{ for the character");
    return [Number(min), max === undefined ? (comma === undefined ? Number(min) : Infinity) : Number(max)];
  }

  #parseTerm(): PatternNode {
    if (this.#take("^")) return { kind: "assertion", assertion: "start" };
    if (this.#take("$")) return { kind: "assertion", assertion: "end" };
    if (this.#take("(")) return this.#parseGroup();
    if (this.#take(".")) return { kind: "set", set: NOT_LINE_END };
    if (this.#take("[")) return this.#parseClass();
    if (this.#take("\\b")) return { kind: "assertion", assertion: "boundary" };
    if (this.#take("\\B")) return { kind: "assertion", assertion: "no_boundary" };
    if (this.#isAt("*") || this.#isAt("+") || this.#isAt("?") || this.#isAt("{")) {
      throw new PatternError(`its ${this.#source[this.#at]} has nothing to repeat`);
    }
    const atom = this.#isAt("\\") ? this.#parseEscape(false) : { code: this.#next() };
    if ("code" in atom) return { kind: "character", code: atom.code };
    if ("ranges" in atom) return { kind: "set", set: new CharacterSet(atom.ranges, [], false) };
    return { kind: "set", set: new CharacterSet([], [atom.property], false) };
  }

  #parseGroup(): PatternNode {
    if (this.#isAt("?=") || this.#isAt("?!") || this.#isAt("?<=") || this.#isAt("?<!")) {
      throw new PatternError("it looks ahead or behind, which cannot be matched in linear time");
    }
    if (this.#isAt("?") && !this.#take("?:") && !this.#match(/\?<[A-Za-z_$][\w$]*>/y)) {
      throw new PatternError("it has a (? that is neither a (?: nor the name of a group");
    }
    this.#depth++;
    if (this.#depth > DEEPEST_GROUP) throw new PatternLimitError(`its groups nest more than ${DEEPEST_GROUP} deep`);
    const node = this.#parseChoice();
    this.#depth--;
    if (!this.#take(")")) throw new PatternError("it has a ( that is not closed");
    // A group of its own, so that a quantifier behind `(^)` or `(?:$)` is read as ECMA-262 reads it.
    return { kind: "sequence", items: [node] };
  }

  #parseClass(): PatternNode {
    const isNegated = this.#take("^");
    const ranges: (readonly [number, number])[] = [];
    const properties: RegExp[] = [];
    while (!this.#take("]")) {
      const first = this.#parseMember();
      // A hyphen that ends the class, or stands beside a class such as \w, is a hyphen.
      if ("code" in first && this.#isAt("-") && !this.#isAt("-]")) {
        this.#at++;
        const last = this.#parseMember();
        if ("code" in last) {
          if (last.code < first.code) throw new PatternError("it has a range whose end is before its start");
          ranges.push([first.code, last.code]);
          continue;
        }
        throw new PatternError("it has a range that ends in a class; write \\- for a hyphen");
      }
      if ("code" in first) ranges.push([first.code, first.code]);
      else if ("ranges" in first) for (const range of first.ranges) ranges.push(range);
      else properties.push(first.property);
    }
    return { kind: "set", set: new CharacterSet(ranges, properties, isNegated) };
  }

  #parseMember(): Atom {
    if (this.#at >= this.#source.length) throw new PatternError("it has a [ that is not closed");
    return this.#isAt("\\") ? this.#parseEscape(true) : { code: this.#next() };
  }

  /** An escape, at its backslash. */
  #parseEscape(isInClass: boolean): Atom {
    this.#at++;
    const letter = this.#source[this.#at];
    if (letter === undefined) throw new PatternError("it ends in a backslash");
    if (letter === "p" || letter === "P") return this.#parseProperty();
    const digits = this.#match(/x([\da-fA-F]{2})|u([\da-fA-F]{4})|u\{([\da-fA-F]{1,6})\}/y);
    if (digits) return { code: this.#readCode(digits[1] ?? digits[2] ?? digits[3] ?? "") };
    const control = this.#match(/c([A-Za-z])/y);
    if (control?.[1] !== undefined) return { code: control[1].charCodeAt(0) % 32 };
    if (this.#match(/0(?!\d)/y)) return { code: 0 };
    if (/[\dk]/.test(letter)) {
      throw new PatternError("it refers back to what a group has matched, which cannot be done in linear time");
    }
    if (isInClass && this.#take("b")) return { code: 0x08 };
    const ranges = CLASSES.get(letter);
    const code = CONTROLS.get(letter);
    if (ranges || code !== undefined) this.#at++;
    if (ranges) return { ranges };
    if (code !== undefined) return { code };
    // Letters are kept for escapes to come; a character that could never be one stands for itself.
    if (/[A-Za-z_]/.test(letter)) throw new PatternError(`its escape ${quote(`\\${letter}`)} is not known`);
    return { code: this.#next() };
  }

  #parseProperty(): Atom {
    const text = `\\${this.#match(/[pP]\{[^{}]{0,64}\}/y)?.[0] ?? "p"}`;
    const property = knownProperties.get(text) ?? compileProperty(text);
    if (property) return { property };
    throw new PatternError(`it asks for ${quote(text)}, which is no Unicode property`);
  }

  #readCode(hexadecimal: string): number {
    const code = Number.parseInt(hexadecimal, 16);
    if (code > 0x10ffff) throw new PatternError("it has an escape beyond the last code point");
    const isHigh = code >= 0xd800 && code <= 0xdbff && hexadecimal.length === 4;
    const low = isHigh ? this.#match(/\\u([dD][c-fC-F][\da-fA-F]{2})/y)?.[1] : undefined;
    if (low === undefined) return code;
    return 0x10000 + ((code - 0xd800) << 10) + (Number.parseInt(low, 16) - 0xdc00);
  }

  #next(): number {
    const code = this.#source.codePointAt(this.#at) ?? 0;
    this.#at += code > 0xffff ? 2 : 1;
    return code;
  }

  #isAt(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#isAt(text)) return false;
    this.#at += text.length;
    return true;
  }

  #match(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#source);
    if (match) this.#at = sticky.lastIndex;
    return match ?? undefined;
  }
}

function compileProperty(text: string): RegExp | undefined {
  if (!PROPERTY.test(text)) return undefined;
  try {
    // The property of one character at a time: nothing that could backtrack.
    const property = new RegExp(`^${text}$`, "u");
    knownProperties.set(text, property);
    return property;
  } catch {
    return undefined; // no property of ECMA-262
  }
}

/**
 * Instructions that a pattern comes to, repetitions written out; Infinity when they are more than
 * `LIMITS.patternInstructions`. An empty group counts, too: a million of them take their time.
 */
export function countInstructions(node: PatternNode): number {
  const count = countAll(node);
  return count <= LIMITS.patternInstructions ? count : Infinity;
}

function countAll(node: PatternNode): number {
  if (node.kind === "sequence" || node.kind === "choice") {
    return node.items.reduce((sum, item) => sum + 1 + countAll(item), 1);
  }
  if (node.kind !== "repeat") return 1;
  const item = countAll(node.item);
  if (node.max === Infinity) return 1 + (node.min + 1) * item;
  return 1 + node.min * item + (node.max - node.min) * (item + 1);
}
