/** Machines of XState, v4 and v5, as they are written: what becomes of each part, and what is told of what is left out. */
import { expect, test } from "vitest";
import { importMachine, type ImportOptions } from "../../../src/xstate/import.ts";
import { exportMachine } from "../../../src/xstate/export.ts";
import { formatDuration } from "../../../src/xstate/words.ts";
import { parseDuration } from "../../../src/engine/duration.ts";

function read(machine: object, options: Partial<ImportOptions> = {}) {
  const { source, findings } = importMachine(machine, { guards: new Map(), delays: new Map(), ...options });
  return { source, told: findings.map(({ severity, pointer, message }) => `${severity} ${pointer}: ${message}`) };
}

/** A machine with one state of interest, `a`. */
const withState = (a: object) => ({ id: "m", initial: "a", states: { a, b: { type: "final" } } });

test("events lead from state to state, in their order, by name, by id, and from everywhere", () => {
  const { source, told } = read({
    id: "order",
    version: "v2",
    initial: "idle",
    on: { CANCEL: { target: "#gone" }, RESET: [".idle"] },
    states: {
      idle: { on: { GO: [{ target: "busy" }, "gone"], "odd.name": { target: ["#order.busy"] } } },
      busy: {},
      gone: { id: "gone", type: "final" },
    },
  });
  expect(told).toEqual([]);
  expect(source).toEqual({
    name: "order",
    version: "v2",
    starting_state: "idle",
    states: ["idle", "busy", "gone"],
    transitions: [
      { from: "idle", to: "busy", event: "GO" },
      { from: "idle", to: "gone", event: "GO" },
      { from: "idle", to: "busy", event: "odd.name" },
      // Nothing else leads out of it: * would pass over it.
      { from: "busy", to: "gone", event: "CANCEL" },
      { from: "busy", to: "idle", event: "RESET" },
      { from: "*", to: "gone", event: "CANCEL" },
      { from: "*", to: "idle", event: "RESET" },
    ],
  });
});

test("a dot in a name is written with a backslash in a target", () => {
  const { source, told } = read({
    id: "m",
    initial: "a.b",
    states: { "a.b": { on: { GO: "c\\.d" } }, "c.d": { type: "final" } },
  });
  expect(told).toEqual([]);
  expect(source.transitions).toEqual([{ from: "a.b", to: "c.d", event: "GO" }]);
});

test.each([
  [{ after: { 1500: "b" } }, [{ event: "after_PT1.5S", after: "PT1.5S" }]],
  [{ after: [{ delay: 60_000, target: "b" }] }, [{ event: "after_PT1M", after: "PT1M" }]],
  [{ after: { patience: "b" } }, [{ event: "after_P2D", after: "P2D" }]],
  [
    { after: { 1000: [{ target: "b", cond: "ok" }, "b"] } },
    [{ event: "after_PT1S", after: "PT1S", guard: "data.ok" }, { event: "after_PT1S" }],
  ],
])("delays of %j become timers", (state, transitions) => {
  const options = { guards: new Map([["ok", "data.ok"]]), delays: new Map([["patience", "P2D"]]) };
  const { source, told } = read(withState(state), options);
  expect(told).toEqual([]);
  expect(source.transitions).toEqual(transitions.map((each) => ({ from: "a", to: "b", ...each })));
});

test("invoked work ends with events that somebody sends; effects are left out and told", () => {
  const invoke = { src: "charge", onDone: "b", onError: { target: "b", actions: "alert" } };
  const { source, told } = read(
    withState({ entry: ["notify"], invoke, tags: ["slow"], on: { GO: { target: "b", actions: [{ type: "mail" }] } } }),
  );
  expect(source.transitions?.map(({ event }) => event)).toEqual(["GO", "done.charge", "error.charge"]);
  expect(told).toEqual([
    expect.stringMatching(/^warning \/states\/a\/entry: entry is left out/),
    expect.stringMatching(/^warning \/states\/a\/invoke: invoke is left out/),
    "warning /states/a/tags: tags is left out",
    expect.stringMatching(/^warning \/states\/a\/on\/GO\/actions\/0: the action "mail" is left out/),
    expect.stringMatching(/^warning \/states\/a\/invoke\/onDone: "done.charge" is an event from now on/),
    expect.stringMatching(/^warning \/states\/a\/invoke\/onError: "error.charge" is an event/),
    expect.stringMatching(/^warning \/states\/a\/invoke\/onError\/actions: the action "alert" is left out/),
  ]);
});

test.each([
  ["nested states", withState({ initial: "c", states: { c: {} } }), "/states/a/states: nested states"],
  ["parallel states", withState({ type: "parallel", states: {} }), "/states/a/type: parallel"],
  ["a parallel machine", { ...withState({}), type: "parallel" }, "/type: a machine of the type"],
  ["history", withState({ type: "history", history: "deep" }), "/states/a: a history state"],
  ["always", withState({ always: "b" }), "/states/a/always: always"],
  ["v4's transient transition", withState({ on: { "": "b" } }), "/states/a/on/: a transition without an event"],
  ["wildcards", withState({ on: { "*": "b" } }), '/states/a/on/*: "*" stands for many'],
  ["partial wildcards", withState({ on: { "mouse.*": "b" } }), "stands for many events"],
  [
    "a guard without an expression",
    withState({ on: { GO: { target: "b", guard: "ok" } } }),
    '/states/a/on/GO/guard: the guard "ok" needs',
  ],
  ["a guard by another name", withState({ on: { GO: { target: "b", cond: { type: "ok" } } } }), "/states/a/on/GO/cond"],
  ["a guard without a name", withState({ on: { GO: { target: "b", guard: {} } } }), "a guard must have a name"],
  [
    "the state of another region",
    withState({ on: { GO: { target: "b", in: "#x" } } }),
    '/states/a/on/GO/in: "in" of a transition',
  ],
  ["several targets", withState({ on: { GO: { target: ["a", "b"] } } }), "several targets"],
  ["a target that is not there", withState({ on: { GO: "c" } }), '/states/a/on/GO/target: "c" is none'],
  ["a target below", withState({ on: { GO: ".b" } }), '".b" is none'],
  ["a path", withState({ on: { GO: "b.c" } }), '"b.c" is none'],
  ["an id that is not there", withState({ on: { GO: "#m.c" } }), '"#m.c" is none'],
  [
    "a machine's target without a dot",
    { ...withState({ on: { GO: "b" } }), on: { ALL: "b" } },
    '/on/ALL/target: "b" is none of the states: from the machine itself write ".b"',
  ],
  ["no transition at all", withState({ on: { GO: null } }), "must be a target or a map"],
  [
    "an event raised",
    withState({ on: { GO: { target: "b", actions: { type: "xstate.raise" } } } }),
    "raise has no counterpart",
  ],
  ["a delay without a duration", withState({ after: { soon: "b" } }), "--delay 'soon=PT5M'"],
  [
    "a delay of the whole machine",
    { ...withState({ on: { GO: "b" } }), after: { 10: ".b" } },
    "/after: a delay of the whole",
  ],
  [
    "a delay whose event the machine has already",
    { ...withState({ after: { 1000: "b" } }), on: { after_PT1S: ".b" } },
    '/on/after_PT1S: the delay of "a" has an event of this name',
  ],
  ["a delay that stays", withState({ after: { 10: { actions: "tick" } } }), "would start the delays of its state anew"],
  [
    "a stay everywhere",
    { ...withState({ on: { GO: "b" } }), on: { LOG: { actions: "log" } } },
    "/on/LOG: a transition without a target",
  ],
  ["a final state that goes on", withState({ type: "final", on: { GO: "b" } }), "is final and has transitions"],
  ["what nobody knows", withState({ on: { GO: "b" }, gaurd: 1 }), '/states/a/gaurd: "gaurd" has no counterpart'],
  ["an initial state that is none", { ...withState({ on: { GO: "b" } }), initial: "c" }, "/initial: initial must be"],
  ["no id", { ...withState({ on: { GO: "b" } }), id: undefined }, "name the configuration with --as"],
  ["a definition", { ...withState({}), key: "m", order: -1 }, "write machine.config as JSON"],
  ["something else", { kind: "Configuration" }, "this is no machine"],
  ["work that is watched", withState({ invoke: { src: "w", onSnapshot: "b" }, on: { GO: "b" } }), "onSnapshot"],
])("%s: an error that names the place", (_, machine, message) => {
  const errors = read(machine).told.filter((told) => told.startsWith("error"));
  expect(errors).toEqual([expect.stringContaining(message)]);
});

test.each([
  ["a context", { ...withState({ on: { GO: "b" } }), context: { count: 0 } }, "/context: the context is left out"],
  ["a stay", withState({ on: { GO: "b", LOG: { actions: [] } } }), "leads back into its state"],
  ["a return with delays", withState({ on: { GO: "a" }, after: { 10: "b" } }), "only with reenter: true"],
  [
    "a dead end",
    { ...withState({ on: { GO: "b" } }), states: { a: { on: { GO: "b" } }, b: {} } },
    '"b": it is a final state',
  ],
  ["a description", withState({ on: { GO: { target: "b", description: "d" } } }), "description is left out"],
])("%s: a warning, and the configuration all the same", (_, machine, message) => {
  const { source, told } = read(machine);
  expect(told).toEqual([expect.stringMatching(/^warning /)]);
  expect(told[0]).toContain(message);
  expect(source.transitions?.length).toBeGreaterThan(0);
});

test("an event that stands for many in XState, a guard and a long delay are told at an export", () => {
  const { findings } = exportMachine({
    name: "m",
    starting_state: "a",
    states: ["a", "b", "#c"],
    transitions: [
      { from: "a", to: "b", event: "mouse.*", guard: "data.ok", assign: { n: "1" } },
      { from: "a", to: "b", event: "late", after: "P30D" },
      { from: "a", to: "b", event: "due", deadline: "data.due" },
    ],
    retention: { final: "P1D" },
  });
  expect(findings.map(({ severity, pointer }) => `${severity} ${pointer}`)).toEqual([
    "warning /retention",
    "error /states/2",
    "error /transitions/0/event",
    "warning /transitions/0/guard",
    "warning /transitions/0/assign",
    "warning /transitions/1/after",
    "warning /transitions/2/deadline",
  ]);
});

test("a duration is written so that it is read as it was", () => {
  for (const ms of [0, 1, 250, 1_000, 90_000, 3_600_000, 86_400_000, 90_061_001, 31_536_000_000]) {
    expect(parseDuration(formatDuration(ms)), formatDuration(ms)).toBe(ms);
  }
});
