/** What is given to `detent/engine` by who has no types, or lies to them. */
import { runInNewContext } from "node:vm";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  checkConfiguration,
  compileConfiguration,
  eventOf,
  LIMITS,
  listAllowedEvents,
  start,
  step,
} from "../../src/engine/index.ts";
import { refuseNaN } from "./fuzz/target.ts";

const orders = {
  name: "orders",
  starting_state: "a",
  states: ["a", "b"],
  transitions: [
    { from: "a", to: "b", event: "go" },
    { from: "b", to: "a", event: "back", after: "PT1M" },
  ],
};

const compiled = compileConfiguration(orders);
if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
const { configuration } = compiled;
const snapshot = { state: "a", revision: 0, data: {} };
const timer = { position: 1, event: "back", to: "a", dueAt: 60_000 };
// As from JavaScript, which has no types to hinder it.
const [begin, take, list, tell] = [start, step, listAllowedEvents, eventOf] as unknown as ((
  ...args: unknown[]
) => unknown)[];
const begun = (beginning: unknown, now: unknown = 0) => begin?.(configuration, beginning, now);
const taken = (event: unknown, now: unknown = 0) => take?.(configuration, snapshot, event, now);
const from = (other: object) => take?.(configuration, { ...snapshot, ...other }, { name: "go" }, 0);

class Data {
  readonly n = 1;
}
const ms = "must be a finite number of milliseconds since 1970, but is";
test.each<[message: string, call: () => unknown]>([
  [`now: ${ms} an object of the kind "Date"`, () => begun({}, new Date())],
  [`now: ${ms} NaN`, () => begun({ state: "b" }, Number.NaN)],
  [`now: ${ms} undefined`, () => begin?.(configuration, {})],
  [`now: ${ms} "0"`, () => taken({ name: "go" }, "0")],
  [`now: ${ms} 5n`, () => taken({ name: "go" }, 5n)],
  [`now: ${ms} Infinity`, () => list?.(configuration, snapshot, Infinity)],
  ["beginning: must be a plain object, but is undefined", () => begun(undefined)],
  ["beginning.state: must be a text, but is null", () => begun({ state: null })],
  ["beginning.data: must be a plain object, but is a list", () => begun({ data: [] })],
  ["beginning.data: must be a plain object, but is null", () => begun({ data: null })],
  ['beginning.data: must be a plain object, but is an object of the kind "Map"', () => begun({ data: new Map() })],
  ["beginning.data: must be a plain object, but is an object of a class", () => begun({ data: new Data() })],
  ['event: must be a plain object, but is "go"', () => taken("go")],
  ["event.name: must be a text, but is undefined", () => taken({ event: "go" })],
  ["event.id: must be a text, but is 7", () => taken({ name: "go", id: 7 })],
  ["event.details: must be a text, but is an object", () => taken({ name: "go", details: {} })],
  ["event.originator: must be a text, but is a function", () => taken({ name: "go", originator: Date })],
  ["event.data: must be a plain object, but is a list", () => taken({ name: "go", data: [] })],
  [`event.timestamp: ${ms} NaN`, () => taken({ name: "go", timestamp: Number.NaN })],
  ["snapshot: must be a plain object, but is undefined", () => take?.(configuration, undefined, { name: "go" }, 0)],
  ["snapshot.state: must be a text, but is undefined", () => from({ state: undefined })],
  ["snapshot.revision: must be a whole number from 0, but is undefined", () => from({ revision: undefined })],
  ["snapshot.revision: must be a whole number from 0, but is -1", () => from({ revision: -1 })],
  ["snapshot.data: must be a plain object, but is a list", () => list?.(configuration, { ...snapshot, data: [] }, 0)],
  ["timer: must be a plain object, but is undefined", () => tell?.(snapshot, undefined)],
  ["timer.event: must be a text, but is undefined", () => tell?.(snapshot, { ...timer, event: undefined })],
  ["timer.position: must be a whole number from 0, but is 0.5", () => tell?.(snapshot, { ...timer, position: 0.5 })],
  [`timer.dueAt: ${ms} null`, () => tell?.(snapshot, { ...timer, dueAt: null })],
  ["snapshot.revision: must be a whole number from 0, but is NaN", () => tell?.({ ...snapshot, revision: NaN }, timer)],
  ...[orders, compiled, null].map((other): [string, () => unknown] => [
    `configuration: must be the \`configuration\` that compileConfiguration answers where it is \`ok\`, but is ${other ? "an object" : other}`,
    () => begin?.(other, {}, 0),
  ]),
])("a TypeError says %s", (message, call) => {
  expect(call).toThrow(new TypeError(message));
});

const READ = "; readConfiguration tells all that is not in the form of a configuration";
test.each<[what: string, value: unknown, problem: string]>([
  ["null", null, "configuration: must be of type object, but is null"],
  ["undefined", undefined, "configuration: must be of type object, but is undefined"],
  ["a text", "name: orders", 'configuration: must be of type object, but is "name: orders"'],
  ["states that are none", { ...orders, states: 7 }, "configuration/states: must be of type array, but is 7"],
  ["a misspelt field", { ...orders, state: ["a"] }, 'configuration/state: the property "state" is not allowed here'],
])("%s is no source, and readConfiguration tells why", (_what, value, problem) => {
  for (const call of [checkConfiguration, compileConfiguration] as ((value: unknown) => unknown)[]) {
    expect(() => call(value)).toThrow(new TypeError(problem + READ));
  }
});

test("whatever is given, nothing else is thrown and nothing that is answered is no number", () => {
  const anything = fc.oneof(fc.anything(), fc.constantFrom({}, 0, "go", "a"));
  const argument = /^(?:configuration|beginning|snapshot|event|timer|now)\b/;
  const fields = fc.constantFrom("name", "states", "transitions", "state_options", "retention", "unhandled", "lost");
  const json = fc.jsonValue().filter((value): value is object => typeof value === "object");
  const answer = (call: () => unknown): unknown => {
    try {
      return call();
    } catch (error) {
      if (error instanceof TypeError && argument.test(error.message)) return undefined;
      throw error;
    }
  };
  fc.assert(
    fc.property(anything, anything, anything, anything, json, fields, (one, two, three, four, data, field) => {
      const answers = [
        answer(() => begun({ state: one, data }, two)),
        answer(() => begun(one, two)),
        answer(() => take?.(configuration, { state: one, revision: two, data }, { name: three, data }, four)),
        answer(() => taken(one, two)),
        answer(() => taken({ name: one, timestamp: two, originator: three }, 0)),
        answer(() => tell?.({ ...snapshot, revision: one }, { ...timer, position: two, dueAt: three })),
        answer(() => checkConfiguration(one as object)),
        answer(() => compileConfiguration({ ...orders, [field]: three })),
      ];
      for (const each of answers) refuseNaN(each);
    }),
  );
});

test("what is over a limit is a finding, not an error", () => {
  const long = { ...orders, unhandled: "x".repeat(LIMITS.configurationBytes) };
  const finding = {
    severity: "error",
    code: "limit_exceeded",
    pointer: "",
    message: expect.stringMatching(/^configuration: has at most 262144 bytes of JSON, this one has \d+\.$/),
  };
  expect(checkConfiguration(long)).toEqual([finding]);
  expect(compileConfiguration(long)).toEqual({ ok: false, errors: [finding], warnings: [] });
});

test("what is changed in a source after compiling it does not count", () => {
  const source = { ...orders, unhandled: "reject" };
  const compilation = compileConfiguration(source);
  source.unhandled = "ignore";
  expect(compilation.ok && compilation.configuration.unhandledIn("a")).toBe("reject");
});

test("data may be of another realm and without a prototype", () => {
  const data = runInNewContext("({ n: 1 })") as { n: number };
  const bare = Object.assign(Object.create(null) as object, { n: 1 });
  for (const given of [data, bare])
    expect(begun({ data: given })).toMatchObject({ ok: true, next: { data: { n: 1 } } });
});
