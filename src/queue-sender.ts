/** Messages to a queue, in as few calls as the platform's limits allow. */
import { countUtf8Bytes } from "./engine/limits.ts";
import type { JsonText } from "./receipt.ts";
import { within } from "./within.ts";

/**
 * https://developers.cloudflare.com/queues/platform/limits/: 100 messages and 256 KB a batch, 128,000 bytes a message,
 * of which about 100 are the platform's own.
 */
const MESSAGES_PER_BATCH = 100;
const BYTES_PER_BATCH = 250_000;
const BYTES_OF_METADATA = 200;
/** The largest message text that is sent. */
export const LARGEST_MESSAGE_BYTES = 120_000;

/** A queue that neither answers nor fails must not hold up whoever sends. */
const SEND_WITHIN_MS = 10_000;

/** The queue will never take this message, however often it is sent. */
export class RejectedError extends Error {
  override readonly name = "RejectedError";
}

/** A message: `json` is a value as JSON text, `text` a string as it is. */
export interface QueueMessage {
  readonly contentType: "json" | "text";
  readonly body: string;
}

export interface QueueSender {
  /** Sends in order; settles when the queue has all of them. A rejection may leave some of them sent. */
  send(messages: readonly QueueMessage[]): Promise<void>;
}

/** Texts of JSON as messages. */
export function toJsonMessages(texts: readonly JsonText[]): QueueMessage[] {
  return texts.map((body) => ({ contentType: "json", body }));
}

/** How many of the messages, from the first, fit one batch; at least one. */
export function countBatch(bodies: readonly string[]): number {
  let bytes = 0;
  let count = 0;
  for (const body of bodies) {
    bytes += countUtf8Bytes(body) + BYTES_OF_METADATA;
    if (count > 0 && (count === MESSAGES_PER_BATCH || bytes > BYTES_PER_BATCH)) break;
    count += 1;
  }
  return count;
}

/** A sender to `queue`. A refusal because of the message itself is a RejectedError. */
export function createQueueSender(queue: Queue): QueueSender {
  return {
    async send(messages) {
      let rest = messages;
      while (rest.length > 0) {
        const count = countBatch(rest.map(({ body }) => body));
        const batch = rest.slice(0, count).map(({ contentType, body }) => ({
          body: contentType === "json" ? (JSON.parse(body) as unknown) : body,
          contentType,
        }));
        try {
          // One batch at a time: messages leave in order.
          await within(SEND_WITHIN_MS, "the queue", queue.sendBatch(batch));
        } catch (error) {
          throw isRejection(error) ? new RejectedError(String(error), { cause: error }) : error;
        }
        rest = rest.slice(count);
      }
    },
  };
}

/** The platform's words for a message that is too large or malformed (413, 400); anything else may pass. */
function isRejection(error: unknown): boolean {
  return /payload too large|exceeds (?:single )?(?:message )?(?:size )?limit|bad request/i.test(String(error));
}
