/** Every case through every door: the same rules, in each door's words. */
import { describe, test } from "vitest";
import { CASES } from "../../doors/cases.ts";
import { canSay, runCase } from "../../doors/run-case.ts";
import { doors } from "./caller.ts";

describe.each(doors)("$name", (door) => {
  const cases = CASES.filter((entry) => canSay(door, entry));
  test.each(cases.map((entry) => [entry.name, entry] as const))("%s", (_name, entry) => runCase(door, entry));
});
