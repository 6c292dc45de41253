/**
 * Events that arrive through the queue. In order per machine inside a batch, one call to the object for all events of a
 * machine, each message acknowledged or sent again by itself.
 */
import type { DetentError } from "../errors.ts";
import { readEnqueued } from "../service/enqueued-events.ts";
import type { SendEventInput } from "../service/event-input.ts";
import { isUnfinished, reportUnreadable, sendEvents } from "../service/events.ts";
import type { Scope } from "../auth/scope.ts";
import type { House } from "../service/house.ts";
import { readEventMessage, textOf } from "./event-message.ts";
import { fallbackEventId } from "./fallback-event-id.ts";
import { ownerOf, tenantOf, type TenantRule } from "./tenant.ts";

/** What stands in receipts as the actor. */
const ACTOR = "queue";
/** The right to write to the queue is the right to send events; what a caller had enqueued was checked then. */
const SCOPES: ReadonlySet<Scope> = new Set(["events:send", "machines:write"]);
/** Waits double from here, so that ten deliveries span about half an hour; half of each is drawn at random. */
const FIRST_RETRY_SECONDS = 4;
const LONGEST_RETRY_SECONDS = 900;

export interface ConsumerDeps {
  readonly house: House;
  readonly tenantRule: TenantRule;
  random(): number;
}

interface Readable {
  readonly message: Message;
  readonly tenant: string;
  readonly input: SendEventInput;
}

/** Settles every message of the batch: acknowledged, or to be delivered again. */
export async function consumeEvents(deps: ConsumerDeps, messages: readonly Message[]): Promise<void> {
  const readable: Readable[] = [];
  for (const message of messages) {
    try {
      readable.push({ message, ...(await readMessage(deps, message.body)) });
    } catch (error) {
      await putAside(deps, message, "", error);
    }
  }
  const byTenant = Map.groupBy(readable, ({ tenant }) => tenant);
  await Promise.all([...byTenant].map(([tenant, group]) => sendGroup(deps, tenant, group)));
}

/** What a message says, and whose it is: of those that the service has enqueued itself, by their signature. */
export async function readMessage(
  { house, tenantRule }: Pick<ConsumerDeps, "house" | "tenantRule">,
  body: unknown,
): Promise<Omit<Readable, "message">> {
  const enqueued = await readEnqueued(house, body);
  if (enqueued !== undefined) {
    const { tenant, actor, input } = enqueued;
    return { tenant, input: { ...input, actor } };
  }
  const { tenant, input } = readEventMessage(body);
  return { tenant: tenantOf(tenantRule, tenant), input };
}

async function sendGroup(deps: ConsumerDeps, tenant: string, group: readonly Readable[]): Promise<void> {
  const inputs = group.map(({ input, message }) => {
    return input.eventId ? input : { ...input, eventId: fallbackEventId(message) };
  });
  const sent = await sendEvents(deps.house, { tenant, actor: ACTOR, scopes: SCOPES }, inputs);
  for (const [index, { message }] of group.entries()) {
    const result = sent[index];
    if (result !== undefined && "receipt" in result) message.ack();
    else await putAside(deps, message, tenant, result?.error);
  }
}

/** What is no event is told and acknowledged; what could not be brought to an end is delivered again. */
async function putAside(deps: ConsumerDeps, message: Message, tenant: string, error: unknown): Promise<void> {
  if (isUnfinished(error)) return retry(deps, message, error);
  const { reason, message: problem } = error as DetentError;
  const owner = tenant || ownerOf(deps.tenantRule);
  const at = message.timestamp.getTime();
  const unreadable = { id: message.id, at, reason, problem, body: textOf(message.body) };
  try {
    await reportUnreadable(deps.house, owner, unreadable);
  } catch (failure) {
    return retry(deps, message, failure);
  }
  // What is wrong with it may quote it; the notification says it to whom it belongs.
  const facts = { tenant: owner, message_id: message.id, reason };
  deps.house.log.write("warn", "a message of the events queue is no event", facts);
  message.ack();
}

function retry(deps: ConsumerDeps, message: Message, error: unknown): void {
  const longest = Math.min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** Math.min(message.attempts - 1, 10));
  const delaySeconds = Math.ceil(longest * (0.5 + deps.random() / 2));
  const facts = { message_id: message.id, attempts: message.attempts, cause: error };
  deps.house.log.write("warn", "an event of the queue was not brought to an end; it is delivered again", facts);
  message.retry({ delaySeconds });
}
