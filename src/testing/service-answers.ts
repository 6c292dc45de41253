/** What a service answers -> the kit's words: receipts, machines, refusals. */
import { setTimeout as sleep } from "node:timers/promises";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Machine as MachineMessage } from "../gen/detent/v1/machine_pb.ts";
import { ReceiptSchema, type Receipt as ReceiptMessage } from "../gen/detent/v1/receipt_pb.ts";
import { BadRequestSchema, ErrorInfoSchema } from "../gen/google/rpc/error_details_pb.ts";
import type { Machine, Receipt, Refusal } from "./target.ts";

/** What a service refuses, with what its error says besides. */
type ServiceRefusal = { readonly ok: false; readonly metadata: Readonly<Record<string, string>> } & Refusal;

/** Asked again so often where waiting helps; every call of the kit may be repeated, since it has an id of its own. */
const MOST_TRIES = 5;
const PASSING = new Set(["RATE_LIMITED", "UNAVAILABLE"]);
/** Where the answer does not say. */
const RETRY_AFTER_SECONDS = 1;

/** The answer to a call; throws where nobody answers. `url` is named then. */
export async function ask<T>(
  url: string,
  call: () => Promise<T>,
): Promise<{ readonly ok: true; readonly value: T } | ServiceRefusal> {
  for (let tries = 1; ; tries += 1) {
    try {
      return { ok: true, value: await call() };
    } catch (cause) {
      const error = ConnectError.from(cause);
      const [info] = error.findDetails(ErrorInfoSchema);
      if (info === undefined) throw new Error(explain(url, error), { cause });
      if (tries === MOST_TRIES || !PASSING.has(info.reason)) return toRefusal(error);
      await sleep(1_000 * (Number(error.metadata.get("retry-after")) || RETRY_AFTER_SECONDS));
    }
  }
}

function explain(url: string, error: ConnectError): string {
  // Code.Unknown: fetch itself has failed.
  const isSilent = error.code === Code.Unknown || error.code === Code.Unavailable;
  const start = isSilent ? `no Detent answers at ${url}` : `${url} does not answer as Detent does`;
  const { cause } = error;
  const deepest = cause instanceof Error && cause.cause instanceof Error ? `: ${cause.cause.message}` : "";
  return `${start}: ${error.rawMessage}${deepest}`;
}

function toRefusal(error: ConnectError): ServiceRefusal {
  const [info] = error.findDetails(ErrorInfoSchema);
  const [receipt] = error.findDetails(ReceiptSchema);
  const violations = error
    .findDetails(BadRequestSchema)
    .flatMap(({ fieldViolations }) =>
      fieldViolations.map(({ field, reason, description }) => ({ pointer: field, rule: reason, message: description })),
    );
  const { reason, metadata } = info ?? { reason: "INTERNAL", metadata: {} };
  const refusal = { ok: false, reason, message: error.rawMessage, metadata, violations } as const;
  return receipt === undefined ? refusal : { ...refusal, receipt: toReceipt(receipt) };
}

export function toReceipt(message: ReceiptMessage): Receipt {
  const { eventId, event, from, to, revision, originator, duplicate, created, details, data = {}, at } = message;
  return {
    eventId,
    event,
    from,
    revision,
    originator,
    duplicate,
    created,
    details,
    data,
    result: message.result as Receipt["result"],
    at: at === undefined ? 0 : timestampMs(at),
    ...(message.reason !== "" && { reason: message.reason }),
    ...(message.message !== "" && { message: message.message }),
    ...(to !== undefined && { to }),
    ...(message.result === "refused" && { allowedEvents: message.allowedEvents }),
  };
}

export function toMachine({ state, data = {}, labels, revision, final, timers }: MachineMessage): Machine {
  return {
    state,
    data,
    labels,
    revision,
    final,
    timers: timers.map(({ event, to, dueAt }) => ({ event, to, dueAt: dueAt === undefined ? 0 : timestampMs(dueAt) })),
  };
}
