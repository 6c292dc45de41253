/** Instants and durations of expressions as text; the proleptic Gregorian calendar, without a clock. */
import { Duration, Failure, Timestamp } from "./values.ts";

const NANOS_PER_SECOND = 1_000_000_000n;
export const NANOS_PER_MS = 1_000_000n;
const SECONDS_PER_DAY = 86_400;
/** 0001-01-01T00:00:00Z and the last nanosecond of 9999, as google.protobuf.Timestamp has it. */
const FIRST = -62_135_596_800n * NANOS_PER_SECOND;
const LAST = 253_402_300_800n * NANOS_PER_SECOND - 1n;
/** 64 bits of nanoseconds, as the conformance tests of CEL have it: 292 years. */
const LONGEST = 2n ** 63n - 1n;
/** Longer texts are neither. */
const LONGEST_TEXT = 64;

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const DURATION = /^([+-]?)((?:\d+(?:\.\d*)?(?:h|ms|m|s|us|µs|μs|ns)|\.\d+(?:h|ms|m|s|us|µs|μs|ns))+|0)$/;
const DURATION_PART = /(\d*)(?:\.(\d*))?(h|ms|m|s|us|µs|μs|ns)/g;
const UNITS: ReadonlyMap<string, bigint> = new Map([
  ["h", 3_600n * NANOS_PER_SECOND],
  ["m", 60n * NANOS_PER_SECOND],
  ["s", NANOS_PER_SECOND],
  ["ms", NANOS_PER_MS],
  ["us", 1_000n],
  ["µs", 1_000n], // U+00B5, micro sign
  ["μs", 1_000n], // U+03BC, Greek mu
  ["ns", 1n],
]);

/** Parts of an instant as a calendar and a clock show them; months and days from 0, Sunday is 0. */
export interface CalendarParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly dayOfYear: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

export function makeTimestamp(nanos: bigint): Timestamp | Failure {
  if (nanos < FIRST || nanos > LAST) return new Failure("a timestamp lies in the years 1 to 9999");
  return new Timestamp(nanos);
}

export function makeDuration(nanos: bigint): Duration | Failure {
  if (nanos < -LONGEST || nanos > LONGEST) return new Failure("a duration has at most 292 years");
  return new Duration(nanos);
}

/** Reads RFC 3339; undefined for anything else. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = text.length > LONGEST_TEXT ? null : RFC_3339.exec(text);
  if (!match) return undefined;
  const numbers = match.slice(1, 7).map(Number);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = numbers;
  if (month < 1 || month > 12 || day < 1 || day > countDays(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const offset = Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0);
  if (Number(match[9] ?? 0) > 23 || Number(match[10] ?? 0) > 59) return undefined;
  const minutes = hour * 60 + minute - (match[8] === "-" ? -offset : offset);
  const seconds = toDays(year, month, day) * SECONDS_PER_DAY + minutes * 60 + second;
  const made = makeTimestamp(BigInt(seconds) * NANOS_PER_SECOND + BigInt((match[7] ?? "").padEnd(9, "0")));
  return made instanceof Failure ? undefined : made;
}

/** RFC 3339 in UTC, with as many digits of a second as it has. */
export function formatTimestamp({ nanos }: Timestamp): string {
  const seconds = floorDivide(nanos, NANOS_PER_SECOND);
  const { year, month, day, hour, minute, second } = toParts(Number(seconds) * 1_000);
  const date = `${pad(year, 4)}-${pad(month + 1, 2)}-${pad(day + 1, 2)}`;
  return `${date}T${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}${formatFraction(nanos - seconds * NANOS_PER_SECOND)}Z`;
}

/** Reads what Go writes (`1h30m`, `-1.5s`, `0`), which `3.5s` of ProtoJSON belongs to; undefined for anything else. */
export function parseDuration(text: string): Duration | undefined {
  const match = text.length > LONGEST_TEXT ? null : DURATION.exec(text);
  if (!match) return undefined;
  let nanos = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of (match[2] ?? "").matchAll(DURATION_PART)) {
    const scale = UNITS.get(unit) ?? 0n;
    nanos += BigInt(whole) * scale + (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
  }
  const made = makeDuration(match[1] === "-" ? -nanos : nanos);
  return made instanceof Failure ? undefined : made;
}

/** `3.5s` */
export function formatDuration({ nanos }: Duration): string {
  const size = nanos < 0n ? -nanos : nanos;
  return `${nanos < 0n ? "-" : ""}${size / NANOS_PER_SECOND}${formatFraction(size % NANOS_PER_SECOND)}s`;
}

/** Of epoch milliseconds that have been moved to the zone asked for. */
export function toParts(ms: number): CalendarParts {
  const days = Math.floor(ms / (SECONDS_PER_DAY * 1_000));
  const rest = ms - days * SECONDS_PER_DAY * 1_000;
  // Days from 0000-03-01, in eras of 400 years: https://howardhinnant.github.io/date_algorithms.html#civil_from_days
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1_460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * ofYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 2 : marchMonth - 10;
  const year = yearOfEra + era * 400 + (month <= 1 ? 1 : 0);
  return {
    year,
    month,
    day: ofYear - Math.floor((153 * marchMonth + 2) / 5),
    weekday: (((days + 4) % 7) + 7) % 7,
    dayOfYear: days - toDays(year, 1, 1),
    hour: Math.floor(rest / 3_600_000),
    minute: Math.floor(rest / 60_000) % 60,
    second: Math.floor(rest / 1_000) % 60,
    millisecond: rest % 1_000,
  };
}

/** Days from the epoch; month and day from 1: https://howardhinnant.github.io/date_algorithms.html#days_from_civil */
export function toDays(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + ofYear - 719_468;
}

export function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor < 0n ? quotient - 1n : quotient;
}

export function countDays(year: number, month: number): number {
  return toDays(month === 12 ? year + 1 : year, month === 12 ? 1 : month + 1, 1) - toDays(year, month, 1);
}

function formatFraction(nanos: bigint): string {
  return nanos === 0n ? "" : `.${String(nanos).padStart(9, "0").replace(/0+$/, "")}`;
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, "0");
}
