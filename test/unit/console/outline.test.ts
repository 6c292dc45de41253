import { expect, test } from "vitest";
import { countByState, countByVersion } from "../../../src/console/pages/configurations/machine-counts.ts";
import { listEvents, listStates } from "../../../src/console/pages/configurations/outline.ts";

const SOURCE = {
  starting_state: "a",
  states: ["a", "b", "constructor"],
  initial_states: ["b"],
  transitions: [
    { from: "*", to: "b", event: "go", after: "P1D" },
    { from: "a", to: "b", event: "go" },
    { from: "b", to: "constructor", event: "toString" },
  ],
  state_options: { b: { schema: { type: "object" }, unhandled: "defer" } },
};

test("states are told with what they are; `*` leaves no final state", () => {
  const states = listStates(SOURCE);
  expect(states.map(({ isStart, isInitial, isFinal }) => [isStart, isInitial, isFinal])).toEqual([
    [true, false, false],
    [false, true, false],
    [false, false, true],
  ]);
  expect(states.map(({ schema, unhandled }) => [schema, unhandled])).toEqual([
    [undefined, undefined],
    [{ type: "object" }, "defer"],
    [undefined, undefined],
  ]);
});

test("events are told once, in the order in which they appear", () => {
  expect(listEvents(SOURCE)).toEqual([
    { name: "go", transitions: 2, isTimed: true, schema: undefined },
    { name: "toString", transitions: 1, isTimed: false, schema: undefined },
  ]);
});

test("machines are counted by state, of one version or of all, and by version", () => {
  const counts = [
    { state: "a", version: "v1", count: 2 },
    { state: "a", version: "v2", count: 3 },
    { state: "b", version: "v2", count: 4 },
  ];
  expect([...countByState(counts)]).toEqual([
    ["a", 5],
    ["b", 4],
  ]);
  expect([...countByState(counts, "v1")]).toEqual([["a", 2]]);
  expect([...countByVersion(counts)]).toEqual([
    ["v1", 2],
    ["v2", 7],
  ]);
});
