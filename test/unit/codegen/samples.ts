/** Configurations that a generator could trip over. Each passes the checks of an upload. */
import type { ConfigurationSource } from "../../../src/engine/configuration.ts";

const cycle = (states: readonly string[], event: (index: number) => string) =>
  states.map((from, index) => ({ from, to: states[(index + 1) % states.length] ?? from, event: event(index) }));

export const ORDERS: ConfigurationSource = {
  name: "orders",
  version: "v3",
  starting_state: "start",
  states: ["start", "pending", "shipped", "cancelled"],
  transitions: [
    { from: "start", to: "pending", event: "accept" },
    { from: "pending", to: "shipped", event: "ship", guard: "event.data.weight < 30.0" },
    { from: "pending", to: "pending", event: "change" },
    { from: "*", to: "cancelled", event: "cancel" },
    { from: "*", to: "start", event: "change" },
  ],
  initial_states: ["start", "pending"],
  state_options: {
    pending: {
      schema: { type: "object", required: ["customer"], properties: { customer: { type: "string" } } },
    },
    shipped: {
      schema: {
        type: "object",
        description: "What a carrier has told.",
        required: ["tracking"],
        properties: {
          tracking: { type: "string", description: "The carrier's number." },
          parts: { type: "array", items: { $ref: "#/$defs/part" } },
        },
        $defs: {
          part: {
            type: "object",
            required: ["name"],
            properties: { name: { type: "string" }, parts: { type: "array", items: { $ref: "#/$defs/part" } } },
          },
        },
      },
    },
  },
  event_options: {
    ship: {
      schema: {
        type: "object",
        required: ["tracking", "weight"],
        properties: { tracking: { type: "string" }, weight: { type: "number", description: "Kilograms." } },
      },
    },
    accept: { schema: { type: "object", required: ["customer"], properties: { customer: { type: "string" } } } },
    cancel: { schema: { properties: { reason: { enum: ["late", "broken", null] } }, additionalProperties: false } },
  },
};

const WORDS = (
  "break case catch class const continue debugger default delete do else enum export extends false finally for function if " +
  "import in instanceof new null return super switch this throw true try typeof var void while with yield let static await " +
  "async of any unknown never string number boolean object symbol type interface namespace module declare abstract readonly " +
  "keyof infer is asserts satisfies constructor __proto__ prototype toString valueOf hasOwnProperty then undefined NaN"
).split(" ");

/** Names that end literals, comments or lines, or are not what they look like. */
export const HOSTILE_NAMES = [
  '"',
  "'",
  "`",
  "${process.exit()}",
  "*/ export {} /*",
  "// */",
  "a\nb",
  "a\r\nb",
  "a\u2028b",
  "a\u2029b",
  "\\",
  '\\"',
  "\u202eabc",
  "\u0000",
  "</script>",
  "\u200b",
  "\ufeff",
  "\u3164",
  "e\u0301",
  "é",
  " ",
  "-",
  "1",
  "01",
  "1e3",
  "-0",
  "𝒳",
  "🚚",
  "ß",
  "ŉ",
  "ǆ",
  "İ",
];

const anything = (schema: Record<string, unknown>): ConfigurationSource => ({
  name: "schemas",
  starting_state: "a",
  states: ["a"],
  transitions: [{ from: "a", to: "a", event: "e" }],
  state_options: { a: { schema } },
  event_options: { e: { schema } },
});

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

const ORDERS_TO_TOOLS = {
  a: { type: "string", description: "@ts-expect-error" },
  b: { type: "string", description: "first\n @ts-ignore" },
  c: { type: "string", description: "(@internal) x@internal, {@link a}; a@example.com" },
};

export const SAMPLES: Readonly<Record<string, ConfigurationSource>> = {
  orders: ORDERS,
  least: { name: "a", starting_state: "x", states: ["x"], transitions: [{ from: "x", to: "x", event: "e" }] },
  unicode: {
    name: "unicode",
    starting_state: "début",
    states: ["début", "переход", "終わり", "נשלח", "ส่งแล้ว", "🚚 en route", "İstanbul"],
    transitions: [
      ...cycle(
        ["début", "переход", "終わり", "נשלח", "ส่งแล้ว", "🚚 en route", "İstanbul"],
        (index) => `évènement ${index}`,
      ),
      { from: "*", to: "début", event: "取り消す" },
    ],
    state_options: {
      終わり: { schema: { type: "object", required: ["名前"], properties: { 名前: { type: "string" } } } },
      "🚚 en route": { schema: { type: "object", properties: { "🏠": { type: "boolean" } } } },
    },
    event_options: { 取り消す: { schema: { type: "object", properties: { 理由: { enum: ["遅い", "壊れた"] } } } } },
  },
  reserved: {
    name: "class",
    starting_state: "constructor",
    states: WORDS,
    transitions: cycle(WORDS, (index) => WORDS[index] ?? ""),
    state_options: Object.fromEntries(
      WORDS.map((word) => [word, { schema: { type: "object", properties: { [word]: { const: word } } } }]),
    ),
    event_options: Object.fromEntries(
      WORDS.map((word) => [
        word,
        { schema: { type: "object", required: [word], properties: { [word]: { type: "null" } } } },
      ]),
    ),
  },
  default: { name: "default", starting_state: "x", states: ["x"], transitions: [{ from: "x", to: "x", event: "e" }] },
  // Their comments order nothing, and their names import nothing.
  ordering: {
    name: "ordering",
    starting_state: "JsonValue",
    states: ["JsonValue", "JsonObject"],
    transitions: cycle(["JsonValue", "JsonObject"], (index) => ["JsonValue", "Snapshot"][index] ?? ""),
    state_options: Object.fromEntries(
      ["JsonValue", "JsonObject"].map((name) => [
        name,
        { schema: { description: "@ts-expect-error", properties: ORDERS_TO_TOOLS } },
      ]),
    ),
    event_options: Object.fromEntries(
      ["JsonValue", "Snapshot"].map((name) => [
        name,
        { schema: { description: "a\n@ts-ignore", properties: ORDERS_TO_TOOLS } },
      ]),
    ),
  },
  imported: {
    name: "defineConfiguration",
    version: "Snapshot",
    starting_state: "JsonValue",
    states: ["JsonValue", "Json"],
    transitions: cycle(["JsonValue", "Json"], (index) => ["Definition", "JsonObject"][index] ?? ""),
    state_options: { Json: { schema: { type: "object", properties: { Object: { type: "array" } } } } },
  },
  hostile: {
    name: "Hostile.Names_of-all",
    version: "1.0",
    starting_state: '"',
    states: HOSTILE_NAMES,
    transitions: cycle(HOSTILE_NAMES, (index) => HOSTILE_NAMES[index] ?? ""),
    initial_states: HOSTILE_NAMES.slice(0, -1),
    state_options: Object.fromEntries(
      HOSTILE_NAMES.map((name) => [
        name,
        {
          schema: {
            type: "object",
            description: `${name} */ described`,
            required: [name],
            properties: { [name]: { enum: [name, { [name]: [name] }], description: name } },
          },
        },
      ]),
    ),
  },
  colliding: {
    name: "in-stock",
    starting_state: "in-stock",
    states: ["in-stock", "in_stock", "InStock", "in stock", "in stock StateData", "inStock"],
    transitions: cycle(
      ["in-stock", "in_stock", "InStock", "in stock", "in stock StateData", "inStock"],
      (index) => ["a-b", "a_b", "aB", "AB", "a b", "a.b"][index] ?? "",
    ),
    state_options: Object.fromEntries(
      ["in-stock", "in_stock", "InStock", "in stock", "in stock StateData", "inStock"].map((name) => [
        name,
        {
          schema: {
            type: "object",
            properties: { a: { $ref: "#/$defs/2" }, b: { $ref: "#/$defs/Part" }, c: { $ref: "#/$defs/%24" } },
            $defs: { 2: { type: "string" }, Part: { type: "number" }, $: { type: "boolean" } },
          },
        },
      ]),
    ),
  },
  digits: {
    name: "d1.2-3",
    version: "2026-11-27",
    starting_state: "1st",
    states: ["1st", "2nd", "3", "٣"],
    transitions: cycle(["1st", "2nd", "3", "٣"], (index) => String(index)),
    state_options: {
      "1st": { schema: { properties: { 1: { type: "number" } } } },
      "٣": { schema: { required: ["٣"] } },
    },
    event_options: { 0: { schema: { required: ["0"], properties: { 0: { const: 0 } } } } },
  },
  needy: {
    name: "needy",
    starting_state: "a",
    states: ["a", "b"],
    transitions: cycle(["a", "b"], (index) => `e${index}`),
    state_options: { a: { schema: { minProperties: 1 } } },
    event_options: { e0: { schema: { maxProperties: 0 } }, e1: { schema: { not: {} } } },
  },
  recursive: anything({
    $id: "https://example.com/tree",
    $ref: "#/$defs/node",
    $defs: {
      node: {
        $anchor: "node",
        type: "object",
        required: ["value", "children"],
        properties: {
          value: { type: ["integer", "null"] },
          children: { type: "array", items: { $ref: "#node" } },
          parent: { anyOf: [{ $ref: "#" }, { type: "null" }] },
          next: { $ref: "https://example.com/tree#/$defs/list" },
          any: { $ref: "#/$defs/anything" },
          self: { $ref: "#/$defs/node/properties/value" },
        },
      },
      list: { type: "array", prefixItems: [{ $ref: "#/$defs/node" }], items: { $ref: "#/$defs/list" } },
      anything: true,
    },
  }),
  keywords: anything({
    type: "object",
    title: "Every keyword",
    required: ["kind", "of"],
    properties: {
      kind: { enum: ["a", "b", 1, -1.5, 1e21, true, null, ["x", { y: [] }], {}] },
      closed: { type: "object", additionalProperties: false },
      partly: { properties: { a: { type: "string" } }, additionalProperties: { type: "number" } },
      free: { type: "object", additionalProperties: true },
      patterned: { type: "object", patternProperties: { "^x-": { type: "string" } }, additionalProperties: false },
      tuple: { type: "array", prefixItems: [{ type: "string" }, { type: "number" }], minItems: 1, items: false },
      open: { type: "array", prefixItems: [{ type: "string" }] },
      list: { type: "array", items: { type: ["string", "null"] }, uniqueItems: true, contains: { const: "x" } },
      lists: { type: "array", items: { type: "array", items: { type: "array", items: { enum: [1, 2] } } } },
      either: { oneOf: [{ type: "string" }, { type: "object", required: ["a"] }] },
      all: { allOf: [{ properties: { a: { type: "string" } } }, { required: ["b"] }] },
      nothing: false,
      everything: true,
      not: { not: { type: "string" } },
      conditional: {
        type: "object",
        if: { properties: { k: { const: 1 } }, required: ["k"] },
        // oxlint-disable-next-line unicorn/no-thenable -- a keyword
        then: { required: ["x"] },
        else: { required: ["y"], properties: { y: { type: "boolean" } } },
      },
      never: { enum: [] },
      "\ud800": { const: "\udfff" },
    },
    dependentSchemas: { kind: { required: ["more"] } },
    dependentRequired: { of: ["less"] },
    propertyNames: { pattern: "." },
    unevaluatedProperties: { type: "string" },
    anyOf: [{ required: ["free"] }, { required: ["open"] }],
  }),
  large: {
    name: "large",
    starting_state: "s0",
    states: range(500).map((index) => `s${index}`),
    transitions: range(5_000).map((index) => ({
      from: index % 10 === 0 ? "*" : `s${index % 500}`,
      to: `s${(index * 7 + 1) % 500}`,
      event: `e${index % 1_000}`,
    })),
    state_options: Object.fromEntries(
      range(500).map((index) => [`s${index}`, { schema: { required: ["n"], properties: { n: { const: index } } } }]),
    ),
  },
};
