/**
 * Values of expressions. JSON is used as it is: objects and arrays of `data` and of events are maps and lists without a
 * copy, numbers are doubles. What JSON has not got a class of its own or a type of JavaScript stands for.
 */
import type { JsonObject } from "../json.ts";
import { clip } from "../names.ts";

export type Value =
  | null
  | boolean
  /** double */
  | number
  /** int */
  | bigint
  | string
  | Uint
  | Uint8Array
  | readonly Value[]
  | MadeMap
  | JsonObject
  | Timestamp
  | Duration
  | TypeName;

/** A 64-bit unsigned integer. */
export class Uint {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

/** Nanoseconds since the epoch, from the year 1 to the year 9999 (google.protobuf.Timestamp). */
export class Timestamp {
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** Nanoseconds, up to 10,000 years either way (google.protobuf.Duration). */
export class Duration {
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** What `type(x)` gives. */
export class TypeName {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

export type MapKey = boolean | bigint | string;

/** A map that an expression has made. Numbers of any type that are equal are the same key. */
export class MadeMap {
  readonly entries: ReadonlyMap<MapKey, { readonly key: Value; readonly value: Value }>;

  constructor(entries: ReadonlyMap<MapKey, { readonly key: Value; readonly value: Value }>) {
    this.entries = entries;
  }
}

/** The result of an evaluation that went wrong; a value, so that `||` and `&&` can pass over it as CEL says. */
export class Failure {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** Sets of types as bits: what a value is, and what an expression may give. */
export const KIND = {
  null: 1,
  bool: 2,
  int: 4,
  uint: 8,
  double: 16,
  string: 32,
  bytes: 64,
  list: 128,
  map: 256,
  timestamp: 512,
  duration: 1024,
  type: 2048,
} as const;
export const ANY_KIND = 4095;
export const JSON_KINDS = KIND.null | KIND.bool | KIND.double | KIND.string | KIND.list | KIND.map;
export const NUMBER_KINDS = KIND.int | KIND.uint | KIND.double;

const KIND_NAMES = Object.keys(KIND);

/** The type of a value, as one bit of `KIND`. */
export function kindOf(value: Value): number {
  switch (typeof value) {
    case "boolean":
      return KIND.bool;
    case "number":
      return KIND.double;
    case "bigint":
      return KIND.int;
    case "string":
      return KIND.string;
    default:
  }
  if (value === null) return KIND.null;
  if (isList(value)) return KIND.list;
  if (value instanceof Uint) return KIND.uint;
  if (value instanceof Timestamp) return KIND.timestamp;
  if (value instanceof Duration) return KIND.duration;
  if (value instanceof Uint8Array) return KIND.bytes;
  if (value instanceof TypeName) return KIND.type;
  return KIND.map;
}

/** `string or null`, for messages. */
export function describeKinds(kinds: number): string {
  if (kinds === ANY_KIND) return "anything";
  if (kinds === JSON_KINDS) return "a value of JSON";
  return KIND_NAMES.filter((_, bit) => (kinds & (1 << bit)) !== 0).join(" or ");
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether a value is an object of JSON; other maps are `MadeMap`. */
export function isJsonObject(value: Value): value is JsonObject {
  return kindOf(value) === KIND.map && !(value instanceof MadeMap);
}

/** The key under which a map holds `value`; undefined for what cannot be a key. */
export function toMapKey(value: Value): MapKey | undefined {
  switch (typeof value) {
    case "boolean":
    case "bigint":
    case "string":
      return value;
    case "number":
      return Number.isInteger(value) ? BigInt(value) : undefined;
    default:
      return value instanceof Uint ? value.value : undefined;
  }
}

/** What a map holds under a key; undefined if nothing. */
export function lookUp(map: MadeMap | JsonObject, key: MapKey): Value | undefined {
  if (map instanceof MadeMap) return map.entries.get(key)?.value;
  // Own members only: `constructor` and `toString` are fields like any other.
  return typeof key === "string" && Object.hasOwn(map, key) ? map[key] : undefined;
}

/** A key or an index for a message. */
export function describeKey(value: Value): string {
  if (typeof value === "string") return JSON.stringify(clip(value));
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (value instanceof Uint) return `${value.value}u`;
  return describeKinds(kindOf(value));
}
