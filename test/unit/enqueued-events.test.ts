/** Events that the service puts on the queue itself: whose they are is signed, whoever the queue belongs to. */
import { expect, test } from "vitest";
import type { DeadLetter } from "../../src/catalog/dead-letters.ts";
import { consumeDeadLetters } from "../../src/queue/dead-letters-consumer.ts";
import { readMessage } from "../../src/queue/events-consumer.ts";
import type { QueueMessage } from "../../src/queue-sender.ts";
import { enqueueEvents } from "../../src/service/enqueued-events.ts";
import type { SendEventInput } from "../../src/service/event-input.ts";
import { EVERY_SCOPE } from "../../src/auth/scope.ts";
import { createHouse } from "./simulation/house.ts";
import { World } from "./simulation/world.ts";

const ANN = { tenant: "acme", actor: "key-ann", scopes: EVERY_SCOPE };
const INPUT: SendEventInput = {
  configuration: "orders",
  id: "7",
  event: "ship",
  eventId: "e1",
  data: { __proto__x: 1, b: [1, { a: null }], a: "ü" },
  expectedRevision: 3,
  createIfMissing: { data: { x: 1 }, labels: { region: "eu" } },
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
};
/** Neither is the sender's. */
const OTHERS_QUEUE = { eventsTenant: "other", isTenant: () => true };
const NOBODYS_QUEUE = { eventsTenant: undefined, isTenant: () => true };

function houseThatKeeps(secret = "secret") {
  const sent: QueueMessage[] = [];
  const key = crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign", "verify"],
  );
  const house = {
    ...createHouse(new World()),
    signingKeys: async () => [await key],
    enqueueEvents: async (messages: readonly QueueMessage[]) => void sent.push(...messages),
  };
  return { house, sent };
}

async function enqueued(input: SendEventInput = INPUT) {
  const { house, sent } = houseThatKeeps();
  const [answer] = await enqueueEvents(house, ANN, [input]);
  return { house, answer, body: JSON.parse(sent[0]?.body ?? "") as Record<string, unknown> };
}

test.each([
  ["another tenant's", OTHERS_QUEUE],
  ["nobody's", NOBODYS_QUEUE],
])("on %s queue it is still the sender's, with all that was asked", async (_, tenantRule) => {
  const { house, answer, body } = await enqueued();
  expect(answer).toEqual({ configuration: "orders", id: "7", eventId: "e1" });
  const read = await readMessage({ house, tenantRule }, body);
  expect(read).toEqual({ tenant: "acme", input: { ...INPUT, actor: "key-ann" } });
});

test("an event without an id gets one before it is enqueued, so that a repeated delivery is the same event", async () => {
  const { eventId: _, ...rest } = INPUT;
  const { house, answer, body } = await enqueued(rest);
  const { input } = await readMessage({ house, tenantRule: NOBODYS_QUEUE }, body);
  expect(input.eventId).toBe(answer?.eventId);
  expect(input.eventId).not.toBe("");
});

test("changed in any place, or signed by another deployment, it is refused", async () => {
  const { house, body } = await enqueued();
  const event = body["enqueued"] as Record<string, unknown>;
  const forged = [
    { ...body, enqueued: { ...event, tenant: "other" } },
    { ...body, enqueued: { ...event, actor: "root" } },
    { ...body, enqueued: { ...event, input: { ...(event["input"] as object), event: "cancel" } } },
    { ...body, signature: "" },
    { ...body, signature: 7 },
    { enqueued: event },
    { ...body, enqueued: "x" },
  ];
  for (const message of forged) {
    const read = readMessage({ house, tenantRule: OTHERS_QUEUE }, message);
    await expect(read, JSON.stringify(message)).rejects.toMatchObject({ reason: "INVALID_ARGUMENT" });
  }
  const stranger = houseThatKeeps("another").house;
  await expect(readMessage({ house: stranger, tenantRule: OTHERS_QUEUE }, body)).rejects.toMatchObject({
    reason: "INVALID_ARGUMENT",
  });
});

const loop: Record<string, unknown> = {};
loop["self"] = loop;

test.each([
  ["is no JSON", { a: 7n }, /INVALID_ARGUMENT/],
  ["contains itself", loop, /INVALID_ARGUMENT/],
  ["nests without end", JSON.parse(`${'{"a":'.repeat(8_000)}1${"}".repeat(8_000)}`), /INVALID_ARGUMENT|LIMIT_EXCEEDED/],
])("what %s is refused: it would be delivered again for ever", async (_, enqueuedEvent: unknown, reason) => {
  const { house } = houseThatKeeps();
  const read = readMessage({ house, tenantRule: OTHERS_QUEUE }, { enqueued: enqueuedEvent, signature: "AAAA" });
  await expect(read).rejects.toMatchObject({ reason: expect.stringMatching(reason) });
});

test.each([
  ["another tenant's", OTHERS_QUEUE],
  ["nobody's", NOBODYS_QUEUE],
])("as a dead letter of %s queue it belongs to the sender and stays as it was signed", async (_, tenantRule) => {
  const { house, body } = await enqueued();
  const kept: DeadLetter[] = [];
  const keeping = {
    ...house,
    keepDeadLetters: async (letters: readonly DeadLetter[]) => void kept.push(...letters),
  };
  const verdicts: string[] = [];
  const messages = [body, { config: "orders", id: "8", event: { transition: { event: "ship" } } }].map(
    (sent, index) => ({
      id: `${index}`,
      timestamp: new Date(5_000),
      body: sent,
      attempts: 11,
      ack: () => void verdicts.push(`${index} kept`),
      retry: () => void verdicts.push(`${index} again`),
    }),
  );
  await consumeDeadLetters(keeping, tenantRule, messages);
  // What is beside it may have to wait until somebody says whose it is.
  expect(verdicts).toEqual(["0 kept", tenantRule === NOBODYS_QUEUE ? "1 again" : "1 kept"]);
  expect(kept[0]).toMatchObject({ tenant: "acme", configuration: "orders", machineId: "7", eventId: "e1" });
  const again = await readMessage({ house, tenantRule }, JSON.parse(kept[0]?.body ?? ""));
  expect(again).toEqual({ tenant: "acme", input: { ...INPUT, actor: "key-ann" } });
});

test("what cannot be enqueued is refused, and nothing is", async () => {
  const refused = async (...inputs: SendEventInput[]) => {
    const { house, sent } = houseThatKeeps();
    const error = await enqueueEvents(house, ANN, inputs).catch((failure: unknown) => failure);
    expect(sent).toEqual([]);
    return error;
  };
  expect(await refused(INPUT, { ...INPUT, event: "" })).toMatchObject({ reason: "INVALID_ARGUMENT" });
  expect(await refused({ ...INPUT, id: "" })).toMatchObject({ reason: "MISSING_DESTINATION" });
  expect(await refused({ ...INPUT, isDryRun: true })).toMatchObject({ reason: "INVALID_ARGUMENT" });
  const large = { ...INPUT, createIfMissing: { data: { d: "x".repeat(130_000) } } };
  expect(await refused(INPUT, large)).toMatchObject({ reason: "LIMIT_EXCEEDED" });
  expect(await refused(...Array.from({ length: 101 }, () => INPUT))).toMatchObject({ reason: "LIMIT_EXCEEDED" });
});
