/** The ordinary configuration that a chart becomes. */
import { describe, expect, test } from "vitest";
import { dump } from "js-yaml";
import { compileConfiguration } from "../../../src/engine/compile-configuration.ts";
import { convertChart } from "../../../src/stateservice/conversion.ts";
import { CLOCK, COLORS, counterOf, rawOf, readChart } from "./charts.ts";

const convert = async (text: string, timeZone = "UTC") =>
  convertChart(await readChart(text), { name: "colors", version: "v1", timeZone });

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
            guard: "data[state]['count'] + 1 == 1",
            assign: { green_state: "{'count': data[state]['count'] + 1}" },
          },
          {
            from: "green_state",
            to: "green_state",
            event: "increment",
            assign: { green_state: "{'count': data[state]['count'] + 1}" },
          },
          {
            from: "red_state",
            to: "blue_state",
            event: "increment",
            guard: "data[state]['count'] + 1 == 1",
            assign: { red_state: "{'count': data[state]['count'] + 1}" },
          },
          {
            from: "red_state",
            to: "red_state",
            event: "increment",
            assign: { red_state: "{'count': data[state]['count'] + 1}" },
          },
        ],
      },
      state: "green_state",
      data: { green_state: { count: 0 }, red_state: { count: 0 } },
    });
  });

  test("of which nothing has to be warned", async () => {
    for (const text of [COLORS, CLOCK]) {
      expect(compileConfiguration((await convert(text)).source)).toMatchObject({ ok: true, warnings: [] });
    }
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
    expect((await convert(dump(line))).source.starting_state).toBe("b");
    const circle = { current_state: "b", states: [counterOf("b", "a"), counterOf("a", "b")] };
    expect((await convert(dump(circle))).source.starting_state).toBe("b");
  });

  test("JSON is YAML", async () => {
    const { states } = await readChart(COLORS);
    expect(
      await readChart(JSON.stringify({ current_state: "b", states: [counterOf("a", "b"), { name: "b" }] }, null, "\t")),
    ).toEqual({
      currentState: "b",
      states: [
        { ...states[0], name: "a", target: { name: "b", value: 1 } },
        { name: "b", func: undefined },
      ],
    });
  });
});
