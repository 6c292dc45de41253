/** What is exported to XState and imported again is the same configuration; and what XState makes of it moves the same way. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compileConfiguration, loadConfiguration } from "../../../src/engine/compile-configuration.ts";
import type { ConfigurationSource, TransitionSource } from "../../../src/engine/configuration.ts";
import { start, step } from "../../../src/engine/step.ts";
import { exportMachine } from "../../../src/xstate/export.ts";
import { importMachine } from "../../../src/xstate/import.ts";
import { KEPT_FIELDS } from "../../../src/xstate/words.ts";
import { configurations, toSource } from "../reference/configuration.ts";
import { checkMachine, resolveTarget } from "./machine-shape.ts";

const STATES = ["a", "b", "x y", "constructor", "état 1", "a.b", ".c", "back\\slash", "7"];
const EVENTS = ["go", "stop.now", "hasOwnProperty", "done.work", "8"];
const NONE = new Map<string, string>();
const TASTE = { states: STATES, events: EVENTS, unhandled: [undefined, "reject", "ignore", "defer"] };

const everything = configurations({ ...TASTE, guards: 50, timers: 30, schemas: 50 }).map(toSource);
const bare = configurations({
  states: STATES,
  events: EVENTS,
  guards: 0,
  timers: 0,
  schemas: 0,
  unhandled: [undefined],
})
  .map(toSource)
  .map((source) => ({
    ...source,
    transitions: (source.transitions ?? []).map(({ from = "", to = "", event = "" }) => ({ from, to, event })),
  }));

/** As it would be read from a file. */
function exported(source: ConfigurationSource): Record<string, unknown> {
  return JSON.parse(JSON.stringify(exportMachine(source).machine)) as Record<string, unknown>;
}

/** What may happen in each state with each event, in the order in which it is tried; `*` written out. */
function waysOf({ states = [], transitions = [] }: ConfigurationSource): Record<string, unknown> {
  const leaving = new Set(transitions.map(({ from }) => from));
  const ways: Record<string, TransitionSource[]> = {};
  for (const state of states.filter((each) => leaving.has(each))) {
    for (const transition of transitions.filter(({ from }) => from === state || from === "*")) {
      const key = JSON.stringify([state, transition.event]);
      ways[key] = [...(ways[key] ?? []), { ...transition, from: state }];
    }
  }
  return ways;
}

test("every configuration comes back: guards, assignments, timers, schemas and all", () => {
  fc.assert(
    fc.property(everything, (source) => {
      const { source: again, findings } = importMachine(exported(source), { guards: NONE, delays: NONE });
      expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
      expect(waysOf(again)).toEqual(waysOf(source));
      expect(new Set(again.states)).toEqual(new Set(source.states));
      for (const field of ["name", "version", "starting_state", ...KEPT_FIELDS] as const) {
        expect(again[field]).toEqual(source[field]);
      }
      expect(compileConfiguration(again).ok).toBe(true);
    }),
  );
});

test("what is exported has the shape of an XState machine, whose every target is one of its states", () => {
  fc.assert(fc.property(everything, (source) => checkMachine(exported(source))));
});

test("without our own marks, what moves by events alone moves the same way in every state, by every event", () => {
  fc.assert(
    fc.property(bare, (source) => {
      const machine = exported(source);
      const configuration = loadConfiguration(source);
      const states = machine["states"] as Record<string, { on?: Record<string, unknown>; type?: string }>;
      for (const state of configuration.states) {
        const begun = start(configuration, { state, data: {}, now: 0 });
        if (!begun.ok) continue;
        for (const name of configuration.events) {
          const event = { id: "e", name, data: {}, details: "", originator: "", timestamp: 0 };
          const taken = step(configuration, begun.next, event, 0);
          const on = states[state]?.on ?? {};
          const listed = Object.hasOwn(on, name) ? on[name] : undefined;
          const [first] = Array.isArray(listed) ? (listed as unknown[]) : [listed];
          const target = first === undefined ? undefined : resolveTarget(machine, first);
          expect(target).toBe(taken.kind === "transitioned" ? taken.next.state : undefined);
        }
        expect(states[state]?.type === "final").toBe(configuration.finalStates.has(state));
      }
    }),
  );
});

test("what is due by a timer is what its event does: the first of its transitions in the state, whichever has the timer", () => {
  const timed = configurations({ ...TASTE, guards: 0, timers: 60, schemas: 0, unhandled: [undefined] })
    .map(toSource)
    .map((source) => ({
      ...source,
      transitions: (source.transitions ?? []).map(({ from = "", to = "", event = "", after, deadline }) => {
        return { from, to, event, ...((after ?? deadline) !== undefined && { after: after ?? "PT7S" }) };
      }),
    }));
  let seen = 0;
  fc.assert(
    fc.property(timed, (source) => {
      const machine = exported(source);
      const configuration = loadConfiguration(source);
      const states = machine["states"] as Record<string, { after?: Record<string, unknown> }>;
      for (const state of configuration.states) {
        const begun = start(configuration, { state, data: {}, now: 0 });
        if (!begun.ok) continue;
        const due = new Map<string, string>();
        for (const { event, afterMs } of configuration.edges.listTimed(state)) {
          if (!due.has(String(afterMs))) due.set(String(afterMs), event);
        }
        const after = states[state]?.after ?? {};
        expect(new Set(Object.keys(after))).toEqual(new Set(due.keys()));
        for (const [delay, name] of due) {
          const event = { id: "e", name, data: {}, details: "", originator: "timer", timestamp: 0 };
          const taken = step(configuration, begun.next, event, Number(delay));
          const [first] = [after[delay]].flat();
          expect(resolveTarget(machine, first)).toBe(taken.kind === "transitioned" ? taken.next.state : undefined);
          seen += 1;
        }
      }
    }),
  );
  expect(seen).toBeGreaterThan(0);
});

/** What stands under the delays of the state `a`, as targets. */
function targetsOf(machine: Record<string, unknown>): Record<string, unknown> {
  const states = machine["states"] as Record<string, { after?: Record<string, unknown> }>;
  return Object.fromEntries(
    Object.entries(states["a"]?.after ?? {}).map(([delay, value]) => {
      return [delay, [value].flat().map((one) => resolveTarget(machine, one))];
    }),
  );
}

const by = (from: string, to: string, event: string, after?: string) => ({ from, to, event, ...(after && { after }) });

test.each([
  ["one before it", [by("a", "b", "t"), by("a", "c", "t", "PT1M")], { 60000: ["b", "c"] }],
  ["one behind it", [by("a", "b", "t", "PT1M"), by("a", "c", "t")], { 60000: ["b", "c"] }],
  ["one from everywhere", [by("*", "b", "t"), by("a", "c", "t", "PT1M")], { 60000: ["b", "c"] }],
  ["a timer from everywhere", [by("a", "b", "t"), by("*", "c", "t", "PT1M")], { 60000: ["b", "c"] }],
  ["two times", [by("a", "b", "t", "PT1M"), by("a", "c", "t", "PT1S")], { 1000: ["b", "c"], 60000: ["b", "c"] }],
  ["one time twice", [by("a", "b", "t", "PT60S"), by("a", "c", "t", "PT1M")], { 60000: ["b", "c"] }],
  [
    "two events at one time",
    [by("a", "b", "t", "PT1M"), by("a", "c", "u", "PT1M"), by("a", "a", "t")],
    { 60000: ["b", "a", "c"] },
  ],
  ["another event", [by("a", "b", "u"), by("a", "c", "t", "PT1M")], { 60000: ["c"] }],
])("under a delay stands all that its event tries, and comes back: %s", (_, transitions, delays) => {
  const source = { name: "m", starting_state: "a", states: ["a", "b", "c"], transitions };
  const machine = exported(source);
  expect(targetsOf(machine)).toEqual(delays);
  const { source: again, findings } = importMachine(machine, { guards: NONE, delays: NONE });
  expect(findings).toEqual([]);
  expect(waysOf(again)).toEqual(waysOf(source));
});

test("a delay with a guard and an else is exported with both", () => {
  const after = { 1000: [{ target: "c", guard: "g1" }, { target: "b" }] };
  const machine = { id: "m", initial: "a", states: { a: { after }, b: { type: "final" }, c: { type: "final" } } };
  const { source } = importMachine(machine, { guards: new Map([["g1", "data.g1"]]), delays: NONE });
  const again = exported(source)["states"] as Record<string, { after?: unknown }>;
  expect(again["a"]?.after).toEqual({
    1000: [
      expect.objectContaining({ target: "c", guard: { type: "cel", params: { expression: "data.g1" } } }),
      { target: "b", meta: { detent: { event: "after_PT1S" } } },
    ],
  });
});

test("what is added under a delay of an export is not lost behind what was there", () => {
  const machine = exported({
    name: "m",
    starting_state: "a",
    states: ["a", "b", "c"],
    transitions: [{ ...by("a", "b", "t", "PT1M"), guard: "data.ok" }],
  });
  const { after } = (machine["states"] as { a: { after: Record<string, unknown> } }).a;
  after["60000"] = [after["60000"], "c"].flat();
  const { source, findings } = importMachine(machine, { guards: NONE, delays: NONE });
  expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(source.transitions).toEqual([
    { ...by("a", "b", "t", "PT1M"), guard: "data.ok" },
    by("a", "c", "after_PT1M", "PT1M"),
  ]);
});
