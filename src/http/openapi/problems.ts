/** An example of each reason, as the document shows it. */
import type { Reason } from "../../errors.ts";

/** What an example says beyond what the table of reasons says. */
interface Sample {
  readonly detail: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly errors?: readonly { pointer: string; rule: string; message: string; value?: string }[];
  readonly receipt?: Readonly<Record<string, unknown>>;
}

export const SAMPLES: Readonly<Record<Reason, Sample>> = {
  INVALID_ARGUMENT: {
    detail: "event is required",
    errors: [{ pointer: "/event", rule: "required", message: "event is required" }],
  },
  LIMIT_EXCEEDED: {
    detail: "details has 65537 bytes, the limit is 65536",
    errors: [
      {
        pointer: "/details",
        rule: "limit_exceeded",
        message: "details has 65537 bytes, the limit is 65536",
        value: "65537",
      },
    ],
  },
  BODY_TOO_LARGE: { detail: "the body is larger than the limit of 1048576 bytes", metadata: { limit: "1048576" } },
  UNSUPPORTED_MEDIA_TYPE: { detail: 'the body must be application/json; it is "text/plain"' },
  NOT_FOUND: { detail: "there is no route GET /api/v1/orders" },
  METHOD_NOT_ALLOWED: {
    detail: "PUT is not allowed here; allowed: POST, GET, HEAD",
    metadata: { allow: "POST, GET, HEAD" },
  },
  OUT_OF_RANGE: { detail: "the machine has not reached revision 9", metadata: { revision: "3" } },
  UNAUTHENTICATED: { detail: "a credential is needed; send `Authorization: Bearer <key>`" },
  PERMISSION_DENIED: { detail: 'the credential lacks the scope "ops"', metadata: { scope: "ops" } },
  MISSING_DESTINATION: { detail: "the event names no machine id" },
  CONFIGURATION_NOT_FOUND: { detail: 'there is no configuration "orders:v9"' },
  CONFIGURATION_EXISTS: {
    detail: 'configuration "orders:v1" exists and never changes',
    metadata: { identical: "true" },
  },
  CONFIGURATION_DEPRECATED: { detail: 'configuration "orders:v1" is deprecated and takes no new machines' },
  MACHINE_NOT_FOUND: { detail: 'configuration "orders" has no machine "order-9"' },
  MACHINE_GONE: { detail: 'machine "order-1" of configuration "orders" was deleted or retired' },
  MACHINE_EXISTS: { detail: 'configuration "orders" has a machine "order-1"' },
  EVENT_NOT_FOUND: { detail: 'configuration "orders" has decided no event "e-9"' },
  EVENT_ID_REUSED: { detail: 'event id "e-1" was used for another event' },
  UNKNOWN_EVENT: { detail: 'configuration "orders:v1" has no event "shipp"' },
  NO_TRANSITION: {
    detail: 'event "ship" is not possible in state "start"; allowed: "accept"',
    receipt: {
      event_id: "e-0",
      event: "ship",
      config_id: "orders:v1",
      machine: { configuration: "orders", id: "order-1" },
      result: "refused",
      code: "TransitionNotAllowed",
      reason: "NO_TRANSITION",
      message: 'event "ship" is not possible in state "start"; allowed: "accept"',
      from: "start",
      revision: 0,
      at: "2026-11-24T09:00:01.500Z",
      originator: "shop",
      actor: "anonymous",
      duplicate: false,
      details: "",
      data: {},
      allowed_events: ["accept"],
    },
  },
  GUARD_REJECTED: { detail: 'no guard lets event "ship" leave state "pending"' },
  ASSIGN_REJECTED: { detail: 'the assignment of "count" ended in an error: no such field' },
  SCHEMA_REJECTED: { detail: 'the data of event "ship" has no "tracking"' },
  DEFER_LIMIT: { detail: "the machine holds 64 deferred events, as many as it may" },
  DEFER_EXPIRED: { detail: 'event "ship" was deferred for PT1H and never became possible' },
  REVISION_MISMATCH: {
    detail: "revision 0 is expected, the machine has revision 1",
    metadata: { revision: "1", state: "pending" },
  },
  STATE_MISMATCH: {
    detail: 'state "start" is expected, the machine is in "pending"',
    metadata: { revision: "1", state: "pending" },
  },
  MIGRATION_REJECTED: {
    detail: 'the state "pending" is not a state of orders:v2, and state_map does not say what becomes of it',
    metadata: { revision: "1", state: "pending" },
    errors: [
      {
        pointer: "/state_map",
        rule: "state",
        message: 'the state "pending" is not a state of orders:v2, and state_map does not say what becomes of it',
        value: "pending",
      },
    ],
  },
  RATE_LIMITED: { detail: "too many requests; try again in a second" },
  QUOTA_EXCEEDED: { detail: "the tenant has as many machines as it may" },
  INTERNAL: {
    detail: "an internal error happened; it is logged under request id 3f0f5d5c-3c1b-4a53-9a3e-0f7b8d1f6a11",
  },
  UNAVAILABLE: { detail: "the machine does not answer; try again" },
};
