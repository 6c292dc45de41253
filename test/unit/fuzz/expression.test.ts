/**
 * Expressions: whatever text is read is compiled or refused with a sentence, and whatever was compiled gives a value of
 * its kind or says why not, on any data.
 */
import * as fc from "fast-check";
import {
  compileExpression,
  evaluateGuard,
  evaluateInstant,
  evaluateValue,
  type Evaluated,
  type Expression,
  type ExpressionUse,
  type Scope,
} from "../../../src/engine/expression/expression.ts";
import type { JsonObject } from "../../../src/engine/json.ts";
import { EVENT_BUDGET } from "../../../src/engine/limits.ts";
import { Meter } from "../../../src/engine/meter.ts";
import { listTests } from "../expression/conformance-suite.ts";
import { HOSTILE } from "../expression/hostile.ts";
import { editText, fewEdits, HOSTILE_TEXTS, pick, type Edit } from "./mutations.ts";
import { ACCEPTED, fuzz, gistOf, refuseBugs, refuseNaN } from "./target.ts";

/** Of the conformance tests those that mean something here; what is no expression of ours is soon refused. */
const corpus = [...listTests(), ...HOSTILE]
  .map(({ source }) => source)
  .filter((source) => source.length < 300 && compileExpression(source, "assign").ok);

const LITERALS = [
  "1",
  "-1",
  "0u",
  "9223372036854775807",
  "-9223372036854775808",
  "18446744073709551615u",
  "1.5",
  "1e308",
  "-0.0",
  "0x7F",
  "'a'",
  "'1'",
  '"\\u00e9\\U0001F600"',
  "r'\\d'",
  "'''a\nb'''",
  "b'\\xff'",
  "b'a'",
  "true",
  "false",
  "null",
  "[]",
  "{}",
  "double('NaN')",
  "double('Infinity')",
  "timestamp('2026-11-24T09:30:00Z')",
  "timestamp('9999-12-31T23:59:59.999999999Z')",
  "timestamp(0)",
  "duration('1h')",
  "duration('-315576000000s')",
  "'2026-11-24T09:30:00Z'",
  "'Europe/Berlin'",
  "'+99:99'",
  "'(a|b)*c'",
  "int",
  "google.protobuf.Timestamp",
];
const NAMES = [
  "data",
  "event",
  "event.data",
  "event.details",
  "event.timestamp",
  "state",
  "revision",
  "now",
  "x",
  "nope",
];
const FIELDS = ["n", "s", "l", "m", "t", "deep", "__proto__", "constructor", "toString", "length", "zzz"];
const OPERATORS = ["+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=", "&&", "||", "in"];
const FUNCTIONS = ["int", "uint", "double", "string", "bytes", "bool", "timestamp", "duration", "size", "type", "dyn"];
const METHODS = ["size", "contains", "startsWith", "endsWith", "matches", "getFullYear", "getHours", "getMilliseconds"];
const MACROS = ["all", "exists", "exists_one", "map", "filter"];

/** Expressions by the grammar: most of their parts are of the type that is wanted there, so that many mean something. */
interface Grown {
  readonly number: string;
  readonly text: string;
  readonly truth: string;
  readonly list: string;
  readonly map: string;
  readonly time: string;
  readonly any: string;
}

const { any: grown } = fc.letrec<Grown>((tie) => {
  const some = (part: keyof Grown): fc.Arbitrary<string> => tie(part) as fc.Arbitrary<string>;
  const of = (build: (...parts: string[]) => string, ...parts: (keyof Grown)[]): fc.Arbitrary<string> =>
    fc
      .tuple(
        ...parts.map((part) => fc.oneof({ weight: 14, arbitrary: some(part) }, { weight: 1, arbitrary: some("any") })),
      )
      .map((built) => build(...built));
  const one = (...choices: string[]) => fc.constantFrom(...choices);
  const either = (...arbitraries: fc.Arbitrary<string>[]) =>
    fc.oneof({ maxDepth: 3, depthSize: "small" }, ...arbitraries);
  const between = (part: keyof Grown, ...operators: string[]) =>
    fc.tuple(some(part), one(...operators), some(part)).map((parts) => `(${parts.join(" ")})`);
  return {
    number: either(
      one("1", "-1.5", "data.n", "double(revision)", "size(data.s)", "9223372036854775807", "0u", "1e308", "data.zzz"),
      between("number", "+", "-", "*", "/", "%"),
      of((a) => `double(${a})`, "number"),
      of((a) => `int(${a})`, "text"),
      of((a) => `${a}.size()`, "list"),
      of((a) => `${a}.getHours('+05:30')`, "time"),
      of((a) => `-${a}`, "number"),
    ),
    text: either(
      one("'a'", "data.s", "state", "event.details", '"\\u00e9"', "data.t", "event.id", "data.toString"),
      between("text", "+"),
      of((a) => `string(${a})`, "any"),
      of((a, b) => `(${a} ? ${b} : 'no')`, "truth", "text"),
      of((a) => `string(bytes(${a}))`, "text"),
    ),
    truth: either(
      one("true", "false", "has(data.n)", "has(data.__proto__)", "'n' in data", "event.data == data"),
      between("number", "<", "<=", ">", ">=", "==", "!="),
      between("text", "<", "==", "!="),
      between("truth", "&&", "||"),
      of((a) => `!${a}`, "truth"),
      of((a, b) => `${a}.contains(${b})`, "text", "text"),
      of((a) => `${a}.matches('(a|b)*c')`, "text"),
      of((a, b) => `${a}.all(x, x == ${b})`, "list", "any"),
      of((a, b) => `${a}.exists(x, string(x) == ${b})`, "list", "text"),
      of((a, b) => `(${a} in ${b})`, "any", "list"),
      between("time", "<", ">="),
    ),
    list: either(
      one("data.l", "[]", "[1, 'a', null]", "data.deep"),
      of((a, b) => `[${a}, ${b}]`, "any", "any"),
      between("list", "+"),
      of((a, b) => `${a}.map(x, [x, ${b}])`, "list", "any"),
      of((a, b) => `${a}.filter(x, ${b})`, "list", "truth"),
    ),
    map: either(
      one("data", "data.m", "{}", "event.data", "{'__proto__': 1}"),
      of((a, b) => `{'k': ${a}, ${b}: 1}`, "any", "text"),
    ),
    time: either(
      one("now", "event.timestamp", "timestamp(data.t)", "timestamp('2026-11-24T09:30:00Z')", "timestamp(0)"),
      of((a) => `(${a} + duration('1h'))`, "time"),
      of((a) => `timestamp(int(${a}))`, "number"),
    ),
    any: either(
      one(...LITERALS, ...NAMES),
      some("number"),
      some("text"),
      some("truth"),
      some("list"),
      some("map"),
      some("time"),
      of((a, b) => `(${a} ? ${b} : null)`, "truth", "any"),
      of((a, b) => `${a}[${b}]`, "map", "text"),
      of((a) => `dyn(${a})`, "any"),
      of((a) => `type(${a})`, "any"),
      fc.tuple(some("any"), one(...OPERATORS), some("any")).map(([a, sign, b]) => `(${a} ${sign} ${b})`),
      fc.tuple(one(...FUNCTIONS), some("any")).map(([name, a]) => `${name}(${a})`),
      fc.tuple(some("any"), one(...METHODS), some("any")).map(([a, name, b]) => `${a}.${name}(${b})`),
      fc.tuple(some("any"), one(...MACROS), some("any")).map(([a, name, b]) => `${a}.${name}(x, ${b})`),
      fc.tuple(some("map"), one(...FIELDS)).map(([a, field]) => `${a}.${field}`),
    ),
  };
});

/** What holds others, so that all that nests nests too deep. */
const FRAMES = [
  ["(", ")"],
  ["[", "]"],
  ["!", ""],
  ["-", ""],
  ["size([", "])"],
  ["{1: ", "}"],
  ["true ? ", " : 1"],
  ["data.l.all(x, ", ")"],
] as const;
const nested = fc
  .tuple(fc.constantFrom(...FRAMES), fc.constantFrom(2, 20, 46, 47, 48, 49, 200, 950), grown)
  .map(([[open, close], depth, inside]) => open.repeat(depth) + inside + close.repeat(depth));

const value = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -0, 1, -1.5, 2 ** 53, 1e308, 5e-324, [], {}),
  fc.constantFrom<unknown>(
    ...HOSTILE_TEXTS,
    "2026-11-24T09:30:00Z",
    "0001-01-01T00:00:00Z",
    "1h",
    "NaN",
    "Europe/Berlin",
  ),
  fc.jsonValue({ maxDepth: 3 }),
  fc.array(fc.oneof(fc.integer(), fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true })), { maxLength: 8 }),
);
const data = fc
  .dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 8 })
  // As it comes from storage.
  .map((made) => JSON.parse(JSON.stringify(made)) as JsonObject);

interface Input {
  readonly source: string;
  readonly inTokens: readonly Edit[];
  readonly inText: readonly Edit[];
  readonly use: ExpressionUse;
  readonly data: JsonObject;
}

const inputs: fc.Arbitrary<Input> = fc.record({
  source: fc.oneof(
    { weight: 12, arbitrary: grown },
    { weight: 8, arbitrary: fc.constantFrom(...corpus) },
    { weight: 2, arbitrary: nested },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 60 }) },
  ),
  inTokens: fewEdits,
  inText: fewEdits,
  use: fc.constantFrom("guard", "assign", "assign", "deadline"),
  data,
});

fuzz({
  name: "an expression is compiled and gives a value, or says why not",
  inputs,
  describe: (input) => `a ${input.use} ${JSON.stringify(sourceOf(input))} on ${JSON.stringify(input.data)}`,
  accepted: 0.12,
  reasons: 400,
  feed: (input) => {
    const { use, data: given } = input;
    const compiled = compileExpression(sourceOf(input), use);
    if (!compiled.ok) {
      refuseBugs(compiled.message);
      return `not compiled: ${gistOf(compiled.message.split("\n")[0] ?? "")}`;
    }
    const { expression } = compiled;
    // All that is asked of an expression when a configuration is checked.
    void [expression.readsEvent, expression.isNever, [...expression.dataFields], [...expression.eventFields]];
    const scope = scopeOf(given);
    const meter = new Meter(EVENT_BUDGET / 10);
    const result = evaluate(expression, scope, meter);
    if (Number.isNaN(meter.left)) throw new Error("the meter has lost count");
    if (!result.ok) {
      refuseBugs(result.message);
      return `no value: ${gistOf(result.message)}`;
    }
    refuseNaN(result.value);
    if (JSON.stringify(result.value) === undefined) throw new Error("a value that is no JSON");
    // Without an event, as on creation.
    evaluate(expression, { ...scope, event: undefined }, new Meter(EVENT_BUDGET / 10));
    return ACCEPTED;
  },
});

/** The text with some of its words exchanged, and then with some of its characters. */
function sourceOf({ source, inTokens, inText }: Input): string {
  const tokens = source.match(/\w+|"[^"]*"|'[^']*'|\s+|[^\w\s]/g) ?? [];
  for (const { kind, at, what } of inTokens) {
    const token = pick([...LITERALS, ...NAMES, ...FIELDS, ...OPERATORS, ...FUNCTIONS, ...METHODS], what);
    tokens.splice(at % (tokens.length + 1), kind % 3 === 0 ? 0 : 1, kind % 5 === 0 ? "" : token);
  }
  return editText(tokens.join(""), inText);
}

function evaluate(expression: Expression, scope: Scope, meter: Meter): Evaluated<unknown> {
  if (expression.use === "guard") return evaluateGuard(expression, scope, meter);
  if (expression.use === "assign") return evaluateValue(expression, scope, meter);
  return evaluateInstant(expression, scope, meter);
}

function scopeOf(given: JsonObject): Scope {
  return {
    data: given,
    event: {
      id: "e",
      name: "go",
      data: given,
      details: "d\ud83d\ude00",
      originator: "o",
      timestamp: 1_790_000_000_000,
    },
    state: "start",
    revision: 3,
    now: 1_790_000_000_001,
  };
}
