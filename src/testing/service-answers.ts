/** What a service answers -> the kit's words: receipts, machines, refusals. */
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type CallOptions } from "@connectrpc/connect";
import type { Machine as MachineMessage } from "../gen/detent/v1/machine_pb.ts";
import { ReceiptSchema, type Receipt as ReceiptMessage } from "../gen/detent/v1/receipt_pb.ts";
import { BadRequestSchema, ErrorInfoSchema } from "../gen/google/rpc/error_details_pb.ts";
import { pause } from "./pause.ts";
import { TargetError } from "./target-error.ts";
import type { Machine, Receipt, Refusal } from "./target.ts";

/** What a service refuses, with what its error says besides. */
export type ServiceRefusal = { readonly ok: false; readonly metadata: Readonly<Record<string, string>> } & Refusal;

/** Asked again so often where waiting helps; every call of the kit may be repeated, since it has an id of its own. */
const MOST_TRIES = 5;
const PASSING = new Set(["RATE_LIMITED", "UNAVAILABLE"]);
/** Where the answer does not say. */
const RETRY_AFTER_MS = 1_000;
/** A test that stands still for longer looks as if it hung; what asks for more is no bottleneck, but a limit. */
const LONGEST_RETRY_AFTER_MS = 30_000;

/**
 * The answer to a call; throws a TargetError where nobody answers. `url` is named then. The call is to heed `signal`, as the
 * waiting between calls does; called off, it throws the signal's reason.
 */
export async function ask<T>(
  url: string,
  call: () => Promise<T>,
  signal?: AbortSignal,
): Promise<{ readonly ok: true; readonly value: T } | ServiceRefusal> {
  for (let tries = 1; ; tries += 1) {
    try {
      return { ok: true, value: await call() };
    } catch (cause) {
      signal?.throwIfAborted();
      const error = ConnectError.from(cause);
      const [info] = error.findDetails(ErrorInfoSchema);
      if (info === undefined) throw new TargetError(explain(url, error), { cause });
      if (tries === MOST_TRIES || !PASSING.has(info.reason)) return toRefusal(error);
      const waitMs = readRetryAfterMs(error);
      if (waitMs > LONGEST_RETRY_AFTER_MS) {
        const refusal = toRefusal(error);
        const [wish, most] = [waitMs, LONGEST_RETRY_AFTER_MS].map((ms) => `${ms / 1_000} s`);
        return {
          ...refusal,
          message: `${refusal.message}; it asks to wait for ${wish}, and at most ${most} are waited`,
        };
      }
      await pause(waitMs, signal);
    }
  }
}

/** What a call heeds. */
export function optionsOf(signal: AbortSignal | undefined): CallOptions {
  return signal === undefined ? {} : { signal };
}

/** The answer's value; throws a TargetError, which begins with `what` was not done, where it was refused. */
export function valueOf<T>(answer: { readonly ok: true; readonly value: T } | ServiceRefusal, what: string): T {
  if (answer.ok) return answer.value;
  const { reason, message } = answer;
  throw new TargetError(`${what}: ${reason}: ${message}`, { reason });
}

/** In whole seconds; a date, which Detent never sends, is taken for no answer. */
function readRetryAfterMs({ metadata }: ConnectError): number {
  const seconds = Number(metadata.get("retry-after"));
  return seconds > 0 ? seconds * 1_000 : RETRY_AFTER_MS;
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
