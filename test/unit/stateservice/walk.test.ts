/** A converted chart walks as the chart does. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { dump } from "js-yaml";
import { compileConfiguration } from "../../../src/engine/compile-configuration.ts";
import type { Configuration } from "../../../src/engine/configuration.ts";
import type { JsonObject } from "../../../src/engine/json.ts";
import { start, step } from "../../../src/engine/step.ts";
import type { Timer } from "../../../src/engine/timer.ts";
import type { Chart } from "../../../src/stateservice/chart.ts";
import { convertChart } from "../../../src/stateservice/conversion.ts";
import { ChartModel, type RawChart } from "./chart-model.ts";
import { readChart } from "./charts.ts";

const OPTIONS = { name: "colors", version: "v1", timeZone: "UTC" };

/** A machine of the converted chart, on the engine alone. */
class Machine {
  readonly #configuration: Configuration;
  #snapshot: { readonly state: string; readonly revision: number; readonly data: JsonObject };
  #timers: readonly Timer[];
  #now: number;

  constructor(chart: Chart, now: number) {
    const { source, state, data } = convertChart(chart, OPTIONS);
    const compiled = compileConfiguration(source);
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
    this.#configuration = compiled.configuration;
    const begun = start(compiled.configuration, { state, data, now });
    if (!begun.ok) throw new Error(begun.message);
    this.#snapshot = begun.next;
    this.#timers = begun.timers;
    this.#now = now;
  }

  get state(): string {
    return this.#snapshot.state;
  }

  /** What the file of StateService would say of the counters. */
  get counters(): JsonObject {
    return this.#snapshot.data;
  }

  put(state: string): boolean {
    return this.state === state && this.#send("increment");
  }

  passTo(now: number): void {
    for (;;) {
      const [next] = this.#timers;
      if (next === undefined || next.dueAt > now) break;
      this.#now = Math.max(this.#now, next.dueAt);
      expect(this.#send(next.event)).toBe(true);
    }
    this.#now = now;
  }

  #send(name: string): boolean {
    const event = { id: "e", name, data: {}, details: "", originator: "", timestamp: this.#now };
    const taken = step(this.#configuration, this.#snapshot, event, this.#now);
    if (taken.kind !== "transitioned") return false;
    this.#snapshot = taken.next;
    this.#timers = taken.timers;
    return true;
  }
}

const T0 = Date.UTC(2026, 0, 1);
const timeOf = (minute: number): string => new Date(T0 + minute * 60_000).toISOString().slice(0, 19);

const text = fc.oneof(
  fc.constantFrom(
    "green_state",
    "count",
    "a",
    "__proto__",
    "constructor",
    'a"b\\',
    "null",
    "1",
    "in",
    "line\nbreak",
    "\u0001",
    "ä 😀",
    " ",
  ),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
);
const number = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(0.5, -1.5, 1e-7));

/** A chart of any form: in a line, in circles, with states that nothing leads to. */
const rawChart: fc.Arbitrary<RawChart> = fc
  .uniqueArray(
    text.filter((name) => name !== "*"),
    { minLength: 2, maxLength: 6 },
  )
  .chain((names) =>
    fc.record({
      current_state: fc.constantFrom(...names),
      states: fc.tuple(
        ...names.map((name, index) => {
          const targetOf = fc.constantFrom(...names);
          // Times lead onward: in a circle of them no machine would rest.
          const onward = fc.constantFrom(...names.slice(index + 1), ...(index + 1 < names.length ? [] : names));
          return fc.oneof(
            {
              weight: 4,
              arbitrary: fc
                .tuple(text, number, targetOf, fc.integer({ min: -2, max: 4 }))
                .map(([key, value, target, at]) => ({
                  name,
                  func: "increment" as const,
                  current: { key, value },
                  target: { name: target, when: { key: "n", value: value + at } },
                })),
            },
            {
              weight: index + 1 < names.length ? 2 : 0,
              arbitrary: fc.tuple(onward, fc.integer({ min: -5, max: 30 })).map(([target, minute]) => ({
                name,
                func: "time" as const,
                target: { name: target, when: { key: "clock", value: timeOf(minute) } },
              })),
            },
            { weight: 1, arbitrary: fc.constant({ name }) },
          );
        }),
      ),
    }),
  )
  .map(({ current_state, states }) => {
    const targets = new Set(states.flatMap((state) => ("target" in state ? [state.target.name] : [])));
    const kept = states.filter((state) => "target" in state || targets.has(state.name));
    const isKept = kept.some(({ name }) => name === current_state);
    return { current_state: isKept ? current_state : (kept[0]?.name ?? ""), states: kept };
  })
  .filter(({ states }) => states.length > 0);

type Act = { readonly put: number } | { readonly minutes: number } | { readonly reload: true };
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -1, max: 5 }).map((put) => ({ put })) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 12 }).map((minutes) => ({ minutes })) },
    { weight: 1, arbitrary: fc.constant({ reload: true as const }) },
  ),
  { maxLength: 30 },
);

test("a converted chart walks as the chart does: every PUT, every time, every counter, also when it is saved and imported again", async () => {
  await fc.assert(
    fc.asyncProperty(rawChart, acts, async (raw, sequence) => {
      let now = T0;
      const model = new ChartModel(raw, now);
      let machine = new Machine(await readChart(dump(raw)), now);
      const names = raw.states.map(({ name }) => name);
      const compare = (): void => {
        machine.passTo(now);
        expect(machine.state).toBe(model.currentState);
        expect(machine.counters).toEqual(model.counters);
      };
      compare();
      for (const act of sequence) {
        if ("minutes" in act) {
          // A second more: StateService wants the time to be past.
          now += act.minutes * 60_000 + 1_000;
          model.passTo(now);
        } else if ("reload" in act) {
          machine = new Machine(await readChart(dump(model.save())), now);
        } else {
          // Mostly the current state, now and then another one or none.
          const name = act.put < 4 ? model.currentState : (names[act.put] ?? "nowhere");
          expect(machine.put(name)).toBe(model.put(name));
        }
        compare();
      }
    }),
    { numRuns: 300 },
  );
});
