/** What is entered on the pages of access, and what comes of it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { SCOPES as SERVED } from "../../../src/auth/scope.ts";
import { checkKey } from "../../../src/console/pages/access/key-complaints.ts";
import { statusOf } from "../../../src/console/pages/access/key-status.ts";
import { readLines, readMachines } from "../../../src/console/pages/access/lines.ts";
import { draftOf, readQuotas } from "../../../src/console/pages/access/quotas.ts";
import { EVERY_SCOPE } from "../../../src/console/pages/access/scopes.ts";
import { DAYS_SHOWN, fillDays } from "../../../src/console/pages/access/usage-days.ts";

const NOW = Date.UTC(2026, 10, 27, 12);

test("the console knows every scope of the service, and docs/keys.md has each", () => {
  expect(EVERY_SCOPE.toSorted()).toEqual([...SERVED].toSorted());
  const page = readFileSync(join(import.meta.dirname, "../../../docs/keys.md"), "utf8");
  for (const scope of EVERY_SCOPE) expect(page).toContain(`\`${scope}\``);
});

test("lines are entries, without blanks, empty ones and repeats", () => {
  expect(readLines("  a\n\nb c \r\na\n")).toEqual(["a", "b c"]);
  expect(readLines(" \n ")).toEqual([]);
});

test("a machine is a configuration and an id, which may have slashes of its own", () => {
  expect(readMachines("orders/7\norders/a/b")).toEqual([
    { configuration: "orders", id: "7" },
    { configuration: "orders", id: "a/b" },
  ]);
  for (const text of ["orders", "/7", "orders/", "orders/7\nelse"]) expect(readMachines(text)).toBeUndefined();
});

describe("a key that is to be made", () => {
  const draft = { name: "server", scopes: new Set(["machines:read"] as const), configurations: [], expiry: "" };

  test("has nothing wrong with it", () => {
    expect(checkKey(draft, NOW)).toEqual({});
    expect(checkKey({ ...draft, name: "😀".repeat(128), configurations: ["orders"] }, NOW)).toEqual({});
  });

  test("is told what is wrong with each field", () => {
    expect(Object.keys(checkKey({ ...draft, name: " " }, NOW))).toEqual(["name"]);
    expect(Object.keys(checkKey({ ...draft, name: "x".repeat(129) }, NOW))).toEqual(["name"]);
    expect(Object.keys(checkKey({ ...draft, scopes: new Set() }, NOW))).toEqual(["scopes"]);
    expect(Object.keys(checkKey({ ...draft, expiry: "2020-01-01T00:00" }, NOW))).toEqual(["expiry"]);
    expect(Object.keys(checkKey({ ...draft, expiry: "no time" }, NOW))).toEqual(["expiry"]);
    const narrowed = { ...draft, configurations: ["orders"] };
    expect(Object.keys(checkKey({ ...narrowed, scopes: new Set(["ops"] as const) }, NOW))).toEqual(["configurations"]);
    const many = Array.from({ length: 101 }, (_, i) => `c${i}`);
    expect(Object.keys(checkKey({ ...draft, configurations: many }, NOW))).toEqual(["configurations"]);
  });
});

test("a key works until it expires or is revoked", () => {
  expect(statusOf({}, NOW)).toBe("works");
  expect(statusOf({ expiresAt: timestampFromMs(NOW + 1) }, NOW)).toBe("works");
  expect(statusOf({ expiresAt: timestampFromMs(NOW) }, NOW)).toBe("expired");
  expect(statusOf({ expiresAt: timestampFromMs(NOW), revokedAt: timestampFromMs(NOW) }, NOW)).toBe("revoked");
});

describe("quotas", () => {
  test("that are left empty are left out, and come back as they were", () => {
    const draft = draftOf({ machines: 10, eventsPerDay: undefined });
    expect(draft).toEqual({ machines: "10", configurations: "", eventsPerDay: "", requestsPerSecond: "" });
    expect(readQuotas({ ...draft, configurations: " 3 " })).toEqual({ quotas: { machines: 10, configurations: 3 } });
  });

  test("are whole numbers from 1 on", () => {
    for (const text of ["0", "-1", "1.5", "1e3", "x", "1000000000"]) {
      expect(readQuotas({ ...draftOf(undefined), machines: text })).toEqual({
        complaints: { machines: expect.any(String) },
      });
    }
  });
});

test("days without events are days, too, and the last one is today", () => {
  const days = fillDays([{ day: "2026-11-26", events: 3 }], NOW);
  expect(days).toHaveLength(DAYS_SHOWN);
  expect(days[0]?.day).toBe("2026-10-28");
  expect(days.slice(-2)).toEqual([
    { day: "2026-11-26", events: 3 },
    { day: "2026-11-27", events: 0 },
  ]);
});
