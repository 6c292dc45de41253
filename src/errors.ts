/**
 * The one error type of the house and the one table behind every door: reason -> Connect code, HTTP status, title.
 * Knows no transport; doors translate. `docs/errors/` has a page per reason.
 */
import type { Receipt } from "./receipt.ts";

type ErrorEntry = { readonly code: ConnectCodeName; readonly status: number; readonly title: string };

/** Names of Connect's codes, as they stand on the wire. */
export type ConnectCodeName =
  | "invalid_argument"
  | "failed_precondition"
  | "not_found"
  | "already_exists"
  | "aborted"
  | "unauthenticated"
  | "permission_denied"
  | "resource_exhausted"
  | "out_of_range"
  | "unimplemented"
  | "internal"
  | "unavailable";

/** Every reason there is. Closed: a new reason is a new row here, a page in docs/errors and a case in the tests. */
export const REASONS = {
  INVALID_ARGUMENT: { code: "invalid_argument", status: 400, title: "The request breaks a rule" },
  LIMIT_EXCEEDED: { code: "invalid_argument", status: 400, title: "A limit is exceeded" },
  BODY_TOO_LARGE: { code: "resource_exhausted", status: 413, title: "The body is too large" },
  UNSUPPORTED_MEDIA_TYPE: { code: "unimplemented", status: 415, title: "The content type is not supported" },
  NOT_FOUND: { code: "not_found", status: 404, title: "There is no such resource" },
  METHOD_NOT_ALLOWED: { code: "unimplemented", status: 405, title: "The method is not allowed here" },
  OUT_OF_RANGE: { code: "out_of_range", status: 400, title: "The revision is out of range" },
  UNAUTHENTICATED: { code: "unauthenticated", status: 401, title: "A valid credential is needed" },
  PERMISSION_DENIED: { code: "permission_denied", status: 403, title: "The credential may not do this" },
  MISSING_DESTINATION: { code: "invalid_argument", status: 400, title: "The event names no machine" },
  CONFIGURATION_NOT_FOUND: { code: "not_found", status: 404, title: "There is no such configuration" },
  CONFIGURATION_EXISTS: { code: "already_exists", status: 409, title: "The configuration exists" },
  CONFIGURATION_DEPRECATED: {
    code: "failed_precondition",
    status: 409,
    title: "The configuration takes no new machines",
  },
  MACHINE_NOT_FOUND: { code: "not_found", status: 404, title: "There is no such machine" },
  MACHINE_GONE: { code: "not_found", status: 410, title: "The machine is gone" },
  MACHINE_EXISTS: { code: "already_exists", status: 409, title: "The machine exists" },
  EVENT_NOT_FOUND: { code: "not_found", status: 404, title: "There is no such event" },
  EVENT_ID_REUSED: { code: "already_exists", status: 422, title: "The event id was used for another event" },
  UNKNOWN_EVENT: { code: "failed_precondition", status: 422, title: "The configuration has no such event" },
  NO_TRANSITION: { code: "failed_precondition", status: 409, title: "The event is not possible in this state" },
  GUARD_REJECTED: { code: "failed_precondition", status: 409, title: "A guard rejected the event" },
  ASSIGN_REJECTED: { code: "failed_precondition", status: 409, title: "An assignment failed" },
  SCHEMA_REJECTED: { code: "failed_precondition", status: 422, title: "A schema rejected the data" },
  DEFER_LIMIT: { code: "failed_precondition", status: 409, title: "Too many events are deferred" },
  DEFER_EXPIRED: { code: "failed_precondition", status: 409, title: "The deferred event expired" },
  REVISION_MISMATCH: { code: "aborted", status: 412, title: "The machine has another revision" },
  STATE_MISMATCH: { code: "aborted", status: 412, title: "The machine is in another state" },
  MIGRATION_REJECTED: { code: "failed_precondition", status: 409, title: "The machine cannot be migrated" },
  RATE_LIMITED: { code: "resource_exhausted", status: 429, title: "Too many requests" },
  QUOTA_EXCEEDED: { code: "resource_exhausted", status: 429, title: "A quota is used up" },
  INTERNAL: { code: "internal", status: 500, title: "An internal error" },
  UNAVAILABLE: { code: "unavailable", status: 503, title: "Temporarily unavailable" },
} as const satisfies Record<string, ErrorEntry>;

export type Reason = keyof typeof REASONS;

/**
 * What waiting helps, and how long where nobody knows better. An object or a database that is being moved is back within
 * about two seconds; a rate is counted by the second or a little more; a quota is not freed in less than a minute.
 */
export const RETRY_AFTER_SECONDS = { UNAVAILABLE: 2, RATE_LIMITED: 1, QUOTA_EXCEEDED: 60 } as const satisfies Partial<
  Record<Reason, number>
>;

/** One field that broke one rule. `value` is shortened for reading. */
export interface Violation {
  /** JSON Pointer into the request. */
  readonly pointer: string;
  readonly rule: string;
  readonly message: string;
  readonly value?: string;
}

/** What an error may carry besides its reason and message. */
export interface ErrorFacts {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly violations?: readonly Violation[];
  readonly receipt?: Receipt;
  /** When it may be tried again, where that is known; for RATE_LIMITED, QUOTA_EXCEEDED and UNAVAILABLE. */
  readonly retryAfterMs?: number;
  /** Logged, never shown. */
  readonly cause?: unknown;
}

/** An error a caller is told about. Anything else that is thrown is a bug and answers INTERNAL without its text. */
export class DetentError extends Error {
  override readonly name = "DetentError";
  readonly reason: Reason;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly Violation[];
  readonly receipt: Receipt | undefined;
  readonly #retryAfterMs: number | undefined;

  constructor(reason: Reason, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.reason = reason;
    this.metadata = facts.metadata ?? {};
    this.violations = facts.violations ?? [];
    this.receipt = facts.receipt;
    this.#retryAfterMs = facts.retryAfterMs;
  }

  /** After how many whole seconds the same may be asked again; undefined where waiting alone changes nothing. */
  get retryAfterSeconds(): number | undefined {
    const table: Partial<Record<Reason, number>> = RETRY_AFTER_SECONDS;
    const usual = table[this.reason];
    if (usual === undefined || this.#retryAfterMs === undefined) return usual;
    return Math.max(1, Math.ceil(this.#retryAfterMs / 1_000));
  }
}

/** What the caller is told of `error`: a bug shows nothing from inside, only the request id under which it is logged. */
export function toKnownError(error: unknown, requestId: string): DetentError {
  if (error instanceof DetentError) return error;
  return new DetentError("INTERNAL", `an internal error happened; it is logged under request id ${requestId}`);
}

/** Unknown fields and wrong types may be many: as many are listed as anyone reads. */
export const MOST_LISTED = 100;
const MOST_IN_MESSAGE = 10;

/** An INVALID_ARGUMENT, or LIMIT_EXCEEDED where a limit is among the broken rules. */
export function invalid(violations: readonly Violation[]): DetentError {
  const reason = violations.some((violation) => violation.rule === "limit_exceeded")
    ? "LIMIT_EXCEEDED"
    : "INVALID_ARGUMENT";
  const first = violations.slice(0, MOST_IN_MESSAGE).map((violation) => violation.message);
  const more = violations.length - first.length;
  if (more > 0) first.push(`and ${more} more`);
  const message = first.join("; ") || "the request breaks a rule";
  return new DetentError(reason, message, { violations });
}

/** The value of `work`; a failure of that part of the platform is UNAVAILABLE, with the failure as its cause. */
export async function orUnavailable<T>(part: string, work: PromiseLike<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new DetentError("UNAVAILABLE", `${part} does not answer; try again`, { cause });
  }
}
