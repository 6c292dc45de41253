/** What is drawn of a configuration that is still being written, and that it is the same as of the compiled one. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderMermaid } from "../../../src/diagram/mermaid.ts";
import { renderOutline } from "../../../src/diagram/outline.ts";
import { sketchOf } from "../../../src/diagram/sketch.ts";
import { renderSvg } from "../../../src/diagram/svg.ts";
import { loadConfiguration } from "../../../src/engine/compile-configuration.ts";
import type { Configuration, ConfigurationSource } from "../../../src/engine/configuration.ts";
import { sources } from "./arbitraries.ts";
import { SAMPLES } from "./samples.ts";
import { findAll, parseXml, textOf } from "./xml.ts";

/** What the editor has half way to a configuration: its words, with anything in their places. */
const halfWritten = (() => {
  const word = fc.constantFrom("", "*", "a", "b", "__proto__", "\ud800");
  const junk = fc.oneof({ weight: 4, arbitrary: word }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) });
  const optional = { requiredKeys: [] };
  const transition = fc.record(
    { from: junk, to: junk, event: junk, guard: junk, after: junk, deadline: junk },
    optional,
  );
  const lists = <T>(item: fc.Arbitrary<T>) => fc.oneof(fc.array(fc.oneof(item, junk), { maxLength: 12 }), junk);
  return fc.record(
    { name: junk, version: junk, starting_state: junk, states: lists(word), transitions: lists(transition) },
    optional,
  );
})();

/** What a sample was compiled from. */
function sourceOf({ name, startingState, states, transitions }: Configuration): ConfigurationSource {
  return {
    name,
    starting_state: startingState,
    states: [...states],
    transitions: transitions.map(({ from, to, event, guard, after, deadline }) => ({
      from,
      to,
      event,
      guard: guard?.source ?? "",
      after: after ?? "",
      deadline: deadline?.source ?? "",
    })),
  };
}

function titlesOf(source: unknown): string[] {
  const [, ...titles] = findAll(parseXml(renderSvg(sketchOf(source), "x")), "title").map(textOf);
  return titles;
}

test("of a valid configuration the drawings are, byte for byte, those of the compiled one", () => {
  const check = (source: ConfigurationSource): void => {
    const [written, compiled] = [sketchOf(source), loadConfiguration(source)];
    expect(renderSvg(written, "x")).toBe(renderSvg(compiled, "x"));
    expect(renderMermaid(written)).toBe(renderMermaid(compiled));
    expect(renderOutline(written)).toBe(renderOutline(compiled));
    for (const key of ["name", "version", "startingState", "states", "finalStates"] as const)
      expect(written[key]).toEqual(compiled[key]);
  };
  for (const configuration of Object.values(SAMPLES)) check(sourceOf(configuration));
  fc.assert(fc.property(sources, check), { numRuns: 300 });
});

test("whatever JSON is written, there is a well-formed picture of it", () => {
  const any = fc.oneof({ weight: 4, arbitrary: halfWritten }, { weight: 1, arbitrary: fc.jsonValue() });
  fc.assert(
    fc.property(any, (source) => {
      const sketch = sketchOf(source);
      expect(new Set(sketch.states).size).toBe(sketch.states.length);
      for (const { from, to } of sketch.transitions) {
        expect(sketch.states).toContain(to);
        if (from !== "*") expect(sketch.states).toContain(from);
      }
      const svg = renderSvg(sketch, "x");
      parseXml(svg);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      renderMermaid(sketch);
      renderOutline(sketch);
    }),
    { numRuns: 1_000 },
  );
});

describe("of a configuration that is still being written", () => {
  test("nothing yet is a picture that says so", () => {
    for (const source of [null, {}, [], "x", { states: null }])
      expect(renderSvg(sketchOf(source), "x")).toContain("no states to draw yet");
  });

  test("states that nothing lists come after those that are listed", () => {
    const source = {
      starting_state: "first",
      states: ["b", "a", "b"],
      transitions: [
        { from: "a", to: "new", event: "go" },
        { from: "newer", to: "b", event: "go" },
      ],
    };
    const { states, finalStates } = sketchOf(source);
    expect(states).toEqual(["b", "a", "first", "new", "newer"]);
    expect([...finalStates]).toEqual(["b", "first", "new"]);
    expect(titlesOf(source)).toEqual(expect.arrayContaining(["new (final)", "a → new: go", "newer → b: go"]));
  });

  test("no state is the first where none is said to be", () => {
    const svg = renderSvg(sketchOf({ states: ["a"] }), "x");
    expect(svg).toContain("Where it starts is not said.");
    expect(svg).not.toContain('<circle class="d-dot"');
    expect(renderMermaid(sketchOf({ states: ["a"] }))).not.toContain("[*] -->");
  });

  test("transitions without an event are arrows all the same, each of them", () => {
    const transitions = [
      { from: "a", to: "b" },
      { from: "a", to: "c", after: "P2D" },
    ];
    expect(titlesOf({ states: ["a", "b", "c"], transitions })).toEqual(
      expect.arrayContaining(["a → b: ?", "a → c: ? after P2D"]),
    );
  });

  test("a transition that leads nowhere yet is no arrow, but its state is there, and not final", () => {
    const { states, transitions, finalStates } = sketchOf({
      transitions: [{ from: "a" }, { to: "b" }, { event: "e" }],
    });
    expect([states, transitions, [...finalStates]]).toEqual([["a", "b"], [], ["b"]]);
  });

  test("`*` is seen before any state has an arrow of its own", () => {
    expect(titlesOf({ states: ["a", "b"], transitions: [{ from: "*", to: "b", event: "stop" }] })).toContain(
      "any state → b: stop",
    );
  });

  test("what is no text is left out", () => {
    const transitions = [7, null, { from: "a", to: "b", event: {}, guard: ["x"], after: 3 }, { from: 1, to: "b" }];
    const sketch = sketchOf({ name: 5, version: null, states: ["a", 1, null, {}, ""], transitions });
    expect([sketch.name, sketch.version, sketch.states]).toEqual(["", "v1", ["a", "b"]]);
    expect(sketch.transitions).toEqual([
      { from: "a", to: "b", event: "", guard: undefined, after: undefined, deadline: undefined },
    ]);
  });

  test("what is more than a configuration may have is left out, and the picture says so", () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `s${i}`);
    const long = "x".repeat(1_000_000);
    const cases = [
      { states: many },
      { transitions: many.map((to) => ({ from: "a", to, event: "e" })) },
      { states: ["a", "b"], transitions: many.map((event) => ({ from: "a", to: "b", event })) },
      { transitions: many.map((event) => ({ from: "a", to: "b", event, guard: "x".repeat(2_000) })) },
    ];
    for (const source of cases) {
      const sketch = sketchOf(source);
      expect(sketch.states.length).toBeLessThanOrEqual(500);
      expect(sketch.transitions.length).toBeLessThanOrEqual(5_000);
      expect(renderSvg(sketch, "x")).toContain("more than a configuration may have: the rest is left out");
      expect(renderMermaid(sketch)).toContain("the rest is left out");
      expect(renderOutline(sketch)).toContain("more than can be shown");
    }
    const states = many.slice(0, 400).map((name) => name + long);
    const transitions = states.map((to) => ({ from: "a", to, event: long, guard: long, deadline: long, after: long }));
    expect(renderSvg(sketchOf({ states, transitions }), "x").length).toBeLessThan(4_000_000);
  });

  test("long expressions on every transition do not take longer than a valid configuration can", () => {
    const long = "<".repeat(2_000);
    const transitions = Array.from({ length: 5_000 }, (_, i) => ({
      from: i % 2 === 0 ? "*" : `s${i % 500}`,
      to: `s${(i * 7) % 500}`,
      guard: long,
      deadline: long,
    }));
    const letters = sketchOf({ transitions }).transitions.reduce(
      (sum, { guard }) => sum + (guard?.source.length ?? 0),
      0,
    );
    expect(letters).toBeGreaterThan(100_000);
    expect(letters).toBeLessThan(256 * 1_024);
  });
});
