import type { Meter } from "../meter.ts";
import { quote } from "../names.ts";
import { floorDivide, NANOS_PER_MS, toDays, toParts, type CalendarParts } from "./calendar.ts";
import { Failure, type Timestamp } from "./values.ts";

const OFFSET = /^([+-]?)(\d\d):(\d\d)$/;
const ZONE_NAME = /^[A-Za-z][\w+\-/]{0,63}$/;
/** Making a formatter loads the rules of a zone: some 50 to 100 microseconds. */
const FORMATTER_UNITS = 5_000;
const FORMAT_UNITS = 300;
const MOST_FORMATTERS = 32;

/** `undefined` is a zone that there is not. A cache of what cannot change while the isolate lives. */
const formatters = new Map<string, Intl.DateTimeFormat | undefined>();

/** The calendar of a zone (`Europe/Berlin`) or an offset (`-08:00`) at an instant; UTC if neither is given. */
export function readCalendar(instant: Timestamp, zone: string | undefined, meter: Meter): CalendarParts | Failure {
  meter.charge(4);
  const ms = Number(floorDivide(instant.nanos, NANOS_PER_MS));
  if (zone === undefined || zone === "UTC") return toParts(ms);
  const offset = OFFSET.exec(zone);
  if (offset) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3]);
    return toParts(ms + (offset[1] === "-" ? -minutes : minutes) * 60_000);
  }
  // Charged whether or not it is there already, since a cost must not depend on what ran before.
  meter.charge(FORMATTER_UNITS);
  const formatter = ZONE_NAME.test(zone) ? findFormatter(zone) : undefined;
  if (formatter === undefined) return new Failure(`there is no time zone ${quote(zone)}`);
  meter.charge(FORMAT_UNITS);
  return toParts(readLocalMs(formatter, ms));
}

function findFormatter(zone: string): Intl.DateTimeFormat | undefined {
  if (formatters.has(zone)) return formatters.get(zone);
  if (formatters.size >= MOST_FORMATTERS) formatters.clear();
  const formatter = makeFormatter(zone);
  formatters.set(zone, formatter);
  return formatter;
}

function makeFormatter(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-US-u-ca-iso8601", {
      timeZone,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return undefined;
  }
}

function readLocalMs(formatter: Intl.DateTimeFormat, ms: number): number {
  const parts = new Map(formatter.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const day = toDays(parts.get("year") ?? 0, parts.get("month") ?? 1, parts.get("day") ?? 1);
  const minutes = (parts.get("hour") ?? 0) * 60 + (parts.get("minute") ?? 0);
  return day * 86_400_000 + minutes * 60_000 + (parts.get("second") ?? 0) * 1_000 + (((ms % 1_000) + 1_000) % 1_000);
}
