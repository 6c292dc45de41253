/** JSON as callers give and get it: the types, and what becomes of values that JSON does not have. */

/** Any JSON value. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** Any JSON object. A member that is undefined counts as absent, as in `JSON.stringify`. */
export interface JsonObject {
  readonly [name: string]: JsonValue | undefined;
}

/** JSON as the generated messages have it. */
type Plain = null | boolean | number | string | Plain[] | { [name: string]: Plain };

/**
 * A copy of `data` without the members that are undefined. Throws TypeError naming the place of anything else that JSON does
 * not have (NaN, a Date, a function): `JSON.stringify` would send something else without a word.
 */
export function toPlain(data: object, place: string): { [name: string]: Plain } {
  const members = Object.entries(data).flatMap(([name, value]: [string, unknown]) =>
    value === undefined ? [] : [[name, plainOf(value, `${place}/${name}`)] as const],
  );
  // fromEntries makes own properties, also of a name like `__proto__`.
  return Object.fromEntries(members);
}

function plainOf(value: unknown, place: string): Plain {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item: unknown, index) => plainOf(item, `${place}/${index}`));
  if (typeof value === "object" && isPlainObject(value)) return toPlain(value, place);
  throw new TypeError(`${place} is ${describe(value)}, which JSON does not have`);
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm (a frame, a vm) has another Object.prototype, whose own prototype is null as well.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function describe(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (typeof value !== "object" || value === null) return `a value of type ${typeof value}`;
  return `an object of the class ${value.constructor.name || "without a name"}`;
}
