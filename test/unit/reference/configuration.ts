/** Configurations made up at random, in a form that the reference model reads, and their definitions. */
import * as fc from "fast-check";
import type { ConfigurationSource } from "../../../src/engine/configuration.ts";
import {
  assignment,
  condition,
  deadline,
  FIELDS,
  FLAGS,
  NUMBERS,
  STRINGS,
  type DueFormula,
  type Fields,
  type Formula,
  type Value,
} from "./formula.ts";

export interface ReferenceTransition {
  readonly from: string;
  readonly to: string;
  readonly event: string;
  readonly guard: Formula | undefined;
  readonly assign: readonly (readonly [field: string, value: Formula])[];
  /** When it is taken by itself; `isAfter`: said as a delay. */
  readonly due: (DueFormula & { readonly isAfter: boolean }) | undefined;
}

/** Of a JSON Schema, what is needed here. */
export interface ReferenceSchema {
  readonly required: readonly string[];
  readonly properties: readonly (readonly [field: string, type: string])[];
  readonly isClosed: boolean;
}

export interface ReferenceConfiguration {
  readonly name: string;
  readonly version: string;
  readonly states: readonly string[];
  readonly startingState: string;
  readonly initialStates: readonly string[] | undefined;
  readonly transitions: readonly ReferenceTransition[];
  readonly stateSchemas: ReadonlyMap<string, ReferenceSchema>;
  readonly eventSchemas: ReadonlyMap<string, ReferenceSchema>;
  readonly unhandled: string | undefined;
  readonly unhandledOf: ReadonlyMap<string, string>;
  readonly deferForMs: number;
}

/** How often what is drawn is there; everything at once would seldom let an event through. */
export interface Taste {
  readonly states: readonly string[];
  readonly events: readonly string[];
  readonly guards: number;
  readonly timers: number;
  readonly schemas: number;
  /** What `unhandled` is drawn from. */
  readonly unhandled: readonly (string | undefined)[];
}

const TYPES = ["number", "integer", "string", "boolean", "null", "array", "object"];

function isOfType(value: Value, type: string): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "integer") return typeof value === "number" && Number.isInteger(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value === type;
}

export function isMatch({ required, properties, isClosed }: ReferenceSchema, data: Fields): boolean {
  const here = new Map(Object.entries(data));
  const types = new Map(properties);
  if (!required.every((field) => here.has(field))) return false;
  for (const [field, value] of here) {
    const type = types.get(field);
    if (type === undefined ? isClosed : !isOfType(value, type)) return false;
  }
  return true;
}

const property: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...NUMBERS), fc.constant("number")) },
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...STRINGS), fc.constant("string")) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...FLAGS), fc.constant("boolean")) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...FIELDS, "extra"), fc.constantFrom(...TYPES)) },
);
const schema: fc.Arbitrary<ReferenceSchema> = fc
  .record({
    required: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: fc.constantFrom(...FIELDS).map((field) => [field]) },
    ),
    properties: fc.array(property, { minLength: 1, maxLength: 3 }),
    closed: fc.nat({ max: 9 }),
  })
  .map(({ required, properties, closed }) => ({
    required,
    properties: [...new Map(properties)],
    isClosed: closed === 0,
  }));

const DELAYS = [
  ["PT0S", 0],
  ["30ms", 30],
  ["PT10M", 600_000],
  ["1h30m", 5_400_000],
  ["P1D", 86_400_000],
] as const;
const due: fc.Arbitrary<ReferenceTransition["due"]> = fc.oneof(
  fc
    .constantFrom(...DELAYS, ...DELAYS.slice(2), ...DELAYS.slice(2), ...DELAYS.slice(2))
    .map(([text, ms]) => ({ text, mean: ({ now }: { now: number }) => now + ms, isAfter: true })),
  deadline.map((formula) => ({ ...formula, isAfter: false })),
);

const DEFER_FOR = [3_600_000, 600_000, 7_200_000];

/** `share` in 100 are there. */
const maybe = <T>(share: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 100 - share, arbitrary: fc.constant(undefined) }, { weight: share, arbitrary });

/** A few of the names: of many each would be in few transitions. */
const some = (names: readonly string[]): fc.Arbitrary<string[]> =>
  fc
    .record({ first: fc.nat(), count: fc.integer({ min: 2, max: 4 }) })
    .map(({ first, count }) =>
      Array.from({ length: Math.min(count, names.length) }, (_, index) => at(names, first + index)),
    );
const at = (names: readonly string[], index: number): string => names[index % names.length] ?? "";

/** Of every draw a configuration that is accepted: only states that are in a transition are there. */
export function configurations(taste: Taste): fc.Arbitrary<ReferenceConfiguration> {
  const { states, events, guards, timers, schemas } = taste;
  const unhandled = fc.constantFrom(...taste.unhandled);
  const transition = fc.record({
    from: fc.oneof({ weight: 4, arbitrary: fc.nat() }, { weight: 1, arbitrary: fc.constant("*" as const) }),
    to: fc.nat(),
    event: fc.nat(),
    guard: maybe(guards, condition),
    assign: maybe(
      40,
      fc
        .array(fc.tuple(fc.constantFrom(...FIELDS, "extra"), assignment), { maxLength: 2 })
        .map((all) => [...new Map(all)]),
    ).map((assign) => assign ?? []),
    due: maybe(timers, due),
  });
  return fc
    .record({
      someStates: some(states),
      someEvents: some(events),
      rows: fc.array(transition, { minLength: 2, maxLength: 12 }),
      starting: fc.nat(),
      initial: maybe(25, fc.array(fc.nat(), { maxLength: 3 })),
      stateSchemas: fc.array(fc.tuple(fc.constantFrom(...states), maybe(schemas, schema)), { maxLength: 4 }),
      eventSchemas: fc.array(fc.tuple(fc.constantFrom(...events), maybe(schemas, schema)), { maxLength: 2 }),
      unhandled,
      unhandledOf: fc.array(fc.tuple(fc.constantFrom(...states), unhandled), { maxLength: 3 }),
      deferForMs: fc.constantFrom(...DEFER_FOR),
    })
    .map(({ someStates, someEvents, rows, starting, initial, deferForMs, ...options }) => {
      const drawn = rows.map(({ from, to, event, ...rest }): ReferenceTransition => ({
        ...rest,
        from: from === "*" ? from : at(someStates, from),
        to: at(someStates, to),
        event: at(someEvents, event),
      }));
      const used = states.filter((state) => drawn.some(({ from, to }) => from === state || to === state));
      const known = events.filter((event) => drawn.some((one) => one.event === event));
      const configuration = {
        name: "loop",
        version: "v1",
        states: used,
        startingState: at(used, starting),
        initialStates: initial?.map((index) => at(used, index)),
        transitions: drawn,
        stateSchemas: among(used, options.stateSchemas),
        eventSchemas: among(known, options.eventSchemas),
        unhandled: options.unhandled,
        unhandledOf: among(used, options.unhandledOf),
        deferForMs,
      };
      // What is printed of a counterexample.
      return Object.assign(configuration, { [fc.toStringMethod]: () => JSON.stringify(toSource(configuration)) });
    });
}

function among<T>(names: readonly string[], options: readonly (readonly [string, T | undefined])[]): Map<string, T> {
  return new Map(
    options.flatMap(([name, value]) => (value === undefined || !names.includes(name) ? [] : [[name, value] as const])),
  );
}

const toSchemaSource = ({ required, properties, isClosed }: ReferenceSchema) => ({
  type: "object",
  properties: Object.fromEntries(properties.map(([field, type]) => [field, { type }])),
  ...(required.length > 0 && { required: [...required] }),
  ...(isClosed && { additionalProperties: false }),
});

/** The definition, as it would be uploaded. */
export function toSource(configuration: ReferenceConfiguration): ConfigurationSource {
  const { name, version, states, startingState, initialStates, transitions, unhandled } = configuration;
  const { stateSchemas, eventSchemas, unhandledOf, deferForMs } = configuration;
  const stateOptions = new Map(
    [...stateSchemas.keys(), ...unhandledOf.keys()].map((state) => {
      const [rule, does] = [stateSchemas.get(state), unhandledOf.get(state)];
      return [state, { ...(rule && { schema: toSchemaSource(rule) }), ...(does !== undefined && { unhandled: does }) }];
    }),
  );
  return {
    name,
    version,
    starting_state: startingState,
    states: [...states],
    ...(initialStates && { initial_states: [...initialStates] }),
    transitions: transitions.map(({ from, to, event, guard, assign, due: time }) => ({
      from,
      to,
      event,
      ...(guard && { guard: guard.text }),
      ...(assign.length > 0 && { assign: Object.fromEntries(assign.map(([field, { text }]) => [field, text])) }),
      ...(time && (time.isAfter ? { after: time.text } : { deadline: time.text })),
    })),
    state_options: Object.fromEntries(stateOptions),
    event_options: Object.fromEntries(
      [...eventSchemas].map(([event, rule]) => [event, { schema: toSchemaSource(rule) }]),
    ),
    ...(unhandled !== undefined && { unhandled }),
    defer_for: `PT${deferForMs / 1_000}S`,
  };
}
