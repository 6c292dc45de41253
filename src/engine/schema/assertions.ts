/** Keywords that ask one value by itself. */
import type { JsonValue } from "../json.ts";
import { countCodePoints } from "../limits.ts";
import { clip, quote } from "../names.ts";
import { canonicalOf } from "./canonical.ts";
import { isMultiple } from "./multiple.ts";
import { type Check, isList, isObject, type Run, within } from "./node.ts";
import { describePattern, type Pattern } from "./pattern.ts";

/** Bits of the types; an integer is a number, too. */
const TYPE_BITS = { null: 1, boolean: 2, number: 4, string: 8, array: 16, object: 32, integer: 64 } as const;

export type TypeName = keyof typeof TYPE_BITS;

export const TYPE_NAMES: ReadonlySet<string> = new Set(Object.keys(TYPE_BITS));

/** What multiples cost at most: numbers of six hundred digits divided. */
const MULTIPLE_COST = 80;

export function checkType(names: readonly TypeName[]): Check {
  const bits = names.reduce((sum, name) => sum | TYPE_BITS[name], 0);
  const wanted = names.join(" or ");
  return (value, run, place) =>
    (TYPE_BITS[typeOf(value)] & bits) !== 0 ||
    ((bits & TYPE_BITS.integer) !== 0 && Number.isInteger(value)) ||
    run.fail(place, "type", () => `must be of type ${wanted}, but is ${describe(value)}`);
}

/** `enum` and `const`: one of `values`. */
export function checkEqual(keyword: string, values: readonly JsonValue[]): Check {
  const scalars = new Set<JsonValue>();
  const others = new Set<string>();
  for (const value of values) {
    if (typeof value === "object" && value !== null) others.add(canonicalOf(value, undefined));
    else scalars.add(value);
  }
  const wanted = listValues(values);
  return (value, run, place) => {
    let isEqual: boolean;
    if (typeof value === "object" && value !== null) {
      isEqual = others.size > 0 && others.has(canonicalOf(value, run.meter));
    } else {
      chargeScalar(value, run);
      isEqual = scalars.has(value);
    }
    return isEqual || run.fail(place, keyword, () => `must be ${wanted}, but is ${describe(value)}`);
  };
}

/** `minimum` and the like: `holds` says whether a number is within the limit. */
export function checkNumber(keyword: string, rule: string, limit: number, holds: (value: number) => boolean): Check {
  return (value, run, place) =>
    typeof value !== "number" ||
    holds(value) ||
    run.fail(place, keyword, () => `must be ${rule} ${limit}, but is ${value}`);
}

export function checkMultiple(divisor: number): Check {
  const check = checkNumber("multipleOf", "a multiple of", divisor, (value) => isMultiple(value, divisor));
  return (value, run, place, seen) => {
    if (typeof value === "number") run.meter.charge(Number.isSafeInteger(value) ? 4 : MULTIPLE_COST);
    return check(value, run, place, seen);
  };
}

/** `minLength` and `maxLength`, in code points. */
export function checkLength(min: number, max: number): Check {
  return (value, run, place) => {
    if (typeof value !== "string") return true;
    // Code points are half as many as code units at least.
    if (value.length <= max && value.length >= 2 * min) return true;
    run.meter.charge(1 + (value.length >> 4));
    const length = countCodePoints(value);
    if (length < min) {
      return run.fail(place, "minLength", () => `must have at least ${min} characters, but has ${length}`);
    }
    return (
      length <= max || run.fail(place, "maxLength", () => `must have at most ${max} characters, but has ${length}`)
    );
  };
}

export function checkPattern(pattern: Pattern): Check {
  return (value, run, place) =>
    typeof value !== "string" ||
    run.test(pattern, value) ||
    run.fail(place, "pattern", () => `must match ${describePattern(pattern)}, but is ${quote(value)}`);
}

/** `minItems` and `maxItems`. */
export function checkItemCount(min: number, max: number): Check {
  return (value, run, place) => {
    if (!isList(value)) return true;
    if (value.length < min) {
      return run.fail(place, "minItems", () => `must have at least ${min} items, but has ${value.length}`);
    }
    return (
      value.length <= max ||
      run.fail(place, "maxItems", () => `must have at most ${max} items, but has ${value.length}`)
    );
  };
}

export function checkUnique(): Check {
  return (value, run, place) => {
    if (!isList(value)) return true;
    // A string is not to be taken for the text of an object.
    const scalars = new Map<JsonValue, number>();
    const others = new Map<JsonValue, number>();
    for (let i = 0; i < value.length; i++) {
      const item = value[i] ?? null;
      const isScalar = typeof item !== "object" || item === null;
      const indexes = isScalar ? scalars : others;
      if (isScalar) chargeScalar(item, run);
      const key = isScalar ? item : canonicalOf(item, run.meter);
      const first = indexes.get(key);
      if (first !== undefined) {
        return run.fail(place, "uniqueItems", () => `must have no two equal items, but items ${first} and ${i} are`);
      }
      indexes.set(key, i);
    }
    return true;
  };
}

/** `minProperties` and `maxProperties`. */
export function checkPropertyCount(min: number, max: number): Check {
  return (value, run, place) => {
    if (!isObject(value)) return true;
    const { length } = run.namesOf(value);
    if (length < min) {
      return run.fail(place, "minProperties", () => `must have at least ${min} properties, but has ${length}`);
    }
    return (
      length <= max || run.fail(place, "maxProperties", () => `must have at most ${max} properties, but has ${length}`)
    );
  };
}

export function checkRequired(names: readonly string[]): Check {
  return (value, run, place) => {
    if (!isObject(value)) return true;
    run.meter.charge(1 + (names.length >> 1));
    let isMatch = true;
    for (const name of names) {
      if (Object.hasOwn(value, name)) continue;
      isMatch = run.fail(within(place, name), "required", () => "must be there");
      if (!run.wantsMore(place)) break;
    }
    return isMatch;
  };
}

export function checkDependentRequired(rules: ReadonlyMap<string, readonly string[]>): Check {
  return (value, run, place) => {
    if (!isObject(value)) return true;
    let isMatch = true;
    for (const [name, wanted] of rules) {
      run.meter.charge(1);
      if (!Object.hasOwn(value, name)) continue;
      run.meter.charge(wanted.length);
      const missing = wanted.find((other) => !Object.hasOwn(value, other));
      if (missing === undefined) continue;
      isMatch = run.fail(
        place,
        "dependentRequired",
        () => `must have the property ${quote(missing)}, since it has ${quote(name)}`,
      );
      if (!run.wantsMore(place)) break;
    }
    return isMatch;
  };
}

/** What it costs to look a value up in a set. */
function chargeScalar(value: JsonValue, run: Run): void {
  run.meter.charge(typeof value === "string" ? 4 + (value.length >> 6) : 4);
}

/** `value` as it is shown beside what is said of it: a string as it is, the rest in a few words. */
export function show(value: JsonValue): string {
  return typeof value === "string" ? clip(value) : describe(value);
}

/** `value` in a few words: what is small itself, of the rest the kind. */
export function describe(value: JsonValue): string {
  if (typeof value === "string") return quote(value);
  if (isList(value)) return value.length === 1 ? "an array of 1 item" : `an array of ${value.length} items`;
  return isObject(value) ? "an object" : String(value);
}

function listValues(values: readonly JsonValue[]): string {
  const few = values.slice(0, 5).map(describe).join(", ");
  if (values.length === 1) return few;
  if (values.length === 0) return "one of no values";
  return values.length > 5 ? `one of ${few} and ${values.length - 5} more` : `one of ${few}`;
}

function typeOf(value: JsonValue): TypeName {
  if (value === null) return "null";
  if (isList(value)) return "array";
  const type = typeof value;
  return type === "boolean" || type === "number" || type === "string" ? type : "object";
}
