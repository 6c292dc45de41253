/** Reads a schema as somebody wrote it: every value of a keyword is checked here, and every problem noted. */
import type { JsonValue } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { quote } from "../names.ts";
import type { PatternRule, Reference } from "./applicators.ts";
import { describe, TYPE_NAMES, type TypeName } from "./assertions.ts";
import { readKeyword } from "./keywords.ts";
import { ANYTHING, NOTHING, type Place, pointerOf, SchemaNode } from "./node.ts";
import { fillNode, type Parts } from "./parts.ts";
import { compilePattern, type Pattern } from "./pattern.ts";

/** Why a schema is refused. */
export interface SchemaProblem {
  /** JSON Pointer within the schema. */
  readonly pointer: string;
  readonly message: string;
  /** Something is larger than its limit. */
  readonly isLimit: boolean;
}

/** A subschema that was read. */
export interface Draft {
  readonly place: Place;
  readonly parts: Parts;
}

/** More problems than these are not told: the first ones usually explain the others. */
const MOST_PROBLEMS = 20;
const ANCHOR = /^[A-Za-z_][A-Za-z0-9._-]*$/;

export class SchemaReader {
  readonly problems: SchemaProblem[] = [];
  /** In the order of the document. */
  readonly drafts = new Map<SchemaNode, Draft>();
  readonly references: { readonly place: Place; readonly reference: Reference }[] = [];
  readonly anchors = new Map<string, SchemaNode>();
  /** The subschemas by what holds them: pointers as keys could be many times as long as the schema. */
  readonly #members = new Map<object, Map<string, SchemaNode>>();
  #count = 0;

  /** The subschema that is the member `token` of `container`, an object or array of the source. */
  memberOf(container: object, token: string): SchemaNode | undefined {
    return this.#members.get(container)?.get(token);
  }

  report(place: Place, message: string, isLimit = false): undefined {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push({ pointer: pointerOf(place), message, isLimit });
  }

  /** Reports that the keyword at `place` has the wrong value: "`keyword` is `rule`, not `value`." */
  refuse(place: Place, rule: string, value: unknown): undefined {
    this.report(place, `${quote(String(place.token))} is ${rule}, not ${describe(value as JsonValue)}.`);
  }

  readSchema(value: unknown, place: Place): SchemaNode {
    this.#count++;
    if (this.#count === LIMITS.schemaNodes + 1) {
      this.report(place, `A schema has at most ${LIMITS.schemaNodes} subschemas; this one has more.`, true);
    }
    if (this.#count > LIMITS.schemaNodes) return ANYTHING;
    if (value === true) return ANYTHING;
    if (value === false) return NOTHING;
    if (!isRecord(value)) {
      this.report(place, `A schema is an object, true or false, not ${describe(value as JsonValue)}.`);
      return ANYTHING;
    }
    const node = new SchemaNode();
    const parts: Parts = {};
    this.drafts.set(node, { place, parts });
    for (const [keyword, member] of Object.entries(value)) {
      readKeyword(this, keyword, member, { parent: place, token: keyword }, { node, parts, source: value });
    }
    fillNode(node, parts);
    return node;
  }

  /** The subschema that is the value of a keyword of `source`. */
  readMember(source: object, value: unknown, place: Place): SchemaNode {
    const node = this.readSchema(value, place);
    let members = this.#members.get(source);
    if (!members) this.#members.set(source, (members = new Map()));
    members.set(String(place.token), node);
    return node;
  }

  readSchemas(value: unknown, place: Place): SchemaNode[] | undefined {
    if (!Array.isArray(value) || value.length === 0)
      return this.refuse(place, "an array of schemas, at least one", value);
    return value.map((item: unknown, i) => this.readMember(value, item, { parent: place, token: i }));
  }

  readSchemaMap(value: unknown, place: Place): Map<string, SchemaNode> | undefined {
    if (!isRecord(value)) return this.refuse(place, "an object of schemas", value);
    const nodes = new Map<string, SchemaNode>();
    for (const [name, item] of Object.entries(value)) {
      nodes.set(name, this.readMember(value, item, { parent: place, token: name }));
    }
    return nodes;
  }

  readPatternMap(value: unknown, place: Place): PatternRule[] | undefined {
    const rules: PatternRule[] = [];
    for (const [source, node] of this.readSchemaMap(value, place) ?? []) {
      const pattern = this.#compilePattern(source, { parent: place, token: source });
      if (pattern) rules.push({ pattern, node });
    }
    return rules;
  }

  readNumber(value: unknown, place: Place): number | undefined {
    // JSON has no infinity, but its readers make one of 1e400.
    return typeof value === "number" && Number.isFinite(value) ? value : this.refuse(place, "a number", value);
  }

  readDivisor(value: unknown, place: Place): number | undefined {
    const number = this.readNumber(value, place);
    return number === undefined || number > 0 ? number : this.refuse(place, "a number above 0", value);
  }

  readCount(value: unknown, place: Place): number | undefined {
    if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
    return this.refuse(place, "a whole number, 0 or more", value);
  }

  readBoolean(value: unknown, place: Place): boolean | undefined {
    return typeof value === "boolean" ? value : this.refuse(place, "true or false", value);
  }

  readString(value: unknown, place: Place): string | undefined {
    return typeof value === "string" ? value : this.refuse(place, "a string", value);
  }

  readList(value: unknown, place: Place): JsonValue[] | undefined {
    return Array.isArray(value) ? (value as JsonValue[]) : this.refuse(place, "an array", value);
  }

  /** Different strings. */
  readNames(value: unknown, place: Place): string[] | undefined {
    if (!Array.isArray(value)) return this.refuse(place, "an array of names", value);
    const names = new Set<string>();
    for (const [i, name] of (value as unknown[]).entries()) {
      const at = { parent: place, token: i };
      if (typeof name !== "string") this.report(at, `A name is a string, not ${describe(name as JsonValue)}.`);
      else if (names.has(name)) this.report(at, `The name ${quote(name)} is listed twice.`);
      else names.add(name);
    }
    return [...names];
  }

  readNameLists(value: unknown, place: Place): Map<string, string[]> | undefined {
    if (!isRecord(value)) return this.refuse(place, "an object of arrays of names", value);
    const lists = new Map<string, string[]>();
    for (const [name, item] of Object.entries(value)) {
      lists.set(name, this.readNames(item, { parent: place, token: name }) ?? []);
    }
    return lists;
  }

  readTypes(value: unknown, place: Place): TypeName[] | undefined {
    const rule = `one or several different of ${[...TYPE_NAMES].join(", ")}`;
    const names: readonly unknown[] = Array.isArray(value) ? value : [value];
    const unknown = names.find((name) => typeof name !== "string" || !TYPE_NAMES.has(name));
    if (unknown !== undefined) return this.refuse(place, rule, unknown);
    if (names.length === 0 || new Set(names).size < names.length) return this.refuse(place, rule, value);
    return names as TypeName[];
  }

  readPattern(value: unknown, place: Place): Pattern | undefined {
    const source = this.readString(value, place);
    return source === undefined ? undefined : this.#compilePattern(source, place);
  }

  readReference(value: unknown, place: Place): Reference | undefined {
    const text = this.readString(value, place);
    if (text === undefined) return undefined;
    const reference = { text, target: ANYTHING };
    this.references.push({ place, reference });
    return reference;
  }

  readAnchor(value: unknown, place: Place, node: SchemaNode): void {
    if (typeof value !== "string" || !ANCHOR.test(value)) {
      this.refuse(place, 'a letter or "_" followed by letters, digits, ".", "_" or "-"', value);
    } else if (this.anchors.has(value)) {
      this.report(place, `The $anchor ${quote(value)} is there twice.`);
    } else this.anchors.set(value, node);
  }

  #compilePattern(source: string, place: Place): Pattern | undefined {
    const compiled = compilePattern(source);
    if (compiled.ok) return compiled.pattern;
    return this.report(place, `The pattern ${quote(source)} is refused: ${compiled.message}.`, compiled.isLimit);
  }
}

/** Whether a value is an object of JSON. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
