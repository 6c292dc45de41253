/** Charts of StateService that tests start from, and how they are read. */
import { readYaml } from "../../../src/http/input.ts";
import { CHART, type Chart } from "../../../src/stateservice/chart.ts";

/** As the route reads it. */
export function readChart(text: string): Promise<Chart> {
  return readYaml(new Request("http://localhost/", { method: "POST", body: text }), CHART);
}

/** The chart of StateService's README. */
export const COLORS = `current_state: green_state
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
export const CLOCK = `current_state: green_state
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

/** A state that is left when its counter reaches `at`. */
export const counterOf = (name: string, target: string, value: unknown = 0, at: unknown = 1) => ({
  name,
  func: "increment",
  current: { key: "count", value },
  target: { name: target, when: { key: "count", value: at } },
});
/** A state that is left when a clock shows `value`. */
export const timedOf = (name: string, target: string, value: unknown) => ({
  name,
  func: "time",
  target: { name: target, when: { key: "clock", value } },
});
/** Counters from each to the next, in the order of `names`, listed as `order` says. */
export function rawOf(names: readonly string[], order: readonly string[] = names) {
  const states = names.map((name, index) => {
    const next = names[index + 1];
    return next === undefined ? { name } : counterOf(name, next);
  });
  return {
    current_state: names[0],
    states: order.map((wanted) => states.find(({ name }) => name === wanted) ?? { name: wanted }),
  };
}
