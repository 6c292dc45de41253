/** What the events queue gave up on: kept in D1, from where it is listed and redriven, since no Worker can look into a queue. */
import type { DeadLetter } from "../catalog/dead-letters.ts";
import type { House } from "../service/house.ts";
import { isUnfinished } from "../service/events.ts";
import { textOf, writeEventMessage } from "./event-message.ts";
import { readMessage } from "./events-consumer.ts";
import { fallbackEventId } from "./fallback-event-id.ts";
import { ownerOf, tenantOf, type TenantRule } from "./tenant.ts";

/**
 * Settles every message: it is kept, or delivered again while nobody says whose it is. Rejects when D1 fails: then the
 * whole batch is delivered again.
 */
export async function consumeDeadLetters(
  house: House,
  tenantRule: TenantRule,
  messages: readonly Message[],
): Promise<void> {
  const read = await Promise.all(
    messages.map(async (message) => {
      const letter = await toLetter(house, tenantRule, message).catch((error: unknown) => {
        house.log.write("warn", "a dead letter could not be kept; it is delivered again", {
          message_id: message.id,
          attempts: message.attempts,
          cause: error,
        });
      });
      return { message, letter };
    }),
  );
  await house.keepDeadLetters(read.flatMap(({ letter }) => letter ?? []));
  for (const { message, letter } of read) {
    if (letter === undefined) message.retry();
    else message.ack();
  }
}

async function toLetter(house: House, tenantRule: TenantRule, message: Message): Promise<DeadLetter> {
  const common = { at: message.timestamp.getTime(), id: message.id };
  const read = await readMessage({ house, tenantRule }, message.body).catch((error: unknown) => {
    if (isUnfinished(error)) throw error;
    return undefined;
  });
  if (read === undefined) {
    // No event; it is here because even its announcement failed. It is the queue's, once that is somebody's.
    if (tenantRule.eventsTenant === undefined) tenantOf(tenantRule, undefined);
    const about = { configuration: "", machineId: "", eventId: "" };
    return { tenant: ownerOf(tenantRule), ...common, ...about, contentType: "text", body: textOf(message.body) };
  }
  const { tenant } = read;
  const input = { ...read.input, eventId: read.input.eventId || fallbackEventId(message) };
  // What the service has enqueued says whose it is, and must stay as it was signed.
  const isSigned = read.input.actor !== undefined;
  return {
    tenant,
    ...common,
    configuration: input.configuration,
    machineId: input.id,
    eventId: input.eventId,
    contentType: "json",
    // Whoever's the queue is when it is sent again, and whatever id it has there, it is this tenant's and the same event.
    body: isSigned ? textOf(message.body) : writeEventMessage({ tenant, input }),
  };
}
