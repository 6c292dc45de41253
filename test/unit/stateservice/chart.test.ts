/** What is a chart of StateService, and why what is none is none. */
import { describe, expect, test } from "vitest";
import { dump } from "js-yaml";
import { DetentError } from "../../../src/errors.ts";
import { CLOCK, COLORS, counterOf, rawOf, readChart, timedOf } from "./charts.ts";

async function refusalOf(text: string): Promise<string[]> {
  try {
    await readChart(text);
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
  ["no YAML", COLORS.replace("  - name: red_state", "  - name: red: state"), " yaml line 13: bad indentation"],
  ["the block of the README with its caption", `--- states.yaml ---\n${COLORS}`, " yaml line 2: "],
  ["no current state", COLORS.replace("current_state: green_state\n", ""), "/current_state required line 1: "],
  [
    "a current state that is none",
    COLORS.replace("_state: green_state", "_state: grey"),
    '/current_state state_unknown line 1: current_state: "grey"',
  ],
  ["no states", "current_state: a\nstates: []\n", "/states states_missing line 2: "],
  ["an unknown field", COLORS.replace("    func:", "    fun:"), "/states/0/fun unknown_field line 4: "],
  [
    "an unknown field deep inside",
    COLORS.replace("        key: count\n        value: 1\n", "        key: count\n        valeu: 1\n"),
    "/states/0/target/when/valeu unknown_field line 12: ",
  ],
  [
    "a name that is a number",
    COLORS.replace("- name: green_state", "- name: 1"),
    "/states/0/name invalid_type line 3: ",
  ],
  [
    "a name that is a boolean",
    COLORS.replace("- name: green_state", "- name: true"),
    "/states/0/name invalid_type line 3: ",
  ],
  ["a name that is nothing", COLORS.replace("- name: green_state", "- name:"), "/states/0/name invalid_type line 3: "],
  ["a name that is empty", COLORS.replace("- name: green_state", "- name: ''"), "/states/0/name empty line 3: "],
  [
    "a name that is too long",
    COLORS.replace("- name: green_state", `- name: ${"x".repeat(129)}`),
    "/states/0/name limit_exceeded line 3: ",
  ],
  [
    "a name with half a character",
    COLORS.replace("- name: green_state", '- name: "\\ud800"'),
    "/states/0/name characters line 3: ",
  ],
  ["a state called *", COLORS.replace("- name: green_state", "- name: '*'"), "/states/0/name reserved line 3: "],
  [
    "a state twice",
    COLORS.replace("- name: blue_state", "- name: red_state"),
    "/states/2/name state_duplicate line 23: ",
  ],
  ["another func", COLORS.replace("func: increment", "func: decrement"), "/states/0/func invalid_value line 4: "],
  ["a func that is nothing", COLORS.replace("func: increment", "func:"), "/states/0/func invalid_value line 4: "],
  [
    "no current",
    dump({ current_state: "a", states: [{ ...counterOf("a", "b"), current: undefined }, { name: "b" }] }),
    "/states/0/current required line 3: ",
  ],
  [
    "no target",
    dump({ current_state: "a", states: [{ ...counterOf("a", "b"), target: undefined }] }),
    "/states/0/target required line 3: ",
  ],
  [
    "no target of a time",
    dump({ current_state: "a", states: [{ name: "a", func: "time" }] }),
    "/states/0/target required line 3: ",
  ],
  ["no func, yet a target", COLORS.replace("    func: increment\n", ""), "/states/0/target unused line 7: "],
  [
    "a target that is none",
    COLORS.replace("name: red_state\n      when", "name: rot\n      when"),
    '/states/0/target/name state_unknown line 9: states.0.target.name: "rot"',
  ],
  ["a state beside the others", `${COLORS}  - name: grey_state\n`, "/states/3/name state_unused line 24: "],
  ["a key that is no text", COLORS.replace("key: count", "key: 1"), "/states/0/current/key invalid_type line 6: "],
  [
    "a key that is too long",
    COLORS.replace("key: count", `key: ${"x".repeat(129)}`),
    "/states/0/current/key limit_exceeded line 6: ",
  ],
  ["a counter that is a text", COLORS.replace("value: 0", "value: '0'"), "/states/0/current/value number line 7: "],
  ["a counter that is infinite", COLORS.replace("value: 0", "value: .inf"), "/states/0/current/value "],
  [
    "a counter that cannot be counted up",
    COLORS.replace("value: 0", "value: 9007199254740993"),
    "/states/0/current/value number line 7: ",
  ],
  [
    "a target value that is a text",
    COLORS.replace("value: 1", "value: one"),
    "/states/0/target/when/value number line 12: ",
  ],
  ["a number that two versions of YAML read differently", COLORS.replace("value: 1", "value: 010"), " yaml line 12: "],
  [
    "a time that is a number",
    CLOCK.replace("'3000-01-01T12:00:00'", "3000"),
    "/states/0/target/when/value time line 9: ",
  ],
  ["a time that is a day", CLOCK.replace("T12:00:00", ""), "/states/0/target/when/value time line 9: "],
  ["a time with a zone", CLOCK.replace("12:00:00", "12:00:00Z"), "/states/0/target/when/value time line 9: "],
  ["a time that never is", CLOCK.replace("3000-01-01", "3000-02-30"), "/states/0/target/when/value time line 9: "],
  [
    "times that lead in a circle",
    dump({
      current_state: "a",
      states: [timedOf("a", "b", "3000-01-01T00:00:00"), timedOf("b", "a", "3000-01-01T00:00:00")],
    }),
    "/states/0/target/name endless line 6: ",
  ],
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
    const chart = (count: number) => dump(rawOf(Array.from({ length: count }, (_, index) => `s${index}`)));
    expect((await readChart(chart(500))).states).toHaveLength(500);
    expect(await refusalOf(chart(501))).toEqual([expect.stringContaining("/states limit_exceeded line 2: ")]);
  });
});
