/** What every picture keeps to, whatever the configuration. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ANY_STATE, toGraph, type Arrow, type Marks } from "../../../src/diagram/graph.ts";
import { renderMermaid } from "../../../src/diagram/mermaid.ts";
import { renderSvg } from "../../../src/diagram/svg.ts";
import { shorten, showText } from "../../../src/diagram/text.ts";
import type { Configuration, Transition } from "../../../src/engine/configuration.ts";
import { configurations } from "./arbitraries.ts";
import { compile, HOSTILE_NAMES, load, numbered, ORDERS, SAMPLES } from "./samples.ts";
import { findAll, parseXml, textOf } from "./xml.ts";

/** What the engine might take: for each event up to the first without a guard. */
function listTakeable(configuration: Configuration): Transition[] {
  return configuration.states.flatMap((state) =>
    [...(configuration.edges.get(state)?.values() ?? [])].flatMap((list) => {
      const end = list.findIndex(({ guard }) => guard === undefined);
      return end < 0 ? list : list.slice(0, end + 1);
    }),
  );
}

function takenByEngine(configuration: Configuration): string[] {
  return listTakeable(configuration).map(({ from, to, event, guard }) =>
    lineOf({ from, to, event, isGuarded: guard !== undefined }),
  );
}

function lineOf(edge: { from: string; to: string; event: string; isGuarded: boolean }): string {
  return `${edge.from} > ${edge.to}: ${edge.event}${edge.isGuarded ? " []" : ""}`;
}

function linesOf(configuration: Configuration, arrows: readonly Arrow[]): string[] {
  return arrows.flatMap(({ from, to, events }) =>
    events.map(({ name: event, guard }) =>
      lineOf({
        from: configuration.states[from] ?? "*",
        to: configuration.states[to] ?? "",
        event,
        isGuarded: guard !== "",
      }),
    ),
  );
}

/** Marks of a machine that has taken some of the edges. */
function walk(configuration: Configuration, every: number): Marks {
  const all = listTakeable(configuration);
  return { current: configuration.states.at(-1) ?? "", taken: all.filter((_, i) => i % every === 0) };
}

test("the graph has the edges that the engine would take, each once", () => {
  fc.assert(
    fc.property(configurations, (configuration) => {
      const graph = toGraph(configuration);
      expect(linesOf(configuration, graph.arrows).toSorted()).toEqual(takenByEngine(configuration).toSorted());
      expect(new Set(graph.arrows.map(({ from, to }) => `${from} ${to}`)).size).toBe(graph.arrows.length);
    }),
    { numRuns: 500 },
  );
});

test("gathered, what `any state` says holds for every state without an arrow of its own", () => {
  fc.assert(
    fc.property(configurations, fc.integer({ min: 1, max: 4 }), (configuration, every) => {
      const { arrows } = toGraph(configuration, walk(configuration, every), true);
      const own = new Set(arrows.flatMap(({ from, events }) => events.map((event) => `${from} ${event.name}`)));
      const lines = configuration.states.flatMap((state, i) =>
        configuration.finalStates.has(state)
          ? []
          : arrows.flatMap(({ from, to, events }) =>
              events
                .filter((event) => from === i || (from === ANY_STATE && !own.has(`${i} ${event.name}`)))
                .flatMap((event) =>
                  linesOf(configuration, [{ from: i, to, events: [event], moreEvents: 0, isTaken: false }]),
                ),
            ),
      );
      expect(lines.toSorted()).toEqual(takenByEngine(configuration).toSorted());
    }),
    { numRuns: 500 },
  );
});

test("a picture is well-formed, shows every state and event, runs nothing and loads nothing", () => {
  const cases = fc.tuple(configurations, fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }));
  fc.assert(
    fc.property(cases, ([configuration, every]) => {
      const marks = every === undefined ? undefined : walk(configuration, every);
      const svg = renderSvg(configuration, HOSTILE_NAMES[0] ?? "", { marks });
      expect(renderSvg(configuration, HOSTILE_NAMES[0] ?? "", { marks })).toBe(svg);
      const root = parseXml(svg);
      const [, ...titles] = findAll(root, "title").map(textOf);
      const named = titles.map((title) => title.replace(/ \((?:start|final|current|visited|, )+\)$/, ""));
      const shown = configuration.states.map(showText);
      for (const text of shown)
        expect(named.filter((title) => title === text).length).toBe(shown.filter((other) => other === text).length);
      const graph = toGraph(
        configuration,
        marks,
        titles.some((title) => title.startsWith("any state")),
      );
      for (const { from, to, events } of graph.arrows) {
        const fromName = from === ANY_STATE ? "any state" : showText(configuration.states[from] ?? "");
        const all = events
          .map(({ name: event, when, guard, isTaken }) => {
            const words = [showText(event), when, guard && `[${guard}]`].filter((word, k) => k === 0 || word !== "");
            return words.join(" ") + (isTaken ? " (taken)" : "");
          })
          .join(", ");
        expect(titles).toContain(`${fromName} → ${showText(configuration.states[to] ?? "")}: ${all}`);
      }
      const names = new Set(["svg", "title", "desc", "style", "defs", "marker", "path", "rect", "circle", "g", "text"]);
      const everything = [root, ...[...names].flatMap((kind) => findAll(root, kind))];
      expect(everything.length).toBe([...svg.matchAll(/<[a-z]/g)].length);
      for (const { attributes } of everything)
        for (const [key, value] of Object.entries(attributes)) {
          expect(key).not.toMatch(/^on|href|^style$/);
          if (value.includes("url(")) expect(value).toMatch(/^url\(#d-head-(plain|taken)\)$/);
          expect(value).not.toMatch(/NaN|undefined|Infinity/);
        }
    }),
    { numRuns: 300 },
  );
});

test("what is drawn lies inside the picture", () => {
  for (const configuration of Object.values(SAMPLES)) {
    const root = parseXml(renderSvg(configuration, "x", { marks: walk(configuration, 3) }));
    const width = Number(root.attributes["width"]);
    const height = Number(root.attributes["height"]);
    const group = findAll(root, "g").find(({ attributes }) => attributes["transform"]?.startsWith("translate"));
    const [left = 0, top = 0] = (group?.attributes["transform"]?.match(/[\d.]+/g) ?? []).map(Number);
    for (const { attributes } of findAll(group ?? root, "rect")) {
      const [x = 0, y = 0, w = 0, h = 0] = ["x", "y", "width", "height"].map((key) => Number(attributes[key]));
      expect(left + x).toBeGreaterThanOrEqual(0);
      expect(top + y).toBeGreaterThanOrEqual(0);
      expect(left + x + w).toBeLessThanOrEqual(width);
      expect(top + y + h).toBeLessThanOrEqual(height);
    }
  }
});

test("boxes and labels do not lie on each other", () => {
  for (const [sample, configuration] of Object.entries(SAMPLES)) {
    const root = parseXml(renderSvg(configuration, "x"));
    const rects = findAll(root, "g")
      .filter(({ attributes }) => /\bd-(state|label)\b/.test(attributes["class"] ?? ""))
      .flatMap((group) => findAll(group, "rect").slice(0, 1))
      .map(({ attributes: { x, y, width, height } }) => [x, y, width, height].map(Number));
    for (const [i, [ax = 0, ay = 0, aw = 0, ah = 0]] of rects.entries())
      for (const [bx = 0, by = 0, bw = 0, bh = 0] of rects.slice(i + 1)) {
        const isApart = ax + aw <= bx || bx + bw <= ax || ay + ah <= by || by + bh <= ay;
        if (!isApart) expect.fail(`${sample}: ${[ax, ay, aw, ah].join(" ")} and ${[bx, by, bw, bh].join(" ")}`);
      }
  }
});

describe("marks", () => {
  const accept = { from: "start", to: "pending", event: "accept" };
  const cancel = { from: "pending", to: "cancelled", event: "cancel" };

  test("say where a machine is, where it has been and what it took", () => {
    const { states, arrows, isMarked } = toGraph(ORDERS, { current: "cancelled", taken: [accept, cancel] });
    expect(isMarked).toBe(true);
    expect(states.filter(({ isCurrent }) => isCurrent).map((state) => state.name)).toEqual(["cancelled"]);
    expect(states.filter(({ isVisited }) => isVisited).map((state) => state.name)).toEqual([
      "start",
      "pending",
      "cancelled",
    ]);
    expect(arrows.filter(({ isTaken }) => isTaken).map(({ from, to, events }) => [from, to, events])).toEqual([
      [0, 1, [{ name: "accept", when: "", guard: "", isTaken: true }]],
      [
        1,
        3,
        [
          { name: "cancel", when: "", guard: "", isTaken: true },
          { name: "expire", when: "", guard: "", isTaken: false },
        ],
      ],
    ]);
  });

  test("of edges that the configuration does not have are not drawn", () => {
    const taken = [
      { ...accept, to: "shipped" },
      { ...accept, from: "gone" },
      { ...cancel, event: "" },
    ];
    const { states, arrows } = toGraph(ORDERS, { current: "gone", taken });
    expect(arrows.some(({ isTaken }) => isTaken)).toBe(false);
    expect(states.some(({ isCurrent, isVisited }) => isCurrent || isVisited)).toBe(false);
  });

  test("tell transitions of one event by where they led, `*` included", () => {
    const guarded = load(
      "guarded",
      ["a", "b", "c"],
      [
        { from: "a", to: "b", event: "go", guard: "data.x" },
        { from: "*", to: "c", event: "go", guard: "data.y" },
        { from: "a", to: "a", event: "go" },
        { from: "b", to: "c", event: "end" },
      ],
    );
    const taken = [
      { from: "a", to: "b", event: "go" },
      { from: "a", to: "c", event: "go" },
    ];
    const { arrows } = toGraph(guarded, { current: "c", taken });
    expect(arrows.map(({ from, to, isTaken }) => [from, to, isTaken])).toEqual([
      [0, 1, true],
      [0, 2, true],
      [0, 0, false],
      [1, 2, false],
    ]);
  });

  test("are drawn of a configuration that has more arrows than a diagram", () => {
    const states = numbered("s", 500);
    const hostile = compile("hostile", states, [
      ...states.map((from) => [from, "s 0", "home"] as const),
      ...numbered("e", 4_500).map((event, i) => ["*", `s ${i % 500}`, event] as const),
    ]);
    const taken = [{ from: "s 499", to: "s 7", event: "e 4007" }];
    const { arrows, isCut } = toGraph(hostile, { current: "s 7", taken });
    expect(isCut).toBe(true);
    expect(arrows.at(-1)).toEqual({
      from: 499,
      to: 7,
      events: [{ name: "e 4007", when: "", guard: "", isTaken: true }],
      moreEvents: 0,
      isTaken: true,
    });
    const text = renderMermaid(hostile, { current: "s 7", taken });
    expect(text).toContain("  s499 --> s7 : #10003; e 4007\n");
    expect(text).toContain("%% more arrows than can be written");
  });
});

describe("a hostile configuration is drawn in bounds:", () => {
  const states = numbered("s", 500);
  const at = (i: number): string => `s ${i % 500}`;
  const cases: Readonly<Record<string, () => Configuration>> = {
    "every state to every state, by `*`": () =>
      compile("h", states, [
        ...states.map((from) => [from, "s 0", "home"] as const),
        ...numbered("e", 4_500).map((event, i) => ["*", at(i), event] as const),
      ]),
    "4,500 events to one state, from every state": () =>
      compile("h", states, [
        ...states.map((from) => [from, "s 0", "home"] as const),
        ...numbered("e", 4_500).map((event) => ["*", "s 0", event] as const),
      ]),
    "a chain with ways back": () =>
      compile("h", states, [
        ...states.slice(1).map((to, i) => [at(i), to, "next"] as const),
        ...Array.from({ length: 300 }, (_, i) => [at(i * 7 + 200), at(i * 3), "back"] as const),
      ]),
    "a chain": () =>
      compile(
        "h",
        states,
        states.slice(1).map((to, i) => [at(i), to, "next"] as const),
      ),
    "long ways back": () =>
      compile("h", states.slice(0, 200), [
        ...states.slice(1, 200).map((to, i) => [at(i), to, "next"] as const),
        ...Array.from({ length: 220 }, (_, i) => [at(199 - ((i * 53) % 190)), at((i * 31) % 197), "back"] as const),
      ]),
    "two layers": () =>
      compile(
        "h",
        states,
        Array.from(
          { length: 1_200 },
          (_, i) => [at((i * 17) % 250), at(250 + ((i * 31 + Math.floor(i / 250)) % 250)), `e${i}`] as const,
        ),
      ),
    "5,000 arrows": () =>
      compile(
        "h",
        states,
        Array.from(
          { length: 5_000 },
          (_, i) => [at(i), at(i * 7 + Math.floor(i / 500) + 1), `e${Math.floor(i / 500)}`] as const,
        ),
      ),
    "5,000 guards, from every state and from `*`": () =>
      load("h", states, [
        ...states.map((from) => ({ from, to: "s 0", event: "e", guard: "data.x < 1.0" })),
        ...Array.from({ length: 4_500 }, (_, i) => ({ from: "*", to: at(i), event: "e", guard: `data.y < ${i}.0` })),
      ]),
    "long guards, from every state": () =>
      load("h", states, [
        ...states.map((from) => ({ from, to: "s 0", event: "home" })),
        ...numbered("<".repeat(120), 100).map((event, i) => ({
          from: "*",
          to: at(i % 50),
          event,
          guard: "<".repeat(2_000),
          deadline: "&".repeat(50),
        })),
      ]),
    "long names, from every state": () =>
      compile("h", states, [
        ...states.map((from) => [from, "s 0", "home"] as const),
        ...numbered("<".repeat(120), 400).map((event, i) => ["*", at(i % 20), event] as const),
      ]),
    "names that grow": () => {
      const long = numbered("", 120).map((n) => "<".repeat(124) + n);
      return compile(
        "h",
        long,
        Array.from({ length: 700 }, (_, i) => [long[i % 120] ?? "", long[(i * 7 + 1) % 120] ?? "", `&${i}`] as const),
      );
    },
  };

  test.each(Object.entries(cases))("%s", (_what, make) => {
    const configuration = make();
    const { current, taken } = walk(configuration, Math.ceil(configuration.transitions.length / 100));
    const marks = { current, taken: taken.slice(-1_000) };
    const before = process.cpuUsage();
    const svg = renderSvg(configuration, "hostile", { marks });
    const text = renderMermaid(configuration, marks);
    const { user, system } = process.cpuUsage(before);
    // Half a second is usual; the rest is for a machine that does other things at the same time.
    expect((user + system) / 1_000).toBeLessThan(3_000);
    expect(svg.length).toBeLessThan(4_000_000);
    expect(text.length).toBeLessThan(8_000_000);
    parseXml(svg);
    expect(Number(/width="(\d+)"/.exec(svg)?.[1])).toBeLessThan(33_000);
    expect(Number(/height="(\d+)"/.exec(svg)?.[1])).toBeLessThan(33_000);
  });
});

describe("what is written of a transition", () => {
  const states = ["a", "b"];
  const labelOf = (condition: { guard?: string; after?: string; deadline?: string }): string | undefined => {
    const configuration = load("one", states, [{ from: "a", to: "b", event: "go", ...condition }]);
    return /s0 --> s1 : (.*)/.exec(renderMermaid(configuration))?.[1];
  };

  test.each([
    [{}, "go"],
    [{ guard: "" }, "go"],
    [{ guard: "data.paid" }, "go [data.paid]"],
    [{ after: "90m" }, "go after 90m"],
    [{ after: "P2D", guard: "data.open" }, "go after P2D [data.open]"],
    [{ deadline: "data.due" }, "go at data.due"],
    [{ guard: "data.a\n   ||\r\n\tdata.b" }, "go [data.a #124;#124; data.b]"],
    [{ guard: `x == ";:%%-->\u202e"` }, "go [x #61;#61; #34;#59;#58;#37;#37;--#62;#65533;#34;]"],
  ])("%j", (condition, expected) => {
    expect(labelOf(condition)).toBe(expected);
  });

  test("is short, whatever an expression is", () => {
    const words = labelOf({ guard: "data.word ".repeat(200), deadline: "timestamp ".repeat(200) }) ?? "";
    expect(words).toMatch(/^go at timestamp .*#8230;.* timestamp \[data\.word .*#8230;.*word\]$/);
    expect(words.length).toBeLessThan(160);
  });
});

describe("names are shortened in the middle", () => {
  const font = { size: 10 };
  test.each([
    ["short", 100, "short"],
    ["abcdefghijklmnopqrstuvwxyz", 80, "abcdefghi…wxyz"],
    ["e\u0301".repeat(30), 60, `${"e\u0301".repeat(6)}…${"e\u0301".repeat(2)}`],
    ["😀".repeat(10), 60, "😀😀😀…😀"],
  ])("%s in %i", (text, width, expected) => {
    expect(shorten(text, font, width)).toBe(expected);
  });
});
