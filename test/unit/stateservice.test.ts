/** Charts of StateService: which are read, what configuration they become, and that this one walks as the chart would. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { compileConfiguration } from "../../src/engine/compile-configuration.ts";
import type { Configuration } from "../../src/engine/configuration.ts";
import type { JsonObject } from "../../src/engine/json.ts";
import { start, step } from "../../src/engine/step.ts";
import type { Timer } from "../../src/engine/timer.ts";
import { DetentError } from "../../src/errors.ts";
import { readYaml } from "../../src/http/input.ts";
import { CHART, type Chart } from "../../src/stateservice/chart.ts";
import { convertChart } from "../../src/stateservice/conversion.ts";
import { isTimeZone, parseWallTime, toInstant } from "../../src/stateservice/wall-time.ts";
import { ChartModel, type RawChart } from "./stateservice-model.ts";

const read = (text: string): Promise<Chart> =>
  readYaml(new Request("http://localhost/", { method: "POST", body: text }), CHART);

const OPTIONS = { name: "colors", version: "v1", timeZone: "UTC" };
const convert = async (text: string, timeZone = "UTC") => convertChart(await read(text), { ...OPTIONS, timeZone });

/** The chart of StateService's README. */
const COLORS = `current_state: green_state
states:
  - name: green_state
    func: increment
    current:
      key: count
      value: 0
    target:
      name: red_state
      when:
        key: count
        value: 1
  - name: red_state
    func: increment
    current:
      key: count
      value: 0
    target:
      name: blue_state
      when:
        key: count
        value: 1
  - name: blue_state
`;

/** Its chart of a time, with an end. */
const CLOCK = `current_state: green_state
states:
  - name: green_state
    func: time
    target:
      name: red_state
      when:
        key: clock
        value: '3000-01-01T12:00:00'
  - name: red_state
`;

describe("a chart becomes a configuration", () => {
  test("of counters, each of its own state, with the event increment", async () => {
    expect(await convert(COLORS)).toEqual({
      source: {
        name: "colors",
        version: "v1",
        starting_state: "green_state",
        states: ["green_state", "red_state", "blue_state"],
        transitions: [
          {
            from: "green_state",
            to: "red_state",
            event: "increment",
            guard: 'data["green_state"]["count"] + 1.0 == 1.0',
            assign: { green_state: '{"count": data["green_state"]["count"] + 1.0}' },
          },
          {
            from: "green_state",
            to: "green_state",
            event: "increment",
            assign: { green_state: '{"count": data["green_state"]["count"] + 1.0}' },
          },
          {
            from: "red_state",
            to: "blue_state",
            event: "increment",
            guard: 'data["red_state"]["count"] + 1.0 == 1.0',
            assign: { red_state: '{"count": data["red_state"]["count"] + 1.0}' },
          },
          {
            from: "red_state",
            to: "red_state",
            event: "increment",
            assign: { red_state: '{"count": data["red_state"]["count"] + 1.0}' },
          },
        ],
      },
      state: "green_state",
      data: { green_state: { count: 0 }, red_state: { count: 0 } },
    });
  });

  test.each([
    ["UTC", "3000-01-01T12:00:00Z"],
    ["Europe/Paris", "3000-01-01T11:00:00Z"],
    ["-03:30", "3000-01-01T15:30:00Z"],
  ])("of deadlines, in %s", async (timeZone, instant) => {
    const { source, data } = await convert(CLOCK, timeZone);
    expect(source.transitions).toEqual([
      { from: "green_state", to: "red_state", event: "time", deadline: `timestamp("${instant}")` },
    ]);
    expect(data).toEqual({});
  });

  test("where it stands is the machine's, so that a chart saved in the middle is the same configuration", async () => {
    const later = COLORS.replace("current_state: green_state", "current_state: red_state").replace(
      "value: 0",
      "value: 1",
    );
    const [atFirst, inTheMiddle] = [await convert(COLORS), await convert(later)];
    expect(inTheMiddle.source).toEqual(atFirst.source);
    expect(inTheMiddle.state).toBe("red_state");
    expect(inTheMiddle.data).toEqual({ green_state: { count: 1 }, red_state: { count: 0 } });
  });

  test("it starts in the first state that is no target; in a circle in the first", async () => {
    // The end is listed first.
    const line = rawOf(["b", "a"], ["a", "b"]);
    expect((await convert(stringify(line))).source.starting_state).toBe("b");
    const circle = { current_state: "b", states: [counterOf("b", "a"), counterOf("a", "b")] };
    expect((await convert(stringify(circle))).source.starting_state).toBe("b");
  });

  test("JSON is YAML", async () => {
    const { states } = await read(COLORS);
    expect(
      await read(JSON.stringify({ current_state: "b", states: [counterOf("a", "b"), { name: "b" }] }, null, "\t")),
    ).toEqual({
      currentState: "b",
      states: [
        { ...states[0], name: "a", target: { name: "b", value: 1 } },
        { name: "b", func: undefined },
      ],
    });
  });
});

const counterOf = (name: string, target: string, value: unknown = 0, at: unknown = 1) => ({
  name,
  func: "increment",
  current: { key: "count", value },
  target: { name: target, when: { key: "count", value: at } },
});
const timedOf = (name: string, target: string, value: unknown) => ({
  name,
  func: "time",
  target: { name: target, when: { key: "clock", value } },
});
/** Counters from each to the next, in the order of `names`, listed as `order` says. */
function rawOf(names: readonly string[], order: readonly string[] = names) {
  const states = names.map((name, index) => {
    const next = names[index + 1];
    return next === undefined ? { name } : counterOf(name, next);
  });
  return {
    current_state: names[0],
    states: order.map((wanted) => states.find(({ name }) => name === wanted) ?? { name: wanted }),
  };
}

async function refusalOf(text: string): Promise<string[]> {
  try {
    await read(text);
  } catch (error) {
    if (error instanceof DetentError)
      return error.violations.map(({ pointer, rule, message }) => `${pointer} ${rule} ${message}`);
    throw error;
  }
  throw new Error("it was read");
}

/** Each with the line and the field it is refused for. */
const NO_CHARTS: readonly (readonly [string, string, string])[] = [
  ["nothing", "", " invalid_type line 1: the body: "],
  ["a list", "- a\n", " invalid_type line 1: the body: "],
  ["a text", "green", " invalid_type line 1: the body: "],
  ["no YAML", COLORS.replace("  - name: red_state", "  - name: red: state"), " yaml line 13: Nested mappings"],
  ["the block of the README with its caption", `--- states.yaml ---\n${COLORS}`, " yaml line 1: "],
  ["no current state", COLORS.replace("current_state: green_state\n", ""), "/current_state required line 1: "],
  ["a current state that is none", COLORS.replace("_state: green_state", "_state: grey"), '/current_state state_unknown line 1: current_state: "grey"'], // prettier-ignore
  ["no states", "current_state: a\nstates: []\n", "/states states_missing line 2: "],
  ["an unknown field", COLORS.replace("    func:", "    fun:"), "/states/0/fun unknown_field line 4: "],
  ["an unknown field deep inside", COLORS.replace("        key: count\n        value: 1\n", "        key: count\n        valeu: 1\n"), "/states/0/target/when/valeu unknown_field line 12: "], // prettier-ignore
  ["a name that is a number", COLORS.replace("- name: green_state", "- name: 1"), "/states/0/name invalid_type line 3: "], // prettier-ignore
  ["a name that is a boolean", COLORS.replace("- name: green_state", "- name: true"), "/states/0/name invalid_type line 3: "], // prettier-ignore
  ["a name that is nothing", COLORS.replace("- name: green_state", "- name:"), "/states/0/name invalid_type line 3: "],
  ["a name that is empty", COLORS.replace("- name: green_state", "- name: ''"), "/states/0/name empty line 3: "],
  ["a name that is too long", COLORS.replace("- name: green_state", `- name: ${"x".repeat(129)}`), "/states/0/name limit_exceeded line 3: "], // prettier-ignore
  ["a name with half a character", COLORS.replace("- name: green_state", '- name: "\\ud800"'), "/states/0/name characters line 3: "], // prettier-ignore
  ["a state called *", COLORS.replace("- name: green_state", "- name: '*'"), "/states/0/name reserved line 3: "],
  [
    "a state twice",
    COLORS.replace("- name: blue_state", "- name: red_state"),
    "/states/2/name state_duplicate line 23: ",
  ],
  ["another func", COLORS.replace("func: increment", "func: decrement"), "/states/0/func invalid_value line 4: "],
  ["a func that is nothing", COLORS.replace("func: increment", "func:"), "/states/0/func invalid_value line 4: "],
  ["no current", stringify({ current_state: "a", states: [{ ...counterOf("a", "b"), current: undefined }, { name: "b" }] }), "/states/0/current required line 3: "], // prettier-ignore
  ["no target", stringify({ current_state: "a", states: [{ ...counterOf("a", "b"), target: undefined }] }), "/states/0/target required line 3: "], // prettier-ignore
  ["no target of a time", stringify({ current_state: "a", states: [{ name: "a", func: "time" }] }), "/states/0/target required line 3: "], // prettier-ignore
  ["no func, yet a target", COLORS.replace("    func: increment\n", ""), "/states/0/target unused line 7: "],
  ["a target that is none", COLORS.replace("name: red_state\n      when", "name: rot\n      when"), '/states/0/target/name state_unknown line 9: states.0.target.name: "rot"'], // prettier-ignore
  ["a state beside the others", `${COLORS}  - name: grey_state\n`, "/states/3/name state_unused line 24: "],
  ["a key that is no text", COLORS.replace("key: count", "key: 1"), "/states/0/current/key invalid_type line 6: "],
  ["a key that is too long", COLORS.replace("key: count", `key: ${"x".repeat(129)}`), "/states/0/current/key limit_exceeded line 6: "], // prettier-ignore
  ["a counter that is a text", COLORS.replace("value: 0", "value: '0'"), "/states/0/current/value number line 7: "],
  ["a counter that is infinite", COLORS.replace("value: 0", "value: .inf"), "/states/0/current/value "],
  ["a counter that cannot be counted up", COLORS.replace("value: 0", "value: 9007199254740993"), "/states/0/current/value number line 7: "], // prettier-ignore
  ["a target value that is a text", COLORS.replace("value: 1", "value: one"), "/states/0/target/when/value number line 12: "], // prettier-ignore
  ["a number that two versions of YAML read differently", COLORS.replace("value: 1", "value: 010"), " yaml line 12: "],
  [
    "a time that is a number",
    CLOCK.replace("'3000-01-01T12:00:00'", "3000"),
    "/states/0/target/when/value time line 9: ",
  ],
  ["a time that is a day", CLOCK.replace("T12:00:00", ""), "/states/0/target/when/value time line 9: "],
  ["a time with a zone", CLOCK.replace("12:00:00", "12:00:00Z"), "/states/0/target/when/value time line 9: "],
  ["a time that never is", CLOCK.replace("3000-01-01", "3000-02-30"), "/states/0/target/when/value time line 9: "],
  ["times that lead in a circle", stringify({ current_state: "a", states: [timedOf("a", "b", "3000-01-01T00:00:00"), timedOf("b", "a", "3000-01-01T00:00:00")] }), "/states/0/target/name endless line 6: "], // prettier-ignore
];

describe("what is no chart is refused with its line", () => {
  test.each(NO_CHARTS)("%s", async (_name, text, expected) => {
    const found = await refusalOf(text);
    expect(
      found.some((violation) => violation.startsWith(expected)),
      found.join("\n"),
    ).toBe(true);
  });

  test("all of it at once", async () => {
    const found = await refusalOf(
      COLORS.replace("value: 0", "value: zero").replace("_state: green_state", "_state: grey"),
    );
    expect(found.map((violation) => violation.split(" ")[0])).toEqual(["/current_state", "/states/0/current/value"]);
  });

  test("500 states are a chart, one more are none", async () => {
    const chart = (count: number) => stringify(rawOf(Array.from({ length: count }, (_, index) => `s${index}`)));
    expect((await read(chart(500))).states).toHaveLength(500);
    expect(await refusalOf(chart(501))).toEqual([expect.stringContaining("/states limit_exceeded line 2: ")]);
  });
});

describe("a time on the wall", () => {
  test.each([
    ["2026-2-3T4:5:6", Date.UTC(2026, 1, 3, 4, 5, 6)],
    ["0099-12-31T23:59:59", -59_011_459_201_000],
    ["2024-02-29T00:00:00", Date.UTC(2024, 1, 29)],
    ["2026-02-29T00:00:00", undefined],
    ["2026-01-01T24:00:00", undefined],
    ["2026-01-01T23:59:60", undefined],
    ["2026-00-01T00:00:00", undefined],
    ["2026-13-01T00:00:00", undefined],
    ["0000-01-01T00:00:00", undefined],
    ["2026-01-01 00:00:00", undefined],
    ["2026-01-01T00:00:00.5", undefined],
    ["26-01-01T00:00:00", undefined],
    ["", undefined],
  ])("%j", (text, instant) => expect(parseWallTime(text)).toBe(instant));

  test.each([
    ["Europe/Paris", "2026-07-01T12:00:00", "2026-07-01T10:00:00Z"],
    ["Europe/Paris", "2026-01-01T12:00:00", "2026-01-01T11:00:00Z"],
    // Left out: the clock goes from 02:00 to 03:00.
    ["Europe/Paris", "2026-03-29T02:30:00", "2026-03-29T01:00:00Z"],
    ["Europe/Paris", "2026-03-29T01:59:59", "2026-03-29T00:59:59Z"],
    ["Europe/Paris", "2026-03-29T03:00:00", "2026-03-29T01:00:00Z"],
    // Twice: the clock goes from 03:00 to 02:00.
    ["Europe/Paris", "2026-10-25T02:30:00", "2026-10-25T00:30:00Z"],
    ["America/New_York", "2026-11-01T01:30:00", "2026-11-01T05:30:00Z"],
    // Half an hour, and a whole day.
    ["Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-03T15:30:00Z"],
    ["Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T10:00:00Z"],
    // The ends of what can be said.
    ["America/New_York", "9999-12-31T23:59:59", "9999-12-31T23:59:59Z"],
    ["Asia/Tokyo", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z"],
  ])("in %s, %s is %s", (timeZone, text, instant) => {
    expect(new Date(toInstant(parseWallTime(text) ?? 0, timeZone)).toISOString()).toBe(instant.replace("Z", ".000Z"));
  });

  test("zones are those of the IANA database, and offsets", () => {
    const names = ["UTC", "europe/paris", "+02:00", "Mars/Base", "", "+25:00", "../etc/localtime", "__proto__"];
    expect(names.map(isTimeZone)).toEqual([true, true, true, false, false, false, false, false]);
  });

  test("is shown by the clock at that instant, and not before", () => {
    const shows = (instant: number, timeZone: string): string =>
      new Date(instant).toLocaleString("sv-SE", { timeZone }).replace(" ", "T");
    const zones = fc.constantFrom(
      "Europe/Paris",
      "America/New_York",
      "Asia/Kolkata",
      "Pacific/Chatham",
      "Africa/Casablanca",
    );
    const walls = fc.integer({ min: Date.UTC(1980, 0) / 1_000, max: Date.UTC(2036, 0) / 1_000 });
    fc.assert(
      fc.property(zones, walls, (timeZone, seconds) => {
        const wall = new Date(seconds * 1_000).toISOString().slice(0, 19);
        const instant = toInstant(seconds * 1_000, timeZone);
        expect(shows(instant, timeZone) >= wall).toBe(true);
        expect(shows(instant - 1_000, timeZone) < wall).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

/** A machine of the converted chart, on the engine alone. */
class Machine {
  readonly #configuration: Configuration;
  #snapshot: { readonly state: string; readonly revision: number; readonly data: JsonObject };
  #timers: readonly Timer[];
  #now: number;

  constructor(chart: Chart, now: number) {
    const { source, state, data } = convertChart(chart, OPTIONS);
    const compiled = compileConfiguration(source);
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
    this.#configuration = compiled.configuration;
    const begun = start(compiled.configuration, { state, data, now });
    if (!begun.ok) throw new Error(begun.message);
    this.#snapshot = begun.next;
    this.#timers = begun.timers;
    this.#now = now;
  }

  get state(): string {
    return this.#snapshot.state;
  }

  /** What the file of StateService would say of the counters. */
  get counters(): JsonObject {
    return this.#snapshot.data;
  }

  put(state: string): boolean {
    return this.state === state && this.#send("increment");
  }

  passTo(now: number): void {
    for (;;) {
      const [next] = this.#timers;
      if (next === undefined || next.dueAt > now) break;
      this.#now = Math.max(this.#now, next.dueAt);
      expect(this.#send(next.event)).toBe(true);
    }
    this.#now = now;
  }

  #send(name: string): boolean {
    const event = { id: "e", name, data: {}, details: "", originator: "", timestamp: this.#now };
    const taken = step(this.#configuration, this.#snapshot, event, this.#now);
    if (taken.kind !== "transitioned") return false;
    this.#snapshot = taken.next;
    this.#timers = taken.timers;
    return true;
  }
}

const T0 = Date.UTC(2026, 0, 1);
const timeOf = (minute: number): string => new Date(T0 + minute * 60_000).toISOString().slice(0, 19);

const text = fc.oneof(
  fc.constantFrom("green_state", "count", "a", "__proto__", "constructor", 'a"b\\', "null", "1", "in", "line\nbreak", "\u0001", "ä 😀", " "), // prettier-ignore
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
);
const number = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(0.5, -1.5, 1e-7));

/** A chart of any form: in a line, in circles, with states that nothing leads to. */
const rawChart: fc.Arbitrary<RawChart> = fc
  .uniqueArray(
    text.filter((name) => name !== "*"),
    { minLength: 2, maxLength: 6 },
  )
  .chain((names) =>
    fc.record({
      current_state: fc.constantFrom(...names),
      states: fc.tuple(
        ...names.map((name, index) => {
          const targetOf = fc.constantFrom(...names);
          // Times lead onward: in a circle of them no machine would rest.
          const onward = fc.constantFrom(...names.slice(index + 1), ...(index + 1 < names.length ? [] : names));
          return fc.oneof(
            { weight: 4, arbitrary: fc.tuple(text, number, targetOf, fc.integer({ min: -2, max: 4 })).map(([key, value, target, at]) => ({ name, func: "increment" as const, current: { key, value }, target: { name: target, when: { key: "n", value: value + at } } })) }, // prettier-ignore
            { weight: index + 1 < names.length ? 2 : 0, arbitrary: fc.tuple(onward, fc.integer({ min: -5, max: 30 })).map(([target, minute]) => ({ name, func: "time" as const, target: { name: target, when: { key: "clock", value: timeOf(minute) } } })) }, // prettier-ignore
            { weight: 1, arbitrary: fc.constant({ name }) },
          );
        }),
      ),
    }),
  )
  .map(({ current_state, states }) => {
    const targets = new Set(states.flatMap((state) => ("target" in state ? [state.target.name] : [])));
    const kept = states.filter((state) => "target" in state || targets.has(state.name));
    const isKept = kept.some(({ name }) => name === current_state);
    return { current_state: isKept ? current_state : (kept[0]?.name ?? ""), states: kept };
  })
  .filter(({ states }) => states.length > 0);

type Act = { readonly put: number } | { readonly minutes: number } | { readonly reload: true };
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -1, max: 5 }).map((put) => ({ put })) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 12 }).map((minutes) => ({ minutes })) },
    { weight: 1, arbitrary: fc.constant({ reload: true as const }) },
  ),
  { maxLength: 30 },
);

test("a converted chart walks as the chart does: every PUT, every time, every counter, also when it is saved and imported again", async () => {
  await fc.assert(
    fc.asyncProperty(rawChart, acts, async (raw, sequence) => {
      let now = T0;
      const model = new ChartModel(raw, now);
      let machine = new Machine(await read(stringify(raw)), now);
      const names = raw.states.map(({ name }) => name);
      const compare = (): void => {
        machine.passTo(now);
        expect(machine.state).toBe(model.currentState);
        expect(machine.counters).toEqual(model.counters);
      };
      compare();
      for (const act of sequence) {
        if ("minutes" in act) {
          // A second more: StateService wants the time to be past.
          now += act.minutes * 60_000 + 1_000;
          model.passTo(now);
        } else if ("reload" in act) {
          machine = new Machine(await read(stringify(model.save())), now);
        } else {
          // Mostly the current state, now and then another one or none.
          const name = act.put < 4 ? model.currentState : (names[act.put] ?? "nowhere");
          expect(machine.put(name)).toBe(model.put(name));
        }
        compare();
      }
    }),
    { numRuns: 300 },
  );
});
