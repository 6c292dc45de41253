/** Messages to a queue: in order, in as few calls as the platform's limits allow, and with an ear for what it refuses. */
import { expect, test } from "vitest";
import { createQueueSender, RejectedError, toJsonMessages, type QueueMessage } from "../../src/queue-sender.ts";

/** The platform's limits: https://developers.cloudflare.com/queues/platform/limits/ */
const PLATFORM = { messages: 100, bytes: 256_000 };

function createQueue(fail?: (batch: number) => Error | undefined) {
  const batches: { body: unknown; contentType?: QueueContentType }[][] = [];
  const queue = {
    sendBatch: async (messages: Iterable<MessageSendRequest>) => {
      const error = fail?.(batches.length);
      if (error !== undefined) throw error;
      batches.push([...messages]);
    },
  } as unknown as Queue;
  return { batches, sender: createQueueSender(queue) };
}

const bytesOf = (batch: readonly { body: unknown }[]): number =>
  batch.reduce((sum, { body }) => sum + Buffer.byteLength(JSON.stringify(body)) + 100, 0);

test.each([
  ["many small ones", Array.from({ length: 450 }, (_, index) => index)],
  ["large ones", Array.from({ length: 20 }, (_, index) => `${index}`.padEnd(39_000, "日"))],
  ["small and large ones", Array.from({ length: 150 }, (_, index) => `${index}`.padEnd(index % 7 === 0 ? 110_000 : 5))],
])("%s arrive in order and once, and no batch is more than the platform takes", async (_name, values) => {
  const { batches, sender } = createQueue();
  await sender.send(toJsonMessages(values.map((value) => JSON.stringify(value))));
  expect(batches.flat().map(({ body }) => body)).toEqual(values);
  expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(PLATFORM.messages);
  expect(Math.max(...batches.map(bytesOf))).toBeLessThanOrEqual(PLATFORM.bytes);
  expect(batches.length).toBeLessThanOrEqual(Math.ceil(values.length / PLATFORM.messages) + values.length / 2);
});

test("text goes as text, JSON as a value", async () => {
  const { batches, sender } = createQueue();
  const messages: QueueMessage[] = [
    { contentType: "text", body: '{"a":1}' },
    { contentType: "json", body: '{"a":1}' },
  ];
  await sender.send(messages);
  expect(batches).toEqual([
    [
      { contentType: "text", body: '{"a":1}' },
      { contentType: "json", body: { a: 1 } },
    ],
  ]);
});

test("what comes after a batch that failed is not sent", async () => {
  const { batches, sender } = createQueue((batch) => (batch === 1 ? new Error("Too Many Requests") : undefined));
  const messages = toJsonMessages(Array.from({ length: 250 }, (_, index) => String(index)));
  await expect(sender.send(messages)).rejects.toThrow("Too Many Requests");
  expect(batches.map(({ length }) => length)).toEqual([100]);
});

test.each([
  ["Queue sendBatch failed: Payload Too Large", true],
  ["message length of 130000 bytes exceeds limit of 128000", true],
  ["message in batch has length 130000 bytes which exceeds single message size limit of 128000", true],
  ["Queue sendBatch failed: Bad Request", true],
  ["Queue sendBatch failed: Too Many Requests", false],
  ["Queue sendBatch failed: Internal Server Error", false],
  ["Network connection lost.", false],
])("%s: the message's own fault: %s", async (text, isRejection) => {
  const { sender } = createQueue(() => new Error(text));
  const failure = await sender.send(toJsonMessages(["1"])).catch((error: unknown) => error);
  expect(failure instanceof RejectedError).toBe(isRejection);
});
