/** Functions in a machine: what the page's way of writing JSON keeps of them, and what an import says to that. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { importMachine } from "../../../src/xstate/import.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/xstate.md"), "utf8");
const [, block = ""] = /<!-- test: replacer -->\n```js\n([^]*?)```/.exec(page) ?? [];

/** Imports a machine that was written as JSON by the lines of the page. */
function read(config: object, guards: Record<string, string> = {}) {
  const json: unknown = runInNewContext(`${block}\njson`, { machine: { config } });
  if (typeof json !== "string") throw new Error("the page makes no JSON");
  const options = { guards: new Map(Object.entries(guards)), delays: new Map<string, string>() };
  const { source, findings } = importMachine(JSON.parse(json), options);
  return { source, told: findings.map(({ severity, pointer, message }) => `${severity} ${pointer}: ${message}`) };
}

const withWay = (...ways: object[]) => ({
  id: "m",
  initial: "a",
  states: { a: { on: { GO: ways } }, b: { type: "final" } },
});
const inPlace = () => ({ target: "b", guard: ({ context }: { context: { paid: boolean } }) => context.paid });

/** A function by this name, as each of XState 5's `and`, `raise`, `enqueueActions` makes one by its own. */
const named = (name: string) => Object.defineProperty(() => undefined, "name", { value: name });
const isPaid = (): boolean => true;

test("a guard that is a function needs an expression, and has it under its name", () => {
  const machine = withWay(inPlace());
  expect(read(machine).told).toEqual([
    expect.stringMatching(/^error \/states\/a\/on\/GO\/0\/guard: the guard "guard" needs an expression/),
  ]);
  const { source, told } = read(machine, { guard: "data.paid" });
  expect(told).toEqual([]);
  expect(source.transitions).toEqual([{ from: "a", to: "b", event: "GO", guard: "data.paid" }]);
});

test("a function with a name may guard several transitions", () => {
  const { source, told } = read(withWay({ target: "b", guard: isPaid }, { target: "a", guard: isPaid }), {
    isPaid: "data.paid",
  });
  expect(told).toEqual([]);
  expect(source.transitions?.map(({ guard }) => guard)).toEqual(["data.paid", "data.paid"]);
});

test.each([
  ["guard", [inPlace(), inPlace()]],
  ["cond", [1, 2].map(() => ({ target: "b", cond: () => true }))],
  ["function", [1, 2].map(() => ({ target: "b", guard: [() => true][0] }))],
])("one expression is not taken for two functions that are both called %s", (name, ways) => {
  const errors = read(withWay(...ways), { [name]: "data.paid" }).told;
  expect(errors).toEqual([expect.stringMatching(`^error /states/a/on/GO/1/(guard|cond): .*"${name}".* of its own`)]);
});

test.each(["and", "or", "not"])("guards that %s combines are an error, whatever --guard says", (name) => {
  const { told } = read(withWay({ target: "b", guard: named(name) }), { [name]: "true" });
  expect(told).toEqual([expect.stringMatching(`^error /states/a/on/GO/0/guard: "${name}" combines guards`)]);
});

test("stateIn is an error", () => {
  const { told } = read(withWay({ target: "b", guard: named("stateIn") }), { stateIn: "true" });
  expect(told).toEqual([expect.stringMatching(/^error \/states\/a\/on\/GO\/0\/guard: stateIn has no counterpart/)]);
});

test("actions, effects and a context that are functions are told as left out, and raise is an error", () => {
  const notify = (): void => undefined;
  const way = { target: "b", actions: [notify, () => undefined, named("raise")] };
  const machine = { ...withWay(way), context: () => ({ n: 1 }) };
  Object.assign(machine.states.a, { entry: () => undefined });
  expect(read(machine).told).toEqual([
    expect.stringMatching(/^warning \/context: the context is left out/),
    expect.stringMatching(/^warning \/states\/a\/entry: entry is left out/),
    expect.stringMatching(/^warning \/states\/a\/on\/GO\/0\/actions\/0: the action "notify" is left out/),
    expect.stringMatching(/^warning \/states\/a\/on\/GO\/0\/actions\/1: the action "function" is left out/),
    expect.stringMatching(/^error \/states\/a\/on\/GO\/0\/actions\/2: raise has no counterpart/),
  ]);
});

test("what v4 sends to the machine itself is an error, to others a warning", () => {
  const send = (to?: string) => ({ type: "xstate.send", event: { type: "X" }, id: "X", ...(to && { to }) });
  expect(read(withWay({ target: "b", actions: [send(), send("other")] })).told).toEqual([
    expect.stringMatching(/^error \/states\/a\/on\/GO\/0\/actions\/0: .* has no counterpart/),
    expect.stringMatching(/^warning \/states\/a\/on\/GO\/0\/actions\/1: the action "xstate.send" is left out/),
  ]);
});

test("an action that may raise events is told as one", () => {
  expect(read(withWay({ target: "b", actions: named("enqueueActions") })).told).toEqual([
    expect.stringMatching(/^warning .*"enqueueActions" is left out, with the events that it may raise/),
  ]);
});

test("work that is a function without a name of its own is called work", () => {
  const machine = { ...withWay({ target: "b" }) };
  Object.assign(machine.states.a, { invoke: { src: () => Promise.resolve(), onDone: "b" } });
  expect(read(machine).source.transitions?.map(({ event }) => event)).toEqual(["GO", "done.work"]);
});
