/**
 * A message of the events queue -> what is to be sent: ProtoJSON of v1beta's EventRequest, which may carry `event.data`
 * and, in a deployment of many tenants, `tenant`; or base64 text of the binary form, as go-statemachine put it on SQS.
 */
import { fromBinary } from "@bufbuild/protobuf";
import * as v from "valibot";
import { parseJson } from "../body.ts";
import { DetentError, invalid } from "../errors.ts";
import { EventRequestSchema } from "../gen/statemachine/v1beta/statemachine_pb.ts";
import { isObject } from "../json.ts";
import type { SendEventInput } from "../service/event-input.ts";
import { object, parseShape, shape, text, time } from "../shape.ts";

/** What a message says. */
export interface EventMessage {
  /** As it says itself; whether it may is the caller's to decide. */
  readonly tenant: string | undefined;
  readonly input: SendEventInput;
}

const MESSAGE = shape({
  tenant: v.optional(text),
  config: v.optional(text),
  id: v.optional(text),
  event: v.optional(
    shape({
      event_id: v.optional(text),
      timestamp: v.optional(time),
      transition: v.optional(shape({ from: v.optional(text), to: v.optional(text), event: v.optional(text) })),
      originator: v.optional(text),
      details: v.optional(text),
      data: v.optional(object),
    }),
  ),
});

/** Reads a message; throws INVALID_ARGUMENT or LIMIT_EXCEEDED for one that is no event. */
export function readEventMessage(body: unknown): EventMessage {
  if (typeof body === "string") {
    return body.trimStart().startsWith("{") ? readJsonMessage(parseJson(body)) : readBinary(body.trim());
  }
  // The queue has parsed it; read again, its depth is bounded as every body's is.
  return readJsonMessage(isObject(body) ? parseJson(textOf(body)) : body);
}

/** A message's body as text, whatever it is: a queue may carry values that JSON does not have. */
export function textOf(body: unknown): string {
  if (typeof body === "string") return body;
  try {
    return JSON.stringify(body) ?? String(body);
  } catch {
    // A BigInt, or an object that contains itself: no JSON, and so no event.
    return Object.prototype.toString.call(body);
  }
}

/** The same as JSON text, to be read again. */
export function writeEventMessage({ tenant, input }: EventMessage): string {
  const { configuration, id, event, eventId, details, originator, data, timestamp } = input;
  const at = new Date(timestamp ?? Number.NaN);
  // One that no calendar has was refused before, and is refused no more by staying away.
  const written = Number.isNaN(at.getTime()) ? undefined : at.toISOString();
  const sent = { event_id: eventId, timestamp: written, transition: { event }, originator, details, data };
  return JSON.stringify({ tenant, config: configuration, id, event: sent });
}

function readJsonMessage(body: unknown): EventMessage {
  const message = parseShape(MESSAGE, withoutNulls(body), "the message");
  const { event } = message;
  return {
    tenant: message.tenant,
    input: {
      configuration: message.config ?? "",
      id: message.id ?? "",
      event: event?.transition?.event ?? "",
      eventId: event?.event_id,
      details: event?.details,
      originator: event?.originator,
      data: event?.data,
      timestamp: event?.timestamp === undefined ? undefined : Date.parse(event.timestamp),
    },
  };
}

/** In ProtoJSON null is what is absent. Inside `data` it is a value. */
function withoutNulls(value: unknown, depth = 0): unknown {
  if (!isObject(value) || depth > 2) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(
    members.map(([key, member]) => [key, key === "data" ? member : withoutNulls(member, depth + 1)]),
  );
}

function readBinary(base64: string): EventMessage {
  let request;
  try {
    const bytes = Uint8Array.from(atob(base64.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
    request = fromBinary(EventRequestSchema, bytes);
  } catch (cause) {
    const message = "the message is neither JSON nor base64 of an EventRequest";
    throw new DetentError("INVALID_ARGUMENT", message, {
      cause,
      violations: [{ pointer: "", rule: "message", message }],
    });
  }
  const { config, id, event } = request;
  if (event === undefined) throw invalid([{ pointer: "/event", rule: "required", message: "event is required" }]);
  const { timestamp } = event;
  return {
    tenant: undefined,
    input: {
      configuration: config,
      id,
      event: event.transition?.event ?? "",
      eventId: event.eventId,
      details: event.details,
      originator: event.originator,
      timestamp: timestamp && Number(timestamp.seconds) * 1_000 + Math.floor(timestamp.nanos / 1e6),
    },
  };
}
