/** Connect's errors as ours: reads the details that a Detent server sends with them. */
import { Code, ConnectError } from "@connectrpc/connect";
import { ReceiptSchema } from "../gen/detent/v1/receipt_pb.ts";
import { BadRequestSchema, ErrorInfoSchema } from "../gen/google/rpc/error_details_pb.ts";
import { DetentError, RefusedError, type ErrorFacts, type Violation } from "./error.ts";
import type { Identity } from "./identity.ts";
import type { AnyReason } from "./reasons.ts";
import { readReceipt, type AnyReceipt } from "./receipt.ts";

const DOMAIN = "detent";
/** Where no Detent server has said it: the caller, a proxy, the network, the platform. */
const REASONS: ReadonlyMap<Code, AnyReason> = new Map([
  [Code.Canceled, "CANCELLED"],
  [Code.DeadlineExceeded, "DEADLINE_EXCEEDED"],
  [Code.Unavailable, "UNAVAILABLE"],
  [Code.Unauthenticated, "UNAUTHENTICATED"],
  [Code.PermissionDenied, "PERMISSION_DENIED"],
]);

/** What failed, as callers are told; `attempts` is how often it was tried. */
export function toDetentError(thrown: unknown, identity: Identity, attempts: number): DetentError {
  const error = ConnectError.from(thrown);
  const info = error.findDetails(ErrorInfoSchema).find(({ domain }) => domain === DOMAIN);
  const { request_id: told, ...metadata } = info?.metadata ?? {};
  const receipt = receiptOf(error);
  const facts: ErrorFacts = {
    reason: info?.reason ?? REASONS.get(error.code) ?? "UNKNOWN",
    code: codeNameOf(error.code),
    metadata,
    violations: violationsOf(error),
    receipt,
    requestId: told ?? error.metadata.get("request-id") ?? undefined,
    retryAfterMs: retryAfterOf(error.metadata.get("retry-after")),
    ...identity,
    attempts,
    cause: error,
  };
  return receipt?.result === "refused"
    ? new RefusedError(error.rawMessage, facts)
    : new DetentError(error.rawMessage, facts);
}

function receiptOf(error: ConnectError): AnyReceipt | undefined {
  const [message] = error.findDetails(ReceiptSchema);
  return message && readReceipt(message);
}

function violationsOf(error: ConnectError): Violation[] {
  return error
    .findDetails(BadRequestSchema)
    .flatMap(({ fieldViolations }) => fieldViolations)
    .map(({ field, reason, description }) => ({ pointer: field, rule: reason, message: description }));
}

/** The code as it stands on the wire: `DeadlineExceeded` is `deadline_exceeded`. */
function codeNameOf(code: Code): string {
  const name = Code[code] ?? "unknown";
  return name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}

/** RFC 9110, 10.2.3: seconds, or a date. */
function retryAfterOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (/^\s*\d+\s*$/.test(text)) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
