import { expect, test } from "vitest";
import { compileExpression, evaluateGuard, evaluateValue } from "../../../src/engine/expression/expression.ts";
import { EVENT_BUDGET } from "../../../src/engine/limits.ts";
import { Meter } from "../../../src/engine/meter.ts";
import { HOSTILE, makeScope } from "./hostile.ts";

const SPENT = "it takes more work than one event may";

test.each(HOSTILE)("$source on $data ends as $ends, within what an event may take", ({ source, data, ends }) => {
  const compiled = compileExpression(source, "guard");
  if (!compiled.ok) throw new Error(compiled.message);
  const scope = makeScope(data);
  const meter = new Meter(EVENT_BUDGET);
  const before = process.threadCpuUsage();
  const result = evaluateGuard(compiled.expression, scope, meter);
  const ms = process.threadCpuUsage(before).user / 1_000;
  // For people to read: a machine may be busy, but the meter is the same everywhere.
  console.log(`${ms.toFixed(1)} ms ${source.slice(0, 90)} on ${data}, ${EVENT_BUDGET - meter.left} units`);
  const ended = result.ok ? String(result.value) : result.message === SPENT ? "spent" : "failure";
  expect(ended).toBe(ends);
  // The same again costs the same, whatever caches have learnt.
  const again = new Meter(EVENT_BUDGET);
  expect(evaluateGuard(compiled.expression, scope, again)).toEqual(result);
  expect(again.left).toBe(meter.left);
});

// has(event.id) is true without being charged, so that nothing but the budget can refuse it.
test.each([
  ["|| true", "data.l.all(x, x in data.l) || has(event.id)"],
  ["&& false", "!(data.l.all(x, x in data.l) && data.l.size() == 0)"],
  [
    "exists",
    "[1, 2].exists(i, i == 2 || data.l == data.l + data.l + data.l + data.l + data.l + data.l + data.l + data.l)",
  ],
])("an expression that is out of budget does not become true by %s", (_, source) => {
  const compiled = compileExpression(source, "guard");
  if (!compiled.ok) throw new Error(compiled.message);
  const result = evaluateGuard(compiled.expression, makeScope("numbers"), new Meter(50_000));
  expect(result).toEqual({ ok: false, message: SPENT });
});

test("the guards of an event share its budget", () => {
  const compiled = compileExpression("data.l.all(x, x >= 0)", "guard");
  if (!compiled.ok) throw new Error(compiled.message);
  const scope = makeScope("numbers");
  const meter = new Meter(EVENT_BUDGET);
  const results = Array.from({ length: 20 }, () => evaluateGuard(compiled.expression, scope, meter));
  expect(results[0]).toEqual({ ok: true, value: true });
  expect(results.at(-1)).toEqual({ ok: false, message: SPENT });
});

test("making JSON of a value is charged, too", () => {
  const compiled = compileExpression("data", "assign");
  if (!compiled.ok) throw new Error(compiled.message);
  const result = evaluateValue(compiled.expression, makeScope("objects"), new Meter(10_000));
  expect(result).toEqual({ ok: false, message: SPENT });
});

test.each(
  [
    "(",
    "[",
    "{",
    "!",
    "-",
    "a(",
    "a[",
    "a.",
    "a?",
    "a?b:",
    "[1,",
    "{1:",
    "f(1,",
    "a&&",
    "'",
    "\\",
    "a.b(c,",
    "((a)",
    "1+",
    "[[],",
  ].flatMap((part) => ["", "1", "x", ")", "]"].map((end) => part.repeat(Math.floor(2_040 / part.length)) + end)),
)("2 KiB of %s are read or refused", (source) => {
  const before = process.threadCpuUsage();
  const compiled = compileExpression(source, "assign");
  slowest = Math.max(slowest, process.threadCpuUsage(before).user / 1_000);
  expect(compiled.ok ? "" : compiled.message).not.toMatch(/stack|undefined/);
});

let slowest = 0;

test("texts that nest are read in the time that their length takes", () => {
  console.log(`slowest text: ${slowest.toFixed(1)} ms`);
  // Steps are counted by what the reader makes of a text: no more parts than characters.
  expect(compileExpression(`${"[".repeat(48)}${"]".repeat(48)}`, "assign").ok).toBe(false);
  expect(compileExpression(`${"[".repeat(30)}${"]".repeat(30)}`, "assign").ok).toBe(true);
});

test("a chain of hundreds of members, indexes or calls is refused at upload; data nests no deeper than 32", () => {
  for (const part of [".a", "[0]", ".size()"]) {
    const compiled = compileExpression(`data${part.repeat(280)} == 1`, "guard");
    expect(compiled).toMatchObject({ ok: false, message: expect.stringContaining("at most 48 steps") });
  }
  expect(compileExpression(`data${".a".repeat(40)} == 1`, "guard").ok).toBe(true);
});
