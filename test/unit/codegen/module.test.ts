/** Generated modules as the compiler sees them, in a project that has installed the package. */
import { transform } from "esbuild";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { comparable, generateModule } from "../../../src/codegen/module.ts";
import { compileConfiguration } from "../../../src/engine/compile-configuration.ts";
import type { ConfigurationSource } from "../../../src/engine/configuration.ts";
import { readClientDocs } from "../../client-docs.ts";
import { createConsumer, type Consumer } from "./consumer.ts";
import { HOSTILE_NAMES, ORDERS, SAMPLES } from "./samples.ts";
import { TYPE_CLAIMS } from "./claims.ts";

let consumer: Consumer;
beforeAll(async () => {
  consumer = await createConsumer();
});
afterAll(() => consumer?.remove());

/** Each with a use of it that names every state and every event. */
function usesOf(name: string, source: ConfigurationSource): Record<string, string> {
  const { text, value, types } = generateModule(source);
  const { states = [], transitions = [] } = source;
  const events = [...new Set(transitions.map(({ event }) => event ?? ""))];
  const use = [
    `import { ${value}, type ${types} } from "./${name}.ts";`,
    `import type { EventName, StateName } from "detent/client";`,
    `export const states: readonly StateName<${types}>[] = ${JSON.stringify(states)};`,
    `export const events: readonly EventName<${types}>[] = ${JSON.stringify(events)};`,
    `export const none: Exclude<StateName<${types}>, ${states.map((state) => JSON.stringify(state)).join(" | ")}>[] = [];`,
    `none satisfies never[]; ${value}.configId satisfies string;`,
  ];
  return { [`${name}.ts`]: text, [`${name}-use.ts`]: use.join("\n") };
}

test("every configuration's module compiles, and is wrong where it should be", async () => {
  const checked = Object.entries(SAMPLES).map(([name, source]) => ({ name, ...compileConfiguration(source) }));
  expect(checked.filter(({ ok }) => !ok)).toEqual([]);
  const modules = Object.entries(SAMPLES).map(([name, source]) => usesOf(name, source));
  const files = Object.assign({}, ...modules, { "claims.ts": TYPE_CLAIMS }) as Record<string, string>;
  expect(await consumer.check(files)).toEqual([]);
});

test("the examples of docs/client.md compile against the module of their configuration", async () => {
  const { configuration, program } = await readClientDocs();
  expect(compileConfiguration(configuration)).toMatchObject({ ok: true, warnings: [] });
  const files = { "docs/orders.ts": generateModule(configuration).text, "docs/program.ts": program };
  expect(await consumer.check(files)).toEqual([]);
});

test("what an order becomes is this", async () => {
  const { text } = generateModule(ORDERS, { command: "detent codegen orders:v3 -o orders.ts" });
  await expect(text).toMatchFileSnapshot("./golden/orders.ts.txt");
});

/** The same with the members of its objects in another order, apart from those of schemas, whose order is that of the types. */
function reordered(source: ConfigurationSource): ConfigurationSource {
  const turn = <T extends object>(object: T): T => Object.fromEntries(Object.entries(object).toReversed()) as T;
  const { state_options, event_options, ...rest } = turn(source);
  return {
    ...rest,
    ...(event_options && { event_options: turn(event_options) }),
    ...(state_options && { state_options: turn(state_options) }),
  };
}

test("the order in which a configuration names its options is none of its module's", () => {
  for (const source of Object.values(SAMPLES)) {
    expect(generateModule(reordered(source)).text).toBe(generateModule(source).text);
  }
});

test("a module may be made by any command, with any line ends, and is the same; any other change is one", () => {
  const { text } = generateModule(ORDERS, { command: "detent codegen ./orders.yaml -o a.ts" });
  const other = generateModule(ORDERS, { command: "detent codegen orders:v3" }).text;
  expect(other).not.toBe(text);
  expect(comparable(other.replaceAll("\n", "\r\n"))).toBe(comparable(text));
  for (const changed of [
    text.replace("ship", "sail"),
    text.replace("orders:v3", "orders:v4"),
    text.replace("\n", "\n\n"),
  ]) {
    expect(comparable(changed)).not.toBe(comparable(text));
  }
});

test("what comments hold orders nothing, and can be read", () => {
  const { text } = generateModule(SAMPLES["ordering"] ?? ORDERS, { command: "@ts-nocheck" });
  expect(text.match(/@.*/g)).toEqual(["@example.com */", "@example.com */", "@example.com */", "@example.com */"]);
  expect(generateModule(ORDERS, { command: "detent codegen a --import @acme/client" }).text).toContain(
    " @acme/client\n",
  );
});

test("a value has a name that a CommonJS module may have, too", () => {
  const names = ["require", "exports", "class"].map((name) => generateModule({ ...ORDERS, name }).value);
  expect(names).toEqual(["require_", "exports_", "class_"]);
});

/** What the module hands to `defineConfiguration`. */
async function namesOf(text: string): Promise<Record<string, unknown>> {
  const { code } = await transform(text, { loader: "ts", format: "cjs" });
  let names: Record<string, unknown> = {};
  const define = (given: Record<string, unknown>) => (names = given);
  // oxlint-disable-next-line typescript/no-implied-eval -- the module is text, and what it does when it is loaded is the claim
  const load = new Function("require", "module", code) as (require: () => unknown, module: object) => void;
  load(() => ({ defineConfiguration: define }), {});
  return names;
}

test("whatever states, events and properties are called, the module has these names and nothing else", async () => {
  const name = fc.oneof(
    fc.constantFrom(...HOSTILE_NAMES),
    fc.string({ minLength: 1, maxLength: 20, unit: "binary" }),
    fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" }),
    fc
      .array(fc.constantFrom("*/", "/*", "//", "`", "${", "\n", '"', "'", "\\", "\u2028", "a", "}", ";"), {
        minLength: 1,
      })
      .map((parts) => parts.join("").slice(0, 40)),
  );
  const names = fc.uniqueArray(
    name.filter((text) => text.isWellFormed() && text !== "*"),
    { minLength: 1, maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(names, names, async (states, events) => {
      const [first = ""] = states;
      const schema = {
        type: "object",
        description: events.join("\n"),
        required: events,
        properties: Object.fromEntries(
          events.map((event) => [event, { const: { [event]: event }, description: event }]),
        ),
      };
      const source = {
        name: "hostile",
        starting_state: first,
        states,
        transitions: states.flatMap((from) => events.map((event) => ({ from, to: first, event }))),
        state_options: Object.fromEntries(states.map((state) => [state, { schema }])),
        event_options: Object.fromEntries(events.map((event) => [event, { schema }])),
      };
      expect(compileConfiguration(source)).toMatchObject({ ok: true });
      const { text } = generateModule(source, { command: events.join(" "), importFrom: first });
      expect(await namesOf(text)).toEqual({
        name: "hostile",
        version: "v1",
        startingState: first,
        states,
        events,
        initialStates: states,
        finalStates: [],
      });
    }),
  );
});
