/** The fields of a form, read from a JSON Schema. What a form cannot show is entered as JSON; the service checks all of it. */
import type { JsonObject, JsonValue } from "@bufbuild/protobuf";

/** How a field is entered. `json`: as text, whatever the schema says of it. */
type FieldKind = "text" | "choice" | "number" | "integer" | "boolean" | "object" | "json";

export interface SchemaField {
  readonly name: string;
  /** JSON Pointer into the payload: what its text is kept under. */
  readonly pointer: string;
  readonly label: string;
  readonly kind: FieldKind;
  readonly isRequired: boolean;
  readonly hint: string | undefined;
  /** What may be chosen. */
  readonly choices: readonly JsonValue[];
  /** Of an object. */
  readonly fields: readonly SchemaField[];
  /** A text that is a day. */
  readonly isDate: boolean;
  /** What the schema says it is when nobody says anything; it fills in the form and nothing else. */
  readonly initial: JsonValue | undefined;
}

/** Deeper ones are entered as JSON. */
const DEEPEST = 4;
/** More of them are no form any more. */
const MOST_FIELDS = 60;

/** Undefined: no form can be made of it. */
export function readFields(schema: JsonObject | undefined): readonly SchemaField[] | undefined {
  if (schema === undefined) return undefined;
  const form: Form = { root: schema, left: MOST_FIELDS };
  const fields = fieldsOf(resolve(schema, schema), form, "", 1);
  return fields.length === 0 || form.left < 0 ? undefined : fields;
}

/** The schema as a whole, and how many more fields there may be: one that refers to itself would have ever more. */
interface Form {
  readonly root: JsonObject;
  left: number;
}

function fieldsOf(schema: JsonObject, form: Form, at: string, depth: number): SchemaField[] {
  const { properties, required } = schema;
  if (!isObject(properties)) return [];
  form.left -= Object.keys(properties).length;
  if (form.left < 0) return [];
  const needed = new Set(Array.isArray(required) ? required : []);
  return Object.entries(properties).map(([name, member]) => {
    const pointer = `${at}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    return fieldOf(
      isObject(member) ? resolve(member, form.root) : {},
      form,
      { name, pointer, depth },
      needed.has(name),
    );
  });
}

interface Place {
  readonly name: string;
  readonly pointer: string;
  readonly depth: number;
}

function fieldOf(schema: JsonObject, form: Form, place: Place, isRequired: boolean): SchemaField {
  const { name, pointer, depth } = place;
  const inner = schema["type"] === "object" && depth < DEEPEST ? fieldsOf(schema, form, pointer, depth + 1) : [];
  const kind = kindOf(schema, inner);
  return {
    name,
    pointer,
    label: typeof schema["title"] === "string" && schema["title"] !== "" ? schema["title"] : name,
    kind,
    isRequired,
    hint: hintOf(schema, kind),
    choices: choicesOf(schema),
    fields: inner,
    // An instant as text is written with its zone, which the fields of browsers do not have.
    isDate: kind === "text" && schema["format"] === "date",
    initial: schema["default"],
  };
}

function kindOf(schema: JsonObject, inner: readonly SchemaField[]): FieldKind {
  if (choicesOf(schema).length > 0) return "choice";
  const { type } = schema;
  if (type === "string") return "text";
  if (type === "number" || type === "integer" || type === "boolean") return type;
  return type === "object" && inner.length > 0 ? "object" : "json";
}

function choicesOf({ enum: choices, const: only }: JsonObject): readonly JsonValue[] {
  if (only !== undefined) return [only];
  return Array.isArray(choices) ? choices : [];
}

const RULES: readonly (readonly [keyword: string, text: (value: string) => string])[] = [
  ["minimum", (value) => `at least ${value}`],
  ["exclusiveMinimum", (value) => `more than ${value}`],
  ["maximum", (value) => `at most ${value}`],
  ["exclusiveMaximum", (value) => `less than ${value}`],
  ["multipleOf", (value) => `a multiple of ${value}`],
  ["minLength", (value) => `at least ${value} characters`],
  ["maxLength", (value) => `at most ${value} characters`],
  ["pattern", (value) => `matches ${value}`],
];

function hintOf(schema: JsonObject, kind: FieldKind): string | undefined {
  const rules = RULES.flatMap(([keyword, text]) => {
    const value = schema[keyword];
    return typeof value === "number" || typeof value === "string" ? [text(String(value))] : [];
  });
  if (kind === "integer") rules.unshift("a whole number");
  if (kind === "json") rules.unshift(typeof schema["type"] === "string" ? `JSON, ${schema["type"]}` : "JSON");
  const { format } = schema;
  if (format === "date-time") rules.unshift("date and time with zone, 2026-11-27T14:05:09Z");
  else if (typeof format === "string" && format !== "date") rules.unshift(format);
  const limits = rules.length === 0 ? "" : `${rules.join(", ")}.`;
  const { description } = schema;
  return [typeof description === "string" ? description : "", upper(limits)].filter(Boolean).join(" ") || undefined;
}

const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What a `$ref` within the same schema leads to, under what stands beside it; one that leads nowhere says nothing. */
function resolve(schema: JsonObject, root: JsonObject): JsonObject {
  let found = schema;
  for (let hops = 0; hops < 8; hops++) {
    const { $ref: reference, ...beside } = found;
    if (typeof reference !== "string") return found;
    const target = targetOf(reference, root);
    found = isObject(target) ? { ...target, ...beside } : beside;
  }
  return {};
}

function targetOf(reference: string, root: JsonObject): JsonValue | undefined {
  if (reference === "#") return root;
  if (!reference.startsWith("#/")) return undefined;
  let value: JsonValue | undefined = root;
  for (const step of reference.slice(2).split("/")) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
