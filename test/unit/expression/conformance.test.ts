/**
 * The conformance tests of CEL (https://github.com/google/cel-spec, v0.25.1), through the same parser, checks, folding and
 * evaluator as every guard. What is left out is left out by feature, with a reason.
 */
import { expect, test } from "vitest";
import { listTests, runTest, UnsupportedError, type ConformanceTest } from "./conformance-suite.ts";

interface Skip {
  readonly feature: string;
  readonly reason: string;
  readonly isMeant: (test: ConformanceTest) => boolean;
}

const MESSAGE = /\b[A-Z]\w*\s*(?:\/\/[^\n]*\n\s*)*\{/;

const SKIPS: readonly Skip[] = [
  {
    feature: "protobuf messages",
    reason: "data and events are JSON; messages cannot be made",
    isMeant: ({ source, name }) => MESSAGE.test(source) || /^(?:proto2|proto3|wrappers)\//.test(name),
  },
  {
    feature: "protobuf messages as values",
    reason: "data and events are JSON; there is no variable that is a message",
    isMeant: ({ bindings, expected, name }) =>
      [...Object.values(bindings).map(({ kind }) => (kind.case === "value" ? kind.value : undefined)), expected].some(
        (value) =>
          typeof value === "object" &&
          value.kind.case === "objectValue" &&
          !/\.(?:Timestamp|Duration)$/.test(value.kind.value.typeUrl),
      ) || name.startsWith("type_deductions/legacy_nullable_types/"),
  },
  startingWith("enums", "enums of protobuf come with its messages", "enums/"),
  startingWith("optional types", "has() asks whether a field is there", "optionals/"),
  startingWith("extension: cel.bind", "no extensions", "bindings_ext/"),
  startingWith("extension: cel.block", "no extensions", "block_ext/"),
  startingWith("extension: base64", "no extensions", "encoders_ext/"),
  startingWith("extension: math", "no extensions", "math_ext/"),
  startingWith("extension: strings", "no extensions", "string_ext/"),
  startingWith("extension: protobuf", "no extensions", "proto2_ext/"),
  startingWith("extension: macros with two variables", "no extensions", "macros2/"),
  {
    feature: "types that a checker infers",
    reason: "nothing is evaluated; the engine tells kinds apart and no type parameters",
    isMeant: ({ expected }) => expected === "checked only",
  },
  {
    feature: "names with dots",
    reason: "variables are data, event, state, revision and now",
    isMeant: ({ bindings }) => Object.keys(bindings).some((name) => name.includes(".")),
  },
  startingWith("macros within macros", "their work would be the product of the lengths", "macros/nested/"),
];

/** What is otherwise than the tests have it, on purpose. */
const DEPARTURES: ReadonlyMap<string, string> = new Map([
  ["fp_math/fp_math/mod_not_support", "numbers of JSON are doubles, and data.count % 2 has to work"],
  ["basic/variables/unbound_is_runtime_error", "an unknown name is refused at upload, before || could pass over it"],
  [
    "basic/functions/unbound_is_runtime_error",
    "an unknown function is refused at upload, before || could pass over it",
  ],
  ["logic/AND/short_circuit_type_left", "what can never be a boolean is refused at upload"],
  ["logic/AND/short_circuit_type_right", "what can never be a boolean is refused at upload"],
  ["logic/OR/short_circuit_type_left", "what can never be a boolean is refused at upload"],
  ["logic/OR/short_circuit_type_right", "what can never be a boolean is refused at upload"],
  ...["as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package"]
    .concat(["namespace", "return", "var", "void", "while"])
    .map((word) => [`parse/receiver_function_names/${word}`, "an unknown function is refused at upload"] as const),
]);

const tests = listTests();
const run = tests.filter((item) => !SKIPS.some((skip) => skip.isMeant(item)));

test("conformance tests of CEL hold", () => {
  const wrong = run.flatMap((item) => {
    const outcome = tryTest(item);
    return outcome === undefined || DEPARTURES.has(item.name) ? [] : [`${item.name}: ${item.source}: ${outcome}`];
  });
  console.log(`conformance: ${run.length} of ${tests.length} tests run, ${DEPARTURES.size} of them depart on purpose`);
  expect(wrong).toEqual([]);
  // As many as there were when this was written; fewer would mean that a skip has grown.
  expect(run.length).toBeGreaterThanOrEqual(1_000);
});

test.each(SKIPS)("conformance tests are left out for $feature: $reason", ({ isMeant }) => {
  const skipped = tests.filter(isMeant);
  console.log(`left out: ${skipped.length}`);
  expect(skipped).not.toEqual([]);
});

test.each([...DEPARTURES])("%s departs: %s", (name) => {
  const found = run.filter((item) => item.name === name);
  expect(found.map((item) => tryTest(item) === undefined)).toEqual([false]);
});

function startingWith(feature: string, reason: string, prefix: string): Skip {
  return { feature, reason, isMeant: ({ name }) => name.startsWith(prefix) };
}

function tryTest(item: ConformanceTest): string | undefined {
  try {
    return runTest(item);
  } catch (error) {
    if (error instanceof UnsupportedError) return `not supported: ${error.message}`;
    throw error;
  }
}
