/** What a check says of a configuration that is allowed, but probably not meant. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkConfiguration } from "../../src/engine/check-configuration.ts";
import type { ConfigurationSource, TransitionSource } from "../../src/engine/configuration.ts";

/** A configuration of these transitions and the states they name, which starts where the first does. */
function configurationOf(transitions: TransitionSource[], more: ConfigurationSource = {}): ConfigurationSource {
  const names = transitions.flatMap(({ from = "", to = "" }) => [from, to]);
  const states = [...new Set(names)].filter((name) => name !== "*");
  return { name: "n", starting_state: states[0] ?? "", states, transitions, ...more };
}

function findingsOf(source: ConfigurationSource): string[] {
  return checkConfiguration(source).map(({ code, pointer }) => `${code} ${pointer}`);
}

const edge = (from: string, to: string, event: string, rules: TransitionSource = {}): TransitionSource => ({
  from,
  to,
  event,
  ...rules,
});
const tick = (from: string, to: string, rules: TransitionSource = {}): TransitionSource =>
  edge(from, to, `tick ${from}`, { after: "PT1M", ...rules });

describe("a shadowed transition", () => {
  const shadowed = ["transition_shadowed /transitions/1"];
  const assign = { a: "1" };
  test.each<[string, TransitionSource, TransitionSource, string[]]>([
    ["no guard before a guard", {}, { guard: "event.id == ''" }, shadowed],
    ["a guard before none", { guard: "event.id == ''" }, {}, []],
    ["the same guard", { guard: "event.id == ''" }, { guard: "event.id == ''", assign }, shadowed],
    ["another guard", { guard: "event.id == ''" }, { guard: "event.id == 'a'" }, []],
    ["an empty guard", { guard: "" }, { guard: "" }, shadowed],
    [
      "behind one that is never taken",
      { guard: "1 > 2" },
      { guard: "1 > 2" },
      ["guard_never_true /transitions/0/guard", "guard_never_true /transitions/1/guard"],
    ],
  ])("%s", (_, first, second, findings) => {
    const source = configurationOf([edge("a", "b", "go", first), edge("a", "b", "go", second), edge("a", "b", "end")]);
    expect(findingsOf(source)).toEqual(findings);
  });

  test("with the same guard under `*`", () => {
    const guard = "event.id == ''";
    const source = configurationOf([
      edge("a", "b", "go", { guard }),
      edge("*", "c", "go", { guard }),
      edge("b", "c", "go", { guard }),
    ]);
    expect(checkConfiguration(source)).toMatchObject([
      {
        pointer: "/transitions/2",
        message: 'The transition from "b" on "go" is never taken: an earlier one has the same guard.',
      },
    ]);
  });
});

describe("a guard that is never true", () => {
  test("is named, and leads neither to a state nor out of one", () => {
    const source = configurationOf([
      edge("a", "b", "go", { guard: "false" }),
      edge("a", "c", "go", { guard: "'x' == 'y' && data.whatever" }),
      edge("c", "c", "again", { guard: "!false" }),
      edge("c", "d", "end", { guard: "1 + 1 == 3" }),
      edge("a", "c", "go"),
    ]);
    expect(findingsOf(source)).toEqual([
      "state_unreachable /states/1",
      "state_unreachable /states/3",
      "guard_never_true /transitions/0/guard",
      "guard_never_true /transitions/1/guard",
      "guard_never_true /transitions/3/guard",
      "state_no_way_out /states/2",
    ]);
    expect(checkConfiguration(source)[2]).toMatchObject({
      message: 'The guard "false" is never true, so the transition from "a" on "go" is never taken.',
      value: "false",
    });
  });

  test("hides nothing", () => {
    const source = configurationOf([edge("a", "b", "go", { guard: "false" }), edge("a", "b", "go")]);
    expect(findingsOf(source)).toEqual(["guard_never_true /transitions/0/guard"]);
  });
});

describe("a field that nothing provides", () => {
  const schema = { type: "object", properties: { weight: { type: "number" }, __proto__: {} } };
  const notProvided = (...pointers: string[]): string[] => pointers.map((pointer) => `field_not_provided ${pointer}`);

  test.each<[string, TransitionSource, ConfigurationSource, string[]]>([
    ["is one of the data", { guard: "data.paid" }, {}, notProvided("/transitions/0/guard")],
    ["not what a guard asks for first", { guard: "has(data.paid) && data.paid" }, {}, []],
    ["not what an assign sets", { guard: "data.b", assign: { b: "true" } }, {}, []],
    ["not what a state's schema names", { guard: "data.weight < 3.0" }, { state_options: { b: { schema } } }, []],
    [
      "but not what another field's schema names",
      { guard: "data.height < 3.0" },
      { state_options: { b: { schema } } },
      notProvided("/transitions/0/guard"),
    ],
    [
      "also of an assign and a deadline",
      { assign: { "a/b": "data.x + data.y" }, deadline: "timestamp(data.z)" },
      {},
      notProvided("/transitions/0/assign/a~1b", "/transitions/0/assign/a~1b", "/transitions/0/deadline"),
    ],
    [
      "whatever it is called",
      { guard: "data.constructor == data['__proto__']", assign: { toString: "1" } },
      {},
      notProvided("/transitions/0/guard", "/transitions/0/guard"),
    ],
    ["not one of the event's data without a schema", { guard: "event.data.size > 1.0" }, {}, []],
    [
      "not one of the event's data whose schema names nothing",
      { guard: "event.data.size > 1.0" },
      { event_options: { go: { schema: { type: "object" } } } },
      [],
    ],
    [
      "one of the event's data that its schema does not name",
      { guard: "event.data.size > event.data.weight", assign: { s: "event.data.size" } },
      { event_options: { go: { schema } } },
      notProvided("/transitions/0/guard", "/transitions/0/assign/s"),
    ],
    [
      "not one of the event that enters, which may be any",
      { deadline: "timestamp(event.data.due)" },
      { event_options: { go: { schema } } },
      [],
    ],
    ["nothing, while a rule does not compile", { guard: "data.paid", assign: { a: "(" } }, {}, []],
  ])("%s", (_, rules, more, findings) => {
    const found = findingsOf(configurationOf([edge("a", "b", "go", rules)], more));
    expect(found.filter((finding) => !finding.startsWith("expression_invalid"))).toEqual(findings);
  });

  test("is told in the first 1,000 places", () => {
    const names = Array.from({ length: 201 }, (_, i) => `data.f${i}`);
    const guards = Array.from({ length: 5 }, (_, i) => `${names.join("+")} > ${i}.0`);
    const findings = checkConfiguration(configurationOf(guards.map((guard) => edge("a", "b", "go", { guard }))));
    expect(findings.length).toBe(1_001);
    expect(findings.at(-1)).toMatchObject({
      code: "field_not_provided",
      pointer: "/transitions",
      message: "Fields are read that nothing provides in 5 more places.",
    });
  });

  test("is named, and so is where it could come from", () => {
    const source = configurationOf([edge("a", "b", "go", { guard: "data.paid && event.data.by == 'me'" })], {
      event_options: { go: { schema } },
    });
    expect(checkConfiguration(source)).toMatchObject([
      {
        message: `The guard "data.paid && event.data.by == 'me'" reads "paid" of the data, which no assign and no state's schema names: only creation data or an override could provide it.`,
        value: "paid",
      },
      {
        message: `The guard "data.paid && event.data.by == 'me'" reads "by" of the event's data, which the schema of "go" does not name.`,
        value: "by",
      },
    ]);
  });
});

describe("timers that go round", () => {
  const cycle = (position: number): string[] => [`timer_cycle /transitions/${position}`];
  test.each<[string, TransitionSource[], string[]]>([
    ["a state to itself", [edge("a", "b", "end"), tick("a", "a")], cycle(1)],
    ["three states", [edge("d", "a", "start"), tick("b", "c"), tick("a", "b"), tick("c", "a")], cycle(1)],
    ["not a chain", [tick("a", "b"), tick("b", "c")], []],
    ["by a deadline", [edge("a", "b", "end"), edge("a", "a", "due", { deadline: "now" })], cycle(1)],
    ["not with a guard", [tick("a", "b", { guard: "event.id != ''" }), tick("b", "a"), edge("b", "c", "end")], []],
    ["not with an assign", [tick("a", "b", { assign: { n: "1" } }), tick("b", "a"), edge("b", "c", "end")], []],
    ["an empty assign is none", [tick("a", "a", { assign: {}, guard: "" }), edge("a", "c", "end")], cycle(0)],
    ["not by what a caller sends", [tick("a", "b"), edge("b", "a", "back"), edge("b", "c", "end")], []],
    ["by `*`, in every state that moves", [edge("a", "b", "go"), edge("*", "a", "home", { after: "1m" })], cycle(1)],
    ["not by `*` to a final state", [edge("a", "b", "go"), edge("*", "b", "end", { after: "1m" })], []],
    [
      "two apart",
      [tick("a", "a"), edge("a", "b", "go"), tick("b", "b"), edge("b", "c", "end")],
      [...cycle(0), ...cycle(2)],
    ],
    ["not where a shorter delay leads out", [tick("a", "a"), edge("a", "b", "end", { after: "PT1S" })], []],
    ["also before a longer one", [edge("a", "b", "end", { after: "PT1S" }), tick("a", "a")], []],
    [
      "of two delays of the same length the first, also of `*`",
      [edge("a", "b", "go"), edge("*", "b", "end", { after: "60s" }), tick("a", "a")],
      [],
    ],
    ["and not the second", [tick("a", "a"), edge("*", "b", "end", { after: "60s" })], cycle(0)],
    [
      "a shorter delay that a guard may hold up leads nowhere",
      [tick("a", "a"), edge("a", "b", "end", { after: "PT1S", guard: "event.id != ''" })],
      cycle(0),
    ],
    [
      "not where the event takes another transition",
      [edge("a", "b", "tick a"), tick("a", "a"), edge("b", "c", "end")],
      ["transition_shadowed /transitions/1"],
    ],
    [
      "where the event of a hidden timer takes another transition round",
      [edge("a", "a", "tick a"), tick("a", "b"), edge("a", "b", "end")],
      ["transition_shadowed /transitions/1", ...cycle(0)],
    ],
    [
      "not by a transition that is never taken",
      [tick("a", "a", { guard: "false" }), edge("a", "b", "end")],
      ["guard_never_true /transitions/0/guard"],
    ],
  ])("%s", (_, transitions, findings) => {
    expect(findingsOf(configurationOf(transitions))).toEqual(findings);
  });

  test("are named, the first and the last of them", () => {
    const ring = (size: number): TransitionSource[] =>
      Array.from({ length: size }, (_, i) => tick(`s${i}`, `s${(i + 1) % size}`));
    const messageOf = (transitions: TransitionSource[]): string | undefined =>
      checkConfiguration(configurationOf(transitions)).at(-1)?.message;
    expect(messageOf(ring(2))).toBe('Timers alone lead round for ever, and nothing changes: "s0" → "s1" → "s0".');
    expect(messageOf(ring(500))).toBe(
      'Timers alone lead round for ever, and nothing changes: "s0" → "s1" → "s2" → "s3" → … → "s499" → "s0".',
    );
  });

  test("are found wherever following them comes back, and nowhere else", () => {
    const moves = fc.uniqueArray(fc.tuple(fc.nat(6), fc.nat(7)), { minLength: 1, maxLength: 14 });
    fc.assert(
      fc.property(moves, (pairs) => {
        // By deadlines, so that all of a state count.
        const transitions = pairs.map(([from, to], i) =>
          edge(`s${from}`, `s${to}`, `e${i}`, { deadline: "now", guard: "" }),
        );
        const reachable = pairs.map(([, start]) => {
          const seen = new Set([start]);
          for (const state of seen) for (const [from, to] of pairs) if (from === state) seen.add(to);
          return seen;
        });
        const onCycle = pairs.flatMap(([from], i) => (reachable[i]?.has(from) === true ? [i] : []));
        const first = onCycle.filter((i) => {
          const [from = -1] = pairs[i] ?? [];
          return !onCycle.some((j) => j < i && reachable[i]?.has(pairs[j]?.[0] ?? -1) && reachable[j]?.has(from));
        });
        const found = findingsOf(configurationOf(transitions)).filter((finding) => finding.startsWith("timer_cycle"));
        expect(found).toEqual(first.map((i) => `timer_cycle /transitions/${i}`));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("a hostile configuration is checked in bounds:", () => {
  const states = Array.from({ length: 500 }, (_, i) => `s${i}`);
  const at = (i: number): string => `s${i % 500}`;
  const cases: Readonly<Record<string, () => TransitionSource[]>> = {
    "thousands of guards": () =>
      Array.from({ length: 3_800 }, (_, i) => edge(at(i), at(i + 1), "e", { guard: `data.x < ${i}.0` })),
    "the same guard thousands of times": () =>
      Array.from({ length: 3_600 }, (_, i) => edge(at(i), at(i + 1), `e${i}`, { guard: "data.x < 3.0" })),
    "a timer in every place": () => [
      ...Array.from({ length: 3_900 }, (_, i) => edge(at(i), at(i * 7 + 1), `e${i}`, { after: `${i + 1}s` })),
      ...Array.from({ length: 50 }, (_, i) => edge("*", at(i * 3), `f${i}`, { deadline: "now" })),
    ],
    "reads without end": () =>
      states
        .slice(1, 120)
        .map((from) =>
          edge(from, "s0", "e", { guard: `${Array.from({ length: 200 }, (_, i) => `data.f${i}`).join("+")} > 0.0` }),
        ),
  };
  test.each(Object.entries(cases))("%s", (_, make) => {
    const transitions = make();
    const source = configurationOf(transitions);
    expect(JSON.stringify(source).length).toBeLessThan(256 * 1024);
    const before = process.cpuUsage();
    const findings = checkConfiguration(source);
    const { user, system } = process.cpuUsage(before);
    expect(findings.some(({ severity }) => severity === "error")).toBe(false);
    expect(JSON.stringify(findings).length).toBeLessThan(2_000_000);
    // A fifth of a second is usual; the rest is for a machine that does other things at the same time.
    expect((user + system) / 1_000).toBeLessThan(2_000);
  });
});
