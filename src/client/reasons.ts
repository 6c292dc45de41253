/** The reasons of docs/errors, as types: what errors and refused receipts are told apart by. */

/** Reasons with which a machine refuses an event. */
export type RefusalReason =
  | "UNKNOWN_EVENT"
  | "NO_TRANSITION"
  | "GUARD_REJECTED"
  | "ASSIGN_REJECTED"
  | "SCHEMA_REJECTED"
  | "DEFER_LIMIT"
  | "DEFER_EXPIRED";

/** Every reason that a server gives. */
export type Reason =
  | RefusalReason
  | "INVALID_ARGUMENT"
  | "LIMIT_EXCEEDED"
  | "BODY_TOO_LARGE"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "OUT_OF_RANGE"
  | "UNAUTHENTICATED"
  | "PERMISSION_DENIED"
  | "MISSING_DESTINATION"
  | "CONFIGURATION_NOT_FOUND"
  | "CONFIGURATION_EXISTS"
  | "CONFIGURATION_DEPRECATED"
  | "MACHINE_NOT_FOUND"
  | "MACHINE_GONE"
  | "MACHINE_EXISTS"
  | "EVENT_NOT_FOUND"
  | "EVENT_ID_REUSED"
  | "REVISION_MISMATCH"
  | "STATE_MISMATCH"
  | "MIGRATION_REJECTED"
  | "RATE_LIMITED"
  | "QUOTA_EXCEEDED"
  | "INTERNAL"
  | "UNAVAILABLE";

/**
 * What the client itself says: the caller's signal ended the call, or its deadline passed; the answer was none of a Detent
 * server. Whether the call took effect is not known then. A server that cannot be reached is UNAVAILABLE.
 */
export type LocalReason = "CANCELLED" | "DEADLINE_EXCEEDED" | "UNKNOWN";

/** A server newer than this client may have reasons that it does not know. */
export type AnyReason = Reason | LocalReason | (string & {});
