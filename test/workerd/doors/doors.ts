/** Every door behind one interface, over the worker's own fetch. */
// oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside what uses them
import type { JsonObject } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import { exports } from "cloudflare:workers";
import { ConfigurationService } from "../../../src/gen/detent/v1/configuration_service_pb.ts";
import type { HistoryEntry, Machine } from "../../../src/gen/detent/v1/machine_pb.ts";
import { MachineService } from "../../../src/gen/detent/v1/machine_service_pb.ts";
import { ReceiptSchema, type Receipt } from "../../../src/gen/detent/v1/receipt_pb.ts";
import { BadRequestSchema, ErrorInfoSchema } from "../../../src/gen/google/rpc/error_details_pb.ts";
import {
  StatemachineService,
  EventOutcome_StatusCode as StatusCode,
  type EventResponse,
} from "../../../src/gen/statemachine/v1beta/statemachine_pb.ts";
import type { Answer, ConfigurationInput, EventAddress, EventInput, MachineAddress, MachineInput } from "./cases.ts";

export const BASE_URL = "http://localhost";

const worker = (exports as unknown as { default: Fetcher }).default;

/** A request to the worker; `path` begins with a slash. */
export function send(path: string, init?: RequestInit): Promise<Response> {
  return worker.fetch(new Request(`${BASE_URL}${path}`, init));
}

type Named<T> = T & { readonly configuration: string };

export interface Door {
  readonly name: string;
  readonly kind: "v1beta" | "v1" | "json";
  createConfiguration(input: ConfigurationInput): Promise<Answer>;
  createMachine(input: Named<MachineInput>): Promise<Answer>;
  getMachine(address: Named<MachineAddress>): Promise<Answer>;
  sendEvent(input: Named<EventInput>): Promise<Answer>;
  getEvent(address: Named<EventAddress>): Promise<Answer>;
}

/** What Connect's browser client asks of fetch and workerd does not know is dropped. */
const clientFetch: typeof globalThis.fetch = (input, init = {}) => {
  const { mode: _mode, credentials: _credentials, ...rest } = init as RequestInit & Record<string, unknown>;
  return worker.fetch(new Request(input, { ...rest, redirect: "manual" }));
};

const options = { baseUrl: BASE_URL, fetch: clientFetch };
export const connectJson = createConnectTransport({ ...options, useBinaryFormat: false });
export const connectBinary = createConnectTransport({ ...options, useBinaryFormat: true });
export const connectGet = createConnectTransport({ ...options, useHttpGet: true });
export const grpcWeb = createGrpcWebTransport(options);

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

async function answer(work: Promise<Answer>): Promise<Answer> {
  try {
    return await work;
  } catch (error) {
    return failureOf(error);
  }
}

export function v1betaDoor(name: string, transport: Transport): Door {
  const client = createClient(StatemachineService, transport);
  const outcomeOf = ({ eventId, outcome }: EventResponse): Answer => ({
    eventId,
    code: StatusCode[outcome?.code ?? StatusCode.GenericError],
  });
  return {
    name,
    kind: "v1beta",
    createConfiguration: ({ states = [], transitions = [], ...input }) =>
      answer(
        client
          .putConfiguration({ ...input, states: [...states], transitions: [...transitions] })
          .then(({ id }) => ({ configId: id })),
      ),
    createMachine: ({ configuration, version, id = "", state = "" }) =>
      answer(
        client
          .putFiniteStateMachine({ id, fsm: { configId: configIdOf(configuration, version), state } })
          .then((put) => ({
            id: put.id,
            ...(put.entityResponse.case === "fsm" && { state: put.entityResponse.value.state }),
          })),
      ),
    getMachine: ({ configuration, id }) =>
      answer(
        client.getFiniteStateMachine({ config: configuration, query: { case: "id", value: id } }).then((fsm) => ({
          state: fsm.state,
          configId: fsm.configId,
          history: fsm.history.map((event) => {
            const change = event.transition;
            return `${change?.from}>${change?.to}:${change?.event}`;
          }),
        })),
      ),
    sendEvent: ({ configuration, id, event, eventId = "", details = "", originator = "" }) =>
      answer(
        client
          .sendEvent({ config: configuration, id, event: { eventId, transition: { event }, details, originator } })
          .then(outcomeOf),
      ),
    getEvent: ({ configuration, eventId }) =>
      answer(client.getEventOutcome({ config: configuration, id: eventId }).then(outcomeOf)),
  };
}

export function v1Door(name: string, transport: Transport): Door {
  const configurations = createClient(ConfigurationService, transport);
  const machines = createClient(MachineService, transport);
  return {
    name,
    kind: "v1",
    createConfiguration: ({ states = [], transitions = [], ...input }) =>
      answer(
        configurations
          .createConfiguration({ configuration: { ...input, states: [...states], transitions: [...transitions] } })
          .then(({ configuration }) => ({ configId: `${configuration?.name}:${configuration?.version}` })),
      ),
    createMachine: ({ configuration, version, data, ...input }) =>
      answer(
        machines
          .createMachine({
            ...input,
            configId: configIdOf(configuration, version),
            ...(data && { data: data as JsonObject }),
          })
          .then(machineAnswer),
      ),
    getMachine: (address) => answer(machines.getMachine(address).then(machineAnswer)),
    sendEvent: ({ data, ...input }) =>
      answer(
        machines
          .sendEvent({ ...input, ...(data && { data: data as JsonObject }) })
          .then(({ receipt }) => receiptAnswer(receipt)),
      ),
    getEvent: (address) => answer(machines.getEvent(address).then(({ receipt }) => receiptAnswer(receipt))),
  };
}

function configIdOf(configuration: string, version: string | undefined): string {
  return version === undefined ? configuration : `${configuration}:${version}`;
}

function machineAnswer({ id, statemachine }: { id: string; statemachine?: Machine | undefined }): Answer {
  if (statemachine === undefined) throw new Error("no statemachine in the answer");
  const { configId, state, data, revision, final, history } = statemachine;
  return { id, configId, state, data, revision, final, history: history.map(changeOf) };
}

function changeOf({ transition }: HistoryEntry): string {
  return `${transition?.from}>${transition?.to}:${transition?.event}`;
}

function receiptAnswer(receipt: Receipt | undefined): Answer {
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

/** The JSON of a body, as loosely as tests read it. */
// oxlint-disable-next-line typescript/no-explicit-any -- bodies are asserted on, field by field
export type Json = any;

/** A JSON request; a body makes it a POST. */
export async function sendJson(
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: Json }> {
  const response = await send(
    path,
    body === undefined
      ? { headers }
      : {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body: typeof body === "string" ? body : JSON.stringify(body),
        },
  );
  return { status: response.status, headers: response.headers, body: await response.json() };
}

export function jsonDoor(name: string): Door {
  const call = async (path: string, body: unknown, read: (body: Json) => Answer): Promise<Answer> => {
    const answered = await sendJson(path, body);
    if (answered.status < 400) return read(answered.body);
    const { reason, status, errors, receipt } = answered.body;
    if (status !== answered.status) throw new Error(`the problem says ${status}, the answer ${answered.status}`);
    return {
      ...(receipt && receiptJson(receipt)),
      reason,
      failure: status,
      ...(errors.length > 0 && { pointers: errors.map(({ pointer }: Json) => pointer) }),
    };
  };
  return {
    name,
    kind: "json",
    createConfiguration: ({ startingState, ...input }) =>
      call("/api/v1/configurations", { ...input, starting_state: startingState }, (body) => ({
        configId: `${body.name}:${body.version}`,
      })),
    createMachine: ({ configuration, version, ...input }) =>
      call("/api/v1/statemachines", { ...input, config_id: configIdOf(configuration, version) }, machineJson),
    getMachine: ({ configuration, id }) => call(machinePath(configuration, id), undefined, machineJson),
    sendEvent: ({ configuration, id, eventId, expectedState, expectedRevision, ...input }) =>
      call(
        `${machinePath(configuration, id)}/events`,
        { ...input, event_id: eventId, expected_state: expectedState, expected_revision: expectedRevision },
        receiptJson,
      ),
    getEvent: ({ configuration, id, eventId }) =>
      call(`${machinePath(configuration, id)}/events/${encodeURIComponent(eventId)}`, undefined, receiptJson),
  };
}

export function machinePath(configuration: string, id: string): string {
  return `/api/v1/statemachines/${configuration}/${encodeURIComponent(id)}`;
}

function machineJson({ id, statemachine }: Json): Answer {
  const { config_id: configId, state, data, revision, final, history } = statemachine;
  return {
    id,
    configId,
    state,
    data,
    revision,
    final,
    history: history.map(({ transition: { from, to, event } }: Json) => `${from}>${to}:${event}`),
  };
}

function receiptJson(body: Json): Answer {
  const { event_id: eventId, code, result, reason, from, to, revision, duplicate, data } = body;
  return { eventId, code, result, reason, from, to, revision, duplicate, data, allowedEvents: body.allowed_events };
}

export const DOORS: readonly Door[] = [
  v1betaDoor("v1beta Connect JSON", connectJson),
  v1betaDoor("v1beta Connect binary", connectBinary),
  v1betaDoor("v1beta gRPC-web", grpcWeb),
  v1Door("v1 Connect, reads by GET", connectGet),
  v1Door("v1 gRPC-web", grpcWeb),
  jsonDoor("JSON routes"),
];
