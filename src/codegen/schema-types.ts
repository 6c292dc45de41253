/**
 * The TypeScript type of what a JSON Schema takes. Everything that matches the schema has the type; not everything that has the
 * type matches, since a type knows no patterns, ranges or lengths.
 */
import { findReference, isSource, memberOf, schemasOf, type SchemaSource } from "./schema-source.ts";
import { literalOf, pascalOf, type NameTable } from "./text.ts";
import {
  intersectionOf,
  JSON_OBJECT,
  JSON_VALUE,
  nameType,
  NEVER,
  unionOf,
  type Member,
  type Type,
} from "./type-text.ts";

/** A type with a name of its own. */
export interface Declaration {
  readonly name: string;
  readonly type: Type;
  readonly description: string | undefined;
}

type Kind = "null" | "boolean" | "number" | "string" | "array" | "object";
type Kinds = ReadonlySet<Kind>;

const KINDS: Kinds = new Set(["string", "number", "boolean", "array", "object", "null"]);
const OBJECT: Kinds = new Set(["object"]);
/** Longer tuples are arrays: nobody reads them, and the compiler counts their elements. */
const LONGEST_TUPLE = 32;

/**
 * The type `name` of the data that `schema`, which was checked at upload, takes, and the types that it refers to. Data is an
 * object, whatever else the schema would take.
 */
export function declareSchema(schema: SchemaSource, name: string, names: NameTable): Declaration[] {
  return new SchemaTypes(schema, name, names).declarations;
}

class SchemaTypes {
  readonly #root: SchemaSource;
  readonly #name: string;
  readonly #names: NameTable;
  /** Schemas that are referred to, by what of them is asked for. */
  readonly #named = new Map<unknown, Map<string, Type>>();
  readonly declarations: Declaration[] = [];

  constructor(root: SchemaSource, name: string, names: NameTable) {
    this.#root = root;
    this.#name = name;
    this.#names = names;
    this.#declare(root, kindsOf(root, OBJECT), name);
  }

  #declare(schema: SchemaSource, kinds: Kinds, name: string): Type {
    const type = nameType(name);
    const byKinds = this.#named.get(schema) ?? new Map<string, Type>();
    this.#named.set(schema, byKinds.set(keyOf(kinds), type));
    // Its place first: what it refers to follows, and may refer back.
    const place = this.declarations.length;
    this.declarations.push({ name, type: NEVER, description: undefined });
    this.declarations[place] = { name, type: this.#convert(schema, kinds), description: descriptionOf(schema) };
    return type;
  }

  #refer(text: unknown, kinds: Kinds): Type {
    const found = typeof text === "string" ? findReference(this.#root, text) : undefined;
    if (!found) return typeOfKinds(kinds);
    const { target, name } = found;
    if (!isSource(target)) return this.#convert(target, kinds);
    const asked = kindsOf(target, kinds);
    const known = this.#named.get(target)?.get(keyOf(asked));
    return known ?? this.#declare(target, asked, this.#names.take(`${this.#name}${pascalOf(name) || "Part"}`));
  }

  /** The type of those of the values of `allowed` kinds that match. */
  #convert(schema: unknown, allowed: Kinds): Type {
    if (schema === false) return NEVER;
    if (!isSource(schema)) return typeOfKinds(allowed);
    const kinds = kindsOf(schema, allowed);
    const convert = (part: unknown): Type => this.#convert(part, kinds);
    const either = (name: string): Type[] =>
      Object.hasOwn(schema, name) ? [unionOf(schemasOf(memberOf(schema, name)).map(convert))] : [];
    return intersectionOf([
      this.#convertOwn(schema, kinds),
      ...(Object.hasOwn(schema, "$ref") ? [this.#refer(schema["$ref"], kinds)] : []),
      ...schemasOf(memberOf(schema, "allOf")).map(convert),
      ...either("anyOf"),
      ...either("oneOf"),
      ...this.#convertChoice(schema, convert),
    ]);
  }

  #convertChoice(schema: SchemaSource, convert: (part: unknown) => Type): Type[] {
    if (!Object.hasOwn(schema, "if")) return [];
    const [condition, yes, no] = ["if", "then", "else"].map((name) => memberOf(schema, name));
    if (yes === undefined && no === undefined) return [];
    return [unionOf([intersectionOf([convert(condition), convert(yes ?? true)]), convert(no ?? true)])];
  }

  /** What the schema says itself, without what it refers to. */
  #convertOwn(schema: SchemaSource, kinds: Kinds): Type {
    const values = Object.hasOwn(schema, "const") ? [schema["const"]] : memberOf(schema, "enum");
    if (Array.isArray(values)) {
      return unionOf(values.filter((value) => kinds.has(kindOf(value))).map((value) => typeOfValue(value)));
    }
    const types = [...kinds].map((kind) => {
      if (kind === "object") return this.#convertObject(schema);
      return kind === "array" ? this.#convertArray(schema) : nameType(kind);
    });
    const isAnything = types.length === KINDS.size && types.includes(JSON_OBJECT) && types.includes(ANY_ARRAY);
    return isAnything ? JSON_VALUE : unionOf(types);
  }

  #convertArray(schema: SchemaSource): Type {
    const prefix = schemasOf(memberOf(schema, "prefixItems")).map((item) => this.#convert(item, KINDS));
    const items = memberOf(schema, "items");
    const rest = items === undefined ? JSON_VALUE : this.#convert(items, KINDS);
    if (prefix.length === 0) return rest === JSON_VALUE ? ANY_ARRAY : { kind: "array", item: rest };
    if (prefix.length > LONGEST_TUPLE) return { kind: "array", item: unionOf([...prefix, rest]) };
    const fewest = memberOf(schema, "minItems");
    const least = typeof fewest === "number" ? fewest : 0;
    const members = prefix.map((type, index) => ({ type, isOptional: index >= least }));
    return { kind: "tuple", items: members, rest: rest === NEVER ? undefined : rest };
  }

  #convertObject(schema: SchemaSource): Type {
    const required = new Set(memberOf(schema, "required") as readonly string[] | undefined);
    const patterns = schemasOf(memberOf(schema, "patternProperties"));
    const additional = memberOf(schema, "additionalProperties");
    const others = [...patterns, ...(additional === undefined ? [] : [additional])].map((part) =>
      this.#convert(part, KINDS),
    );
    const properties = memberOf(schema, "properties");
    const members: Member[] = Object.entries(isSource(properties) ? properties : {}).map(([name, part]) => ({
      name,
      isOptional: !required.has(name),
      type: this.#convert(part, KINDS),
      description: descriptionOf(part),
    }));
    const named = new Set(members.map(({ name }) => name));
    // Unless it is said what others are, they may be anything.
    const other = additional === undefined ? JSON_VALUE : unionOf(others);
    for (const name of required) if (!named.has(name)) members.push({ name, isOptional: false, type: other });
    // What nothing is said about is not shown: a name that is mistyped would be one of those.
    if (additional === undefined || (additional === false && patterns.length === 0 && members.length > 0)) {
      return members.length > 0 ? { kind: "object", members, index: undefined } : JSON_OBJECT;
    }
    return { kind: "object", members, index: indexOf(members, other) };
  }
}

const ANY_ARRAY: Type = { kind: "array", item: JSON_VALUE };

/** An index signature has to hold for the named members, too. */
function indexOf(members: readonly Member[], other: Type): Type {
  const absent = members.some(({ isOptional }) => isOptional) ? [nameType("undefined")] : [];
  const all = unionOf([...members.map(({ type }) => type), other]);
  return absent.length === 0
    ? all
    : { kind: "union", members: [...(all.kind === "union" ? all.members : [all]), ...absent] };
}

/** Those of `allowed` that the schema's own `type` takes. */
function kindsOf(schema: SchemaSource, allowed: Kinds): Kinds {
  const type = memberOf(schema, "type");
  if (type === undefined) return allowed;
  const named = new Set(
    (Array.isArray(type) ? type : [type]).map((name: unknown) => (name === "integer" ? "number" : name)),
  );
  return new Set([...allowed].filter((kind) => named.has(kind)));
}

function keyOf(kinds: Kinds): string {
  return [...kinds].toSorted().join();
}

function typeOfKinds(kinds: Kinds): Type {
  if (kinds.size === KINDS.size) return JSON_VALUE;
  return unionOf(
    [...kinds].map((kind) => {
      if (kind === "object") return JSON_OBJECT;
      return kind === "array" ? ANY_ARRAY : nameType(kind);
    }),
  );
}

function kindOf(value: unknown): Kind {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value as Kind;
}

function typeOfValue(value: unknown): Type {
  if (typeof value === "string") return nameType(literalOf(value));
  if (typeof value !== "object" || value === null) return nameType(JSON.stringify(value));
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => ({ type: typeOfValue(item), isOptional: false }));
    return { kind: "tuple", items, rest: undefined };
  }
  const members = Object.entries(value).map(([name, member]: [string, unknown]) => ({
    name,
    isOptional: false,
    type: typeOfValue(member),
  }));
  if (members.length === 0) return { kind: "object", members, index: NEVER };
  return { kind: "object", members, index: undefined };
}

function descriptionOf(schema: unknown): string | undefined {
  const text = isSource(schema) ? (memberOf(schema, "description") ?? memberOf(schema, "title")) : undefined;
  return typeof text === "string" && text.trim() !== "" ? text.trim() : undefined;
}
