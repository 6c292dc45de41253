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
