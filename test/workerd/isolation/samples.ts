/** A request for every operation, about things that are named: of one's own, of another tenant's, or of nobody's. */
import type { Operation } from "./operations.ts";

/** What there is to be named. */
export interface Names {
  readonly tenant: string;
  /** Has a version v1. */
  readonly configuration: string;
  readonly machine: string;
  /** An event that the machine has decided. */
  readonly event: string;
  readonly job: string;
  readonly key: string;
  readonly letter: string;
}

export function chart(name: string) {
  return {
    name,
    version: "v1",
    starting_state: "start",
    states: ["start", "end"],
    transitions: [
      { from: "start", to: "start", event: "stay" },
      { from: "start", to: "end", event: "finish" },
    ],
  };
}

/** Bodies of routes, by operation; a route that takes none is not here. */
const BODIES: Readonly<Record<string, (names: Names) => unknown>> = {
  CreateConfiguration: ({ configuration }) => ({ ...chart(configuration), version: "v2" }),
  CheckConfiguration: ({ configuration }) => chart(configuration),
  SimulateConfiguration: ({ configuration }) => ({ config_id: `${configuration}:v1`, events: [{ event: "stay" }] }),
  CreateMachine: ({ configuration, machine }) => ({ config_id: `${configuration}:v1`, id: machine }),
  UpdateLabels: () => ({ labels: { touched: "yes" } }),
  OverrideMachine: () => ({ state: "end", comment: "a test" }),
  MigrateMachine: () => ({ to: "v1" }),
  SendEvent: () => ({ event: "stay", event_id: "sent" }),
  SendEvents: ({ configuration, machine }) => ({
    events: [{ configuration, id: machine, event: "stay", event_id: "sent-2" }],
  }),
  CreateJob: ({ configuration }) => ({ filter: { configuration }, send: { event: "stay" }, dry_run: true }),
  RedriveDeadLetters: ({ letter }) => ({ ids: [letter] }),
  StartRebuild: ({ configuration, machine }) => ({ machines: [{ configuration, id: machine }] }),
  ImportChart: () => ({
    current_state: "one",
    states: [
      {
        name: "one",
        func: "increment",
        current: { key: "n", value: 0 },
        target: { name: "two", when: { key: "n", value: 3 } },
      },
      { name: "two" },
    ],
  }),
  CreateTenant: ({ tenant }) => ({ name: tenant }),
  EraseTenant: ({ tenant }) => ({ confirm: tenant }),
  UpdateTenant: () => ({ quotas: { machines: 7 } }),
  CreateKey: ({ tenant }) => ({ name: "made in a test", scopes: ["machines:read"], tenant }),
  RerollKey: ({ tenant }) => ({ tenant }),
  RevokeKey: ({ tenant }) => ({ tenant }),
  CreateToken: ({ configuration, machine }) => ({
    scopes: ["machines:read"],
    machines: [{ configuration, id: machine }],
  }),
};

/** Queries of routes that need one, or would be about nothing named without one. */
const QUERIES: Readonly<Record<string, (names: Names) => Readonly<Record<string, string>>>> = {
  ListConfigurations: ({ configuration }) => ({ configuration }),
  ListMachines: ({ configuration }) => ({ configuration }),
  CountMachines: ({ configuration }) => ({ configuration }),
  ListTransitions: ({ configuration }) => ({ configuration }),
  ListFailures: ({ configuration }) => ({ configuration }),
  GetState: () => ({ is: "start" }),
  CheckCurrentState: () => ({ state: "start" }),
  UpdateCurrentState: () => ({ state: "start" }),
  WatchMachine: () => ({ after_revision: "-1" }),
  ListKeys: ({ tenant }) => ({ tenant }),
  GetKey: ({ tenant }) => ({ tenant }),
  ListAuditEntries: ({ tenant }) => ({ tenant }),
  GetUsage: ({ tenant }) => ({ tenant }),
};

const at = ({ configuration, machine }: Names) => ({ configuration, id: machine });
const V1BETA = "statemachine.v1beta.StatemachineService/";
const MACHINES = "detent.v1.MachineService/";
const CONFIGURATIONS = "detent.v1.ConfigurationService/";
const JOBS = "detent.v1.JobService/";
const TENANTS = "detent.v1.TenantService/";

/** Messages of methods in ProtoJSON. Every method is here. */
const MESSAGES: Readonly<Record<string, (names: Names) => unknown>> = {
  "grpc.health.v1.Health/Check": () => ({}),
  [`${V1BETA}Health`]: () => ({}),
  [`${V1BETA}PutConfiguration`]: ({ configuration }) => {
    const { starting_state: startingState, ...rest } = chart(configuration);
    return { ...rest, startingState, version: "v3" };
  },
  [`${V1BETA}GetAllConfigurations`]: ({ configuration }) => configuration,
  [`${V1BETA}StreamAllConfigurations`]: ({ configuration }) => configuration,
  [`${V1BETA}GetConfiguration`]: ({ configuration }) => `${configuration}:v1`,
  [`${V1BETA}PutFiniteStateMachine`]: ({ configuration, machine }) => ({
    id: machine,
    fsm: { configId: `${configuration}:v1` },
  }),
  [`${V1BETA}GetFiniteStateMachine`]: ({ configuration, machine }) => ({ config: configuration, id: machine }),
  [`${V1BETA}GetAllInState`]: ({ configuration }) => ({ config: configuration, state: "start" }),
  [`${V1BETA}StreamAllInstate`]: ({ configuration }) => ({ config: configuration, state: "start" }),
  [`${V1BETA}SendEvent`]: ({ configuration, machine }) => ({
    config: configuration,
    id: machine,
    event: { eventId: "sent-3", transition: { event: "stay" } },
  }),
  [`${V1BETA}GetEventOutcome`]: ({ configuration, event }) => ({ config: configuration, id: event }),
  [`${CONFIGURATIONS}CreateConfiguration`]: ({ configuration }) => {
    const { starting_state: startingState, ...rest } = chart(configuration);
    return { configuration: { ...rest, startingState, version: "v4" } };
  },
  [`${CONFIGURATIONS}GetConfiguration`]: ({ configuration }) => ({ configId: `${configuration}:v1` }),
  [`${CONFIGURATIONS}ListConfigurations`]: ({ configuration }) => ({ configuration }),
  [`${CONFIGURATIONS}CheckConfiguration`]: () => ({ configuration: {} }),
  [`${CONFIGURATIONS}SimulateConfiguration`]: ({ configuration }) => ({
    configId: `${configuration}:v1`,
    events: [{ event: "stay" }],
  }),
  [`${CONFIGURATIONS}DeprecateConfiguration`]: ({ configuration }) => ({ configId: `${configuration}:v1` }),
  [`${CONFIGURATIONS}GetDiagram`]: (names) => ({ machine: at(names) }),
  [`${MACHINES}CreateMachine`]: ({ configuration, machine }) => ({ configId: `${configuration}:v1`, id: machine }),
  [`${MACHINES}GetMachine`]: at,
  [`${MACHINES}ListMachines`]: ({ configuration }) => ({ configuration }),
  [`${MACHINES}CountMachines`]: ({ configuration }) => ({ configuration }),
  [`${MACHINES}UpdateLabels`]: (names) => ({ ...at(names), labels: { touched: "yes" } }),
  [`${MACHINES}DeleteMachine`]: at,
  [`${MACHINES}EraseMachine`]: at,
  [`${MACHINES}MigrateMachine`]: (names) => ({ ...at(names), to: "v1" }),
  [`${MACHINES}OverrideMachine`]: (names) => ({
    ...at(names),
    state: "end",
    comment: "a test",
    expectedRevision: 0,
  }),
  [`${MACHINES}SendEvent`]: (names) => ({ ...at(names), event: "stay", eventId: "sent-4" }),
  [`${MACHINES}SendEvents`]: (names) => ({ events: [{ ...at(names), event: "stay", eventId: "sent-5" }] }),
  [`${MACHINES}EnqueueEvents`]: (names) => ({ events: [{ ...at(names), event: "stay", eventId: "sent-6" }] }),
  [`${MACHINES}GetEvent`]: (names) => ({ ...at(names), eventId: names.event }),
  [`${MACHINES}ListHistory`]: at,
  [`${MACHINES}ListAllowedEvents`]: at,
  [`${MACHINES}WatchMachine`]: (names) => ({ ...at(names), afterRevision: -1 }),
  "detent.v1.FeedService/ListTransitions": ({ configuration }) => ({ configuration }),
  "detent.v1.FeedService/ListFailures": ({ configuration }) => ({ configuration }),
  [`${JOBS}CreateJob`]: ({ configuration }) => ({
    filter: { configuration },
    send: { event: "stay" },
    dryRun: true,
  }),
  [`${JOBS}GetJob`]: ({ job }) => ({ id: job }),
  [`${JOBS}ListJobs`]: () => ({}),
  [`${JOBS}PauseJob`]: ({ job }) => ({ id: job }),
  [`${JOBS}ResumeJob`]: ({ job }) => ({ id: job }),
  [`${JOBS}CancelJob`]: ({ job }) => ({ id: job }),
  "detent.v1.DeadLetterService/ListDeadLetters": () => ({}),
  "detent.v1.DeadLetterService/RedriveDeadLetters": ({ letter }) => ({ ids: [letter] }),
  [`${TENANTS}CreateTenant`]: ({ tenant }) => ({ name: tenant }),
  [`${TENANTS}GetTenant`]: ({ tenant }) => ({ name: tenant }),
  [`${TENANTS}EraseTenant`]: ({ tenant }) => ({ name: tenant, confirm: tenant }),
  [`${TENANTS}ExportTenant`]: () => ({}),
  [`${TENANTS}UpdateTenant`]: ({ tenant }) => ({ name: tenant, quotas: { machines: 7 } }),
  [`${TENANTS}GetUsage`]: ({ tenant }) => ({ tenant }),
  [`${TENANTS}ListTenants`]: () => ({}),
  [`${TENANTS}CreateKey`]: ({ tenant }) => ({ name: "made in a test", scopes: ["machines:read"], tenant }),
  [`${TENANTS}GetKey`]: ({ key, tenant }) => ({ id: key, tenant }),
  [`${TENANTS}ListKeys`]: ({ tenant }) => ({ tenant }),
  [`${TENANTS}RerollKey`]: ({ key, tenant }) => ({ id: key, tenant }),
  [`${TENANTS}RevokeKey`]: ({ key, tenant }) => ({ id: key, tenant }),
  [`${TENANTS}CreateToken`]: (names) => ({ scopes: ["machines:read"], machines: [at(names)] }),
  [`${TENANTS}GetPrincipal`]: () => ({}),
  [`${TENANTS}ListAuditEntries`]: ({ tenant }) => ({ tenant }),
};

/** Which of the names a parameter of a path is. */
function parameterOf(operation: Operation, parameter: string, names: Names): string {
  switch (parameter) {
    case "configuration":
      return names.configuration;
    case "config_id":
      return `${names.configuration}:v1`;
    case "id":
      if (operation.path.includes("/keys/")) return names.key;
      return operation.path.includes("/jobs/") ? names.job : names.machine;
    case "event_id":
      return names.event;
    case "name":
      return names.tenant;
    case "reason":
      return "NOT_FOUND";
    default:
      throw new Error(`${operation.name}: nobody says what :${parameter} is`);
  }
}

/** The request of an operation about what is named; throws where there is no sample of it. */
export function requestOf(operation: Operation, names: Names): { readonly path: string; readonly init: RequestInit } {
  const { name, method, hasBody, isRpc, isStream } = operation;
  const path = operation.path.replaceAll(
    /\/:(\w+)/g,
    (_whole, parameter: string) => `/${encodeURIComponent(parameterOf(operation, parameter, names))}`,
  );
  const query = new URLSearchParams(isRpc ? {} : QUERIES[name]?.(names)).toString();
  const make = (isRpc ? MESSAGES : BODIES)[name];
  if (hasBody && make === undefined) throw new Error(`${name} has no sample: say in samples.ts what it is asked`);
  const text = make && JSON.stringify(make(names));
  const headers: Record<string, string> = {};
  if (text !== undefined) headers["content-type"] = isStream ? "application/connect+json" : "application/json";
  if (name === "ImportChart") headers["content-type"] = "application/yaml";
  if (name === "OverrideMachine") headers["if-match"] = '"0"';
  const body = text === undefined ? undefined : isRpc && isStream ? framed(text) : text;
  const url = query === "" ? path : `${path}?${query}`;
  return { path: url, init: { method, headers, ...(body !== undefined && { body }) } };
}

/** A message of a Connect stream: flags, length, the message. */
function framed(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text);
  const frame = new Uint8Array(5 + bytes.byteLength);
  new DataView(frame.buffer).setUint32(1, bytes.byteLength);
  frame.set(bytes, 5);
  return frame;
}
