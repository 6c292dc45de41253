/** Functions and methods of the standard library, all charged by what they read. */
import type { JsonObject } from "../json.ts";
import type { Meter } from "../meter.ts";
import { quote } from "../names.ts";
import {
  formatDuration,
  formatTimestamp,
  makeTimestamp,
  parseDuration,
  parseTimestamp,
  type CalendarParts,
} from "./calendar.ts";
import { countEntries } from "./equality.ts";
import { makeInt, makeUint, overload, toDouble } from "./operators.ts";
import type { Overload } from "./overload.ts";
import {
  ANY_KIND,
  Duration,
  Failure,
  KIND,
  kindOf,
  Timestamp,
  TypeName,
  Uint,
  type MadeMap,
  type Value,
} from "./values.ts";
import { readCalendar } from "./zone.ts";

const NANOS_PER_SECOND = 1_000_000_000n;
const INTEGER = /^[+-]?\d{1,20}$/;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const SPECIAL_DOUBLES: ReadonlyMap<string, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Infinity],
  ["+Infinity", Infinity],
  ["-Infinity", -Infinity],
]);
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "true", "TRUE", "True"].map((text) => [text, true] as const),
  ...["0", "f", "false", "FALSE", "False"].map((text) => [text, false] as const),
]);
const TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [KIND.null, "null_type"],
  [KIND.bool, "bool"],
  [KIND.int, "int"],
  [KIND.uint, "uint"],
  [KIND.double, "double"],
  [KIND.string, "string"],
  [KIND.bytes, "bytes"],
  [KIND.list, "list"],
  [KIND.map, "map"],
  [KIND.timestamp, "google.protobuf.Timestamp"],
  [KIND.duration, "google.protobuf.Duration"],
  [KIND.type, "type"],
]);
/** Names that stand for types. */
export const TYPES: ReadonlyMap<string, TypeName> = new Map(
  Array.from(TYPE_NAMES.values(), (name) => [name, new TypeName(name)] as const),
);
const NO_OVERLOADS: readonly Overload[] = [];
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const SIZE: readonly Overload[] = [
  overload([KIND.string], KIND.int, (text: string, _, meter) => BigInt(countPoints(text, meter))),
  overload([KIND.list], KIND.int, (list: readonly Value[]) => BigInt(list.length)),
  overload([KIND.map], KIND.int, (map: MadeMap | JsonObject, _, meter) => BigInt(countEntries(map, meter))),
  overload([KIND.bytes], KIND.int, (bytes: Uint8Array) => BigInt(bytes.length)),
];

/** `matches` is not among them: its pattern is compiled with the expression. */
export const FUNCTIONS: ReadonlyMap<string, readonly Overload[]> = new Map<string, readonly Overload[]>([
  ["size", SIZE],
  [
    "int",
    [
      overload([KIND.int], KIND.int, (value: bigint) => value),
      overload([KIND.uint], KIND.int, (value: Uint) => makeInt(value.value)),
      overload([KIND.double], KIND.int, (value: number) => truncate(value, -(2 ** 63))),
      overload([KIND.string], KIND.int, (text: string) => readInteger(text, makeInt, "an int")),
      overload([KIND.timestamp], KIND.int, (value: Timestamp) => value.nanos / NANOS_PER_SECOND),
      overload([KIND.duration], KIND.int, (value: Duration) => value.nanos / NANOS_PER_SECOND),
    ],
  ],
  [
    "uint",
    [
      overload([KIND.uint], KIND.uint, (value: Uint) => value),
      overload([KIND.int], KIND.uint, (value: bigint) => makeUint(value)),
      overload([KIND.double], KIND.uint, (value: number) =>
        value >= 0 && value < 2 ** 64 ? makeUint(BigInt(Math.trunc(value))) : makeUint(-1n),
      ),
      overload([KIND.string], KIND.uint, (text: string) => readInteger(text, makeUint, "a uint")),
    ],
  ],
  [
    "double",
    [
      overload([KIND.double | KIND.int | KIND.uint], KIND.double, (value: Value) => toDouble(value)),
      overload([KIND.string], KIND.double, readDouble),
    ],
  ],
  [
    "string",
    [
      overload([KIND.string], KIND.string, (value: string) => value),
      overload([KIND.bool | KIND.int | KIND.double], KIND.string, (value: boolean | bigint | number, _, meter) => {
        meter.charge(8);
        return String(value);
      }),
      overload([KIND.uint], KIND.string, (value: Uint) => String(value.value)),
      overload([KIND.bytes], KIND.string, decode),
      overload([KIND.timestamp], KIND.string, (value: Timestamp, _, meter) => {
        meter.charge(30);
        return formatTimestamp(value);
      }),
      overload([KIND.duration], KIND.string, (value: Duration, _, meter) => {
        meter.charge(15);
        return formatDuration(value);
      }),
    ],
  ],
  [
    "bytes",
    [
      overload([KIND.bytes], KIND.bytes, (value: Uint8Array) => value),
      overload([KIND.string], KIND.bytes, (text: string, _, meter) => {
        meter.charge(text.length >> 2);
        return encoder.encode(text);
      }),
    ],
  ],
  [
    "bool",
    [
      overload([KIND.bool], KIND.bool, (value: boolean) => value),
      overload(
        [KIND.string],
        KIND.bool,
        (text: string) => BOOLEANS.get(text) ?? new Failure(`${quote(text)} is neither true nor false`),
      ),
    ],
  ],
  [
    "timestamp",
    [
      overload([KIND.timestamp], KIND.timestamp, (value: Timestamp) => value),
      overload([KIND.string], KIND.timestamp, (text: string, _, meter) => {
        meter.charge(40);
        return parseTimestamp(text) ?? new Failure(`${quote(text)} is no timestamp of RFC 3339`);
      }),
      // Seconds of the epoch; of JSON they are a double.
      overload([KIND.int], KIND.timestamp, (seconds: bigint) => makeTimestamp(seconds * NANOS_PER_SECOND)),
      overload([KIND.double], KIND.timestamp, (seconds: number) =>
        Math.abs(seconds) < 1e12
          ? makeTimestamp(BigInt(Math.round(seconds * 1_000)) * 1_000_000n)
          : makeTimestamp(-(2n ** 80n)),
      ),
    ],
  ],
  [
    "duration",
    [
      overload([KIND.duration], KIND.duration, (value: Duration) => value),
      overload([KIND.string], KIND.duration, (text: string, _, meter) => {
        meter.charge(40);
        return parseDuration(text) ?? new Failure(`${quote(text)} is no duration such as "1h30m"`);
      }),
    ],
  ],
  ["type", [overload([ANY_KIND], KIND.type, (value: Value) => TYPES.get(TYPE_NAMES.get(kindOf(value)) ?? "") ?? null)]],
  ["dyn", [overload([ANY_KIND], ANY_KIND, (value: Value) => value)]],
]);

export const METHODS: ReadonlyMap<string, readonly Overload[]> = new Map<string, readonly Overload[]>([
  ["size", SIZE],
  ["contains", [overload([KIND.string, KIND.string], KIND.bool, contains)]],
  [
    "startsWith",
    [
      overload([KIND.string, KIND.string], KIND.bool, (text: string, start: string, meter) => {
        meter.charge(start.length >> 5);
        return text.startsWith(start);
      }),
    ],
  ],
  [
    "endsWith",
    [
      overload([KIND.string, KIND.string], KIND.bool, (text: string, end: string, meter) => {
        meter.charge(end.length >> 5);
        return text.endsWith(end);
      }),
    ],
  ],
  ["getFullYear", getter(({ year }) => year)],
  ["getMonth", getter(({ month }) => month)],
  ["getDate", getter(({ day }) => day + 1)],
  ["getDayOfMonth", getter(({ day }) => day)],
  ["getDayOfWeek", getter(({ weekday }) => weekday)],
  ["getDayOfYear", getter(({ dayOfYear }) => dayOfYear)],
  ["getHours", [...getter(({ hour }) => hour), inUnits(3_600n * NANOS_PER_SECOND)]],
  ["getMinutes", [...getter(({ minute }) => minute), inUnits(60n * NANOS_PER_SECOND)]],
  ["getSeconds", [...getter(({ second }) => second), inUnits(NANOS_PER_SECOND)]],
  [
    "getMilliseconds",
    [
      ...getter(({ millisecond }) => millisecond),
      overload([KIND.duration], KIND.int, ({ nanos }: Duration) => (nanos % NANOS_PER_SECOND) / 1_000_000n),
    ],
  ],
]);

/** How a function or a method may be called; none if there is no such. */
export function findOverloads(name: string, isMethod: boolean): readonly Overload[] {
  return (isMethod ? METHODS : FUNCTIONS).get(name) ?? NO_OVERLOADS;
}

function getter(read: (parts: CalendarParts) => number): readonly Overload[] {
  function run(instant: Timestamp, zone: string | undefined, meter: Meter): bigint | Failure {
    const parts = readCalendar(instant, zone, meter);
    return parts instanceof Failure ? parts : BigInt(read(parts));
  }
  return [
    overload([KIND.timestamp], KIND.int, (instant: Timestamp, _, meter) => run(instant, undefined, meter)),
    overload([KIND.timestamp, KIND.string], KIND.int, (instant: Timestamp, zone: string, meter) =>
      run(instant, zone, meter),
    ),
  ];
}

function inUnits(unit: bigint): Overload {
  return overload([KIND.duration], KIND.int, ({ nanos }: Duration) => nanos / unit);
}

function countPoints(text: string, meter: Meter): number {
  meter.charge(text.length >> 3);
  let count = text.length;
  for (let i = 1; i < text.length; i++) {
    const isLow = (text.charCodeAt(i) & 0xfc00) === 0xdc00;
    if (isLow && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800) count--;
  }
  return count;
}

/** Searching looks at a part of the text again for each part of what it searches, at worst. */
function contains(text: string, part: string, meter: Meter): boolean {
  meter.charge(1 + Math.ceil((text.length * Math.min(part.length, 256)) / 256 / 4));
  return text.includes(part);
}

function truncate(value: number, least: number): bigint | Failure {
  // The doubles next to the bounds of an int lie beyond them.
  if (!(value > least && value < -least)) return makeInt(2n ** 64n);
  return BigInt(Math.trunc(value));
}

function readInteger<T>(text: string, make: (value: bigint) => T | Failure, what: string): T | Failure {
  return INTEGER.test(text) ? make(BigInt(text.replace("+", ""))) : new Failure(`${quote(text)} is not ${what}`);
}

function readDouble(text: string, _: Value, meter: Meter): number | Failure {
  meter.charge(8 + (text.length >> 2));
  if (DECIMAL.test(text)) return Number(text);
  return SPECIAL_DOUBLES.get(text) ?? new Failure(`${quote(text)} is not a double`);
}

function decode(bytes: Uint8Array, _: Value, meter: Meter): string | Failure {
  meter.charge(8 + (bytes.length >> 2));
  try {
    return decoder.decode(bytes);
  } catch {
    return new Failure("the bytes are not UTF-8");
  }
}
