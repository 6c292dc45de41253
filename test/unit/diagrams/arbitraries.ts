/** Configurations to draw, as they are generated. */
import * as fc from "fast-check";
import { compileConfiguration, loadConfiguration } from "../../../src/engine/compile-configuration.ts";
import type { Configuration, ConfigurationSource } from "../../../src/engine/configuration.ts";
import { HOSTILE_NAMES } from "./samples.ts";

const name = fc.oneof(
  fc.constantFrom("a", "b", "__proto__", "constructor", "0", ...HOSTILE_NAMES),
  fc.string({ unit: "binary", minLength: 1, maxLength: 12 }),
);
/** Drawn as they are written, whether they compile or not. */
const conditions = fc.constantFrom(
  {},
  {},
  { guard: "data.a" },
  { guard: 'data.b == "]>"\n  && event.data.c < 3.0 // %% ;', after: "PT30M" },
  { deadline: "timestamp(data.due)", guard: "" },
  { guard: "data.x ".repeat(99), deadline: "now + ".repeat(99) },
);
/** Sources that are valid but for their expressions. */
export const sources = fc
  .record({
    states: fc.uniqueArray(name, { minLength: 1, maxLength: 9 }),
    events: fc.array(name, { minLength: 1, maxLength: 6 }),
    edges: fc.array(fc.tuple(fc.integer({ min: -1, max: 8 }), fc.nat(8), fc.nat(5), conditions), {
      minLength: 1,
      maxLength: 70,
    }),
  })
  .map(({ states, events, edges }) => {
    const stateAt = (i: number): string => states[i % states.length] ?? "";
    const transitions = edges.map(([from, to, event, condition]) => ({
      ...condition,
      from: from < 0 ? "*" : stateAt(from),
      to: stateAt(to),
      event: events[event % events.length] ?? "",
    }));
    const used = states.filter((state) => transitions.some(({ from, to }) => from === state || to === state));
    const plain = transitions.map(({ from, to, event }) => ({ from, to, event }));
    return { name: "generated", starting_state: used[0] ?? "", states: used, transitions, plain };
  })
  .filter(({ plain, ...source }) => compileConfiguration({ ...source, transitions: plain }).ok)
  .map(({ plain: _plain, ...source }): ConfigurationSource => source);

export const configurations = sources.map((source): Configuration => loadConfiguration(source));
