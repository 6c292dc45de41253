/** The rules on an event itself, whoever it is for and whichever way it comes. Knows no credential and no platform. */
import { countUtf8Bytes, LIMITS } from "../engine/limits.ts";
import { checkId, checkStateOrEventName, isReservedEventId } from "../engine/names.ts";
import type { SendCall } from "../machine/calls.ts";
import type { Rules } from "./rules.ts";

/** The event itself. */
export interface EventInput {
  readonly event: string;
  readonly eventId?: string | undefined;
  readonly data?: Record<string, unknown> | undefined;
  readonly details?: string | undefined;
  readonly originator?: string | undefined;
  /** Epoch ms. */
  readonly timestamp?: number | undefined;
}

/** Originators of what Detent sends itself. */
const RESERVED_ORIGINATORS = ["timer", "detent"];

/** The part of a call that is the event's own; broken rules are collected in `rules` with pointers under `pointer`; `maker` makes the
 * id that it has where the sender gives none. */
export function checkEventItself(
  rules: Rules,
  pointer: string,
  maker: { uuid(): string },
  input: EventInput,
): Pick<SendCall, "eventId" | "event" | "data" | "details" | "originator" | "timestamp"> {
  const { event, details = "", originator = "", timestamp } = input;
  const eventId = input.eventId || maker.uuid();
  rules.name(`${pointer}/event`, event, checkStateOrEventName);
  rules.name(`${pointer}/event_id`, eventId, checkId);
  if (isReservedEventId(eventId)) {
    rules.broken(`${pointer}/event_id`, "reserved", 'event_id must not begin with "timer:" or "detent:"', eventId);
  }
  if (RESERVED_ORIGINATORS.includes(originator)) {
    rules.broken(`${pointer}/originator`, "reserved", `originator must not be "${originator}"`, originator);
  }
  rules.wellFormed(`${pointer}/originator`, originator);
  rules.bytesAtMost(`${pointer}/originator`, LIMITS.originatorBytes, originator);
  rules.wellFormed(`${pointer}/details`, details);
  const data = rules.object(`${pointer}/data`, input.data);
  const bytes =
    (data === "{}" ? 0 : countUtf8Bytes(data)) + (details === "" ? 0 : countUtf8Bytes(JSON.stringify(details)));
  if (bytes > LIMITS.eventBytes) {
    const message = `data and details together have ${bytes} bytes as JSON, the limit is ${LIMITS.eventBytes}`;
    rules.broken(`${pointer}/${details === "" ? "data" : "details"}`, "limit_exceeded", message, String(bytes));
  }
  if (timestamp !== undefined) rules.instant(`${pointer}/timestamp`, timestamp);
  return { eventId, event, data, details, originator, ...(timestamp !== undefined && { timestamp }) };
}
