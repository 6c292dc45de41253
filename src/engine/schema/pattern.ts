/**
 * Regular expressions that are matched in linear time: all ways through the pattern are followed at once (Thompson, 1968),
 * and every step is charged, so that neither a pattern nor a text can take more than the meter has.
 */
import { LIMITS } from "../limits.ts";
import type { Meter } from "../meter.ts";
import { quote } from "../names.ts";
import { type CharacterSet } from "./character-set.ts";
import { type Assertion, countInstructions, parsePattern, PatternError, type PatternNode } from "./pattern-syntax.ts";

export interface Pattern {
  readonly source: string;
  readonly root: PatternNode;
  /** Instructions of its program: what building it costs. */
  readonly size: number;
}

export type CompiledPattern =
  | { readonly ok: true; readonly pattern: Pattern }
  | { readonly ok: false; readonly message: string };

/** Reads a pattern; refuses what cannot be matched in linear time, and what comes to too many instructions. */
export function compilePattern(source: string): CompiledPattern {
  if (source.length > LIMITS.patternCharacters) {
    const message = `it has ${source.length} characters, and at most ${LIMITS.patternCharacters} are allowed`;
    return { ok: false, message };
  }
  try {
    const root = parsePattern(source);
    const size = countInstructions(root);
    if (size !== Infinity) return { ok: true, pattern: { source, root, size } };
    return { ok: false, message: `its repetitions come to more than ${LIMITS.patternInstructions} steps` };
  } catch (error) {
    if (error instanceof PatternError) return { ok: false, message: error.message };
    throw error;
  }
}

/** Instructions per unit of the meter, measured. */
const STEPS_PER_UNIT = 8;
/** Work is charged in portions, since charging costs as much as a step. */
const PORTION = 8 * STEPS_PER_UNIT;

type Instruction =
  | { readonly op: "character"; readonly code: number; readonly next: number }
  | { readonly op: "set"; readonly set: CharacterSet; readonly next: number }
  | { readonly op: "assertion"; readonly assertion: Assertion; readonly next: number }
  | { readonly op: "split"; next: number; readonly other: number }
  | { readonly op: "match" };

/** A pattern made ready for the texts of one run. Its size is up to a thousand times the pattern's, so nobody keeps it. */
export class Program {
  readonly #instructions: Instruction[] = [{ op: "match" }];
  readonly #start: number;
  readonly #isAnchored: boolean;
  /** Instructions of this step and of the next; a mark says at which step an instruction was last reached. */
  readonly #marks: Uint32Array;
  readonly #stack: number[] = [];
  #mark = 0;
  #work = 0;

  /** Throws SpentError. */
  constructor(pattern: Pattern, meter: Meter) {
    meter.charge(1 + pattern.size);
    this.#start = this.#emit(pattern.root, 0);
    this.#isAnchored = isAnchored(pattern.root);
    this.#marks = new Uint32Array(this.#instructions.length);
  }

  /** Whether the pattern matches anywhere in `text`. Throws SpentError. */
  test(text: string, meter: Meter): boolean {
    meter.charge(1);
    let current: number[] = [];
    let next: number[] = [];
    let before = -1;
    let code = text.codePointAt(0) ?? -1;
    this.#mark++;
    if (this.#follow(this.#start, current, before, code)) return true;
    for (let at = 0; code >= 0;) {
      at += code > 0xffff ? 2 : 1;
      before = code;
      code = text.codePointAt(at) ?? -1;
      next.length = 0;
      this.#mark++;
      for (const pc of current) {
        const to = this.#take(pc, before);
        if (to >= 0 && this.#follow(to, next, before, code)) return true;
      }
      if (!this.#isAnchored && this.#follow(this.#start, next, before, code)) return true;
      else if (this.#isAnchored && next.length === 0) return false;
      this.#work += 4;
      if (this.#work >= PORTION) this.#charge(meter);
      [current, next] = [next, current];
    }
    return false;
  }

  #charge(meter: Meter): void {
    meter.charge(Math.floor(this.#work / STEPS_PER_UNIT));
    this.#work %= STEPS_PER_UNIT;
  }

  /** The instruction behind `pc` if it takes the character, else -1. */
  #take(pc: number, code: number): number {
    const instruction = this.#instructions[pc];
    if (instruction?.op === "character") return instruction.code === code ? instruction.next : -1;
    if (instruction?.op !== "set") return -1;
    this.#work += instruction.set.cost;
    return instruction.set.has(code) ? instruction.next : -1;
  }

  /** Adds to `list` what can take the next character from `from` on; true when the end of the pattern is reached. */
  #follow(from: number, list: number[], before: number, code: number): boolean {
    const stack = this.#stack;
    stack.length = 0;
    stack.push(from);
    for (let pc = stack.pop(); pc !== undefined; pc = stack.pop()) {
      if (this.#marks[pc] === this.#mark) continue;
      this.#marks[pc] = this.#mark;
      this.#work++;
      const instruction = this.#instructions[pc];
      if (!instruction || instruction.op === "match") return true;
      if (instruction.op === "split") stack.push(instruction.other, instruction.next);
      else if (instruction.op !== "assertion") list.push(pc);
      else if (holds(instruction.assertion, before, code)) stack.push(instruction.next);
    }
    return false;
  }

  /** Appends the instructions of `node`, to be followed by those at `next`; returns where they start. */
  #emit(node: PatternNode, next: number): number {
    if (node.kind === "character") return this.#push({ op: "character", code: node.code, next });
    if (node.kind === "set") return this.#push({ op: "set", set: node.set, next });
    if (node.kind === "assertion") return this.#push({ op: "assertion", assertion: node.assertion, next });
    if (node.kind === "sequence") return node.items.reduceRight((to, item) => this.#emit(item, to), next);
    if (node.kind === "repeat") return this.#emitRepeat(node.item, node.min, node.max, next);
    return node.items
      .map((item) => this.#emit(item, next))
      .reduceRight((other, to) => this.#push({ op: "split", next: to, other }));
  }

  #emitRepeat(item: PatternNode, min: number, max: number, next: number): number {
    let to = next;
    if (max === Infinity) {
      const split = { op: "split" as const, next, other: next };
      to = this.#push(split);
      split.next = this.#emit(item, to);
    } else {
      for (let i = min; i < max; i++) to = this.#push({ op: "split", next: this.#emit(item, to), other: next });
    }
    for (let i = 0; i < min; i++) to = this.#emit(item, to);
    return to;
  }

  #push(instruction: Instruction): number {
    return this.#instructions.push(instruction) - 1;
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
function holds(assertion: Assertion, before: number, code: number): boolean {
  if (assertion === "start") return before < 0;
  if (assertion === "end") return code < 0;
  return (isWord(before) !== isWord(code)) === (assertion === "boundary");
}

function isWord(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || (code >= 0x61 && code <= 0x7a)
  );
}
