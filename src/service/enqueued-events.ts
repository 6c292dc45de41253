/**
 * Events that a caller has the service put on the events queue. They carry the caller's tenant and name, under the
 * deployment's signature: whoever else may write to the queue can say neither.
 */
import { parseJson } from "../body.ts";
import { countUtf8Bytes, LIMITS } from "../engine/limits.ts";
import { DetentError, invalid } from "../errors.ts";
import { canonicalJson, isObject } from "../json.ts";
import { LARGEST_MESSAGE_BYTES, type QueueMessage } from "../queue-sender.ts";
import { checkEvent, type SendEventInput } from "./event-input.ts";
import { refuseFull, spendEvents } from "./quotas.ts";
import { missingDestinationOf } from "./failures.ts";
import type { Principal } from "../auth/principal.ts";
import type { House } from "./house.ts";
import { isSigned, sign } from "./signing.ts";

/** An event as it stands on the queue. */
interface EnqueuedEvent {
  readonly tenant: string;
  readonly actor: string;
  readonly input: SendEventInput;
}

const BINDING = ["enqueued-event"];

/**
 * Checks events, at most 100, and puts them on the events queue; answers their ids, in the same order, once the queue has
 * all of them. Throws what broken rules and an unreachable queue are on any call: then some may have been taken.
 */
export async function enqueueEvents(
  house: House,
  principal: Principal,
  inputs: readonly SendEventInput[],
): Promise<readonly { readonly configuration: string; readonly id: string; readonly eventId: string }[]> {
  refuseCrowd(inputs.length);
  const { tenant, actor } = principal;
  const events = inputs.map((input): EnqueuedEvent => {
    if (input.isDryRun) {
      const message = "dry_run: an event that is enqueued is sent; a dry run answers at once";
      throw invalid([{ pointer: "/dry_run", rule: "contradiction", message }]);
    }
    const missing = missingDestinationOf(input);
    if (missing !== undefined) throw new DetentError(missing.reason, missing.message);
    const { call } = checkEvent(house, principal, input);
    return { tenant, actor, input: { ...input, eventId: call.eventId } };
  });
  if (events.some(({ input }) => input.createIfMissing !== undefined)) await refuseFull(house, principal);
  await spendEvents(house, principal, events.length);
  await house.enqueueEvents(await Promise.all(events.map((event) => toMessage(house, event))));
  return events.map(({ input: { configuration, id, eventId = "" } }) => ({ configuration, id, eventId }));
}

/** Throws LIMIT_EXCEEDED for more events than one call may carry. */
export function refuseCrowd(count: number): void {
  if (count <= LIMITS.batchEvents) return;
  const message = `events has ${count} members, the limit is ${LIMITS.batchEvents}`;
  throw invalid([{ pointer: "/events", rule: "limit_exceeded", message, value: String(count) }]);
}

async function toMessage(house: House, event: EnqueuedEvent): Promise<QueueMessage> {
  const text = canonicalJson(JSON.parse(JSON.stringify(event)));
  const signature = JSON.stringify(await sign(house, BINDING, text));
  const body = `{"enqueued":${text},"signature":${signature}}`;
  const bytes = countUtf8Bytes(body);
  if (bytes <= LARGEST_MESSAGE_BYTES) return { contentType: "json", body };
  const message = `the event has ${bytes} bytes as a message of the queue, the limit is ${LARGEST_MESSAGE_BYTES}`;
  throw invalid([{ pointer: "", rule: "limit_exceeded", message, value: String(bytes) }]);
}

/** The event of a message that `enqueueEvents` has written; undefined for any other. INVALID_ARGUMENT: a forged one. */
export async function readEnqueued(house: House, body: unknown): Promise<EnqueuedEvent | undefined> {
  if (!isObject(body) || !("enqueued" in body)) return undefined;
  const { signature } = body;
  const enqueued = readAgain(body["enqueued"]);
  const isOurs =
    isObject(enqueued) &&
    typeof signature === "string" &&
    (await isSigned(house, BINDING, canonicalJson(enqueued), signature));
  if (!isOurs) throw new DetentError("INVALID_ARGUMENT", "the signature of an enqueued event is not this deployment's");
  return enqueued as unknown as EnqueuedEvent;
}

/**
 * The same, as JSON that nests no deeper than any body; undefined for what is none. Whoever may write to the queue may have
 * put anything there, and what cannot be compared with its signature would be delivered again for ever.
 */
function readAgain(value: unknown): unknown {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    return undefined;
  }
  return text === undefined ? undefined : parseJson(text);
}
