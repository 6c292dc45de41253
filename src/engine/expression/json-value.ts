import type { JsonObject, JsonValue } from "../json.ts";
import { LIMITS } from "../limits.ts";
import type { Meter } from "../meter.ts";
import { formatDuration, formatTimestamp } from "./calendar.ts";
import { describeKey, Duration, Failure, isList, MadeMap, Timestamp, TypeName, Uint, type Value } from "./values.ts";

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * A value as JSON: whole numbers up to 2^53 - 1, finite doubles, timestamps as RFC 3339, durations as `3.5s` and bytes as
 * base64 (ProtoJSON). Types, other numbers, keys that are no strings and deep nesting are failures.
 */
export function toJson(value: Value, meter: Meter, depth = 0): JsonValue | Failure {
  meter.charge(1);
  switch (typeof value) {
    case "boolean":
      return value;
    case "string":
      return value;
    case "number":
      return Number.isFinite(value) ? value : new Failure(`${value} is no number of JSON`);
    case "bigint":
      return toNumber(value);
    default:
  }
  if (value === null) return null;
  if (value instanceof Uint) return toNumber(value.value);
  if (value instanceof Timestamp) {
    meter.charge(30);
    return formatTimestamp(value);
  }
  if (value instanceof Duration) {
    meter.charge(15);
    return formatDuration(value);
  }
  if (value instanceof Uint8Array) return toBase64(value, meter);
  if (value instanceof TypeName) return new Failure(`the type ${value.name} is no value of JSON`);
  if (depth >= LIMITS.jsonDepth) return new Failure(`the value nests deeper than ${LIMITS.jsonDepth}`);
  if (isList(value)) return toArray(value, meter, depth);
  return toObject(value, meter, depth);
}

function toArray(list: readonly Value[], meter: Meter, depth: number): JsonValue | Failure {
  const items: JsonValue[] = [];
  for (const item of list) {
    const made = toJson(item, meter, depth + 1);
    if (made instanceof Failure) return made;
    items.push(made);
  }
  return items;
}

function toObject(map: MadeMap | JsonObject, meter: Meter, depth: number): JsonValue | Failure {
  const object: Record<string, JsonValue> = {};
  const entries: Iterable<readonly [Value, Value]> =
    map instanceof MadeMap
      ? Array.from(map.entries.values(), ({ key, value }) => [key, value] as const)
      : Object.entries(map);
  for (const [key, value] of entries) {
    meter.charge(8);
    if (typeof key !== "string") return new Failure(`the key ${describeKey(key)} is no string, as those of JSON are`);
    const made = toJson(value, meter, depth + 1);
    if (made instanceof Failure) return made;
    // Assigning `__proto__` would set the prototype.
    if (key === "__proto__") {
      Object.defineProperty(object, key, { value: made, enumerable: true, writable: true, configurable: true });
    } else object[key] = made;
  }
  return object;
}

function toNumber(value: bigint): number | Failure {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : new Failure(`${value} is larger than numbers of JSON can tell apart`);
}

function toBase64(bytes: Uint8Array, meter: Meter): string {
  meter.charge(bytes.length);
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    for (let j = 0; j < 4; j++) {
      text += i + j > bytes.length ? "=" : BASE64.charAt((group >> (18 - 6 * j)) & 63);
    }
  }
  return text;
}
