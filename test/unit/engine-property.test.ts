import * as fc from "fast-check";
import { expect, test } from "vitest";
import { listAllowedEvents } from "../../src/engine/allowed-events.ts";
import { compileConfiguration } from "../../src/engine/compile-configuration.ts";
import { start, step } from "../../src/engine/step.ts";
import { allEvents, canStartIn, expectStep, isFinal, type RawConfiguration } from "./reference-model.ts";

const RUNS = 100_000;
const STATES = ["a", "b", "__proto__", "constructor", "état 1", "toString", "0", 'a\n"b'];
const EVENTS = ["go", "__proto__", "stop", "*", "hasOwnProperty", "0"];

const index = (length: number): fc.Arbitrary<number> => fc.nat({ max: length - 1 });
const edge = fc.tuple(
  fc.oneof({ arbitrary: index(STATES.length), weight: 3 }, { arbitrary: fc.constant(-1), weight: 1 }),
  index(STATES.length),
  index(EVENTS.length - 1), // the last event is never known
);
const cases = fc.record({
  edges: fc.array(edge, { minLength: 1, maxLength: 14 }),
  starting: fc.nat(),
  initial: fc.option(fc.array(fc.nat(), { maxLength: 3 }), { nil: undefined }),
  created: fc.option(index(STATES.length), { nil: undefined }),
  sent: fc.array(index(EVENTS.length), { maxLength: 12 }),
});

function toRaw(edges: [number, number, number][], starting: number, initial: number[] | undefined): RawConfiguration {
  const transitions = edges.map(([from, to, event]) => ({
    from: from < 0 ? "*" : STATES[from]!,
    to: STATES[to]!,
    event: EVENTS[event]!,
  }));
  // Only states that are in a transition, so that every generated configuration is accepted.
  const states = STATES.filter((state) => transitions.some(({ from, to }) => from === state || to === state));
  const pick = (n: number): string => states[n % states.length]!;
  const raw: RawConfiguration = { name: "generated", states, starting_state: pick(starting), transitions };
  if (initial) raw.initial_states = initial.map(pick);
  return raw;
}

/** Far cheaper than `expect`, which 100,000 runs would call millions of times. */
function same(actual: unknown, wanted: unknown, what: string): void {
  if (actual !== wanted) throw new Error(`${what}: ${String(actual)} instead of ${String(wanted)}`);
}

test(`agrees with the reference model in ${RUNS} generated runs`, { timeout: 120_000 }, () => {
  let [runs, taken, unknown, none] = [0, 0, 0, 0];
  fc.assert(
    fc.property(cases, ({ edges, starting, initial, created, sent }) => {
      runs++;
      const raw = toRaw(edges, starting, initial);
      const compiled = compileConfiguration(raw);
      if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
      const { configuration } = compiled;
      for (const state of raw.states) same(configuration.finalStates.has(state), isFinal(raw, state), "final");

      const wish = created === undefined ? undefined : STATES[created]!;
      const started = start(configuration, { state: wish, data: {}, now: 0 });
      same(started.ok, wish === undefined || canStartIn(raw, wish), "start");
      let state = raw.starting_state;
      if (started.ok) same(started.next.state, (state = wish ?? state), "starting state");

      for (const n of sent) {
        const event = EVENTS[n]!;
        const wanted = expectStep(raw, state, event);
        const snapshot = { state, revision: 0, data: {} };
        const sentEvent = { id: "e", name: event, data: {}, details: "", originator: "", timestamp: 0 };
        const got = step(configuration, snapshot, sentEvent, 0);
        same(got.kind === "transitioned", wanted.ok, "ok");

        const allowed = listAllowedEvents(configuration, snapshot, 0);
        same(allowed.map((one) => one.event).join("|"), allEvents(raw).join("|"), "events");
        for (const one of allowed) {
          const would = expectStep(raw, state, one.event);
          same(one.allowed, would.ok ? "yes" : "no", `allowed ${one.event}`);
          same(one.to, would.ok ? would.state : undefined, `target of ${one.event}`);
          same(one.reason, would.ok ? undefined : would.reason, `reason of ${one.event}`);
        }
        if (got.kind === "transitioned" && wanted.ok) {
          taken++;
          same(got.transition.from, state, "from");
          same(got.transition.event, event, "event");
          same(got.transition.to, raw.transitions[wanted.position]!.to, "to");
          same(got.timers.length, 0, "timers");
          same(got.next.state, wanted.state, "state");
          state = got.next.state;
        } else if (got.kind === "refused" && !wanted.ok) {
          if (got.reason === "UNKNOWN_EVENT") unknown++;
          else none++;
          same(got.reason, wanted.reason, "reason");
          const names = allowed.filter((one) => one.allowed === "yes").map((one) => one.event);
          same(got.allowedEvents.join("|"), names.join("|"), "allowedEvents");
        }
      }
    }),
    { numRuns: RUNS },
  );
  // The generator must have exercised what the properties speak of.
  expect(runs).toBeGreaterThanOrEqual(RUNS);
  expect(Math.min(taken, unknown, none)).toBeGreaterThan(RUNS / 10);
});
