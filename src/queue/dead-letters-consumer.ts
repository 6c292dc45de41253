/** What the events queue gave up on: kept in D1, from where it is listed and redriven, since no Worker can look into a queue. */
import type { DeadLetter } from "../catalog/dead-letters.ts";
import type { House } from "../service/house.ts";
import { readEventMessage, writeEventMessage, type EventMessage } from "./event-message.ts";
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
  const { id, body } = message;
  const common = { at: message.timestamp.getTime(), id };
  const asItCame =
    typeof body === "string"
      ? ({ contentType: "text", body } as const)
      : ({ contentType: "json", body: JSON.stringify(body) ?? "null" } as const);
  const read = readIfPossible(tenantRule, body);
  if (read === undefined) {
    // No event; it is here because even its announcement failed.
    return { tenant: ownerOf(tenantRule), ...common, configuration: "", machineId: "", eventId: "", ...asItCame };
  }
  const { tenant, input } = read;
  const eventId = input.eventId || fallbackEventId(message);
  return {
    tenant,
    ...common,
    configuration: input.configuration,
    machineId: input.id,
    eventId,
    // Sent again under another id of the queue's, it is to be the same event.
    ...(input.eventId
      ? asItCame
      : ({ contentType: "json", body: writeEventMessage({ tenant, input: { ...input, eventId } }) } as const)),
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
