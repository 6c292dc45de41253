import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { listAllowedEvents } from "../../src/engine/allowed-events.ts";
import { compileConfiguration } from "../../src/engine/compile-configuration.ts";
import type { Configuration } from "../../src/engine/configuration.ts";
import { start, step } from "../../src/engine/step.ts";
import { configurations, toSource, type ReferenceConfiguration } from "./reference/configuration.ts";
import {
  canStartIn,
  eventsOf,
  expectAllowed,
  expectEntry,
  expectStep,
  isFinal,
  type Snapshot,
} from "./reference/engine-model.ts";
import { BEGINNING, fields, type Fields, type SentEvent } from "./reference/formula.ts";

const RUNS = Number(process.env["DETENT_ENGINE_RUNS"] ?? 100_000);
/** Compiling costs more than stepping. */
const RUNS_OF_CONFIGURATION = 20;
/** A counterexample is told in time, made as small as it is by then. */
const SHRINKING_MS = 240_000;
const STATES = ["a", "b", "x", "__proto__", "constructor", "état 1", 'a\n"b'];
const EVENTS = ["go", "__proto__", "stop", "*", "hasOwnProperty"];

interface Run {
  readonly wish: string | undefined;
  readonly data: Fields;
  readonly sent: readonly { readonly pick: number; readonly data: Fields; readonly passes: number }[];
}

/** Of each kind of case, how many there were. */
const seen = new Map<string, number>();
const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);

const run: fc.Arbitrary<Run> = fc.record({
  wish: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...STATES, "nowhere") },
  ),
  data: fields,
  sent: fc.array(
    fc.record({
      pick: fc.nat(),
      data: fields,
      passes: fc.constantFrom(0, 1, 60_000, 3_600_000),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});
const cases = fc.record({
  reference: configurations({
    states: STATES,
    events: EVENTS,
    guards: 60,
    timers: 20,
    schemas: 60,
    unhandled: [undefined, "reject", "ignore", "defer"],
  }),
  runs: fc.array(run, { minLength: RUNS_OF_CONFIGURATION, maxLength: RUNS_OF_CONFIGURATION }),
});

/** Mostly one that may be taken. */
function pickEvent(reference: ReferenceConfiguration, state: string, pick: number): string {
  const here = reference.transitions.filter(({ from }) => from === state || from === "*").map(({ event }) => event);
  const names = [...here, ...here, ...eventsOf(reference), "unknown"];
  return names[pick % names.length] ?? "";
}

/** Far cheaper than `expect`, which 100,000 runs would call millions of times. */
function same(actual: unknown, wanted: unknown, what: string): void {
  if (actual === wanted || isDeepStrictEqual(actual, wanted)) return;
  throw new Error(`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(wanted)}`);
}

function compareStart(reference: ReferenceConfiguration, configuration: Configuration, { wish, data }: Run): Snapshot {
  const started = start(configuration, { state: wish, data, now: BEGINNING });
  const snapshot = { state: wish ?? reference.startingState, revision: 0, data };
  const isPossible = wish === undefined || canStartIn(reference, wish);
  const entry = isPossible
    ? expectEntry(reference, { ...snapshot, event: undefined, now: BEGINNING })
    : { reason: "initial_state", cause: "initial state" };
  if ("reason" in entry) {
    count(`not started: ${entry.cause}`);
    const rule = { initial_state: "initial_state", SCHEMA_REJECTED: "schema", ASSIGN_REJECTED: "deadline" }[
      entry.reason
    ];
    same(started.ok ? "started" : started.rule, rule, "start");
  } else {
    if (!started.ok) throw new Error(started.message);
    same(started.next, snapshot, "start");
    same(started.timers, entry.timers, "timers at the start");
    count("started");
  }
  // What follows holds in every state, however it was reached.
  return isPossible ? snapshot : { ...snapshot, state: reference.startingState };
}

function compareAllowed(
  reference: ReferenceConfiguration,
  configuration: Configuration,
  snapshot: Snapshot,
  now: number,
) {
  const wanted = expectAllowed(reference, snapshot, now);
  const got = listAllowedEvents(configuration, snapshot, now);
  same(
    got.map(({ event, allowed, to, reason }) => ({ event, allowed, to, reason })),
    wanted,
    "allowed events",
  );
  for (const { allowed, reason } of wanted) count(`allowed: ${reason ?? allowed}`);
  return wanted.filter(({ allowed }) => allowed !== "no").map(({ event }) => event);
}

function compareStep(
  reference: ReferenceConfiguration,
  configuration: Configuration,
  { snapshot, event, now }: { snapshot: Snapshot; event: SentEvent; now: number },
): Snapshot {
  const wanted = expectStep(reference, snapshot, event, now);
  const got = step(configuration, snapshot, event, now);
  count(wanted.cause);
  same(got.kind, wanted.kind, `kind (${got.kind === "refused" ? got.message : ""})`);
  if (got.kind === "refused" && wanted.kind === "refused") {
    const names = compareAllowed(reference, configuration, snapshot, now);
    same(got.reason, wanted.reason, "reason");
    const others = names.filter((name) => name !== event.name);
    same(got.allowedEvents, others, "allowedEvents");
    const [called, where] = [`event ${JSON.stringify(event.name)}`, `state ${JSON.stringify(snapshot.state)}`];
    for (const part of [called, where, ...others.map((name) => JSON.stringify(name))]) {
      if (!got.message.includes(part)) throw new Error(`no ${part} in ${got.message}`);
    }
  }
  if (got.kind !== "transitioned" || wanted.kind !== "transitioned") return snapshot;
  const { to } = reference.transitions[wanted.position] ?? { to: "" };
  const { from, event: taken } = got.transition;
  same([from, taken, got.transition.to], [snapshot.state, event.name, to], "transition");
  same(got.next, wanted.next, "next");
  same(got.timers, wanted.timers, "timers");
  if (wanted.timers.length > 0) count("transitioned with timers");
  if (!isDeepStrictEqual(wanted.next.data, snapshot.data)) count("transitioned with other data");
  return wanted.next;
}

test(
  `agrees with the reference model in ${RUNS} runs: up to 6 events each, ${RUNS_OF_CONFIGURATION} runs of each generated configuration`,
  {
    timeout: 300_000,
  },
  () => {
    let ran = 0;
    fc.assert(
      fc.property(cases, ({ reference, runs }) => {
        const compiled = compileConfiguration(toSource(reference));
        if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
        const { configuration } = compiled;
        for (const state of reference.states)
          same(configuration.finalStates.has(state), isFinal(reference, state), "final");
        for (const one of runs) {
          ran += 1;
          let snapshot = compareStart(reference, configuration, one);
          let now = BEGINNING;
          for (const [index, { pick, data, passes }] of one.sent.entries()) {
            now += passes;
            const name = pickEvent(reference, snapshot.state, pick);
            const event = { id: `e${index}`, name, data, details: "x", originator: "", timestamp: now };
            snapshot = compareStep(reference, configuration, { snapshot, event, now });
          }
        }
      }),
      { numRuns: RUNS / RUNS_OF_CONFIGURATION, interruptAfterTimeLimit: SHRINKING_MS, markInterruptAsFailure: true },
    );
    expect(ran).toBeGreaterThanOrEqual(RUNS);
    // The generator must have exercised what the property speaks of.
    for (const what of [
      "started",
      "not started: initial state",
      "not started: schema of the state",
      "not started: deadline in error",
      "unknown event",
      "no transition",
      "guards false",
      "guard in error",
      "assign in error",
      "deadline in error",
      "schema of the event",
      "schema of the state",
      "ignored",
      "deferred",
      "transitioned by the first",
      "transitioned by a later transition",
      "transitioned with timers",
      "transitioned with other data",
      "allowed: yes",
      "allowed: NO_TRANSITION",
      "allowed: GUARD_REJECTED",
      "allowed: IGNORED",
      "allowed: DEFERRED",
      "allowed: depends",
    ])
      expect(seen.get(what) ?? 0, what).toBeGreaterThan(RUNS / 100);
  },
);
