/**
 * The pictures and texts as they were last looked at, in `golden/`. After a change that is meant, write them anew with
 * `DETENT_GOLDEN=write npx vitest run --project unit test/unit/diagrams/golden.test.ts`, and look at them before you commit
 * them.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Marks } from "../../../src/diagram/graph.ts";
import { renderMermaid } from "../../../src/diagram/mermaid.ts";
import { renderSvg } from "../../../src/diagram/svg.ts";
import { edge, HOSTILE_NAMES, SAMPLES } from "./samples.ts";

const MARKS: Readonly<Record<string, Marks>> = {
  orders: marksOf("orders", "cancelled", ["start", "accept"], ["pending", "cancel"]),
  loops: marksOf("loops", "busy", ["idle", "start"], ["busy", "wait"]),
  menu: marksOf("menu", "page 3", ["menu", "refresh"], ["menu", "open page 3"]),
  fifty: marksOf("fifty", "step 49", ["step 0", "next"], ["step 1", "next"], ["step 2", "abort"]),
  crowd: marksOf("crowd", "s 4", ["s 0", "e3"], ["s 3", "e4"]),
  rules: marksOf("rules", "shipped", ["start", "accept"], ["pending", "ship"]),
  hostile: { current: HOSTILE_NAMES[1] ?? "", taken: [] },
};

function marksOf(name: string, current: string, ...taken: [state: string, event: string][]): Marks {
  const configuration = SAMPLES[name];
  if (configuration === undefined) throw new Error(name);
  return { current, taken: taken.map(([state, event]) => edge(configuration, state, event)) };
}

test.each(Object.entries(SAMPLES))("%s looks as it did", (name, configuration) => {
  expectGolden(`${name}.svg`, renderSvg(configuration, `${name}:v1`));
  expectGolden(`${name}.mmd`, renderMermaid(configuration));
  const marks = MARKS[name];
  if (marks === undefined) return;
  expectGolden(`${name}-marked.svg`, renderSvg(configuration, `m-1 (${name}:v1)`, { marks }));
  expectGolden(`${name}-marked.mmd`, renderMermaid(configuration, marks));
});

function expectGolden(file: string, text: string): void {
  const path = join(import.meta.dirname, "golden", file);
  if (process.env["DETENT_GOLDEN"] === "write") writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, "utf8"));
}
