/** What the events queue gave up on: kept in D1, from where it is listed and redriven, since no Worker can look into a queue. */
import type { DeadLetter } from "../catalog/dead-letters.ts";
import type { House } from "../service/house.ts";
import { readEventMessage, textOf, writeEventMessage, type EventMessage } from "./event-message.ts";
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
  await house.keepDeadLetters(batch.messages.map((message) => toLetter(tenantRule, message)));
  batch.ackAll();
}

function toLetter(tenantRule: TenantRule, message: Message): DeadLetter {
  const common = { at: message.timestamp.getTime(), id: message.id };
  const read = readIfPossible(tenantRule, message.body);
  if (read === undefined) {
    // No event; it is here because even its announcement failed.
    const body = textOf(message.body);
    const about = { configuration: "", machineId: "", eventId: "" };
    return { tenant: ownerOf(tenantRule), ...common, ...about, contentType: "text", body };
  }
  const { tenant } = read;
  const input = { ...read.input, eventId: read.input.eventId || fallbackEventId(message) };
  return {
    tenant,
    ...common,
    configuration: input.configuration,
    machineId: input.id,
    eventId: input.eventId,
    contentType: "json",
    // Whoever's the queue is when it is sent again, and whatever id it has there, it is this tenant's and the same event.
    body: writeEventMessage({ tenant, input }),
  };
}

function readIfPossible(
  tenantRule: TenantRule,
  body: unknown,
): { tenant: string; input: EventMessage["input"] } | undefined {
  try {
    const { tenant, input } = readEventMessage(body);
    return { tenant: tenantOf(tenantRule, tenant), input };
  } catch {
    return undefined;
  }
}
