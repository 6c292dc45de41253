/** Errors as RFC 9457 problem documents. */
import { REASONS, toKnownError } from "../errors.ts";
import { receiptJson } from "../output.ts";

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

/** The answer; `more` are members of the problem besides those that every one has. */
export function problemResponse(error: unknown, requestId: string, more: object = {}): Response {
  const known = toKnownError(error, requestId);
  const problem = problemOf(known, requestId);
  const { status, metadata } = problem;
  const headers = new Headers({ "content-type": "application/problem+json" });
  if (metadata["allow"] !== undefined) headers.set("allow", metadata["allow"]);
  if (status === 401) headers.set("www-authenticate", "Bearer");
  if (known.retryAfterSeconds !== undefined) headers.set("retry-after", String(known.retryAfterSeconds));
  return new Response(JSON.stringify({ ...problem, ...more }), { status, headers });
}
