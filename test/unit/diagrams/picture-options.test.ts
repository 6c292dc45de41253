/** What a picture has beyond its configuration: counts, and what a page needs that has it inline. */
import { describe, expect, test } from "vitest";
import { sketchOf } from "../../../src/diagram/sketch.ts";
import { renderSvg, type PictureOptions } from "../../../src/diagram/svg.ts";
import { HOSTILE_NAMES, ORDERS, SAMPLES } from "./samples.ts";
import { findAll, parseXml, textOf, type Element } from "./xml.ts";

const draw = (sample: string, options: PictureOptions): Element => {
  const sketch = SAMPLES[sample];
  if (sketch === undefined) throw new Error(sample);
  return parseXml(renderSvg(sketch, "x", options));
};
const titlesOf = (root: Element): string[] => findAll(root, "title").map(textOf);
/** The groups of states, `any state` aside. */
const groupsOf = (root: Element): Element[] =>
  findAll(root, "g").filter(({ attributes: { class: kind = "" } }) => /\bd-state\b(?!.*\bd-any\b)/.test(kind));
const linesOf = (group: Element): string[] => findAll(group, "text").map(textOf);
const counts = new Map([
  ["start", 1],
  ["pending", 1_234],
  ["gone", 5],
]);

describe("counts", () => {
  test("stand below the names, in full words in the titles, and 0 where the map has none", () => {
    const root = draw("orders", { counts });
    expect(groupsOf(root).map(linesOf)).toEqual([
      ["start", "1"],
      ["pending", "1,234"],
      ["shipped", "0"],
      ["cancelled", "0"],
    ]);
    const titles = [
      "start (start): 1 machine",
      "pending: 1,234 machines",
      "shipped (final): 0 machines",
      "cancelled (final): 0 machines",
    ];
    expect(titlesOf(root).filter((title) => title.includes("machine"))).toEqual(titles);
    expect(findAll(root, "desc").map(textOf)[0]).toMatch(/ Machines: 1 in start, 1234 in pending\.$/);
  });

  test("stand beside the names on a ring, within the picture", () => {
    const many = new Map([["s 1", 1_234_567_890_123]]);
    const root = draw("crowd", { counts: many });
    expect(findAll(root, "tspan").map(textOf)).toEqual([
      "0",
      "1,234,567,890,123",
      ...Array.from({ length: 10 }, () => "0"),
    ]);
    expect(titlesOf(root)).toContain("s 1: 1,234,567,890,123 machines");
    const heightOf = ({ attributes }: Element): number => Number(attributes["height"]);
    expect(heightOf(root)).toBeGreaterThan(heightOf(draw("crowd", {})) + 50);
  });

  test("have room in the boxes, and boxes and labels do not lie on each other", () => {
    for (const [sample, { states }] of Object.entries(SAMPLES)) {
      const root = draw(sample, { counts: new Map(states.map((state) => [state, 1_234_567_890_123])) });
      const groups = [
        ...groupsOf(root),
        ...findAll(root, "g").filter(({ attributes }) => attributes["class"] === "d-label"),
      ];
      const boxes = groups
        .flatMap((group) => findAll(group, "rect").slice(0, 1))
        .map(({ attributes: { x, y, width, height } }) => [x, y, width, height].map(Number));
      for (const [i, [ax = 0, ay = 0, aw = 0, ah = 0]] of boxes.entries())
        for (const [bx = 0, by = 0, bw = 0, bh = 0] of boxes.slice(i + 1))
          expect(ax + aw <= bx || bx + bw <= ax || ay + ah <= by || by + bh <= ay).toBe(true);
      for (const group of groupsOf(root)) {
        const [box] = findAll(group, "rect");
        if (box === undefined) continue;
        // 17 characters of a small bold font.
        expect(Number(box.attributes["width"])).toBeGreaterThan(17 * 6);
        const [top, height] = [Number(box.attributes["y"]), Number(box.attributes["height"])];
        const [nameAt = 0, countAt = 0] = findAll(group, "text").map(({ attributes }) => Number(attributes["y"]));
        expect(nameAt).toBeGreaterThan(top + 14);
        expect(countAt).toBeGreaterThan(nameAt + 14);
        expect(countAt).toBeLessThan(top + height - 6);
      }
    }
  });

  test("are told of a configuration that is still being written", () => {
    const sketch = sketchOf({ transitions: [{ from: "a", to: "b" }] });
    const root = parseXml(renderSvg(sketch, "x", { counts: new Map([["b", 2]]) }));
    expect(groupsOf(root).map(linesOf)).toEqual([
      ["a", "0"],
      ["b", "2"],
    ]);
  });
});

describe("inline", () => {
  const marks = { current: "pending", taken: [{ from: "start", to: "pending", event: "accept" }] };

  test.each(["orders", "fifty", "crowd", "hostile"])("each state of %s says its position", (sample) => {
    const root = draw(sample, { inlineAs: "one" });
    const states = SAMPLES[sample]?.states ?? [];
    expect(groupsOf(root).map(({ attributes }) => attributes["data-state"])).toEqual(states.map((_, i) => String(i)));
    const marked = findAll(root, "g").filter(({ attributes }) => "data-state" in attributes);
    expect(marked.length).toBe(states.length);
  });

  test.each(["orders", "crowd"])("two pictures of %s have no id in common, and each uses its own", (sample) => {
    const idsOf = (inlineAs: string): (string | undefined)[] => {
      const root = draw(sample, { inlineAs, marks: sample === "orders" ? marks : { current: "s 0", taken: [] } });
      const ids = findAll(root, "marker").map(({ attributes }) => attributes["id"]);
      const used = findAll(root, "path").flatMap(({ attributes }) => attributes["marker-end"] ?? []);
      expect(used.length).toBeGreaterThan(0);
      for (const reference of used) expect(ids.map((id) => `url(#${id})`)).toContain(reference);
      return ids;
    };
    expect([...idsOf("one"), ...idsOf("two")]).toEqual(
      ["one", "two"].flatMap((word) => [`${word}-d-head-plain`, `${word}-d-head-taken`]),
    );
  });

  test("a picture has no style, heading or background, and its states are open to whoever hears the page", () => {
    const root = parseXml(renderSvg(ORDERS, HOSTILE_NAMES[0] ?? "", { inlineAs: "one", marks, counts }));
    expect(findAll(root, "style")).toEqual([]);
    expect(findAll(root, "rect").filter(({ attributes }) => attributes["class"] === "d-paper")).toEqual([]);
    expect(findAll(root, "text").map(textOf)).not.toContain(HOSTILE_NAMES[0]);
    expect(titlesOf(root)[0]).toBe(HOSTILE_NAMES[0]);
    // What an image contains is hidden from assistive technology: https://www.w3.org/TR/wai-aria/#img
    expect(root.attributes["role"]).toBe("group");
    const standing = parseXml(renderSvg(ORDERS, "x", { marks, counts }));
    expect(Number(root.attributes["height"])).toBe(Number(standing.attributes["height"]) - 34);
  });
});
