/**
 * Regular expressions that are matched in linear time: all ways through the pattern are followed at once (Thompson, 1968),
 * and every step is charged, so that neither a pattern nor a text can take more than the meter has.
 */
import { LIMITS } from "../limits.ts";
import type { Meter } from "../meter.ts";
import { quote } from "../names.ts";
import type { CharacterSet } from "./character-set.ts";
import {
  countInstructions,
  parsePattern,
  PatternError,
  PatternLimitError,
  type PatternNode,
} from "./pattern-syntax.ts";

export interface Pattern {
  readonly source: string;
  readonly root: PatternNode;
  /** Instructions of its program: what building it costs. */
  readonly size: number;
}

export type CompiledPattern =
  | { readonly ok: true; readonly pattern: Pattern }
  | { readonly ok: false; readonly message: string; readonly isLimit: boolean };

/** Reads a pattern; refuses what cannot be matched in linear time, and what comes to too many instructions. */
export function compilePattern(source: string): CompiledPattern {
  if (source.length > LIMITS.patternCharacters) {
    const message = `it has ${source.length} characters, and at most ${LIMITS.patternCharacters} are allowed`;
    return { ok: false, message, isLimit: true };
  }
  try {
    const root = parsePattern(source);
    const size = countInstructions(root);
    if (size !== Infinity) return { ok: true, pattern: { source, root, size } };
    const message = `its repetitions come to more than ${LIMITS.patternInstructions} steps`;
    return { ok: false, message, isLimit: true };
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return { ok: false, message: error.message, isLimit: error instanceof PatternLimitError };
  }
}

/** Steps per unit of the meter, measured. */
const STEPS_PER_UNIT = 6;
/** Work is charged in portions, since charging costs as much as a step. */
const PORTION = 16 * STEPS_PER_UNIT;

const MATCH = 0;
const CHARACTER = 1;
const SET = 2;
const SPLIT = 3;
const START = 4;
const END = 5;
const BOUNDARY = 6;
const NO_BOUNDARY = 7;
const ASSERTIONS = { start: START, end: END, boundary: BOUNDARY, no_boundary: NO_BOUNDARY } as const;

/** A pattern made ready for the texts of one run. Its size is up to a thousand times the pattern's, so nobody keeps it. */
export class Program {
  // Plain arrays: typed ones take microseconds to make, and most patterns are short and built for a few texts.
  /** What each instruction does, and where it goes on. */
  readonly #operations = [MATCH];
  readonly #nexts = [0];
  /** The character, the other way of a split, or the index of a set. */
  readonly #details = [0];
  readonly #sets: CharacterSet[] = [];
  /** At which step an instruction was last reached. */
  readonly #marks = [0];
  readonly #start: number;
  readonly #isAnchored: boolean;
  readonly #stack: number[] = [];
  /** The instructions that can take the next character: the first `#length` of the list. */
  #list: number[] = [];
  #length = 0;
  /** Those that could take the last one. */
  #lastList: number[] = [];
  #mark = 0;
  #work = 0;

  /** Throws SpentError. */
  constructor(pattern: Pattern, meter: Meter) {
    meter.charge(20 + 5 * pattern.size);
    this.#start = this.#emit(pattern.root, 0);
    this.#isAnchored = isAnchored(pattern.root);
  }

  /** Whether the pattern matches anywhere in `text`. Throws SpentError. */
  test(text: string, meter: Meter): boolean {
    meter.charge(3);
    let before = -1;
    let code = text.codePointAt(0) ?? -1;
    this.#begin();
    if (this.#follow(this.#start, before, code)) return true;
    for (let at = 0; code >= 0;) {
      at += code > 0xffff ? 2 : 1;
      before = code;
      code = text.codePointAt(at) ?? -1;
      const waiting = this.#length;
      const list = this.#list;
      this.#list = this.#lastList;
      this.#lastList = list;
      this.#begin();
      for (let i = 0; i < waiting; i++) {
        const to = this.#take(list[i] ?? 0, before);
        if (to >= 0 && this.#follow(to, before, code)) return true;
      }
      if (!this.#isAnchored) {
        if (this.#follow(this.#start, before, code)) return true;
      } else if (this.#length === 0) return false;
      this.#work += 2 + waiting;
      if (this.#work >= PORTION) this.#charge(meter);
    }
    return false;
  }

  #begin(): void {
    this.#length = 0;
    this.#mark++;
  }

  #charge(meter: Meter): void {
    meter.charge(Math.floor(this.#work / STEPS_PER_UNIT));
    this.#work %= STEPS_PER_UNIT;
  }

  /** Where the instruction at `pc` goes on if it takes the character, else -1. */
  #take(pc: number, code: number): number {
    const detail = this.#details[pc] ?? 0;
    if (this.#operations[pc] === CHARACTER) return detail === code ? (this.#nexts[pc] ?? 0) : -1;
    const set = this.#sets[detail];
    if (!set) return -1;
    this.#work += set.cost;
    return set.has(code) ? (this.#nexts[pc] ?? 0) : -1;
  }

  /** Lists what can take the next character from `from` on; true when the end of the pattern is reached. */
  #follow(from: number, before: number, code: number): boolean {
    const stack = this.#stack;
    const marks = this.#marks;
    stack[0] = from;
    for (let height = 1; height > 0;) {
      height--;
      const pc = stack[height] ?? 0;
      if (marks[pc] === this.#mark) continue;
      marks[pc] = this.#mark;
      this.#work++;
      const operation = this.#operations[pc] ?? MATCH;
      if (operation === MATCH) return true;
      if (operation <= SET) {
        this.#list[this.#length] = pc;
        this.#length++;
        continue;
      }
      if (operation === SPLIT) {
        stack[height] = this.#details[pc] ?? 0;
        height++;
      } else if (!holds(operation, before, code)) continue;
      stack[height] = this.#nexts[pc] ?? 0;
      height++;
    }
    return false;
  }

  /** Appends the instructions of `node`, to be followed by those at `next`; returns where they start. */
  #emit(node: PatternNode, next: number): number {
    if (node.kind === "character") return this.#push(CHARACTER, next, node.code);
    if (node.kind === "set") return this.#push(SET, next, this.#sets.push(node.set) - 1);
    if (node.kind === "assertion") return this.#push(ASSERTIONS[node.assertion], next, 0);
    if (node.kind === "sequence") return node.items.reduceRight((to, item) => this.#emit(item, to), next);
    if (node.kind === "repeat") return this.#emitRepeat(node.item, node.min, node.max, next);
    return node.items.map((item) => this.#emit(item, next)).reduceRight((other, to) => this.#push(SPLIT, to, other));
  }

  #emitRepeat(item: PatternNode, min: number, max: number, next: number): number {
    let to = next;
    if (max === Infinity) {
      to = this.#push(SPLIT, next, next);
      this.#nexts[to] = this.#emit(item, to);
    } else {
      for (let i = min; i < max; i++) to = this.#push(SPLIT, this.#emit(item, to), next);
    }
    for (let i = 0; i < min; i++) to = this.#emit(item, to);
    return to;
  }

  #push(operation: number, next: number, detail: number): number {
    this.#operations.push(operation);
    this.#nexts.push(next);
    this.#details.push(detail);
    return this.#marks.push(0) - 1;
  }
}

/** `pattern` in words for a message. */
export function describePattern(pattern: Pattern): string {
  return `the pattern ${quote(pattern.source)}`;
}

/** Whether the pattern can match at the start of a text only. */
function isAnchored(node: PatternNode): boolean {
  if (node.kind === "assertion") return node.assertion === "start";
  if (node.kind === "sequence") return node.items[0] !== undefined && isAnchored(node.items[0]);
  return node.kind === "choice" && node.items.every(isAnchored);
}

/** Whether an assertion holds between two characters; -1 is none. */
function holds(assertion: number, before: number, code: number): boolean {
  if (assertion === START) return before < 0;
  if (assertion === END) return code < 0;
  return (isWord(before) !== isWord(code)) === (assertion === BOUNDARY);
}

function isWord(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || (code >= 0x61 && code <= 0x7a)
  );
}
