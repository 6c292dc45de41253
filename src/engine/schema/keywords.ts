/** Every keyword that is known: what it means here, or why it is refused. */
import type { JsonValue } from "../json.ts";
import { quote } from "../names.ts";
import type { Place, SchemaNode } from "./node.ts";
import type { Parts } from "./parts.ts";
import type { SchemaReader } from "./reader.ts";

/** What the keywords of one subschema are read into. */
export interface Target {
  readonly node: SchemaNode;
  readonly parts: Parts;
  readonly source: object;
}

type Keyword = (reader: SchemaReader, value: unknown, place: Place, target: Target) => void;

/** The only draft that is understood. */
const DRAFT = "https://json-schema.org/draft/2020-12/schema";

const KEYWORDS: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ["type", (reader, value, place, { parts }) => void (parts.type = reader.readTypes(value, place))],
  ["enum", (reader, value, place, { parts }) => void (parts.enum = reader.readList(value, place))],
  ["const", (_reader, value, _place, { parts }) => void (parts.const = { value: value as JsonValue })],
  ["multipleOf", (reader, value, place, { parts }) => void (parts.multipleOf = reader.readDivisor(value, place))],
  ...numbers("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
  ...counts("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
  ...counts("minContains", "maxContains"),
  ["pattern", (reader, value, place, { parts }) => void (parts.pattern = reader.readPattern(value, place))],
  ["uniqueItems", (reader, value, place, { parts }) => void (parts.uniqueItems = reader.readBoolean(value, place))],
  ["required", (reader, value, place, { parts }) => void (parts.required = reader.readNames(value, place))],
  [
    "dependentRequired",
    (reader, value, place, { parts }) => void (parts.dependentRequired = reader.readNameLists(value, place)),
  ],
  ...schemas("not", "if", "then", "else", "additionalProperties", "propertyNames", "contains"),
  ...schemas("unevaluatedProperties", "unevaluatedItems"),
  ["items", readItems],
  ...schemaLists("allOf", "anyOf", "oneOf", "prefixItems"),
  ...schemaMaps("properties", "dependentSchemas"),
  [
    "patternProperties",
    (reader, value, place, { parts }) => void (parts.patternProperties = reader.readPatternMap(value, place)),
  ],
  ["$ref", (reader, value, place, { parts }) => void (parts.reference = reader.readReference(value, place))],
  ["$anchor", (reader, value, place, { node }) => reader.readAnchor(value, place, node)],
  ["$defs", (reader, value, place) => void reader.readSchemaMap(value, place)],
  // The name before 2019-09; the metaschema of 2020-12 still knows it.
  ["definitions", (reader, value, place) => void reader.readSchemaMap(value, place)],
  ["$schema", readDraft],
  ["$id", readId],
  ...annotations("readString", "$comment", "title", "description", "format", "contentEncoding", "contentMediaType"),
  ...annotations("readBoolean", "deprecated", "readOnly", "writeOnly"),
  ...annotations("readList", "examples"),
  ["default", () => {}],
  ["contentSchema", (reader, value, place, { source }) => void reader.readMember(source, value, place)],
]);

/** What 2020-12 or an earlier draft knows and this evaluator does not, and why or what to write instead. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ["$dynamicRef", "what it refers to depends on who asks; write $ref"],
  ["$dynamicAnchor", "what it refers to depends on who asks; write $anchor"],
  ["$recursiveRef", "it belongs to draft 2019-09; write $ref"],
  ["$recursiveAnchor", "it belongs to draft 2019-09; write $anchor"],
  ["$vocabulary", "it belongs into a metaschema"],
  ["id", "it belongs to draft 4; write $id"],
  ["additionalItems", "it belongs to earlier drafts; write prefixItems and items"],
  ["dependencies", "it belongs to earlier drafts; write dependentRequired or dependentSchemas"],
  ["nullable", "it belongs to OpenAPI 3.0; add null to the type"],
  ["discriminator", "it belongs to OpenAPI; write oneOf with a const in each schema"],
]);

/** Reads one keyword of a subschema; reports one that is refused or not known. */
export function readKeyword(reader: SchemaReader, name: string, value: unknown, place: Place, target: Target): void {
  const keyword = KEYWORDS.get(name);
  if (keyword) return keyword(reader, value, place, target);
  const reason = REFUSED.get(name);
  if (reason !== undefined) return reader.report(place, `The keyword ${quote(name)} is refused: ${reason}.`);
  // Whoever wants to keep something of their own in a schema has these; anything else is likely to be a typo.
  if (!name.startsWith("x-"))
    reader.report(place, `There is no keyword ${quote(name)}; names of your own begin with x-.`);
}

type Named<Value> = { [Name in keyof Parts]-?: Value extends Parts[Name] ? Name : never }[keyof Parts];

function numbers(...names: ("minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum")[]): [string, Keyword][] {
  return names.map((name) => [
    name,
    (reader, value, place, { parts }) => void (parts[name] = reader.readNumber(value, place)),
  ]);
}

function counts(...names: Extract<Named<number>, `min${string}` | `max${string}`>[]): [string, Keyword][] {
  return names.map((name) => [
    name,
    (reader, value, place, { parts }) => void (parts[name] = reader.readCount(value, place)),
  ]);
}

function schemas(...names: Named<SchemaNode>[]): [string, Keyword][] {
  return names.map((name) => [
    name,
    (reader, value, place, { parts, source }) => void (parts[name] = reader.readMember(source, value, place)),
  ]);
}

function schemaLists(...names: ("allOf" | "anyOf" | "oneOf" | "prefixItems")[]): [string, Keyword][] {
  return names.map((name) => [
    name,
    (reader, value, place, { parts }) => void (parts[name] = reader.readSchemas(value, place)),
  ]);
}

function schemaMaps(...names: ("properties" | "dependentSchemas")[]): [string, Keyword][] {
  return names.map((name) => [
    name,
    (reader, value, place, { parts }) => void (parts[name] = reader.readSchemaMap(value, place)),
  ]);
}

/** Keywords that say something to people and decide nothing. */
function annotations(read: "readString" | "readBoolean" | "readList", ...names: string[]): [string, Keyword][] {
  return names.map((name) => [name, (reader, value, place) => void reader[read](value, place)]);
}

function readItems(reader: SchemaReader, value: unknown, place: Place, { parts, source }: Target): void {
  if (Array.isArray(value)) {
    return reader.report(place, '"items" is one schema for all items; write "prefixItems" for one schema per item.');
  }
  parts.items = reader.readMember(source, value, place);
}

function readDraft(reader: SchemaReader, value: unknown, place: Place): void {
  if (value !== DRAFT && value !== `${DRAFT}#`) reader.refuse(place, `the draft ${DRAFT}`, value);
  else if (place.parent?.parent) reader.report(place, '"$schema" stands at the root only.');
}

function readId(reader: SchemaReader, value: unknown, place: Place): void {
  reader.readString(value, place);
  if (place.parent?.parent) {
    reader.report(place, '"$id" stands at the root only: inside it would change what every $ref below it means.');
  }
}
