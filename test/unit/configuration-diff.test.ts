import { expect, test } from "vitest";
import { diffConfigurations } from "../../src/configuration-diff.ts";

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
    { change: "changed", path: 'order of transitions from "a" for "go"', before: [one, two], after: [two, one] },
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

test("order is looked at among what may be taken in one state, whatever else has changed", () => {
  const [one, two, three] = BASE.transitions;
  const renamed = { from: "b", to: "c", event: "finish" };
  const swapped = diffConfigurations(BASE, { ...BASE, transitions: [two, one, renamed] } as typeof BASE);
  expect(swapped.map(({ path, change }) => [change, path])).toEqual([
    ["removed", "transitions"],
    ["added", "transitions"],
    ["changed", 'order of transitions from "a" for "go"'],
  ]);
  const elsewhere = { from: "b", to: "a", event: "go" };
  const before = { ...BASE, transitions: [one, elsewhere, three] } as typeof BASE;
  expect(diffConfigurations(before, { ...BASE, transitions: [elsewhere, one, three] } as typeof BASE)).toEqual([]);
  const anywhere = { from: "*", to: "c", event: "go" };
  const first = { ...BASE, transitions: [anywhere, one, three] } as typeof BASE;
  const last = { ...BASE, transitions: [one, anywhere, three] } as typeof BASE;
  expect(diffConfigurations(first, last)).toMatchObject([{ path: 'order of transitions from "a" for "go"' }]);
});

test("5,000 transitions for one event are compared at once", () => {
  const states = Array.from({ length: 500 }, (_, i) => `s${i}`);
  const transitions = states.flatMap((from) =>
    Array.from({ length: 10 }, (_, i) => ({ from, to: "s1", event: "e", guard: `data.x == ${i}` })),
  );
  const big = { ...BASE, states, transitions };
  expect(diffConfigurations(big, { ...big, transitions: transitions.toReversed() })).toHaveLength(500);
});

test("members of an object have no order, however deep they are; items of a list have one", () => {
  const withSchema = (schema: object) => ({ ...BASE, event_options: { go: { schema } } }) as typeof BASE;
  const one = withSchema({ properties: { a: { type: "string", minLength: 1 }, b: {} } });
  const other = withSchema({ properties: { b: {}, a: { minLength: 1, type: "string" } } });
  expect(diffConfigurations(one, other)).toEqual([]);
  expect(diffConfigurations(withSchema({ enum: [1, 2] }), withSchema({ enum: [2, 1] }))).toHaveLength(1);
  expect(diffConfigurations(withSchema({ const: "1" }), withSchema({ const: 1 }))).toHaveLength(1);
});
