import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../../src/engine/json.ts";
import { EVENT_BUDGET } from "../../../src/engine/limits.ts";
import { Meter } from "../../../src/engine/meter.ts";
import { compileSchema, findMismatches } from "../../../src/engine/schema/schema.ts";
import { REASONS, REFUSED } from "./suite-refusals.ts";

interface Group {
  readonly description: string;
  readonly schema: boolean | { [name: string]: unknown };
  readonly tests: readonly { readonly description: string; readonly data: JsonValue; readonly valid: boolean }[];
}

const DIRECTORY = join(import.meta.dirname, "suite");
/** As many as ran when the suite was taken: fewer would mean that something is skipped. */
const FEWEST_FILES = 59;
const FEWEST_CASES = 1282;

const files = readdirSync(DIRECTORY, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".json"))
  .map((name) => name.replaceAll("\\", "/"))
  .toSorted();
const groups = files.map((file) => ({
  file,
  groups: JSON.parse(readFileSync(join(DIRECTORY, file), "utf8")) as readonly Group[],
}));

function compile({ schema }: Group): ReturnType<typeof compileSchema> {
  // A configuration's schemas are objects; the suite also has `true` and `false`.
  return compileSchema(typeof schema === "boolean" ? { allOf: [schema] } : schema);
}

describe("the official suite for draft 2020-12", () => {
  let cases = 0;
  let refused = 0;

  for (const { file, groups: members } of groups) {
    test(file, () => {
      for (const group of members) {
        const reason = REFUSED[file]?.[group.description];
        const compiled = compile(group);
        if (reason) {
          refused++;
          const messages = compiled.ok ? [] : compiled.problems.map(({ message }) => message);
          expect(messages.join("\n"), `${group.description} is refused`).toMatch(REASONS[reason]);
          continue;
        }
        if (!compiled.ok) expect.fail(`${group.description}: ${JSON.stringify(compiled.problems)}`);
        for (const { description, data, valid } of group.tests) {
          cases++;
          const mismatches = findMismatches(compiled.schema, data, new Meter(EVENT_BUDGET));
          expect(mismatches.length === 0, `${group.description}: ${description}`).toBe(valid);
        }
      }
    });
  }

  test("is run as a whole", () => {
    const expected = Object.values(REFUSED).reduce((sum, entries) => sum + Object.keys(entries).length, 0);
    console.log(`${files.length} files: ${cases} cases run, ${refused} groups refused`);
    expect(files.length).toBeGreaterThanOrEqual(FEWEST_FILES);
    expect(cases).toBeGreaterThanOrEqual(FEWEST_CASES);
    expect(refused).toBe(expected);
  });

  test("has every group that is said to be refused", () => {
    const known = new Set(
      groups.flatMap(({ file, groups: all }) => all.map((group) => `${file}: ${group.description}`)),
    );
    const stale = Object.entries(REFUSED).flatMap(([file, entries]) =>
      Object.keys(entries)
        .map((description) => `${file}: ${description}`)
        .filter((name) => !known.has(name)),
    );
    expect(stale).toEqual([]);
  });
});
