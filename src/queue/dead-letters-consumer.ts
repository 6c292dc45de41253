/** What the events queue gave up on: kept in D1, from where it is listed and redriven, since no Worker can look into a queue. */
import type { DeadLetter } from "../catalog/dead-letters.ts";
import type { House } from "../service/house.ts";
import { isUnfinished } from "../service/events.ts";
import { textOf, writeEventMessage } from "./event-message.ts";
import { readMessage } from "./events-consumer.ts";
import { fallbackEventId } from "./fallback-event-id.ts";
import { ownerOf, tenantOf, type TenantRule } from "./tenant.ts";

/**
 * Settles the batch: every message is kept, or the whole is delivered again. Rejects when D1 fails, or while the
 * deployment does not say whose its queue is.
 */
export async function consumeDeadLetters(
  house: House,
  tenantRule: TenantRule,
  batch: Pick<MessageBatch, "messages" | "ackAll">,
): Promise<void> {
  if (tenantRule.eventsTenant === undefined) tenantOf(tenantRule, undefined);
  await house.keepDeadLetters(await Promise.all(batch.messages.map((message) => toLetter(house, tenantRule, message))));
  batch.ackAll();
}

async function toLetter(house: House, tenantRule: TenantRule, message: Message): Promise<DeadLetter> {
  const common = { at: message.timestamp.getTime(), id: message.id };
  const read = await readMessage({ house, tenantRule }, message.body).catch((error: unknown) => {
    if (isUnfinished(error)) throw error;
    return undefined;
  });
  if (read === undefined) {
    // No event; it is here because even its announcement failed.
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
