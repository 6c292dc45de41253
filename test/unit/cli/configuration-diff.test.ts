import { expect, test } from "vitest";
import { diffConfigurations } from "../../../src/cli/configuration-diff.ts";

const BASE = {
  name: "orders",
  version: "v1",
  starting_state: "a",
  states: ["a", "b", "c"],
  transitions: [
    { from: "a", to: "b", event: "go", guard: "data.x" },
    { from: "a", to: "c", event: "go" },
    { from: "b", to: "c", event: "end" },
  ],
};

test("names, the order of states, and that of transitions for different events mean nothing", () => {
  const [one, two, three] = BASE.transitions;
  const after = { ...BASE, name: "x", version: "v2", states: ["c", "b", "a"], transitions: [three, one, two] };
  expect(diffConfigurations(BASE, after as typeof BASE)).toEqual([]);
  expect(diffConfigurations(BASE, { ...BASE, unhandled: "reject" })).toEqual([]);
});

test("the order in which transitions are tried does", () => {
  const [one, two, three] = BASE.transitions;
  const after = { ...BASE, transitions: [two, one, three] } as typeof BASE;
  expect(diffConfigurations(BASE, after)).toEqual([
    { change: "changed", path: 'order of transitions for "go"', before: [one, two], after: [two, one] },
  ]);
});

test("a transition with another guard is the same one, changed; a state's schema is named", () => {
  const changed = { from: "a", to: "b", event: "go", guard: "data.y" };
  const after = {
    ...BASE,
    transitions: [changed, ...BASE.transitions.slice(1)],
    state_options: { b: { schema: { type: "object" } } },
  };
  expect(diffConfigurations(BASE, after)).toEqual([
    { change: "changed", path: "transitions", before: BASE.transitions[0], after: changed },
    { change: "added", path: "state_options.b", after: { schema: { type: "object" } } },
  ]);
  expect(diffConfigurations(after, BASE).map(({ change }) => change)).toEqual(["changed", "removed"]);
});
