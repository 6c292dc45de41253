/** A schema that is ready to be asked, and what a value is asked with: nothing here knows a keyword. */
import { toPointer } from "../finding.ts";
import type { JsonObject, JsonValue } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { type Meter, SpentError } from "../meter.ts";
import { type Pattern, Program } from "./pattern.ts";

/** Where something stands in a document: a list back to the root, made into a pointer only when it is told. */
export interface Place {
  readonly parent: Place | undefined;
  readonly token: string | number;
}

export const ROOT: Place = { parent: undefined, token: "" };

/** The JSON Pointer of a place. */
export function pointerOf(place: Place): string {
  const tokens: (string | number)[] = [];
  for (let at = place; at.parent; at = at.parent) tokens.push(at.token);
  return toPointer(...tokens.toReversed());
}

/** What of a value does not match. */
export interface Mismatch {
  /** JSON Pointer within the value. */
  readonly pointer: string;
  readonly keyword: string;
  readonly message: string;
}

/**
 * One keyword, or several that need each other. Without a place nobody wants to know why: it may stop at the first
 * mismatch. `seen`, where given, takes what was evaluated.
 */
export type Check = (value: JsonValue, run: Run, place: Place | undefined, seen: Seen | undefined) => boolean;

/** A subschema. Its checks are filled in after it was made, since schemas refer to each other. */
export class SchemaNode {
  checks: readonly Check[] = [];
  /** Those that ask what the others have left: unevaluatedProperties, unevaluatedItems. */
  lastChecks: readonly Check[] = [];
}

/** The schemas `true` and `false`, and everything that comes to `true`. */
export const ANYTHING = new SchemaNode();
export const NOTHING = new SchemaNode();
NOTHING.checks = [(_value, run, place) => run.fail(place, "false", () => "must not be there")];

/** Which properties and items of one value the keywords of one schema have evaluated. */
export class Seen {
  hasAllNames = false;
  readonly names = new Set<string>();
  /** Items before this one. */
  itemsBelow = 0;
  readonly items = new Set<number>();

  add(other: Seen): void {
    this.hasAllNames ||= other.hasAllNames;
    this.itemsBelow = Math.max(this.itemsBelow, other.itemsBelow);
    for (const name of other.names) this.names.add(name);
    for (const item of other.items) this.items.add(item);
  }
}

/** Enough to see what is wrong. */
const MOST_MISMATCHES = 10;
/** Programs are kept for one run only, and not more of them than this many instructions: about a megabyte. */
const KEPT_INSTRUCTIONS = 20_000;
/** No valid call gets there: schemas in a chain are limited at upload, the depth of values by everybody who takes some. */
const DEEPEST = (LIMITS.jsonDepth + 1) * LIMITS.schemaChain;

/** One evaluation: what it may cost, and what it has found. */
export class Run {
  readonly meter: Meter;
  readonly mismatches: Mismatch[] = [];
  readonly #programs = new Map<Pattern, Program>();
  #kept = 0;
  #depth = 0;

  constructor(meter: Meter) {
    this.meter = meter;
  }

  get isFull(): boolean {
    return this.mismatches.length >= MOST_MISMATCHES;
  }

  /** Whether `value` matches; reports why not if there is a place. Throws SpentError. */
  evaluate(node: SchemaNode, value: JsonValue, place: Place | undefined, seen: Seen | undefined): boolean {
    this.meter.charge(1 + node.checks.length);
    if (this.#depth >= DEEPEST) throw new SpentError();
    this.#depth++;
    const { lastChecks } = node;
    const own = lastChecks.length > 0 && typeof value === "object" && value !== null ? new Seen() : seen;
    const isMatch =
      this.#evaluateAll(node.checks, value, place, own) &&
      (lastChecks.length === 0 || this.#evaluateAll(lastChecks, value, place, own));
    if (isMatch && seen && own && own !== seen) this.merge(own, seen);
    this.#depth--;
    return isMatch;
  }

  /** Whether `value` matches, without a word; `seen` takes what was evaluated only if it does. Throws SpentError. */
  isMatch(node: SchemaNode, value: JsonValue, seen: Seen | undefined): boolean {
    if (!seen) return this.evaluate(node, value, undefined, undefined);
    const branch = new Seen();
    const isMatch = this.evaluate(node, value, undefined, branch);
    if (isMatch) this.merge(branch, seen);
    return isMatch;
  }

  merge(from: Seen, to: Seen): void {
    this.meter.charge(4 + 2 * (from.names.size + from.items.size));
    to.add(from);
  }

  /** Notes a mismatch if there is a place; false, so that a check can return it. */
  fail(place: Place | undefined, keyword: string, message: () => string): false {
    if (place && !this.isFull) this.mismatches.push({ pointer: pointerOf(place), keyword, message: message() });
    return false;
  }

  /** Whether a check should go on after a mismatch. */
  wantsMore(place: Place | undefined): boolean {
    return place !== undefined && !this.isFull;
  }

  /** Whether `pattern` matches anywhere in `text`. Throws SpentError. */
  test(pattern: Pattern, text: string): boolean {
    let program = this.#programs.get(pattern);
    if (!program) {
      program = new Program(pattern, this.meter);
      this.#kept += pattern.size;
      if (this.#kept > KEPT_INSTRUCTIONS) {
        this.#programs.clear();
        this.#kept = pattern.size;
      }
      this.#programs.set(pattern, program);
    }
    return program.test(text, this.meter);
  }

  /** Own property names of `value`. Throws SpentError. */
  namesOf(value: JsonObject): readonly string[] {
    const names = Object.keys(value);
    this.meter.charge(1 + names.length + (names.length >> 1));
    return names;
  }

  #evaluateAll(checks: readonly Check[], value: JsonValue, place: Place | undefined, seen: Seen | undefined): boolean {
    let isMatch = true;
    for (const check of checks) {
      if (check(value, this, place, seen)) continue;
      isMatch = false;
      if (!this.wantsMore(place)) break;
    }
    return isMatch;
  }
}

export function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The place of a member of `place`. */
export function within(place: Place | undefined, token: string | number): Place | undefined {
  return place && { parent: place, token };
}
