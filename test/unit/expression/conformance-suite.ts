/** The conformance tests of CEL, and how one is run through the parser, the checks and the evaluator of the engine. */
import { anyUnpack, DurationSchema, TimestampSchema, type Any } from "@bufbuild/protobuf/wkt";
import { createRegistry } from "@bufbuild/protobuf";
import type { ExprValue } from "@bufbuild/cel-spec/cel/expr/eval_pb.js";
import type { Value as SpecValue } from "@bufbuild/cel-spec/cel/expr/value_pb.js";
import { getConformanceSuite, type IncrementalTestSuite } from "@bufbuild/cel-spec/testdata/tests.js";
import { inferType } from "../../../src/engine/expression/check.ts";
import type { Environment, Variable } from "../../../src/engine/expression/environment.ts";
import { isEqual } from "../../../src/engine/expression/equality.ts";
import { fold } from "../../../src/engine/expression/fold.ts";
import { parse } from "../../../src/engine/expression/parser.ts";
import { ExpressionProblem } from "../../../src/engine/expression/problem.ts";
import { makeProgram } from "../../../src/engine/expression/program.ts";
import {
  ANY_KIND,
  Duration,
  Failure,
  isList,
  kindOf,
  MadeMap,
  Timestamp,
  toMapKey,
  TypeName,
  Uint,
  type MapKey,
  type Value,
} from "../../../src/engine/expression/values.ts";
import { EVENT_BUDGET } from "../../../src/engine/limits.ts";
import { Meter } from "../../../src/engine/meter.ts";

const registry = createRegistry(TimestampSchema, DurationSchema);

/** One test, under a name that tells its place: `fields/map_has/has`. */
export interface ConformanceTest {
  readonly name: string;
  readonly source: string;
  readonly bindings: Readonly<Record<string, ExprValue>>;
  readonly expected: SpecValue | "error" | "checked only";
}

/** What a test wants that values of the engine cannot be, such as a message. */
export class UnsupportedError extends Error {}

export function listTests(): readonly ConformanceTest[] {
  const tests: ConformanceTest[] = [];
  function visit(suite: IncrementalTestSuite, path: string): void {
    for (const { original } of suite.tests) {
      const { resultMatcher, checkOnly } = original;
      let expected: ConformanceTest["expected"];
      if (checkOnly) expected = "checked only";
      else if (resultMatcher.case === "value") expected = resultMatcher.value;
      else if (resultMatcher.case === "typedResult" && resultMatcher.value.result)
        expected = resultMatcher.value.result;
      else if (resultMatcher.case === undefined) expected = TRUE;
      else expected = "error";
      tests.push({ name: `${path}${original.name}`, source: original.expr, bindings: original.bindings, expected });
    }
    for (const inner of suite.suites) visit(inner, `${path}${inner.name}/`);
  }
  visit(getConformanceSuite(), "");
  return tests;
}

/** What came out otherwise than expected; undefined if nothing did. */
export function runTest(test: ConformanceTest): string | undefined {
  const given = evaluate(test);
  if (test.expected === "checked only") throw new UnsupportedError("checked only");
  if (test.expected === "error") return given instanceof Failure ? undefined : `no error but ${show(given)}`;
  const expected = toValue(test.expected);
  if (given instanceof Failure) return `error: ${given.message}`;
  return isSame(given, expected) ? undefined : `${show(given)} instead of ${show(expected)}`;
}

function evaluate(test: ConformanceTest): Value | Failure {
  const environment: Environment<undefined> = new Map(
    Object.entries(test.bindings).map(([name, { kind }]): [string, Variable<undefined>] => {
      if (kind.case !== "value") throw new UnsupportedError(`a binding that is ${kind.case}`);
      const value = toValue(kind.value);
      return [name, { type: { kinds: ANY_KIND, isJson: false }, read: () => value }];
    }),
  );
  try {
    const node = parse(test.source);
    inferType(node, environment);
    const program = makeProgram(fold(node, environment), environment);
    return program({ scope: undefined, meter: new Meter(EVENT_BUDGET), item: null });
  } catch (error) {
    if (error instanceof ExpressionProblem) return new Failure(error.message);
    throw error;
  }
}

function toValue(value: SpecValue): Value {
  const { kind } = value;
  switch (kind.case) {
    case "nullValue":
      return null;
    case "boolValue":
    case "int64Value":
    case "doubleValue":
    case "stringValue":
    case "bytesValue":
      return kind.value;
    case "uint64Value":
      return new Uint(kind.value);
    case "typeValue":
      return new TypeName(kind.value);
    case "listValue":
      return kind.value.values.map(toValue);
    case "mapValue": {
      const entries = new Map<MapKey, { readonly key: Value; readonly value: Value }>();
      for (const entry of kind.value.entries) {
        if (!entry.key || !entry.value) throw new UnsupportedError("an entry without key or value");
        const key = toValue(entry.key);
        entries.set(toMapKey(key) ?? "", { key, value: toValue(entry.value) });
      }
      return new MadeMap(entries);
    }
    case "objectValue":
      return toTime(kind.value);
    case "enumValue":
    case undefined:
      throw new UnsupportedError(`a value that is ${kind.case}`);
    default:
      return kind satisfies never;
  }
}

function toTime(any: Any): Value {
  const message = anyUnpack(any, registry);
  if (message?.$typeName === "google.protobuf.Timestamp" || message?.$typeName === "google.protobuf.Duration") {
    const { seconds, nanos } = message as unknown as { readonly seconds: bigint; readonly nanos: number };
    const sum = seconds * 1_000_000_000n + BigInt(nanos);
    return message.$typeName === "google.protobuf.Timestamp" ? new Timestamp(sum) : new Duration(sum);
  }
  throw new UnsupportedError(`a value that is ${any.typeUrl}`);
}

/** Same types, too; NaN is itself. */
function isSame(left: Value, right: Value): boolean {
  if (kindOf(left) !== kindOf(right)) return false;
  if (typeof left === "number") return Object.is(left, right) || left === right;
  if (isList(left) && isList(right)) {
    return left.length === right.length && left.every((item, i) => isSame(item, right[i] ?? null));
  }
  return isEqual(left, right, new Meter(EVENT_BUDGET));
}

function show(value: Value): string {
  if (typeof value === "bigint") return `int ${value}`;
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? `${inner}` : inner)) ?? "undefined";
}

const TRUE = { kind: { case: "boolValue", value: true } } as SpecValue;
