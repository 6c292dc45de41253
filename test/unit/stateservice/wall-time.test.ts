/** Times as a clock on a wall shows them, in zones where it is put forward and back. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isTimeZone, parseWallTime, toInstant } from "../../../src/stateservice/wall-time.ts";

describe("a time on the wall", () => {
  test.each([
    ["2026-2-3T4:5:6", Date.UTC(2026, 1, 3, 4, 5, 6)],
    ["0099-12-31T23:59:59", -59_011_459_201_000],
    ["2024-02-29T00:00:00", Date.UTC(2024, 1, 29)],
    ["2026-02-29T00:00:00", undefined],
    ["2026-01-01T24:00:00", undefined],
    ["2026-01-01T23:59:60", undefined],
    ["2026-00-01T00:00:00", undefined],
    ["2026-13-01T00:00:00", undefined],
    ["0000-01-01T00:00:00", undefined],
    ["2026-01-01 00:00:00", undefined],
    ["2026-01-01T00:00:00.5", undefined],
    ["26-01-01T00:00:00", undefined],
    ["", undefined],
  ])("%j", (text, instant) => expect(parseWallTime(text)).toBe(instant));

  test.each([
    ["Europe/Paris", "2026-07-01T12:00:00", "2026-07-01T10:00:00Z"],
    ["Europe/Paris", "2026-01-01T12:00:00", "2026-01-01T11:00:00Z"],
    // Left out: the clock goes from 02:00 to 03:00.
    ["Europe/Paris", "2026-03-29T02:30:00", "2026-03-29T01:00:00Z"],
    ["Europe/Paris", "2026-03-29T01:59:59", "2026-03-29T00:59:59Z"],
    ["Europe/Paris", "2026-03-29T03:00:00", "2026-03-29T01:00:00Z"],
    // Twice: the clock goes from 03:00 to 02:00.
    ["Europe/Paris", "2026-10-25T02:30:00", "2026-10-25T00:30:00Z"],
    ["America/New_York", "2026-11-01T01:30:00", "2026-11-01T05:30:00Z"],
    // Half an hour, and a whole day.
    ["Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-03T15:30:00Z"],
    ["Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T10:00:00Z"],
    // The ends of what can be said.
    ["America/New_York", "9999-12-31T23:59:59", "9999-12-31T23:59:59Z"],
    ["Asia/Tokyo", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z"],
  ])("in %s, %s is %s", (timeZone, text, instant) => {
    expect(new Date(toInstant(parseWallTime(text) ?? 0, timeZone)).toISOString()).toBe(instant.replace("Z", ".000Z"));
  });

  test("zones are those of the IANA database, and offsets", () => {
    const names = ["UTC", "europe/paris", "+02:00", "Mars/Base", "", "+25:00", "../etc/localtime", "__proto__"];
    expect(names.map(isTimeZone)).toEqual([true, true, true, false, false, false, false, false]);
  });

  test("is shown by the clock at that instant, and not before", () => {
    const shows = (instant: number, timeZone: string): string =>
      new Date(instant).toLocaleString("sv-SE", { timeZone }).replace(" ", "T");
    const zones = fc.constantFrom(
      "Europe/Paris",
      "America/New_York",
      "Asia/Kolkata",
      "Pacific/Chatham",
      "Africa/Casablanca",
    );
    const walls = fc.integer({ min: Date.UTC(1980, 0) / 1_000, max: Date.UTC(2036, 0) / 1_000 });
    fc.assert(
      fc.property(zones, walls, (timeZone, seconds) => {
        const wall = new Date(seconds * 1_000).toISOString().slice(0, 19);
        const instant = toInstant(seconds * 1_000, timeZone);
        expect(shows(instant, timeZone) >= wall).toBe(true);
        expect(shows(instant - 1_000, timeZone) < wall).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
