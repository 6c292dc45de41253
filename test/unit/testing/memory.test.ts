/** What the test kit promises on every target, on machines in memory. */
import { describe, test } from "vitest";
import { inMemory } from "../../../src/testing/index.ts";
import { CASES } from "../../kit/cases.ts";

describe("on machines in memory", () => {
  test.each(CASES)("$name", ({ run }) => run(inMemory()));
});
