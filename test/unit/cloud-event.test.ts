/** The messages that leave: CloudEvents 1.0 that fit the platform, whatever they are about. */
import { expect, test } from "vitest";
import { countUtf8Bytes } from "../../src/engine/limits.ts";
import {
  cappedEvent,
  changedEvent,
  createdEvent,
  deletedEvent,
  failedEvent,
  parkedEvent,
  refusedEvent,
  unreadableEvent,
} from "../../src/machine/cloud-event.ts";
import type { Receipt } from "../../src/receipt.ts";

const MACHINE = { tenant: "acme", configuration: "orders", id: "a/b ü", createdAt: 1_700_000_000_000 };
const RECEIPT: Receipt = {
  eventId: "e1",
  event: "ship",
  configId: "orders:v1",
  machine: { configuration: "orders", id: MACHINE.id },
  result: "refused",
  code: "TransitionNotAllowed",
  reason: "NO_TRANSITION",
  message: "no",
  from: "start",
  revision: 3,
  at: 1_700_000_001_000,
  originator: "",
  actor: "test",
  duplicate: false,
  details: "d",
  data: '{"weight":3}',
  allowedEvents: ["accept"],
};
/** What the platform takes of one message. */
const PLATFORM_BYTES = 128_000;
const AT = { state: "start", version: "v1", at: RECEIPT.at, traceparent: null };
const CHANGE = { kind: "event", traceparent: null };
const UNREADABLE = { id: "77", at: RECEIPT.at, reason: "INVALID_ARGUMENT", problem: "no JSON", body: "{" };

const EVENTS = {
  "detent.event.refused.v1": refusedEvent(MACHINE, 1, RECEIPT),
  "detent.event.failed.v1": failedEvent("acme", "uuid", { ...RECEIPT, result: "failed" }),
  "detent.message.unreadable.v1": unreadableEvent("acme", UNREADABLE),
  "detent.machine.parked.v1": parkedEvent(MACHINE, 2, { stream: "feed", position: 3, cause: "no", at: RECEIPT.at }),
  "detent.notifications.capped.v1": cappedEvent(MACHINE, 3, { from: 1, refused: 3, until: 2 }, RECEIPT.at),
  "detent.machine.created.v1": createdEvent(MACHINE, AT),
  "detent.machine.changed.v1": changedEvent(MACHINE, { ...RECEIPT, result: "transitioned" }, CHANGE),
  "detent.machine.deleted.v1": deletedEvent(MACHINE, { ...AT, revision: 3, actor: "" }),
};

test.each(Object.entries(EVENTS))("%s has every attribute that CloudEvents 1.0 requires", (type, text) => {
  const event = JSON.parse(text) as Record<string, unknown>;
  expect(event).toMatchObject({ specversion: "1.0", type, source: "/detent/acme", tenant: "acme" });
  expect(event["id"]).not.toBe("");
  expect(new Date(String(event["time"])).toISOString()).toBe(event["time"]);
  expect(event["datacontenttype"]).toBe("application/json");
  // Attribute names: lower-case letters and digits.
  for (const name of Object.keys(event)) expect(name).toMatch(/^[a-z0-9]+$/);
});

test("an event is about a machine whose name is percent-encoded, and carries the receipt as the JSON routes write it", () => {
  expect(JSON.parse(EVENTS["detent.event.refused.v1"])).toMatchObject({
    subject: "orders/a%2Fb%20%C3%BC",
    sequence: 1,
    data: {
      event_id: "e1",
      code: "TransitionNotAllowed",
      data: { weight: 3 },
      details: "d",
      allowed_events: ["accept"],
    },
  });
});

test("ids differ between streams, numbers, machines and lives, and are the same when made again", () => {
  const idOf = (text: string): string => (JSON.parse(text) as { id: string }).id;
  const ids = [
    refusedEvent(MACHINE, 1, RECEIPT),
    refusedEvent(MACHINE, 2, RECEIPT),
    refusedEvent({ ...MACHINE, id: "other" }, 1, RECEIPT),
    refusedEvent({ ...MACHINE, createdAt: 5 }, 1, RECEIPT),
    createdEvent(MACHINE, AT),
    changedEvent(MACHINE, { ...RECEIPT, revision: 1 }, CHANGE),
  ].map(idOf);
  expect(new Set(ids).size).toBe(ids.length);
  expect(idOf(refusedEvent(MACHINE, 1, { ...RECEIPT, duplicate: true }))).toBe(ids[0]);
});

test.each([
  ["data", { data: JSON.stringify({ text: "x".repeat(33_000) }) }],
  ["details", { details: "\u0001".repeat(10_000) }],
])("%s over 32 KiB stays behind, and the message says so", (field, large) => {
  const { data } = JSON.parse(refusedEvent(MACHINE, 1, { ...RECEIPT, ...large })) as { data: Record<string, unknown> };
  expect(data["truncated"]).toBe(true);
  expect(Object.keys(data)).not.toContain(field);
  expect(data["event_id"]).toBe("e1");
});

test("a body of exactly 32 KiB goes along", () => {
  const data = JSON.stringify({ text: "x".repeat(32 * 1024 - '{"text":""}'.length) });
  const event = JSON.parse(refusedEvent(MACHINE, 1, { ...RECEIPT, data })) as { data: Record<string, unknown> };
  expect(event.data["truncated"]).toBeUndefined();
  expect(event.data["data"]).toEqual(JSON.parse(data));
});

test("every message fits the platform, with the longest names and as many allowed events as a configuration has room for", () => {
  const longest = {
    ...RECEIPT,
    eventId: "\u{1F600}".repeat(255),
    event: "\u0001".repeat(128),
    details: "é".repeat(16_000),
    data: JSON.stringify({ text: "日".repeat(10_000) }),
    message: "\u0001".repeat(20_000),
    allowedEvents: Array.from({ length: 1_900 }, (_, index) => `\u0001${index}`.padEnd(128, "日")),
  };
  const machine = { ...MACHINE, id: "日".repeat(170) };
  const texts = [
    refusedEvent(machine, 1, longest),
    failedEvent("acme", "uuid", longest),
    unreadableEvent("acme", { ...UNREADABLE, body: "日".repeat(40_000), problem: "x".repeat(2_000) }),
    unreadableEvent("acme", { ...UNREADABLE, body: "\u0001".repeat(32 * 1024) }),
  ];
  for (const text of texts) expect(countUtf8Bytes(text)).toBeLessThan(PLATFORM_BYTES);
  expect(JSON.parse(texts[0] ?? "")).toMatchObject({ data: { truncated: true } });
});
