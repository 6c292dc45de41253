import { parse as parseByLibrary } from "@bufbuild/cel";
import { getParsingSuite, type IncrementalTestSuite } from "@bufbuild/cel-spec/testdata/tests.js";
import { expect, test } from "vitest";
import { parse } from "../../../src/engine/expression/parser.ts";
import { ExpressionProblem } from "../../../src/engine/expression/problem.ts";
import { listTests } from "./conformance-suite.ts";

/** What is refused here by name although CEL's grammar has it, or CEL's libraries add it. */
const REFUSED =
  /messages cannot be made|optional values|nests at most|has at most|takes a variable|is the name of a variable|has\(\) takes|reserves/;

/** The library reads no names in backticks, cuts numbers of 64 bits off, and takes any escape. */
const LENIENT = /`|0xF{17}|\\>/;

test("the same texts are expressions as for @bufbuild/cel", () => {
  const sources = new Set([...listTests().map(({ source }) => source), ...listSources(getParsingSuite())]);
  const unlike: string[] = [];
  let refused = 0;
  for (const source of sources) {
    const problem = findProblem(source);
    if ((problem !== undefined && REFUSED.test(problem)) || LENIENT.test(source)) refused++;
    else if ((problem === undefined) !== isReadByLibrary(source)) unlike.push(`${source} => ${problem ?? "read"}`);
  }
  console.log(`${sources.size} texts, ${refused} of them not compared`);
  expect(unlike).toEqual([]);
  expect(sources.size - refused).toBeGreaterThan(1_000);
});

function listSources(suite: IncrementalTestSuite): readonly string[] {
  return [...suite.tests.map(({ original }) => original.expr), ...suite.suites.flatMap(listSources)];
}

function findProblem(source: string): string | undefined {
  try {
    parse(source);
    return undefined;
  } catch (error) {
    if (error instanceof ExpressionProblem) return error.message;
    throw error;
  }
}

function isReadByLibrary(source: string): boolean {
  try {
    parseByLibrary(source);
    return true;
  } catch {
    return false;
  }
}
