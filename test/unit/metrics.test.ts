/** Metrics: for whom they are, how the index-writers' counts are added up, and the text that collectors read. */
import { expect, test } from "vitest";
import type { IndexCounts } from "../../src/catalog/index-counters.ts";
import type { TenantDb } from "../../src/catalog/tenant-db.ts";
import { boundOf, renderOpenMetrics } from "../../src/http/open-metrics.ts";
import { EVERY_SCOPE, type Scope } from "../../src/auth/scope.ts";
import type { House } from "../../src/service/house.ts";
import { getMetrics } from "../../src/service/metrics.ts";

const NONE = { batches: 0, entries: 0, unavailable: 0, rejected: 0, lags: [], lagSumMs: 0, happenings: [] };

function houseOf(counts: readonly IndexCounts[]): { house: House; asked: string[] } {
  const asked: string[] = [];
  const house = {
    indexCounts: async (tenant: string) => {
      asked.push(tenant);
      return counts;
    },
    catalog: (tenant: string) => {
      asked.push(tenant);
      return { first: async () => ({ count: 3 }) } as unknown as TenantDb;
    },
  };
  return { house: house as unknown as House, asked };
}

test("without the scope ops nothing is asked and nothing is told", async () => {
  const { house, asked } = houseOf([NONE]);
  const scopes = new Set<Scope>([...EVERY_SCOPE].filter((scope) => scope !== "ops"));
  await expect(getMetrics(house, { tenant: "t", actor: "", scopes })).rejects.toMatchObject({
    reason: "PERMISSION_DENIED",
    metadata: { scope: "ops" },
  });
  expect(asked).toEqual([]);
});

test("what the index-writers have counted is added up, for the caller's tenant alone", async () => {
  const one: IndexCounts = {
    happenings: [
      { configuration: "c", happening: "refused NO_TRANSITION", count: 1 },
      { configuration: "c", happening: "created", count: 2 },
    ],
    batches: 1,
    entries: 2,
    unavailable: 3,
    rejected: 4,
    lags: [1, 0, 2, 0, 0, 0, 0, 0, 0, 5],
    lagSumMs: 100,
  };
  const two: IndexCounts = {
    ...one,
    happenings: [...one.happenings, { configuration: "b", happening: "deleted", count: 7 }],
  };
  const { house, asked } = houseOf([one, two]);
  const metrics = await getMetrics(house, { tenant: "t", actor: "", scopes: new Set<Scope>(["ops"]) });
  expect(asked).toEqual(["t", "t"]);
  expect(metrics).toMatchObject({
    events: [{ configuration: "c", result: "refused", reason: "NO_TRANSITION", count: 2 }],
    created: [{ configuration: "c", count: 4 }],
    deleted: [{ configuration: "b", count: 7 }],
    batches: 2,
    entries: 4,
    failures: { unavailable: 6, rejected: 8 },
    deadLetters: 3,
  });
  expect(metrics.lag.buckets.map(({ count }) => count)).toEqual([2, 2, 6, 6, 6, 6, 6, 6, 6]);
  expect(metrics.lag).toMatchObject({ count: 16, sumMs: 200 });
});

test("the text escapes what would end a label, leaves out empty ones and ends with its mark", () => {
  const text = renderOpenMetrics([
    {
      name: "a_seconds",
      type: "histogram",
      unit: "seconds",
      help: 'what "it"\nis',
      samples: [
        { suffix: "_bucket", labels: { le: "+Inf", none: "" }, value: 1 },
        { suffix: "_sum", labels: { of: 'a"} 1\n# EOF\\' }, value: 0.5 },
      ],
    },
  ]);
  expect(text).toBe(
    [
      "# TYPE a_seconds histogram",
      "# UNIT a_seconds seconds",
      String.raw`# HELP a_seconds what \"it\"\nis`,
      'a_seconds_bucket{le="+Inf"} 1',
      String.raw`a_seconds_sum{of="a\"} 1\n# EOF\\"} 0.5`,
      "# EOF",
      "",
    ].join("\n"),
  );
});

test("bounds are floats", () => {
  expect([50, 2_500, 5_000, 60_000].map(boundOf)).toEqual(["0.05", "2.5", "5.0", "60.0"]);
});
