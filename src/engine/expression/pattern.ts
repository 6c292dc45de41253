import { RE2JS } from "@bufbuild/re2";
import { LIMITS } from "../limits.ts";
import type { Meter } from "../meter.ts";
import { quote } from "../names.ts";
import { ExpressionProblem, LimitProblem } from "./problem.ts";
import { Failure } from "./values.ts";

/** Instructions of a compiled pattern: each may be looked at for each character. */
const MOST_INSTRUCTIONS = 500;
/** The automaton of RE2JS keeps 10,000 states, then falls back to a method that costs the square of the instructions. */
const LONGEST_TEXT = 9_999;
/** States of all patterns together before all are forgotten: about a kilobyte each, of memory that all tenants share. */
const MOST_STATES = 20_000;
/** Measured: at worst some 100 ns for an instruction and a character. */
const UNITS_PER_STEP = 5;
/** Compiling takes some 0.1 ms. Charged each time, since a cost must not depend on what ran before. */
const UNITS_PER_CALL = 2_000;

/** A cache of what cannot change while the isolate lives: how many states were made since all were forgotten. */
const automata = { generation: 0, states: 0 };

/** A pattern of RE2, whose matching takes no more than its size times the length of the text. */
export class Pattern {
  readonly #source: string;
  readonly #instructions: number;
  #regex: RE2JS | undefined;
  #generation = -1;
  #states = 0;

  private constructor(source: string, instructions: number) {
    this.#source = source;
    this.#instructions = instructions;
  }

  /** Reads the pattern that stands at offset `at` of an expression; @throws ExpressionProblem */
  static compile(source: string, at: number): Pattern {
    if (source.length > LIMITS.patternLength) {
      const message = `a pattern has at most ${LIMITS.patternLength} characters; this one has ${source.length}`;
      throw new LimitProblem(message, at);
    }
    let instructions: number;
    try {
      instructions = RE2JS.compile(source).re2().prog.numInst();
    } catch (error) {
      const why = error instanceof Error ? error.message : "refused";
      throw new ExpressionProblem(`${quote(source)} is no pattern of RE2: ${why}`, at);
    }
    if (instructions > MOST_INSTRUCTIONS) {
      const message = `the pattern ${quote(source)} is too large: its repetitions make ${instructions} steps of at most ${MOST_INSTRUCTIONS}`;
      throw new LimitProblem(message, at);
    }
    return new Pattern(source, instructions);
  }

  /** Whether it is found anywhere in `text`. */
  test(text: string, meter: Meter): boolean | Failure {
    if (text.length > LONGEST_TEXT) {
      return new Failure(`matches() reads at most ${LONGEST_TEXT} characters; this text has ${text.length}`);
    }
    meter.charge(UNITS_PER_CALL + (text.length + 1) * this.#instructions * UNITS_PER_STEP);
    return this.#findRegex(text.length + 1).test(text);
  }

  /** With room for `states` more, of which every character may make one. */
  #findRegex(states: number): RE2JS {
    automata.states += states;
    if (automata.states > MOST_STATES) {
      automata.generation++;
      automata.states = states;
    }
    this.#states += states;
    if (this.#regex === undefined || this.#generation !== automata.generation || this.#states > LONGEST_TEXT + 1) {
      this.#regex = RE2JS.compile(this.#source);
      this.#generation = automata.generation;
      this.#states = states;
    }
    return this.#regex;
  }
}
