/**
 * Operators. Beyond the standard ones, arithmetic takes a double together with an int or a uint, as a double: numbers of
 * JSON are doubles, and `data.count + 1` has to work.
 */
import type { JsonObject } from "../json.ts";
import type { Meter } from "../meter.ts";
import { makeDuration, makeTimestamp } from "./calendar.ts";
import { compareBytes, compareStrings, isEqual } from "./equality.ts";
import type { Overload } from "./overload.ts";
import {
  ANY_KIND,
  type Duration,
  Failure,
  KIND,
  lookUp,
  NUMBER_KINDS,
  type Timestamp,
  toMapKey,
  Uint,
  type MadeMap,
  type Value,
} from "./values.ts";

const MAX_INT = 2n ** 63n - 1n;
const MIN_INT = -(2n ** 63n);
/** Integers of 64 bits are made anew by each operation. */
const BIGINT_UNITS = 6;
const MAX_UINT = 2n ** 64n - 1n;

export function makeInt(value: bigint): bigint | Failure {
  return value >= MIN_INT && value <= MAX_INT ? value : new Failure("the result is too large for an int");
}

export function makeUint(value: bigint): Uint | Failure {
  return value >= 0n && value <= MAX_UINT ? new Uint(value) : new Failure("the result is too large for a uint");
}

export function toDouble(value: Value): number {
  return Number(value instanceof Uint ? value.value : value);
}

export const OPERATORS: ReadonlyMap<string, readonly Overload[]> = new Map<string, readonly Overload[]>([
  [
    "_+_",
    [
      ...arithmetic(
        (a, b) => a + b,
        (a, b) => a + b,
      ),
      overload([KIND.string, KIND.string], KIND.string, concatStrings),
      overload([KIND.list, KIND.list], KIND.list, concatLists),
      overload([KIND.bytes, KIND.bytes], KIND.bytes, concatBytes),
      overload([KIND.timestamp, KIND.duration], KIND.timestamp, (a: Timestamp, b: Duration) =>
        makeTimestamp(a.nanos + b.nanos),
      ),
      overload([KIND.duration, KIND.timestamp], KIND.timestamp, (a: Duration, b: Timestamp) =>
        makeTimestamp(a.nanos + b.nanos),
      ),
      overload([KIND.duration, KIND.duration], KIND.duration, (a: Duration, b: Duration) =>
        makeDuration(a.nanos + b.nanos),
      ),
    ],
  ],
  [
    "_-_",
    [
      ...arithmetic(
        (a, b) => a - b,
        (a, b) => a - b,
      ),
      overload([KIND.timestamp, KIND.timestamp], KIND.duration, (a: Timestamp, b: Timestamp) =>
        makeDuration(a.nanos - b.nanos),
      ),
      overload([KIND.timestamp, KIND.duration], KIND.timestamp, (a: Timestamp, b: Duration) =>
        makeTimestamp(a.nanos - b.nanos),
      ),
      overload([KIND.duration, KIND.duration], KIND.duration, (a: Duration, b: Duration) =>
        makeDuration(a.nanos - b.nanos),
      ),
    ],
  ],
  [
    "_*_",
    arithmetic(
      (a, b) => a * b,
      (a, b) => a * b,
    ),
  ],
  [
    "_/_",
    arithmetic(
      (a, b) => a / b,
      (a, b) => (b === 0n ? new Failure("division by zero") : a / b),
    ),
  ],
  [
    "_%_",
    arithmetic(
      (a, b) => a % b,
      (a, b) => (b === 0n ? new Failure("division by zero") : a % b),
    ),
  ],
  [
    "-_",
    [
      overload([KIND.double], KIND.double, (a: number) => -a),
      overload([KIND.int], KIND.int, (a: bigint) => makeInt(-a)),
      overload([KIND.duration], KIND.duration, (a: Duration) => makeDuration(-a.nanos)),
    ],
  ],
  ["!_", [overload([KIND.bool], KIND.bool, (a: boolean) => !a)]],
  ["_==_", [overload([ANY_KIND, ANY_KIND], KIND.bool, isEqual)]],
  ["_!=_", [overload([ANY_KIND, ANY_KIND], KIND.bool, (a: Value, b: Value, meter) => !isEqual(a, b, meter))]],
  ["_<_", comparison((sign) => sign < 0)],
  ["_<=_", comparison((sign) => sign <= 0)],
  ["_>_", comparison((sign) => sign > 0)],
  ["_>=_", comparison((sign) => sign >= 0)],
  [
    "@in",
    [
      overload([ANY_KIND, KIND.list], KIND.bool, (item: Value, list: readonly Value[], meter) =>
        list.some((other) => isEqual(item, other, meter)),
      ),
      overload([KIND.bool | KIND.string | NUMBER_KINDS, KIND.map], KIND.bool, hasKey),
    ],
  ],
]);

/** `run` says itself what it takes: values of the kinds in `args`, which `callOverload` has checked. */
export function overload(
  args: readonly number[],
  result: number,
  run: (first: never, second: never, meter: Meter) => Value | Failure,
): Overload {
  return { args, result, run: (values, meter) => run(values[0] as never, values[1] as never, meter) };
}

function arithmetic(
  ofDoubles: (a: number, b: number) => number,
  ofInts: (a: bigint, b: bigint) => bigint | Failure,
): readonly Overload[] {
  const mixed = (a: Value, b: Value) => ofDoubles(toDouble(a), toDouble(b));
  return [
    overload([KIND.double, NUMBER_KINDS], KIND.double, mixed),
    overload([NUMBER_KINDS, KIND.double], KIND.double, mixed),
    overload([KIND.int, KIND.int], KIND.int, (a: bigint, b: bigint, meter) => {
      meter.charge(BIGINT_UNITS);
      const result = ofInts(a, b);
      return result instanceof Failure ? result : makeInt(result);
    }),
    overload([KIND.uint, KIND.uint], KIND.uint, (a: Uint, b: Uint, meter) => {
      meter.charge(BIGINT_UNITS);
      const result = ofInts(a.value, b.value);
      return result instanceof Failure ? result : makeUint(result);
    }),
  ];
}

function comparison(isSo: (sign: number) => boolean): readonly Overload[] {
  return [
    overload([NUMBER_KINDS, NUMBER_KINDS], KIND.bool, (a: Value, b: Value) => isSo(compareNumbers(a, b))),
    overload([KIND.string, KIND.string], KIND.bool, (a: string, b: string, meter) => isSo(compareStrings(a, b, meter))),
    overload([KIND.timestamp, KIND.timestamp], KIND.bool, (a: Timestamp, b: Timestamp) =>
      isSo(order(a.nanos, b.nanos)),
    ),
    overload([KIND.duration, KIND.duration], KIND.bool, (a: Duration, b: Duration) => isSo(order(a.nanos, b.nanos))),
    overload([KIND.bool, KIND.bool], KIND.bool, (a: boolean, b: boolean) => isSo(Number(a) - Number(b))),
    overload([KIND.bytes, KIND.bytes], KIND.bool, (a: Uint8Array, b: Uint8Array, meter) =>
      isSo(compareBytes(a, b, meter)),
    ),
  ];
}

/**
 * An int and a double are compared as doubles, as the conformance tests of CEL have it. NaN has no order: every comparison
 * with it is false.
 */
function compareNumbers(left: Value, right: Value): number {
  if (typeof left === "number" || typeof right === "number") return order(toDouble(left), toDouble(right));
  return order(
    (left instanceof Uint ? left.value : left) as bigint,
    (right instanceof Uint ? right.value : right) as bigint,
  );
}

function order<T extends number | bigint>(a: T, b: T): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return a === b ? 0 : Number.NaN;
}

function concatStrings(a: string, b: string, meter: Meter): string {
  meter.charge((a.length + b.length) >> 3);
  return a + b;
}

function concatLists(a: readonly Value[], b: readonly Value[], meter: Meter): Value {
  meter.charge(a.length + b.length);
  return a.concat(b);
}

function concatBytes(a: Uint8Array, b: Uint8Array, meter: Meter): Uint8Array {
  meter.charge(30 + ((a.length + b.length) >> 3));
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}

function hasKey(key: Value, map: MadeMap | JsonObject, meter: Meter): boolean {
  if (typeof key === "string") meter.charge(key.length >> 5);
  const mapKey = toMapKey(key);
  return mapKey !== undefined && lookUp(map, mapKey) !== undefined;
}
