/** Times as a clock on a wall shows them, and the instants at which it does. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** As Python's `strptime` reads `%Y-%m-%dT%H:%M:%S`, the one format of StateService (`State.DATE_FORMAT`). */
const WALL_TIME = /^(\d{4})-(\d{1,2})-(\d{1,2})T(\d{1,2}):(\d{1,2}):(\d{1,2})$/;

/** What RFC 3339, and so CEL's `timestamp`, can say: the years 1 to 9999. */
const EARLIEST = -62_135_596_800_000;
const LATEST = 253_402_300_799_000;

/** `3000-01-01T12:00:00` as the epoch ms at which a clock in UTC shows it; undefined for what is no such time. */
export function parseWallTime(text: string): number | undefined {
  const [year = 0, month = 0, day = 0, ...clock] = (WALL_TIME.exec(text) ?? []).slice(1).map(Number);
  const [hour = 0, minute = 0, second = 0] = clock;
  const date = new Date(0);
  // Date.UTC takes the years 0 to 99 for those of the 20th century.
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const isDate = year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isDate && hour < 24 && minute < 60 && second < 60 ? date.getTime() : undefined;
}

/** Whether it is a time zone of the IANA database, or an offset like `+02:00`. */
export function isTimeZone(name: string): boolean {
  try {
    return clockOf(name) !== undefined;
  } catch {
    return false;
  }
}

/**
 * Epoch ms at which clocks in `timeZone` first show `wallMs` or later: of a time that comes twice the first, of one that
 * is left out the moment at which the clock passes it. Within the years 1 to 9999.
 */
export function toInstant(wallMs: number, timeZone: string): number {
  const clock = clockOf(timeZone);
  return Math.min(
    LATEST,
    Math.max(
      EARLIEST,
      firstReading(wallMs, (instant) => offsetAt(clock, instant)),
    ),
  );
}

function firstReading(wallMs: number, offsetAtInstant: (instant: number) => number): number {
  // No offset is as large as a day: what is sought lies between the two.
  const before = offsetAtInstant(wallMs - DAY_MS);
  const after = offsetAtInstant(wallMs + DAY_MS);
  const early = wallMs - before;
  if (offsetAtInstant(early) === before) return early;
  const late = wallMs - after;
  if (offsetAtInstant(late) === after) return late;
  let [low, high] = [late, early];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAtInstant(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

/** Makes and checks it: throws RangeError for what is no time zone. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const numeric = "numeric";
  const fields = {
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
    second: numeric,
  } as const;
  return new Intl.DateTimeFormat("en-US", { timeZone, calendar: "iso8601", hourCycle: "h23", ...fields });
}

/** How far the clock is ahead of UTC, in ms. */
function offsetAt(clock: Intl.DateTimeFormat, instant: number): number {
  const parts = new Map(clock.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const read = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const shown = new Date(0);
  shown.setUTCFullYear(read("year"), read("month") - 1, read("day"));
  shown.setUTCHours(read("hour"), read("minute"), read("second"));
  return shown.getTime() - Math.floor(instant / 1_000) * 1_000;
}
