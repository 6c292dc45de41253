/** The shapes of requests and answers as JSON Schema, every field with what is said about it. */
import type * as v from "valibot";
import { integer, number, object, time } from "../../shape.ts";
import { ANSWERS, NAMED_REQUESTS } from "./answers.ts";
import { FIELDS, type JsonSchema } from "./fields.ts";

type Mutable = { [keyword: string]: unknown };

/** What is said about fields, and which of it nobody has asked for. */
export class FieldBook {
  readonly #asked = new Set<string>();

  /** What is said about `path`, whose last part may stand for all of that name; throws when nothing is. */
  read(path: string): { readonly description: string; readonly keywords: JsonSchema } {
    const name = path.slice(path.lastIndexOf(".") + 1);
    const key = [path, name].find((candidate) => Object.hasOwn(FIELDS, candidate));
    const doc = key === undefined ? undefined : FIELDS[key];
    if (key === undefined || doc === undefined)
      throw new Error(`src/http/openapi/fields.ts says nothing about ${path}`);
    this.#asked.add(key);
    if (typeof doc === "string") return { description: doc, keywords: {} };
    const { description, ...keywords } = doc;
    return { description, keywords };
  }

  unasked(): string[] {
    return Object.keys(FIELDS).filter((key) => !this.#asked.has(key));
  }
}

export function refTo(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** The schemas of the answers and of these requests, by their names. */
export function createSchemas(
  book: FieldBook,
  requests: ReadonlyMap<v.GenericSchema, string>,
): Record<string, JsonSchema> {
  const named = { ...NAMED_REQUESTS, ...ANSWERS };
  const names = new Map<v.GenericSchema, string>([
    ...Object.entries(named).map(([name, schema]) => [schema, name] as const),
    ...requests,
  ]);
  const bounded = new Set<string>([...requests.values(), ...Object.keys(NAMED_REQUESTS)]);
  const sorted = [...names].toSorted(([, a], [, b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted.map(([schema, name]) => [name, describe(book, name, toJsonSchema(schema, names), bounded.has(name))]),
  );
}

/** The fields of a query or a path as parameters. */
export function createParameters(book: FieldBook, owner: string, query: v.GenericSchema): JsonSchema[] {
  const { properties = {}, required = [] } = toJsonSchema(query, new Map()) as ObjectSchema;
  return Object.entries(properties).map(([name, schema]) =>
    createParameter(book, owner, "query", name, schema, required.includes(name)),
  );
}

export function createParameter(
  book: FieldBook,
  owner: string,
  place: "path" | "query" | "header",
  name: string,
  schema: JsonSchema,
  required: boolean,
): JsonSchema {
  const { description, keywords } = book.read(`${owner}.${name}`);
  return { name, in: place, ...(required && { required }), description, schema: { ...schema, ...keywords } };
}

type Names = ReadonlyMap<v.GenericSchema, string>;

interface ObjectSchema extends Mutable {
  readonly properties?: Readonly<Record<string, Mutable>>;
  readonly required?: readonly string[];
}

/** What tells by a function what it takes. */
const TOLD_APART: ReadonlyMap<v.GenericSchema, JsonSchema> = new Map<v.GenericSchema, JsonSchema>([
  [object, { type: "object" }],
  [number, { type: "number" }],
  [integer, { type: "integer" }],
  [time, { type: "string", format: "date-time" }],
]);

/** The other schemas that shapes and answers are made of. */
type Known =
  | v.StringSchema<string>
  | v.BooleanSchema<string>
  | v.UnknownSchema
  | v.LiteralSchema<true, undefined>
  | v.PicklistSchema<readonly string[], string>
  | v.ArraySchema<v.GenericSchema, string>
  | v.MapSchema<v.GenericSchema, v.GenericSchema, undefined>
  | v.UnionSchema<v.GenericSchema[], string>
  | v.NullableSchema<v.GenericSchema, undefined>
  | v.OptionalSchema<v.GenericSchema, undefined>
  | v.ExactOptionalSchema<v.GenericSchema, undefined>
  | v.LazySchema<v.GenericSchema>
  | v.ObjectSchema<v.ObjectEntries, undefined>
  | v.StrictObjectSchema<v.ObjectEntries, undefined>;

type Step = v.PipeItem<unknown, unknown, v.BaseIssue<unknown>> & { readonly requirement?: unknown };

/** What `schema` takes. Parts that have a name are referred to. */
function toJsonSchema(schema: v.GenericSchema, names: Names): Mutable {
  const told = TOLD_APART.get(schema);
  if (told !== undefined) return { ...told };
  if ("pipe" in schema) return pipeToJsonSchema(schema.pipe as readonly Step[], names);
  const known = schema as unknown as Known;
  const refer = (part: v.GenericSchema): Mutable => referTo(part, names);
  switch (known.type) {
    case "string":
    case "boolean":
      return { type: known.type };
    case "unknown":
      return {};
    case "literal":
      return { type: "boolean", const: known.literal };
    case "picklist":
      return { type: "string", enum: known.options };
    case "array":
      return { type: "array", items: refer(known.item) };
    case "map":
      return { type: "object", additionalProperties: refer(known.value) };
    case "union":
      return { type: known.options.map((option) => toJsonSchema(option, names)["type"]) };
    case "nullable":
      return { type: [toJsonSchema(known.wrapped, names)["type"], "null"] };
    case "optional":
    case "exact_optional":
      return refer(known.wrapped);
    case "lazy":
      return toJsonSchema(known.getter({}), names);
    case "object":
    case "strict_object": {
      const fields = Object.entries(known.entries);
      const required = fields.flatMap(([name, { type }]) => (type.endsWith("optional") ? [] : [name]));
      return {
        type: "object",
        properties: Object.fromEntries(fields.map(([name, field]) => [name, refer(field)])),
        ...(required.length > 0 && { required }),
        additionalProperties: false,
      };
    }
    default:
      throw new Error(`src/http/openapi/schemas.ts has no word for ${schema.type}`);
  }
}

function referTo(part: v.GenericSchema, names: Names): Mutable {
  const name = names.get(part);
  return name === undefined ? toJsonSchema(part, names) : refTo(name);
}

/** What the last schema in it takes, within the bounds that follow. */
function pipeToJsonSchema(pipe: readonly Step[], names: Names): Mutable {
  const last = pipe.findLastIndex(({ kind }) => kind === "schema");
  const schema = referTo(pipe[last] as v.GenericSchema, names);
  for (const { type, requirement } of pipe.slice(last + 1)) {
    if (type === "min_value") schema["minimum"] = requirement;
    if (type === "max_value") schema["maximum"] = requirement;
    if (type === "regex") schema["pattern"] = (requirement as RegExp).source;
  }
  return schema;
}

/** `schema` with its own description and those of its fields, at any depth. */
function describe(book: FieldBook, path: string, schema: unknown, isBounded: boolean): JsonSchema {
  const { description, keywords } = book.read(path);
  const described = describeMembers(book, path, schema as Mutable, isBounded);
  const { type, ...rest } = described;
  return { ...(type !== undefined && { type }), description, ...rest, ...(isBounded && keywords) };
}

function describeMembers(book: FieldBook, path: string, schema: Mutable, isBounded: boolean): Mutable {
  const described = { ...schema };
  const { properties, items, additionalProperties } = described;
  if (isSchema(properties)) {
    const fields = Object.entries(properties).map(([name, field]) => [
      name,
      describe(book, `${path}.${name}`, field, isBounded),
    ]);
    described["properties"] = Object.fromEntries(fields);
  }
  if (isSchema(items)) described["items"] = describeMembers(book, path, items, isBounded);
  if (isSchema(additionalProperties)) {
    described["additionalProperties"] = describeMembers(book, path, additionalProperties, isBounded);
  }
  return described;
}

function isSchema(value: unknown): value is Mutable {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
