import { describe, expect, test } from "vitest";
import { listAllowedEvents } from "../../src/engine/allowed-events.ts";
import { checkConfiguration } from "../../src/engine/check-configuration.ts";
import { compileConfiguration } from "../../src/engine/compile-configuration.ts";
import type { Configuration, ConfigurationSource } from "../../src/engine/configuration.ts";
import { parseDuration } from "../../src/engine/duration.ts";
import { FINDING_CODES } from "../../src/engine/finding.ts";
import { countUtf8Bytes } from "../../src/engine/limits.ts";
import { renderMermaid } from "../../src/diagram/mermaid.ts";
import { checkConfigurationName, checkId, checkStateOrEventName, checkVersion, clip } from "../../src/engine/names.ts";
import { start, step } from "../../src/engine/step.ts";

const good: ConfigurationSource = {
  name: "orders",
  version: "v3",
  starting_state: "start",
  states: ["start", "pending", "shipped", "cancelled"],
  transitions: [
    { from: "start", to: "pending", event: "accept" },
    { from: "pending", to: "shipped", event: "ship" },
    { from: "*", to: "cancelled", event: "cancel" },
  ],
  initial_states: ["start", "pending"],
};
const first = { from: "start", to: "pending", event: "accept" };
const rest = good.transitions!.slice(1);

function compile(source: ConfigurationSource): Configuration {
  const compiled = compileConfiguration(source);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
  return compiled.configuration;
}
const withTransition = (extra: object): ConfigurationSource => ({
  ...good,
  transitions: [...good.transitions!, extra],
});
const withFirst = (change: object): ConfigurationSource => ({
  ...good,
  transitions: [{ ...first, ...change }, ...rest],
});

/** Each of which leads to the next. */
const refs = (count: number): Record<string, object> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [i, i + 1 < count ? { $ref: `#/$defs/${i + 1}` } : {}]));

describe("checkConfiguration", () => {
  // [the change, every finding as "code pointer"]
  const cases: [what: string, source: ConfigurationSource, findings: string[]][] = [
    ["nothing", good, []],
    [
      "only what is needed",
      { name: "n", starting_state: "a", states: ["a", "b"], transitions: [{ from: "a", to: "b", event: "e" }] },
      [],
    ],
    ["empty", {}, ["name_missing /name", "states_missing /states", "starting_state_missing /starting_state"]],
    [
      "protobuf's zero values are absent",
      {
        ...good,
        name: "",
        version: "",
        unhandled: "",
        defer_for: "",
        initial_states: [],
        retention: { final: "", history: null },
      },
      ["name_missing /name"],
    ],
    ["starting state unknown", { ...good, starting_state: "x" }, ["starting_state_unknown /starting_state"]],
    ["starting state *", { ...good, starting_state: "*" }, ["starting_state_unknown /starting_state"]],
    ["unused", { ...good, states: [...good.states!, "x"] }, ["state_unused /states/4"]],
    [
      "* uses no state",
      { name: "n", starting_state: "a", states: ["a", "b"], transitions: [{ from: "*", to: "b", event: "e" }] },
      ["state_unused /states/0", "state_unreachable /states/1", "starting_state_final /starting_state"],
    ],
    ["from", withFirst({ from: "x" }), ["state_unused /states/0", "from_unknown /transitions/0/from"]],
    ["no from", withTransition({ to: "shipped", event: "e" }), ["from_unknown /transitions/3/from"]],
    ["to", withTransition({ from: "start", to: "*", event: "e" }), ["to_unknown /transitions/3/to"]],
    [
      "all of a transition",
      withTransition({}),
      ["from_unknown /transitions/3/from", "to_unknown /transitions/3/to", "event_empty /transitions/3/event"],
    ],
    ["duplicate", { ...good, states: [...good.states!, "start"] }, ["state_duplicate /states/4"]],
    ["reserved", { ...good, states: [...good.states!, "*"] }, ["state_reserved /states/4"]],
    ["guard", withFirst({ guard: "data." }), ["expression_invalid /transitions/0/guard"]],
    ["a guard that is no boolean", withFirst({ guard: "1" }), ["expression_invalid /transitions/0/guard"]],
    [
      "assign",
      withFirst({ assign: { a: "1", "b/c": "oops", __proto__: null } }),
      ["expression_invalid /transitions/0/assign/b~1c"],
    ],
    ["after and deadline", withFirst({ after: "P1D", deadline: "now" }), ["timer_ambiguous /transitions/0/after"]],
    ["deadline", withFirst({ deadline: "true" }), ["expression_invalid /transitions/0/deadline"]],
    ["after", withFirst({ after: "soon" }), ["duration_invalid /transitions/0/after"]],
    ["too long an after", withFirst({ after: "P36501D" }), ["limit_exceeded /transitions/0/after"]],
    [
      "too many timers in a state",
      {
        ...good,
        transitions: [
          ...good.transitions!,
          ...Array.from({ length: 65 }, (_, i) => ({
            from: i % 2 ? "*" : "start",
            to: "pending",
            event: "t",
            after: "1s",
            guard: "data.a",
          })),
        ],
      },
      ["limit_exceeded /transitions"],
    ],
    ["empty extras", withFirst({ guard: "", assign: {}, after: "" }), []],
    [
      "schemas",
      {
        ...good,
        state_options: { start: { schema: { type: "thing" } } },
        event_options: { ship: { schema: { requierd: ["a"] } }, cancel: { schema: {} } },
      },
      ["schema_invalid /state_options/start/schema/type", "schema_invalid /event_options/ship/schema/requierd"],
    ],
    [
      "unhandled",
      {
        ...good,
        unhandled: "ignore",
        defer_for: "a while",
        state_options: { start: { unhandled: "defer" }, pending: { unhandled: "Defer" } },
      },
      ["duration_invalid /defer_for", "unhandled_invalid /state_options/pending/unhandled"],
    ],
    ["unhandled invalid", { ...good, unhandled: "Reject" }, ["unhandled_invalid /unhandled"]],
    [
      "durations",
      { ...good, retention: { outcomes: "P30D", final: "P1M", history: "soon" } },
      ["duration_invalid /retention/final", "duration_invalid /retention/history"],
    ],
    ["name", { ...good, name: "1a" }, ["name_invalid /name"]],
    ["version", { ...good, version: "-" }, ["version_invalid /version"]],
    ["state", { ...good, states: [...good.states!, ""] }, ["state_invalid /states/4"]],
    [
      "event",
      withTransition({ from: "start", to: "pending", event: "\ud800" }),
      ["event_invalid /transitions/3/event"],
    ],
    ["initial state", { ...good, initial_states: ["start", "x"] }, ["initial_state_unknown /initial_states/1"]],
    [
      "options",
      { ...good, state_options: { "a/b~c": {} }, event_options: { x: {} } },
      ["state_option_unknown /state_options/a~1b~0c", "event_option_unknown /event_options/x"],
    ],
    [
      "long names",
      { ...withTransition({ from: "start", to: "pending", event: "e".repeat(129) }), name: "n".repeat(64) },
      ["limit_exceeded /name", "limit_exceeded /transitions/3/event"],
    ],
    [
      "shadowed",
      withTransition({ from: "start", to: "shipped", event: "accept" }),
      ["transition_shadowed /transitions/3"],
    ],
    [
      "shadowed by *",
      withTransition({ from: "start", to: "shipped", event: "cancel" }),
      ["transition_shadowed /transitions/3"],
    ],
    [
      "* wholly hidden",
      {
        ...good,
        transitions: [
          ...good.transitions!,
          { from: "start", to: "shipped", event: "e" },
          { from: "pending", to: "shipped", event: "e" },
          { from: "*", to: "shipped", event: "e" },
        ],
      },
      ["transition_shadowed /transitions/5"],
    ],
    [
      "unreachable",
      {
        ...good,
        states: [...good.states!, "x"],
        transitions: [...good.transitions!, { from: "x", to: "start", event: "e" }],
      },
      ["state_unreachable /states/4"],
    ],
    [
      "reachable from an initial state",
      {
        ...good,
        states: [...good.states!, "x"],
        initial_states: ["x"],
        transitions: [...good.transitions!, { from: "x", to: "start", event: "e" }],
      },
      [],
    ],
    [
      "no way out",
      {
        name: "n",
        starting_state: "a",
        states: ["a", "b"],
        transitions: [
          { from: "a", to: "b", event: "e" },
          { from: "b", to: "b", event: "e" },
        ],
      },
      ["state_no_way_out /states/1"],
    ],
    ["a guard that is never true", withFirst({ guard: "1 > 2" }), ["guard_never_true /transitions/0/guard"]],
    [
      "a field from nowhere",
      withTransition({ from: "start", to: "pending", event: "go", guard: "data.paid" }),
      ["field_not_provided /transitions/3/guard"],
    ],
    [
      "a timer that goes round",
      withTransition({ from: "pending", to: "pending", event: "tick", after: "PT1M" }),
      ["timer_cycle /transitions/3"],
    ],
    [
      "final starts",
      { ...good, starting_state: "shipped", initial_states: ["start", "cancelled"] },
      ["starting_state_final /starting_state", "initial_state_final /initial_states/1"],
    ],
  ];
  test.each(cases)("%s", (_, source, findings) => {
    expect(checkConfiguration(source).map(({ code, pointer }) => `${code} ${pointer}`)).toEqual(findings);
  });

  test("every code has a case", () => {
    const seen = new Set(cases.flatMap(([, , findings]) => findings.map((finding) => finding.split(" ")[0])));
    expect(FINDING_CODES.map(({ code }) => code).filter((code) => !seen.has(code))).toEqual([]);
  });

  test("limits name the limit and the value", () => {
    const states = Array.from({ length: 501 }, (_, i) => `s${i}`);
    const transitions = Array.from({ length: 5001 }, (_, i) => ({
      from: `s${i % 500}`,
      to: `s${(i + 1) % 501}`,
      event: `event number ${i} ${"x".repeat(20)}`,
    }));
    const findings = checkConfiguration({ name: "n", starting_state: "s0", states, transitions });
    expect(findings.map(({ pointer, message }) => [pointer, message])).toEqual([
      ["", expect.stringMatching(/262144 bytes of JSON; this one has \d+\.$/)],
      ["/states", "A configuration has at most 500 states; this one has 501."],
      ["/transitions", "A configuration has at most 5000 transitions; this one has 5001."],
    ]);
  });

  test.each([
    ["long", `'${"x".repeat(2_047)}' == ''`],
    ["deep", `${"(".repeat(60)}true${")".repeat(60)}`],
    ["long a chain", `data${".a".repeat(60)} == 1.0`],
    ["many parts", `[${"1,".repeat(1_000)}] == []`],
    ["many patterns", Array.from({ length: 11 }, () => "state.matches('a')").join(" && ")],
    ["long a pattern", `state.matches('${"a".repeat(257)}')`],
    ["large a pattern", "state.matches('(a{30}){30}')"],
  ])("limits of expressions are limits: too %s", (_, guard) => {
    const findings = checkConfiguration(withFirst({ guard })).map(({ code, pointer }) => `${code} ${pointer}`);
    expect(findings).toEqual(["limit_exceeded /transitions/0/guard"]);
  });

  test.each([
    ["long a pattern", { pattern: "a".repeat(1_025) }, "/pattern"],
    ["large a pattern", { pattern: "(a{1000}){1000}" }, "/pattern"],
    ["deep a pattern", { pattern: "(".repeat(60) + ")".repeat(60) }, "/pattern"],
    ["many subschemas", { allOf: Array.from({ length: 5_000 }, () => true) }, "/allOf/4999"],
    ["many that apply to a value", { $defs: refs(17), $ref: "#/$defs/0" }, ""],
  ])("limits of schemas are limits: too %s", (_, schema, pointer) => {
    const findings = checkConfiguration({ ...good, event_options: { ship: { schema } } });
    expect(findings.map((finding) => `${finding.code} ${finding.pointer}`)).toEqual([
      `limit_exceeded /event_options/ship/schema${pointer}`,
    ]);
  });

  test("deep nesting is refused, not followed", () => {
    let schema: Record<string, unknown> = {};
    for (let i = 0; i < 100_000; i++) schema = { a: schema };
    const codes = checkConfiguration({ ...good, event_options: { ship: { schema } } }).map(({ code }) => code);
    expect(codes).toEqual(["limit_exceeded"]);
  });

  test("names of object properties are names like any other", () => {
    const source = JSON.parse(
      '{"name":"n","starting_state":"__proto__","states":["__proto__","constructor"],"transitions":[{"from":"__proto__","to":"constructor","event":"toString"}],"state_options":{"__proto__":{}},"event_options":{"__proto__":{}}}',
    );
    expect(checkConfiguration(source).map(({ code }) => code)).toEqual(["event_option_unknown"]);
  });

  test("what is over a limit is one finding, not one for each member", () => {
    const transitions = [{ from: "a", to: "b", event: "e" }];
    const many = (count: number, member: string) => Array.from({ length: count }, () => member);
    const base = { name: "n", starting_state: "a", states: ["a", "b"], transitions };
    const codes = (source: ConfigurationSource) => new Set(checkConfiguration(source).map(({ code }) => code));
    const initial = { ...base, initial_states: many(300_000, "b") };
    expect(checkConfiguration(initial).length).toBeLessThan(10);
    expect(codes(initial)).toEqual(new Set(["limit_exceeded"]));
    const shadowed = { ...base, transitions: Array.from({ length: 10_000 }, () => transitions[0]!) };
    expect(checkConfiguration(shadowed).length).toBeLessThan(10);
  });

  test("the largest configurations compile", () => {
    const states = Array.from({ length: 500 }, (_, i) => `${i}`);
    const make = (from: (i: number) => string): ConfigurationSource => ({
      name: "n",
      starting_state: "0",
      states,
      transitions: Array.from({ length: 5000 }, (_, i) => ({
        from: i < 500 ? `${i}` : from(i),
        to: `${(i * 7) % 500}`,
        event: `e${i}`,
      })),
    });
    for (const source of [make(() => "*"), make((i) => `${i % 500}`)]) {
      const configuration = compile(source);
      expect(send(configuration, "0", "e0")).toMatchObject({ kind: "transitioned", next: { state: "0" } });
    }
  });
});

test("compileConfiguration indexes, and version is v1 when absent", () => {
  const { version: _, ...unversioned } = good;
  for (const source of [unversioned, { ...good, version: "" }]) expect(compile(source).version).toBe("v1");
  const configuration = compile({ ...good, initial_states: [] });
  expect([...configuration.finalStates]).toEqual(["shipped", "cancelled"]);
  expect(configuration.events).toEqual(["accept", "ship", "cancel"]);
  expect(configuration.initialStates).toEqual(good.states);
  expect(configuration.edges.get("pending")?.get("cancel")).toMatchObject([
    { from: "pending", to: "cancelled", event: "cancel", position: 2 },
  ]);
  expect(configuration.states.map((state) => configuration.edges.get(state)?.size)).toEqual([2, 2, 0, 0]);
  expect(configuration.edges.get("nowhere")).toBeUndefined();
  expect(compileConfiguration({})).toMatchObject({
    ok: false,
    errors: [{ code: "name_missing", severity: "error" }, {}, {}],
    warnings: [],
  });
});

describe("names", () => {
  const long = "😀".repeat(128);
  test.each([
    [checkConfigurationName, "a".repeat(63), undefined],
    [checkConfigurationName, "a".repeat(64), "limit_exceeded"],
    [checkConfigurationName, "a.B_-9", undefined],
    [checkConfigurationName, "9a", "pattern"],
    [checkConfigurationName, "a\n", "pattern"],
    [checkConfigurationName, "", "empty"],
    [checkVersion, "9", undefined],
    [checkVersion, ".", "pattern"],
    [checkVersion, "v".repeat(64), "limit_exceeded"],
    [checkId, "a/b %é😀", undefined],
    [checkId, "", "empty"],
    [checkId, ".", "reserved"],
    [checkId, "..", "reserved"],
    [checkId, "...", undefined],
    [checkId, "a".repeat(255), undefined],
    [checkId, "a".repeat(256), "limit_exceeded"],
    [checkId, long, undefined],
    [checkId, `${long}a`, "limit_exceeded"],
    [checkId, "a\0", "characters"],
    [checkId, "\x7f", "characters"],
    [checkId, "\x9f", "characters"],
    [checkId, "\udc00", "characters"],
    [checkStateOrEventName, long, undefined],
    [checkStateOrEventName, `${long}a`, "limit_exceeded"],
    [checkStateOrEventName, "\n", undefined],
    [checkStateOrEventName, "\ud800x", "characters"],
    [checkStateOrEventName, "", "empty"],
  ])("%o %j", (check, value, rule) => {
    expect(check(value)?.rule).toBe(rule);
  });

  test("messages name limit and value, cut", () => {
    expect(checkConfigurationName("n".repeat(70))?.message).toBe(
      `A configuration name has at most 63 characters; "${"n".repeat(64)}…" has 70.`,
    );
    expect(clip("\ud800")).toBe("\ufffd");
    for (const text of ["aé€😀", "\ud800", "x\udc00😀"])
      expect(countUtf8Bytes(text)).toBe(new TextEncoder().encode(text).length);
  });
});

test.each([
  ["P30D", 2_592_000_000],
  ["PT30M", 1_800_000],
  ["P1DT2H", 93_600_000],
  ["P2W", 1_209_600_000],
  ["PT0.5S", 500],
  ["PT1,5H", 5_400_000],
  ["30m", 1_800_000],
  ["1h30m", 5_400_000],
  ["1.5h", 5_400_000],
  ["300ms", 300],
  ["2us", 0],
  ["1m1ms", 60_001],
  [".5s", 500],
  ["0", 0],
  ["0s", 0],
  ["", undefined],
  ["P", undefined],
  ["PT", undefined],
  ["P1DT", undefined],
  ["P1M", undefined],
  ["P1Y", undefined],
  ["P1.5DT1H", undefined],
  ["pt1h", undefined],
  ["-1h", undefined],
  ["-PT1H", undefined],
  ["30", undefined],
  ["1d", undefined],
  ["1h ", undefined],
  ["m", undefined],
  [`${"9".repeat(40)}h`, undefined],
])("duration %j", (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

function begin(configuration: Configuration, state?: string) {
  return start(configuration, { state, data: {}, now: 0 });
}

/** An event without data to a machine without data. */
function send(configuration: Configuration, state: string, name: string) {
  const event = { id: "e", name, data: {}, details: "", originator: "", timestamp: 0 };
  return step(configuration, { state, revision: 0, data: {} }, event, 0);
}

describe("start and step", () => {
  const configuration = compile(good);
  test("start", () => {
    expect(begin(configuration)).toEqual({ ok: true, next: { state: "start", revision: 0, data: {} }, timers: [] });
    expect(begin(configuration, "pending")).toMatchObject({ ok: true, next: { state: "pending" } });
    const message = 'A machine of orders:v3 cannot be created in the state "shipped"; allowed: "start", "pending".';
    const rule = "initial_state";
    expect(begin(configuration, "shipped")).toEqual({
      ok: false,
      rule,
      message,
      violations: [{ pointer: "/state", rule, message, value: "shipped" }],
    });
    expect(begin(configuration, "x")).toMatchObject({
      ok: false,
      message: '"x" is not a state of orders:v3; allowed: "start", "pending".',
    });
  });
  test("a transition names the state it left, also for *", () => {
    expect(send(configuration, "pending", "cancel")).toMatchObject({
      kind: "transitioned",
      next: { state: "cancelled", revision: 1, data: {} },
      transition: { from: "pending", to: "cancelled", event: "cancel" },
      timers: [],
    });
  });
  test("refusals name the event, the state and what would be allowed", () => {
    expect(send(configuration, "start", "ship")).toEqual({
      kind: "refused",
      reason: "NO_TRANSITION",
      allowedEvents: ["accept", "cancel"],
      message: 'The event "ship" has no transition from the state "start"; allowed: "accept", "cancel".',
      violations: [],
    });
    expect(send(configuration, "shipped", "cancel")).toMatchObject({
      reason: "NO_TRANSITION",
      allowedEvents: [],
      message: 'The event "cancel" has no transition from the state "shipped"; no event is allowed, it is final.',
    });
    expect(send(configuration, "start", "x")).toMatchObject({
      reason: "UNKNOWN_EVENT",
      message: 'orders:v3 has no event "x"; in the state "start" allowed: "accept", "cancel".',
    });
  });
  test("a message names 20 events", () => {
    const transitions = Array.from({ length: 25 }, (_, i) => ({ from: "a", to: "b", event: `e${i}` }));
    const result = send(compile({ name: "n", starting_state: "a", states: ["a", "b"], transitions }), "a", "x");
    expect(result).toMatchObject({ message: expect.stringMatching(/"e19" and 5 more\.$/) });
    expect(result.kind === "refused" && result.allowedEvents.length).toBe(25);
  });
  test("allowed events", () => {
    expect(listAllowedEvents(configuration, { state: "start", revision: 0, data: {} }, 0)).toEqual([
      { event: "accept", allowed: "yes", to: "pending" },
      { event: "ship", allowed: "no", reason: "NO_TRANSITION" },
      { event: "cancel", allowed: "yes", to: "cancelled" },
    ]);
  });
});

describe("renderMermaid", () => {
  test("says where it leaves off: no configuration makes a diagram of more than about 5,000 arrows", () => {
    const states = Array.from({ length: 500 }, (_, i) => `s${i}`);
    const compiled = compileConfiguration({
      name: "hostile",
      states: [...states],
      starting_state: "s0",
      transitions: [
        ...states.map((from) => ({ from, to: "s0", event: "home" })),
        ...Array.from({ length: 4_500 }, (_, i) => ({ from: "*", to: `s${i % 500}`, event: `e${i}` })),
      ],
    });
    if (!compiled.ok) throw new Error(compiled.errors[0]?.message);
    const text = renderMermaid(compiled.configuration);
    expect(text).toContain("%% more arrows than can be written");
    expect(text.split("\n").length).toBeLessThan(7_000);
  });

  test("golden", () => {
    expect(
      renderMermaid(
        compile({ ...good, transitions: [...good.transitions!, { from: "start", to: "pending", event: "skip" }] }),
      ),
    ).toBe(`stateDiagram-v2
  state "start" as s0
  state "pending" as s1
  state "shipped" as s2
  state "cancelled" as s3
  [*] --> s0
  s0 --> s1 : accept, skip
  s0 --> s3 : cancel
  s1 --> s2 : ship
  s1 --> s3 : cancel
  s2 --> [*]
  s3 --> [*]
`);
  });
  test("any text is a label", () => {
    const states = ['a"b:c', "été\n;#%%😀"];
    expect(
      renderMermaid(
        compile({
          name: "n",
          starting_state: states[0]!,
          states,
          transitions: [{ from: states[0]!, to: states[1]!, event: " --> <b>\0 " }],
        }),
      ),
    ).toBe(`stateDiagram-v2
  state "a#34;b#58;c" as s0
  state "été#9226;#59;#35;#37;#37;#128512;" as s1
  [*] --> s0
  s0 --> s1 : #32;--#62; #60;b#62;#9216;#32;
  s1 --> [*]
`);
  });
});
