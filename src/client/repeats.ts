/**
 * What may be repeated when nobody knows whether it took effect: an answer per method, each thought through. A method that the
 * protos gain is a type error here until it has one.
 */
import type { DescMethod } from "@bufbuild/protobuf";
import { ConfigurationService } from "../gen/detent/v1/configuration_service_pb.ts";
import { DeadLetterService } from "../gen/detent/v1/dead_letter_service_pb.ts";
import { FeedService } from "../gen/detent/v1/feed_service_pb.ts";
import { JobService } from "../gen/detent/v1/job_service_pb.ts";
import { MachineService } from "../gen/detent/v1/machine_service_pb.ts";
import { TenantService } from "../gen/detent/v1/tenant_service_pb.ts";

/**
 * - `read`: changes nothing.
 * - `events`: carries event ids, under which a machine decides once. The client makes those that are missing.
 * - `key`: carries an idempotency key, under which it is done once. The client makes one where it is missing.
 * - `settles`: says how things are to be, not how they change: asked twice, they are the same as asked once, unless somebody else
 *   has changed them between the two.
 * - `guarded`: settles where it names the revision that it is for, since only one of two can meet that; otherwise it is `once`.
 * - `once`: might be done twice. Repeated only after an answer which says that nothing was done.
 * - `stream`: is not repeated but continued, by whoever knows where it was cut.
 */
export type Repeat = "read" | "events" | "key" | "settles" | "guarded" | "once" | "stream";

type Table<Service extends { readonly method: object }> = { readonly [Name in keyof Service["method"]]: Repeat };

const CONFIGURATIONS: Table<typeof ConfigurationService> = {
  // A configuration never changes: where it is there already, that is the answer.
  createConfiguration: "settles",
  getConfiguration: "read",
  listConfigurations: "read",
  checkConfiguration: "read",
  simulateConfiguration: "read",
  deprecateConfiguration: "settles",
  getDiagram: "read",
};

const MACHINES: Table<typeof MachineService> = {
  createMachine: "key",
  getMachine: "read",
  listMachines: "read",
  countMachines: "read",
  updateLabels: "settles",
  // Needs `expected_revision`, which only one of two overrides can meet.
  overrideMachine: "settles",
  // A machine that has the version stays as it is; one that somebody has migrated on since would be taken back.
  migrateMachine: "guarded",
  // The id is not free again for 30 days, so there is no other machine that a repeat could end.
  deleteMachine: "settles",
  // The id is free at once: a repeat could erase a machine that was made since.
  eraseMachine: "once",
  sendEvent: "events",
  sendEvents: "events",
  enqueueEvents: "events",
  getEvent: "read",
  listHistory: "read",
  listAllowedEvents: "read",
  watchMachine: "stream",
};

const FEEDS: Table<typeof FeedService> = { listTransitions: "read", listFailures: "read" };

const JOBS: Table<typeof JobService> = {
  createJob: "key",
  getJob: "read",
  listJobs: "read",
  pauseJob: "settles",
  resumeJob: "settles",
  cancelJob: "settles",
};

const DEAD_LETTERS: Table<typeof DeadLetterService> = {
  listDeadLetters: "read",
  // Without ids it takes the oldest thousand, and a repeat the next thousand.
  redriveDeadLetters: "once",
};

const TENANTS: Table<typeof TenantService> = {
  createTenant: "settles",
  getTenant: "read",
  listTenants: "read",
  updateTenant: "settles",
  getUsage: "read",
  eraseTenant: "settles",
  exportTenant: "stream",
  // Each answer has a secret of its own: a second key would be one that nobody knows of.
  createKey: "once",
  getKey: "read",
  listKeys: "read",
  // A second one ends the secret that is in use now.
  rerollKey: "once",
  revokeKey: "settles",
  // A token is kept nowhere: one that got lost ends by itself.
  createToken: "settles",
  listAuditEntries: "read",
  getPrincipal: "read",
};

const SERVICES: Readonly<Record<string, Readonly<Record<string, Repeat>>>> = {
  [ConfigurationService.typeName]: CONFIGURATIONS,
  [MachineService.typeName]: MACHINES,
  [FeedService.typeName]: FEEDS,
  [JobService.typeName]: JOBS,
  [DeadLetterService.typeName]: DEAD_LETTERS,
  [TenantService.typeName]: TENANTS,
};

/** Whether a method may be repeated. Of one that is not in the table nothing is known. */
export function repeatOf(method: DescMethod): Repeat {
  return SERVICES[method.parent.typeName]?.[method.localName] ?? "once";
}

/** Whether one call may be: what it asks for decides where its method leaves it open. */
export function repeatOfCall(method: DescMethod, message: object | undefined): Exclude<Repeat, "guarded"> {
  const repeat = repeatOf(method);
  if (repeat !== "guarded") return repeat;
  const { expectedRevision } = (message ?? {}) as { readonly expectedRevision?: number };
  return expectedRevision === undefined ? "once" : "settles";
}
