/**
 * A chart as an ordinary configuration, and where its machine starts. What is converted once must be converted the same
 * for good: a chart that comes again reuses the configuration only when the two are equal.
 */
import type { ConfigurationSource, TransitionSource } from "../engine/configuration.ts";
import type { Chart, CounterState, TimedState } from "./chart.ts";
import { toInstant } from "./wall-time.ts";

/** What a PUT sends, named as the function that it calls in a chart. */
export const INCREMENT = "increment";
const TIME = "time";

export interface Conversion {
  /** The states and what leads from one to another. Where the chart's machine stands is no part of it. */
  readonly source: ConfigurationSource;
  /** The machine's. */
  readonly state: string;
  /** The machine's: of each counting state its counter, as `{[state]: {[key]: value}}`. */
  readonly data: Record<string, Record<string, number>>;
}

export interface ConversionOptions {
  readonly name: string;
  readonly version: string;
  /** Of the times in the chart. */
  readonly timeZone: string;
}

export function convertChart(chart: Chart, { name, version, timeZone }: ConversionOptions): Conversion {
  const { states } = chart;
  const targets = new Set(states.flatMap((state) => (state.func === undefined ? [] : [state.target.name])));
  // In a circle every state is a target.
  const first = states.find((state) => !targets.has(state.name)) ?? states[0];
  const source = {
    name,
    version,
    starting_state: first?.name ?? "",
    states: states.map((state) => state.name),
    transitions: states.flatMap((state): TransitionSource[] => {
      if (state.func === "increment") return transitionsOfCounter(state);
      return state.func === "time" ? [transitionOfTime(state, timeZone)] : [];
    }),
  };
  const counters = states.flatMap((state) => (state.func === "increment" ? [counterOf(state)] : []));
  return { source, state: chart.currentState, data: Object.fromEntries(counters) };
}

/**
 * The counter goes up, whether the state is left or not. StateService compares with `==`: a counter that is beyond its
 * target never reaches it.
 */
function transitionsOfCounter({ name, current, target }: CounterState): TransitionSource[] {
  const key = toCelText(current.key);
  // Not the state's name: a chart of 500 states has to keep within the size of a configuration.
  const next = `data[state][${key}] + 1`;
  const assign = Object.fromEntries([[name, `{${key}: ${next}}`]]);
  const guard = `${next} == ${target.value}`;
  return [
    { from: name, to: target.name, event: INCREMENT, guard, assign },
    { from: name, to: name, event: INCREMENT, assign },
  ];
}

function transitionOfTime({ name, target }: TimedState, timeZone: string): TransitionSource {
  const time = new Date(toInstant(target.wallMs, timeZone)).toISOString().replace(".000Z", "Z");
  return { from: name, to: target.name, event: TIME, deadline: `timestamp("${time}")` };
}

function counterOf({ name, current }: CounterState): [string, Record<string, number>] {
  return [name, Object.fromEntries([[current.key, current.value]])];
}

/** A CEL literal of a text, in the quotes that JSON does not escape; never longer than four bytes for a character. */
function toCelText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  const escaped = text.replaceAll(/['\\\u0000-\u001f]/g, (char) => {
    return char === "'" || char === "\\" ? `\\${char}` : `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return `'${escaped}'`;
}
