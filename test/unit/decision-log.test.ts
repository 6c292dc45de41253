/** The line that every decided event has in the log. */
import { expect, test } from "vitest";
import { Log } from "../../src/log.ts";
import type { Receipt } from "../../src/receipt.ts";
import { EVERY_SCOPE } from "../../src/auth/scope.ts";
import { logDecision } from "../../src/service/decision-log.ts";
import type { House } from "../../src/service/house.ts";

const SECRET = "s3cret";
const PRINCIPAL = { tenant: "t", actor: "key:1", scopes: EVERY_SCOPE };
const RECEIPT: Receipt = {
  eventId: "e1",
  event: "ship",
  configId: "orders:v1",
  machine: { configuration: "orders", id: "7" },
  result: "transitioned",
  code: "Ok",
  from: "pending",
  to: "shipped",
  revision: 2,
  at: 5,
  originator: SECRET,
  actor: "key:1",
  duplicate: false,
  details: SECRET,
  data: JSON.stringify({ SECRET }),
};

function linesOf(...receipts: Receipt[]): Record<string, unknown>[] {
  const lines: string[] = [];
  const say = (text: string) => void lines.push(text);
  const log = new Log(
    "info",
    { request_id: "r", door: "rpc" },
    {
      debug: say,
      info: say,
      warn: say,
      error: say,
    },
  );
  const house = { log, now: () => 1_007 } as unknown as House;
  for (const receipt of receipts) logDecision(house, PRINCIPAL, receipt, { startedAt: 1_000, traceparent: "tp" });
  for (const line of lines) expect(line).not.toContain(SECRET);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test("says who, where, what, from where to where and how long, with the facts of the request", () => {
  expect(linesOf(RECEIPT)).toEqual([
    {
      level: "info",
      message: "an event was decided",
      request_id: "r",
      traceparent: "tp",
      door: "rpc",
      tenant: "t",
      configuration: "orders",
      id: "7",
      event_id: "e1",
      event: "ship",
      from: "pending",
      to: "shipped",
      revision: 2,
      result: "transitioned",
      code: "Ok",
      duplicate: false,
      ms: 7,
    },
  ]);
});

test("says why not, but not in the words of the receipt, which may quote the sender", () => {
  const { to: _to, ...rest } = RECEIPT;
  const refused = { ...rest, result: "refused", code: "TransitionNotAllowed", reason: "GUARD_REJECTED" } as const;
  expect(linesOf({ ...refused, message: SECRET, duplicate: true })).toMatchObject([
    { result: "refused", code: "TransitionNotAllowed", reason: "GUARD_REJECTED", duplicate: true },
  ]);
});
