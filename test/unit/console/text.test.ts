/** Texts of the console: instants, durations, and commands that a shell takes as they are meant. */
import { execFileSync } from "node:child_process";
import { assert, property, string } from "fast-check";
import { describe, expect, test } from "vitest";
import { curlText } from "../../../src/console/ui/curl-text.ts";
import { formatAgo, formatDuration } from "../../../src/console/ui/time-text.ts";

describe("instants and durations", () => {
  test.each([
    [0, "0 s"],
    [999, "0 s"],
    [61_000, "1 min 1 s"],
    [3_600_000, "1 h"],
    [3_601_000, "1 h"],
    [90_061_000, "1 d 1 h"],
    [-5_000, "5 s"],
  ])("%d ms are %s", (ms, text) => expect(formatDuration(ms)).toBe(text));

  test.each([
    [0, "just now"],
    [9_000, "just now"],
    [10_000, "10 s ago"],
    [7_200_000, "2 h ago"],
    [-120_000, "in 2 min"],
  ])("%d ms of age are %s", (age, text) => expect(formatAgo(1_000_000_000 - age, 1_000_000_000)).toBe(text));
});

describe("commands", () => {
  test("a shell hands over the body and the address as they are, whatever is in them", { timeout: 120_000 }, () => {
    const text = string({ unit: "grapheme" }).filter((word) => !word.includes("\0"));
    assert(
      property(text, (name) => {
        const path = `/api/v1/statemachines/orders/${encodeURIComponent(name)}/events`;
        const command = curlText({ method: "POST", path, body: { name }, hasKey: true }, "http://localhost:8787");
        const script = `curl() { printf '%s\\0' "$@"; }; DETENT_KEY=secret; ${command}`;
        const words = execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
        expect(words).toEqual([
          `http://localhost:8787${path}`,
          "-H",
          "authorization: Bearer secret",
          "-H",
          "content-type: application/json",
          "-d",
          JSON.stringify({ name }),
        ]);
      }),
      { numRuns: 50 },
    );
  });

  test("a method is named where cURL would take another one", () => {
    const of = (method: "GET" | "POST" | "DELETE", body?: unknown): string =>
      curlText({ method, path: "/x", body, hasKey: false }, "http://localhost");
    expect(of("GET")).toBe("curl http://localhost/x");
    expect(of("POST")).toBe("curl -X POST http://localhost/x");
    expect(of("DELETE")).toBe("curl -X DELETE http://localhost/x");
    expect(of("POST", {})).not.toContain("-X");
  });
});
