/** Under which ids a call may be made again: those that the caller gave, and those made here where it gave none. */
import {
  clone,
  create,
  isMessage,
  type DescMessage,
  type DescMethodUnary,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { CreateJobRequestSchema } from "../gen/detent/v1/job_service_pb.ts";
import {
  CreateMachineRequestSchema,
  EnqueueEventsRequestSchema,
  SendEventRequestSchema,
  SendEventsRequestSchema,
} from "../gen/detent/v1/machine_service_pb.ts";

/** The names by which the server knows a repeat. */
export interface Identity {
  readonly eventIds: readonly string[];
  readonly idempotencyKey: string | undefined;
}

/**
 * The message with every id filled in, and those ids. To be called once for a call, before its first attempt. A message of the
 * caller's is not changed.
 */
export function identify<I extends DescMessage>(
  method: DescMethodUnary<I>,
  input: MessageInitShape<I>,
): { readonly message: MessageShape<I>; readonly identity: Identity } {
  const made = create(method.input, input);
  const message = made === input ? clone(method.input, made) : made;
  const eventIds: string[] = [];
  let idempotencyKey: string | undefined;
  if (isMessage(message, SendEventRequestSchema)) {
    eventIds.push((message.eventId ||= makeUuid()));
  } else if (isMessage(message, SendEventsRequestSchema) || isMessage(message, EnqueueEventsRequestSchema)) {
    for (const event of message.events) eventIds.push((event.eventId ||= makeUuid()));
  } else if (isMessage(message, CreateMachineRequestSchema) || isMessage(message, CreateJobRequestSchema)) {
    idempotencyKey = message.idempotencyKey ||= makeUuid();
  }
  return { message, identity: { eventIds, idempotencyKey } };
}

/** A random UUID (version 4, RFC 9562); `crypto.randomUUID` is not there on a page that came over plain HTTP. */
function makeUuid(): string {
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
  const hex = bytes.map((byte, index) => {
    if (index === 6) return (byte & 0x0f) | 0x40;
    return index === 8 ? (byte & 0x3f) | 0x80 : byte;
  });
  const text = hex.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
}
