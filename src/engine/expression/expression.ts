/**
 * CEL expressions of a configuration: guards, assignments and deadlines. The grammar and the library of functions are those
 * of CEL; they are evaluated here and not by a library, since every step has to be charged to a meter and numbers of JSON
 * have to work. Knows nothing of configurations and machines.
 */
import type { JsonValue } from "../json.ts";
import { countUtf8Bytes, LIMITS } from "../limits.ts";
import { Meter, SpentError } from "../meter.ts";
import { quote } from "../names.ts";
import { floorDivide, NANOS_PER_MS, parseTimestamp } from "./calendar.ts";
import { inferType } from "./check.ts";
import { ENVIRONMENT, type Scope, type StaticType } from "./environment.ts";
import { evaluateConstant, fold, FOLD_UNITS } from "./fold.ts";
import { toJson } from "./json-value.ts";
import { parse } from "./parser.ts";
import { ExpressionProblem, LimitProblem, locate } from "./problem.ts";
import type { Program } from "./frame.ts";
import { makeProgram } from "./program.ts";
import { findReads, type Reads } from "./reads.ts";
import type { Node } from "./syntax.ts";
import { describeKinds, Failure, KIND, kindOf, Timestamp, type Value } from "./values.ts";

export type { EventScope, Scope } from "./environment.ts";

/** What an expression is for, which decides what it may give: a boolean, any JSON, a time. */
export type ExpressionUse = "guard" | "assign" | "deadline";

/** A compiled expression. */
export interface Expression {
  readonly use: ExpressionUse;
  readonly source: string;
  /** Its value may depend on the event that is sent. */
  readonly readsEvent: boolean;
  /** Names of members of `data` it reads, of which each must come from somewhere; those it only asks for with has() are not among them. */
  readonly dataFields: ReadonlySet<string>;
  /** The same of `event.data`. */
  readonly eventFields: ReadonlySet<string>;
  /** It reads nothing and is always false (guards). */
  readonly isNever: boolean;
}

export type Compiled =
  | { readonly ok: true; readonly expression: Expression }
  | {
      readonly ok: false;
      readonly message: string;
      /** It, or something in it, is larger than its limit. */
      readonly isLimit: boolean;
    };
export type Evaluated<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** What an evaluation costs before its first step. */
const EVALUATION_UNITS = 30;
const ALLOWED_KINDS: Readonly<Record<ExpressionUse, number>> = {
  guard: KIND.bool,
  assign: ~KIND.type,
  deadline: KIND.timestamp | KIND.string,
};

const DEMANDS: Readonly<Record<ExpressionUse, string>> = {
  guard: "a guard gives bool",
  assign: "an assignment gives a value of JSON",
  deadline: "a deadline gives a timestamp, or a string that is one",
};

/** Reads and checks an expression that somebody wrote; the message says what is wrong and where. */
export function compileExpression(source: string, use: ExpressionUse): Compiled {
  const bytes = countUtf8Bytes(source);
  if (bytes > LIMITS.expressionBytes) {
    const message = `An expression has at most ${LIMITS.expressionBytes} bytes of UTF-8; this one has ${bytes}.`;
    return { ok: false, message, isLimit: true };
  }
  if (!source.isWellFormed()) {
    const message = "An expression is well-formed Unicode; this one has a lone surrogate.";
    return { ok: false, message, isLimit: false };
  }
  try {
    const node = parse(source);
    const type = inferType(node, ENVIRONMENT);
    const folded = fold(node, ENVIRONMENT);
    checkUse(folded, type, use);
    const expression = new LazyExpression(source, use, folded);
    expression.prepare();
    return { ok: true, expression };
  } catch (error) {
    if (!(error instanceof ExpressionProblem)) throw error;
    return { ok: false, message: locate(error.message, source, error.at), isLimit: error instanceof LimitProblem };
  }
}

/**
 * An expression that has been checked when it was stored. Nothing is read before it is asked for something, so that
 * thousands can be loaded of which few are used. If its text means nothing (any more), evaluating it is an error.
 */
export function loadExpression(source: string, use: ExpressionUse): Expression {
  return new LazyExpression(source, use, undefined);
}

/** Whether a guard is true; an error if it gives anything but a boolean. */
export function evaluateGuard(expression: Expression, scope: Scope, meter: Meter): Evaluated<boolean> {
  return evaluate(expression, scope, meter, (value) =>
    typeof value === "boolean"
      ? value
      : new Failure(`a guard gives bool; this one gave ${describeKinds(kindOf(value))}`),
  );
}

/** What is to be assigned, as JSON. */
export function evaluateValue(expression: Expression, scope: Scope, meter: Meter): Evaluated<JsonValue> {
  return evaluate(expression, scope, meter, (value) => toJson(value, meter));
}

/** Epoch ms, rounded up, so that nothing is early; a string is read as RFC 3339. */
export function evaluateInstant(expression: Expression, scope: Scope, meter: Meter): Evaluated<number> {
  return evaluate(expression, scope, meter, toEpochMs);
}

class LazyExpression implements Expression {
  readonly use: ExpressionUse;
  readonly source: string;
  #node: Node | undefined;
  #program: Program<Scope> | undefined;
  #reads: Reads | undefined;

  constructor(source: string, use: ExpressionUse, node: Node | undefined) {
    this.source = source;
    this.use = use;
    this.#node = node;
  }

  get readsEvent(): boolean {
    return this.#findReads().readsEvent;
  }

  get dataFields(): ReadonlySet<string> {
    return this.#findReads().dataFields;
  }

  get eventFields(): ReadonlySet<string> {
    return this.#findReads().eventFields;
  }

  get isNever(): boolean {
    return this.#findReads().isConstant && evaluateConstant(this.#findNode()) === false;
  }

  /** @throws ExpressionProblem */
  prepare(): Program<Scope> {
    this.#program ??= makeProgram(this.#findNode(), ENVIRONMENT);
    return this.#program;
  }

  #findNode(): Node {
    this.#node ??= fold(parse(this.source), ENVIRONMENT);
    return this.#node;
  }

  #findReads(): Reads {
    this.#reads ??= findReads(this.#findNode());
    return this.#reads;
  }
}

function checkUse(node: Node, type: StaticType, use: ExpressionUse): void {
  if ((type.kinds & ALLOWED_KINDS[use]) === 0) {
    throw new ExpressionProblem(`${DEMANDS[use]}, not ${describeKinds(type.kinds)}`, node.at);
  }
  if (!findReads(node).isConstant) return;
  const value = evaluateConstant(node);
  if (value === undefined) return;
  if (value instanceof Failure) throw new ExpressionProblem(`this always fails: ${value.message}`, node.at);
  const result = use === "deadline" ? toEpochMs(value) : use === "assign" ? toJson(value, new Meter(FOLD_UNITS)) : true;
  if (result instanceof Failure) throw new ExpressionProblem(result.message, node.at);
}

function toEpochMs(value: Value): number | Failure {
  const instant = typeof value === "string" ? parseTimestamp(value) : value;
  if (instant instanceof Timestamp) return Number(-floorDivide(-instant.nanos, NANOS_PER_MS));
  const given = typeof value === "string" ? quote(value) : describeKinds(kindOf(value));
  return new Failure(`a deadline gives a timestamp, or a string that is one by RFC 3339; this one gave ${given}`);
}

function evaluate<T>(
  expression: Expression,
  scope: Scope,
  meter: Meter,
  convert: (value: Value) => T | Failure,
): Evaluated<T> {
  try {
    if (!(expression instanceof LazyExpression)) throw new TypeError("not an expression of compileExpression()");
    meter.charge(EVALUATION_UNITS);
    const value = expression.prepare()({ scope, meter, item: null });
    const converted = value instanceof Failure ? value : convert(value);
    return converted instanceof Failure ? refuse(converted.message) : { ok: true, value: converted };
  } catch (error) {
    if (error instanceof SpentError || error instanceof ExpressionProblem) return refuse(error.message);
    throw error;
  }
}

function refuse(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message };
}
