/**
 * `detent/client`: calls a Detent server from browsers, Node and Workers; what generated modules are made of. Knows the API and
 * nothing of the server.
 */
export { createClient, type Client, type ClientOptions, type Upload } from "./client.ts";
export type { Patience } from "./backoff.ts";
export type {
  Creation,
  Deletion,
  EventChange,
  HistoryChange,
  Intervention,
  OtherChange,
  WatchedChange,
} from "./change.ts";
export type { Credential } from "./credential.ts";
export { defineConfiguration, type Definition, type Machines, type Names } from "./definition.ts";
export { DetentError, RefusedError, type ErrorFacts, type Violation } from "./error.ts";
export type { JsonObject, JsonValue } from "./json.ts";
export type { Accepted, Allowed, Decided, Machine } from "./machine.ts";
export type { Cases } from "./match.ts";
export type { CallOptions, CreateOptions, NewMachine, SendOptions } from "./options.ts";
export type { AnyReason, LocalReason, Reason, RefusalReason } from "./reasons.ts";
export type {
  AnyReceipt,
  FailedReceipt,
  OtherEvent,
  OtherReceipt,
  OtherState,
  ReceiptFacts,
  RefusedReceipt,
  TransitionedReceipt,
  UnmovedReceipt,
} from "./receipt.ts";
export type { MachineFacts, MachineIn, OtherVersion, Snapshot } from "./snapshot.ts";
export type { Retry } from "./transport.ts";
export type { AnyEvent, AnyState, ConfigurationTypes, DataIn, DataOf, EventName, EventOf, StateName } from "./types.ts";
export type { WatchOptions } from "./watching.ts";
export { ConfigurationService } from "../gen/detent/v1/configuration_service_pb.ts";
export { DeadLetterService } from "../gen/detent/v1/dead_letter_service_pb.ts";
export { FeedService } from "../gen/detent/v1/feed_service_pb.ts";
export { JobService } from "../gen/detent/v1/job_service_pb.ts";
export { MachineService } from "../gen/detent/v1/machine_service_pb.ts";
export { TenantService } from "../gen/detent/v1/tenant_service_pb.ts";
