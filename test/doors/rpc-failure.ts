/** What the RPC doors' errors say. */
import { Code, ConnectError } from "@connectrpc/connect";
import { ReceiptSchema, type Receipt } from "../../src/gen/detent/v1/receipt_pb.ts";
import { BadRequestSchema, ErrorInfoSchema } from "../../src/gen/google/rpc/error_details_pb.ts";
import type { Answer } from "./cases.ts";

/** What an error says; rethrows what is none of Connect's. */
export function failureOf(error: unknown): Answer {
  if (!(error instanceof ConnectError)) throw error;
  const [info] = error.findDetails(ErrorInfoSchema);
  const [bad] = error.findDetails(BadRequestSchema);
  const [receipt] = error.findDetails(ReceiptSchema);
  return {
    ...(receipt && receiptAnswer(receipt)),
    failure: Code[error.code].replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase(),
    ...(info && { reason: info.reason }),
    ...(bad && { pointers: bad.fieldViolations.map(({ field }) => field) }),
  };
}

/** The answer, or what the error says. */
export async function answerOf(work: Promise<Answer>): Promise<Answer> {
  try {
    return await work;
  } catch (error) {
    return failureOf(error);
  }
}

export function receiptAnswer(receipt: Receipt | undefined): Answer {
  if (receipt === undefined) throw new Error("no receipt in the answer");
  const { eventId, code, result, reason, from, to, revision, duplicate, allowedEvents, data } = receipt;
  return {
    eventId,
    code,
    result,
    from,
    revision,
    duplicate,
    allowedEvents,
    data,
    ...(reason !== "" && { reason }),
    ...(to !== undefined && { to }),
  };
}
