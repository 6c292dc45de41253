/** An event as it is entered, and as it is sent. */
import type { JsonObject, MessageInitShape } from "@bufbuild/protobuf";
import { DetentError } from "../../../client/error.ts";
import type { SendEventRequestSchema } from "../../../gen/detent/v1/machine_service_pb.ts";
import type { MachineAddress } from "./follow-machine.ts";

/** What a form says of an event, besides its data. */
export interface EventEntry {
  readonly details: string;
  /** Empty: one is made. */
  readonly eventId: string;
  /** Undefined: whatever revision the machine has. */
  readonly expectedRevision: number | undefined;
}

export function requestOf(
  { configuration, id }: MachineAddress,
  event: string,
  data: JsonObject | undefined,
  { details, eventId, expectedRevision }: EventEntry,
): MessageInitShape<typeof SendEventRequestSchema> {
  return {
    configuration,
    id,
    event,
    details: details.trim(),
    eventId: eventId.trim(),
    originator: "console",
    ...(data !== undefined && { data }),
    ...(expectedRevision !== undefined && { expectedRevision }),
  };
}

/** Violations of an event's data by the pointer of their field. */
export function errorsOf(error: unknown): ReadonlyMap<string, string> {
  if (!(error instanceof DetentError)) return new Map();
  return new Map(
    error.violations
      .filter(({ pointer }) => pointer === "/data" || pointer.startsWith("/data/"))
      .map(({ pointer, message }) => [pointer.slice("/data".length), message]),
  );
}
