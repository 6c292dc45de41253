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
  Duration,
  Failure,
  KIND,
  lookUp,
  NUMBER_KINDS,
  Timestamp,
  toMapKey,
  Uint,
  type MadeMap,
  type Value,
} from "./values.ts";

const MAX_INT = 2n ** 63n - 1n;
const MIN_INT = -(2n ** 63n);
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
  ["_<_", comparison((order) => order < 0)],
  ["_<=_", comparison((order) => order <= 0)],
  ["_>_", comparison((order) => order > 0)],
  ["_>=_", comparison((order) => order >= 0)],
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

/** Types the arguments of an implementation, which `callOverload` has checked. */
export function overload<A extends Value, B extends Value>(
  args: readonly number[],
  result: number,
  run: (first: A, second: B, meter: Meter) => Value | Failure,
): Overload {
  return { args, result, run: (values, meter) => run(values[0] as A, values[1] as B, meter) };
}

function arithmetic(
  ofDoubles: (a: number, b: number) => number,
  ofInts: (a: bigint, b: bigint) => bigint | Failure,
): readonly Overload[] {
  const mixed = (a: Value, b: Value) => ofDoubles(toDouble(a), toDouble(b));
  return [
    overload([KIND.double, NUMBER_KINDS], KIND.double, mixed),
    overload([NUMBER_KINDS, KIND.double], KIND.double, mixed),
    overload([KIND.int, KIND.int], KIND.int, (a: bigint, b: bigint) => {
      const result = ofInts(a, b);
      return result instanceof Failure ? result : makeInt(result);
    }),
    overload([KIND.uint, KIND.uint], KIND.uint, (a: Uint, b: Uint) => {
      const result = ofInts(a.value, b.value);
      return result instanceof Failure ? result : makeUint(result);
    }),
  ];
}

function comparison(isSo: (order: number) => boolean): readonly Overload[] {
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

/** NaN has no order: every comparison with it is false. */
function compareNumbers(left: Value, right: Value): number {
  const a = (left instanceof Uint ? left.value : left) as number | bigint;
  const b = (right instanceof Uint ? right.value : right) as number | bigint;
  return order(a, b);
}

function order(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  // oxlint-disable-next-line eqeqeq -- it compares a bigint and a number by their exact value
  return a == b ? 0 : Number.NaN;
}

function concatStrings(a: string, b: string, meter: Meter): string {
  meter.charge((a.length + b.length) >> 3);
  return a + b;
}

function concatLists(a: readonly Value[], b: readonly Value[], meter: Meter): Value {
  meter.charge((a.length + b.length) >> 1);
  return [...a, ...b];
}

function concatBytes(a: Uint8Array, b: Uint8Array, meter: Meter): Uint8Array {
  meter.charge((a.length + b.length) >> 3);
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
