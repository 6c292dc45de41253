import { expect, test } from "vitest";
import { sourceOf } from "../../../src/console/data/configuration-source.ts";
import { FIRST_CONFIGURATION } from "../../../src/console/pages/configurations/first-configuration.ts";
import { offsetOf } from "../../../src/console/pages/configurations/placed-finding.ts";
import type { Reading } from "../../../src/console/pages/configurations/reading.ts";
import { readText, withVersion } from "../../../src/console/pages/configurations/source-text.ts";
import { writeText } from "../../../src/console/pages/configurations/write-text.ts";

const SMALL = "name: a # why\nversion: v1\nstarting_state: x\nstates: [x, y]\n";

function findingsOf(reading: Reading): string[] {
  if (reading.kind === "read") return [];
  return reading.findings.map(({ code, place }) => `${place?.line}:${place?.column} ${code}`);
}

test.each(["yaml", "json"] as const)("what is written as %s is read as it was", (format) => {
  const reading = readText(writeText(FIRST_CONFIGURATION, format));
  expect(reading.kind === "read" && reading.value).toEqual(FIRST_CONFIGURATION);
  expect(reading.kind === "read" && sourceOf(reading.message)).toEqual(FIRST_CONFIGURATION);
});

test("fields that there are not and values of another type are told with their places, all of them", () => {
  const text = `${SMALL}transitions:\n  - from: x\n    to: y\n    evnt: go\n    guard: true\nunhandledd: defer\n`;
  const reading = readText(text);
  expect(reading.kind).toBe("shapeless");
  expect(findingsOf(reading).toSorted()).toEqual(["10:1 unknown_field", "8:5 unknown_field", "9:5 invalid_type"]);
});

test.each([
  ["", "undefined:undefined empty"],
  ["# nothing\n", "undefined:undefined empty"],
  ["name: [a\n", "2:1 syntax"],
  ["name: a\n---\nname: b\n", "3:1 second_document"],
])("%j is unreadable, and why is told", (text, told) => {
  const reading = readText(text);
  expect(reading.kind).toBe("unreadable");
  expect(findingsOf(reading)).toEqual([told]);
});

test("the spec of a document of a kind is the configuration, with its places", () => {
  const reading = readText("kind: Configuration\nspec:\n  name: a\n  states: [x]\n");
  expect(reading.kind === "read" && reading.placeOf("/states/0")).toEqual({ line: 4, column: 12 });
});

test("another version leaves the rest, comments too", () => {
  expect(withVersion(SMALL, "v2")).toBe("name: a # why\nversion: v2\nstarting_state: x\nstates: [ x, y ]\n");
  expect(withVersion("kind: Configuration\nspec:\n  name: a\n", "v2")).toContain("  version: v2\n");
  expect(JSON.parse(withVersion('{"name": "a", "version": "v1"}', "v2"))).toEqual({ name: "a", version: "v2" });
});

test("a place is found in the text, never behind its line", () => {
  const text = "ab\ncde\n\nf";
  expect([1, 2, 3, 4, 9].map((line) => offsetOf(text, { line, column: 2 }))).toEqual([1, 4, 7, 9, 9]);
  expect(offsetOf(text, { line: 1, column: 99 })).toBe(2);
});
