/** What the events queue gave up on is kept for whom it belongs to, as the event it was. */
import { create, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import type { DeadLetter } from "../../src/catalog/dead-letters.ts";
import { EventRequestSchema } from "../../src/gen/statemachine/v1beta/statemachine_pb.ts";
import { consumeDeadLetters } from "../../src/queue/dead-letters-consumer.ts";
import { readEventMessage } from "../../src/queue/event-message.ts";
import { createHouse } from "./simulation/house.ts";
import { World } from "./simulation/world.ts";

const EVENT = { transition: { event: "go" }, originator: "o", details: "d" };

/** Hands a body to the consumer and answers what was kept, and whether the batch was acknowledged. */
async function consume(body: unknown, eventsTenant: string | undefined, fails = false) {
  const kept: DeadLetter[] = [];
  let verdict = "";
  const house = {
    ...createHouse(new World()),
    keepDeadLetters: async (letters: readonly DeadLetter[]) => {
      if (fails) throw new Error("D1 is down");
      kept.push(...letters);
    },
  };
  const message = { id: "77", timestamp: new Date(5_000), body, attempts: 11 };
  const settled = (said: string) => () => {
    verdict = said;
  };
  const messages = [{ ...message, ack: settled("kept"), retry: settled("again") }];
  const isTenant = (name: string): boolean => name === "t";
  const failure = await consumeDeadLetters(house, { eventsTenant, isTenant }, messages).catch(
    (error: unknown) => error,
  );
  return { letter: kept[0], verdict, failure };
}

test("an event is kept under its tenant, which its body names, with what it is about", async () => {
  const body = { config: "orders", id: "7", event: { ...EVENT, event_id: "e1" } };
  const { letter, verdict } = await consume(body, "t");
  expect(verdict).toBe("kept");
  expect(letter).toEqual({
    tenant: "t",
    at: 5_000,
    id: "77",
    configuration: "orders",
    machineId: "7",
    eventId: "e1",
    contentType: "json",
    body: expect.any(String),
  });
  expect(JSON.parse(letter?.body ?? "")).toEqual({ ...body, tenant: "t" });
  // Sent again on a queue that is another's by then, it is not another's event.
  const text = JSON.stringify({ ...body, tenant: "t" });
  expect((await consume(text, "*")).letter).toMatchObject({ tenant: "t", eventId: "e1" });
});

const binary = toBinary(EventRequestSchema, create(EventRequestSchema, { config: "orders", id: "7", event: EVENT }));

test.each([
  ["JSON", { config: "orders", id: "7", event: { ...EVENT, timestamp: "2026-01-01T00:00:00Z", data: { n: [1] } } }],
  ["base64", Buffer.from(binary).toString("base64")],
])(
  "%s without an event id is kept with the one it had on the queue: sent again, it is the same event",
  async (_, body) => {
    const { letter } = await consume(body, "t");
    expect(letter?.eventId).toBe("message-77");
    const before = readEventMessage(body);
    const after = readEventMessage(JSON.parse(letter?.body ?? ""));
    expect(after).toEqual({ tenant: "t", input: { ...before.input, eventId: "message-77" } });
  },
);

test("while D1 fails the batch is delivered again", async () => {
  const { letter, verdict, failure } = await consume({ config: "orders", id: "7", event: EVENT }, "t", true);
  expect([letter, verdict]).toEqual([undefined, ""]);
  expect(failure).toBeInstanceOf(Error);
});

test.each([
  ["an event", { config: "orders", id: "7", event: EVENT }],
  ["what is no event", "nonsense!"],
])("while nobody has said whose the queue is, %s is delivered again", async (_, body) => {
  const { letter, verdict, failure } = await consume(body, undefined);
  expect([letter, verdict, failure]).toEqual([undefined, "again", undefined]);
});

test("a value that JSON does not have does not hold up the letters beside it", async () => {
  expect((await consume({ config: "orders", id: "7", event: 7n }, "t")).letter).toMatchObject({
    tenant: "t",
    eventId: "",
  });
});

test("what is no event is kept all the same", async () => {
  expect((await consume("nonsense!", "t")).letter).toMatchObject({ tenant: "t", eventId: "", body: "nonsense!" });
});
