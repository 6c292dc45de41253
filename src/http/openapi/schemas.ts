/** The shapes of requests and answers as JSON Schema, every field with what is said about it. */
import * as z from "zod/mini";
import { object } from "../../shape.ts";
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
  requests: ReadonlyMap<z.ZodMiniType, string>,
): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  const bounded = new Set<string>(requests.values());
  for (const [shape, id] of requests) registry.add(shape, { id });
  for (const [id, shape] of Object.entries(NAMED_REQUESTS)) {
    bounded.add(id);
    if (!requests.has(shape)) registry.add(shape, { id });
  }
  for (const [id, shape] of Object.entries(ANSWERS)) registry.add(shape, { id });
  const { schemas } = z.toJSONSchema(registry, {
    ...OPTIONS,
    metadata: registry,
    uri: (id) => refTo(id)["$ref"] as string,
  });
  const names = Object.keys(schemas).toSorted();
  return Object.fromEntries(names.map((name) => [name, describe(book, name, schemas[name], bounded.has(name))]));
}

/** The fields of a query or a path as parameters. */
export function createParameters(book: FieldBook, owner: string, query: z.ZodMiniType): JsonSchema[] {
  const { properties = {}, required = [] } = z.toJSONSchema(query, OPTIONS);
  return Object.entries(properties).map(([name, schema]) =>
    createParameter(book, owner, "query", name, clean(schema as Mutable), required.includes(name)),
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

/** A shape reads what is sent: its input is what the document describes. */
const OPTIONS = { io: "input", unrepresentable: representPlainly } as const;

/** What zod has no word for: open JSON, and the map through which `record` keeps every key. */
function representPlainly({ zodSchema }: { zodSchema: z.core.$ZodType }): JsonSchema | "throw" {
  if (zodSchema === object) return { type: "object" };
  if (zodSchema instanceof z.ZodMiniMap) {
    return { type: "object", additionalProperties: clean(z.toJSONSchema(zodSchema.def.valueType, OPTIONS) as Mutable) };
  }
  return "throw";
}

/** Without what says nothing to a reader: ids of drafts, bounds of safe integers, the pattern of a `date-time`. */
function clean(schema: Mutable): Mutable {
  const { $schema: _draft, $id: _uri, id: _id, ...rest } = schema;
  if (rest["minimum"] === Number.MIN_SAFE_INTEGER) delete rest["minimum"];
  if (rest["maximum"] === Number.MAX_SAFE_INTEGER) delete rest["maximum"];
  if (rest["format"] === "date-time") delete rest["pattern"];
  return rest;
}

/** `schema` with its own description and those of its fields, at any depth. */
function describe(book: FieldBook, path: string, schema: unknown, isBounded: boolean): JsonSchema {
  const { description, keywords } = book.read(path);
  const described = describeMembers(book, path, schema as Mutable, isBounded);
  const { type, ...rest } = described;
  return { ...(type !== undefined && { type }), description, ...rest, ...(isBounded && keywords) };
}

function describeMembers(book: FieldBook, path: string, schema: Mutable, isBounded: boolean): Mutable {
  const cleaned = clean(schema);
  const { properties, items, additionalProperties } = cleaned;
  if (isSchema(properties)) {
    const fields = Object.entries(properties).map(([name, field]) => [
      name,
      describe(book, `${path}.${name}`, field, isBounded),
    ]);
    cleaned["properties"] = Object.fromEntries(fields);
  }
  if (isSchema(items)) cleaned["items"] = describeMembers(book, path, items, isBounded);
  if (isSchema(additionalProperties)) {
    cleaned["additionalProperties"] = describeMembers(book, path, additionalProperties, isBounded);
  }
  return cleaned;
}

function isSchema(value: unknown): value is Mutable {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
