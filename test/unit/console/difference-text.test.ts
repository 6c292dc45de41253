import { expect, test } from "vitest";
import { diffConfigurations } from "../../../src/configuration-diff.ts";
import { countChanges, tellDifference } from "../../../src/console/pages/configurations/difference-text.ts";

const BASE = {
  starting_state: "a",
  states: ["a", "b"],
  transitions: [
    { from: "a", to: "b", event: "go", guard: "data.x" },
    { from: "a", to: "a", event: "go" },
  ],
};

function tell(after: object) {
  return diffConfigurations(BASE, { ...BASE, ...after }).map(tellDifference);
}

test("a transition is told by its name, and what of its rules is different", () => {
  const [, second] = BASE.transitions;
  const told = tell({
    transitions: [{ from: "a", to: "b", event: "go", after: "P1D" }, second, { from: "*", to: "b", event: "end" }],
  });
  expect(told).toEqual([
    {
      change: "changed",
      kind: "Transition",
      name: "a → b on go",
      before: "guard: data.x\nno after",
      after: "no guard\nafter: P1D",
    },
    { change: "added", kind: "Transition", name: "any state → b on end", before: undefined, after: undefined },
  ]);
  expect(countChanges(told)).toEqual({ added: 1, removed: 0, changed: 1 });
});

test("the order in which transitions are tried is told as a list", () => {
  expect(tell({ transitions: BASE.transitions.toReversed() })).toEqual([
    {
      change: "changed",
      kind: 'Order of transitions from "a" for "go"',
      name: "",
      before: "a → b on go\na → a on go",
      after: "a → a on go\na → b on go",
    },
  ]);
});

test("states, options and rules are told in words; a name may have dots", () => {
  expect(tell({ states: ["a"], state_options: { "a.b": { unhandled: "defer" } }, unhandled: "ignore" })).toEqual([
    { change: "removed", kind: "State", name: "b", before: undefined, after: undefined },
    {
      change: "added",
      kind: "Options of the state",
      name: "a.b",
      before: undefined,
      after: '{\n  "unhandled": "defer"\n}',
    },
    { change: "changed", kind: "Events without a transition", name: "", before: "reject", after: "ignore" },
  ]);
});
