/** Equality and order of values, charged to a meter by what is looked at. */
import type { JsonObject } from "../json.ts";
import type { Meter } from "../meter.ts";
import {
  Duration,
  isJsonObject,
  isList,
  lookUp,
  MadeMap,
  Timestamp,
  TypeName,
  Uint,
  type MapKey,
  type Value,
} from "./values.ts";

/**
 * As CEL has it: numbers of any type by their value, NaN equal to nothing, other types never equal to another.
 * https://github.com/google/cel-spec/blob/v0.25.1/doc/langdef.md#equality
 */
export function isEqual(left: Value, right: Value, meter: Meter): boolean {
  meter.charge(1);
  if (typeof left === "string") {
    if (typeof right !== "string" || left.length !== right.length) return false;
    meter.charge(left.length >> 5);
    return left === right;
  }
  const one = left instanceof Uint ? left.value : left;
  const other = right instanceof Uint ? right.value : right;
  // oxlint-disable-next-line eqeqeq -- it compares a bigint and a number by their exact value
  if (isNumber(one) && isNumber(other)) return one == other;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return one === other;
  if (isList(one)) return isList(other) && hasEqualItems(one, other, meter);
  if (one instanceof Uint8Array) return other instanceof Uint8Array && compareBytes(one, other, meter) === 0;
  if (one instanceof Timestamp) return other instanceof Timestamp && one.nanos === other.nanos;
  if (one instanceof Duration) return other instanceof Duration && one.nanos === other.nanos;
  if (one instanceof TypeName) return other instanceof TypeName && one.name === other.name;
  if (!isMap(one) || !isMap(other)) return false;
  return hasEqualEntries(one, other, meter);
}

/** By code points, which is the order of UTF-8. */
export function compareStrings(left: string, right: string, meter: Meter): number {
  const length = Math.min(left.length, right.length);
  meter.charge(length >> 3);
  for (let i = 0; i < length; i++) {
    const one = left.charCodeAt(i);
    const other = right.charCodeAt(i);
    if (one === other) continue;
    // Surrogates stand for code points above all others.
    const isOneHigh = one >= 0xd800 && one <= 0xdfff;
    const isOtherHigh = other >= 0xd800 && other <= 0xdfff;
    return isOneHigh === isOtherHigh ? one - other : isOneHigh ? 1 : -1;
  }
  return left.length - right.length;
}

export function compareBytes(left: Uint8Array, right: Uint8Array, meter: Meter): number {
  const length = Math.min(left.length, right.length);
  meter.charge(length >> 3);
  for (let i = 0; i < length; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** The keys of a map, charged since the engine has to list them. */
export function listKeys(map: MadeMap | JsonObject, meter: Meter): readonly Value[] {
  if (map instanceof MadeMap) {
    meter.charge(map.entries.size);
    return Array.from(map.entries.values(), ({ key }) => key);
  }
  const keys = Object.keys(map);
  meter.charge(1 + 8 * keys.length);
  return keys;
}

export function countEntries(map: MadeMap | JsonObject, meter: Meter): number {
  return map instanceof MadeMap ? map.entries.size : listKeys(map, meter).length;
}

function hasEqualItems(left: readonly Value[], right: readonly Value[], meter: Meter): boolean {
  return left.length === right.length && left.every((item, i) => isEqual(item, right[i] ?? null, meter));
}

function hasEqualEntries(left: MadeMap | JsonObject, right: MadeMap | JsonObject, meter: Meter): boolean {
  if (countEntries(left, meter) !== countEntries(right, meter)) return false;
  const entries: Iterable<readonly [MapKey, Value]> =
    left instanceof MadeMap
      ? Array.from(left.entries, ([key, { value }]) => [key, value] as const)
      : Object.entries(left);
  for (const [key, value] of entries) {
    const other = lookUp(right, key);
    if (other === undefined || !isEqual(value, other, meter)) return false;
  }
  return true;
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function isMap(value: Value): value is MadeMap | JsonObject {
  return value instanceof MadeMap || isJsonObject(value);
}
