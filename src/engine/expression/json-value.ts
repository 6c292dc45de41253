import type { JsonObject, JsonValue } from "../json.ts";
import { LIMITS } from "../limits.ts";
import type { Meter } from "../meter.ts";
import { formatDuration, formatTimestamp } from "./calendar.ts";
import { listKeys } from "./equality.ts";
import {
  describeKey,
  Duration,
  Failure,
  isList,
  lookUp,
  Timestamp,
  TypeName,
  Uint,
  type MadeMap,
  type Value,
} from "./values.ts";

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * A value as JSON: whole numbers up to 2^53 - 1, finite doubles, timestamps as RFC 3339, durations as `3.5s` and bytes as
 * base64 (ProtoJSON). Types, other numbers, keys that are no strings and deep nesting are failures.
 */
export function toJson(value: Value, meter: Meter, depth = 0): JsonValue | Failure {
  meter.charge(1);
  if (typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return new Failure(`${value} is no number of JSON`);
    // As JSON is written there is one zero; a machine must not tell what is stored from what is in memory.
    return value === 0 ? 0 : value;
  }
  if (typeof value === "bigint") return toNumber(value);
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
  for (const key of listKeys(map, meter)) {
    meter.charge(8);
    if (typeof key !== "string") return new Failure(`the key ${describeKey(key)} is no string, as those of JSON are`);
    const made = toJson(lookUp(map, key) ?? null, meter, depth + 1);
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
