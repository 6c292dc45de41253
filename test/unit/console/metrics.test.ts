/** What the overview makes of the text that the service writes. */
import { assert, nat, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { summarize, type Metrics } from "../../../src/console/data/metrics.ts";
import { readOpenMetrics } from "../../../src/console/data/open-metrics.ts";
import { formatRate, intervalsOf, meanLagMs, rateOver } from "../../../src/console/pages/overview/rates.ts";
import { renderOpenMetrics, type Family } from "../../../src/http/open-metrics.ts";

const events = (samples: readonly [result: string, reason: string, value: number][]): Family => ({
  name: "detent_events",
  type: "counter",
  help: "Events.",
  samples: samples.map(([result, reason, value]) => ({ suffix: "_total", labels: { result, reason }, value })),
});

describe("metrics", () => {
  test("labels are read as they were written, whatever is in them", () => {
    assert(
      property(
        string({ minLength: 1 }).filter((label) => !label.includes("\r")),
        nat(),
        (label, value) => {
          const text = renderOpenMetrics([
            {
              name: "some",
              type: "gauge",
              help: label,
              samples: [{ suffix: "", labels: { label, other: "x" }, value }],
            },
          ]);
          expect(readOpenMetrics(text)).toEqual([{ name: "some", labels: { label, other: "x" }, value }]);
        },
      ),
    );
  });

  test("accepted and refused events are told apart, and reasons are counted, most first", () => {
    const family = events([
      ["transitioned", "", 10],
      ["ignored", "", 2],
      ["deferred", "", 1],
      ["refused", "NO_TRANSITION", 3],
      ["refused", "GUARD_REJECTED", 4],
      ["failed", "NO_TRANSITION", 2],
    ]);
    const { accepted, refused, reasons } = summarize(readOpenMetrics(renderOpenMetrics([family])), 0);
    expect([accepted, refused]).toEqual([13, 9]);
    expect(reasons).toEqual([
      { reason: "NO_TRANSITION", count: 5 },
      { reason: "GUARD_REJECTED", count: 4 },
    ]);
  });
});

describe("rates", () => {
  const reading = (at: number, accepted: number, refused = 0, lag = { count: 0, seconds: 0 }): Metrics => {
    return { at, accepted, refused, reasons: [], lag, deadLetters: 0 };
  };

  test("a rate is what was added between two readings, by the minute", () => {
    const readings = [reading(0, 100, 5), reading(5_000, 110, 5), reading(65_000, 110, 6)];
    expect(intervalsOf(readings)).toEqual([
      { at: 5_000, acceptedPerMinute: 120, refusedPerMinute: 0 },
      { at: 65_000, acceptedPerMinute: 0, refusedPerMinute: 1 },
    ]);
    expect(rateOver(readings.slice(1))?.refusedPerMinute).toBe(1);
  });

  test("one reading has no rate, and a count that has fallen begins anew", () => {
    expect(rateOver([reading(0, 5)])).toBeUndefined();
    expect(rateOver([])).toBeUndefined();
    expect(rateOver([reading(0, 500), reading(60_000, 20)])?.acceptedPerMinute).toBe(20);
  });

  test("the lag is the mean of what came since, or of all where nothing did", () => {
    const before = reading(0, 0, 0, { count: 10, seconds: 10 });
    expect(meanLagMs([before, reading(1, 0, 0, { count: 12, seconds: 10.1 })])).toBeCloseTo(50);
    expect(meanLagMs([before, before])).toBe(1_000);
    expect(meanLagMs([reading(0, 0)])).toBeUndefined();
  });

  test.each([
    [0, "0"],
    [0.04, "< 0.1"],
    [3.44, "3.4"],
    [10.4, "10"],
  ])("%d is written %s", (rate, text) => expect(formatRate(rate)).toBe(text));
});
