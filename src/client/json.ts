/** JSON as callers give and get it: the types, and what becomes of values that JSON does not have. */
import type { Identity } from "./identity.ts";
import { mistake } from "./mistake.ts";

/** Any JSON value. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** Any JSON object. A member that is undefined counts as absent, as in `JSON.stringify`. */
export interface JsonObject {
  readonly [name: string]: JsonValue | undefined;
}

/** JSON as the generated messages have it. */
type Plain = null | boolean | number | string | Plain[] | { [name: string]: Plain };

/**
 * A copy of `data` without the members that are undefined. Throws DetentError INVALID_ARGUMENT naming the place of anything else
 * that JSON does not have (NaN, a Date, a function), and of data that is no object: `JSON.stringify` would send something else
 * without a word. `identity` is whose data it is.
 */
export function toPlain(data: object, place: string, identity?: Partial<Identity>): { [name: string]: Plain } {
  if (typeof data === "object" && data !== null && !Array.isArray(data) && isPlainObject(data)) {
    return membersOf(data, place, identity);
  }
  const found = Array.isArray(data) ? "an array" : describe(data);
  throw mistake(`${place} must be a plain object, but is ${found}`, identity);
}

function membersOf(data: object, place: string, identity?: Partial<Identity>): { [name: string]: Plain } {
  const members = Object.entries(data).flatMap(([name, value]: [string, unknown]) =>
    value === undefined ? [] : [[name, plainOf(value, `${place}/${name}`, identity)] as const],
  );
  // fromEntries makes own properties, also of a name like `__proto__`.
  return Object.fromEntries(members);
}

function plainOf(value: unknown, place: string, identity?: Partial<Identity>): Plain {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item: unknown, index) => plainOf(item, `${place}/${index}`, identity));
  if (typeof value === "object" && isPlainObject(value)) return membersOf(value, place, identity);
  throw mistake(`${place} is ${describe(value)}, which JSON does not have`, identity);
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm (a frame, a vm) has another Object.prototype, whose own prototype is null as well.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function describe(value: unknown): string {
  if (typeof value === "number" || value === null) return String(value);
  if (typeof value !== "object") return `a value of type ${typeof value}`;
  return `an object of the class ${value.constructor.name || "without a name"}`;
}
