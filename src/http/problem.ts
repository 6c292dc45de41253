/** Errors as RFC 9457 problem documents. */
import { DetentError, REASONS, toKnownError } from "../errors.ts";
import { receiptJson } from "./output.ts";

/** What the caller sees of `error`: a bug shows nothing from inside, only the request id under which it is logged. */
export function problemOf(error: unknown, requestId: string) {
  const known = toKnownError(error, requestId);
  const { status, title } = REASONS[known.reason];
  return {
    type: `/errors/${known.reason}`,
    title,
    status,
    detail: known.message,
    reason: known.reason,
    request_id: requestId,
    metadata: known.metadata,
    errors: known.violations,
    receipt: known.receipt && receiptJson(known.receipt),
  };
}

export function problemResponse(error: unknown, requestId: string): Response {
  const problem = problemOf(error, requestId);
  const { status, metadata } = problem;
  const headers = new Headers({ "content-type": "application/problem+json" });
  if (metadata["allow"] !== undefined) headers.set("allow", metadata["allow"]);
  if (status === 401) headers.set("www-authenticate", "Bearer");
  return new Response(JSON.stringify(problem), { status, headers });
}

/** Logs what is not the caller's fault, with its cause. */
export function logError(error: unknown, requestId: string): void {
  if (error instanceof DetentError && REASONS[error.reason].status < 500) return;
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  console.error(JSON.stringify({ level: "error", request_id: requestId, cause }));
}
