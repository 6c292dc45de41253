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
    eventIds.push((message.eventId ||= crypto.randomUUID()));
  } else if (isMessage(message, SendEventsRequestSchema) || isMessage(message, EnqueueEventsRequestSchema)) {
    for (const event of message.events) eventIds.push((event.eventId ||= crypto.randomUUID()));
  } else if (isMessage(message, CreateMachineRequestSchema) || isMessage(message, CreateJobRequestSchema)) {
    idempotencyKey = message.idempotencyKey ||= crypto.randomUUID();
  }
  return { message, identity: { eventIds, idempotencyKey } };
}
