const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

const NUMBER = String.raw`\d+(?:[.,]\d+)?`;
const ISO = new RegExp(`^P(?:(${NUMBER})W)?(?:(${NUMBER})D)?(T(?:(${NUMBER})H)?(?:(${NUMBER})M)?(?:(${NUMBER})S)?)?$`);
const GO_PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;
const GO_UNITS: ReadonlyMap<string, number> = new Map([
  ["ns", 1e-6],
  ["us", 1e-3],
  ["µs", 1e-3], // U+00B5, micro sign
  ["μs", 1e-3], // U+03BC, Greek mu; Go reads both
  ["ms", 1],
  ["s", SECOND],
  ["m", MINUTE],
  ["h", HOUR],
]);
const LONGEST_TEXT = 64;

/**
 * Milliseconds of a duration: ISO 8601 from weeks to seconds (`P30D`, `PT30M`; a fraction only in the
 * last part; months and years differ in length and are refused), or as Go writes them (`1h30m`,
 * `300ms`). Undefined for anything else, also for negative ones.
 */
export function parseDuration(text: string): number | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  const milliseconds = text.startsWith("P") ? parseIso(text) : parseGo(text);
  if (milliseconds === undefined) return undefined;
  const rounded = Math.round(milliseconds);
  return Number.isSafeInteger(rounded) ? rounded : undefined;
}

function parseIso(text: string): number | undefined {
  const match = ISO.exec(text);
  if (!match || match[3] === "T") return undefined;
  const parts = [match[1], match[2], match[4], match[5], match[6]];
  const units = [WEEK, DAY, HOUR, MINUTE, SECOND];
  const last = parts.findLastIndex((part) => part !== undefined);
  if (last < 0) return undefined;
  let sum = 0;
  for (const [i, part] of parts.entries()) {
    if (part === undefined) continue;
    if (i < last && /[.,]/.test(part)) return undefined;
    sum += Number(part.replace(",", ".")) * (units[i] ?? 0);
  }
  return sum;
}

function parseGo(text: string): number | undefined {
  // Go reads a bare zero, and no other number, without a unit.
  if (text === "0") return 0;
  if (text === "") return undefined;
  let sum = 0;
  GO_PART.lastIndex = 0;
  for (let end = 0; end < text.length; end = GO_PART.lastIndex) {
    const match = GO_PART.exec(text);
    if (!match) return undefined;
    sum += Number(match[1]) * (GO_UNITS.get(match[2] ?? "") ?? 0);
  }
  return sum;
}
