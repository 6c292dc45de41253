/** statemachine.v1beta, the service of go-statemachine. Its wire names stop here. */
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, type HandlerContext } from "@connectrpc/connect";
import type { ConfigurationSource } from "../engine/configuration.ts";
import { DetentError, invalid } from "../errors.ts";
import * as wire from "../gen/statemachine/v1beta/statemachine_pb.ts";
import type { HistoryItem } from "../machine/calls.ts";
import type { Receipt } from "../receipt.ts";
import * as configurations from "../service/configurations.ts";
import { getEvent } from "../service/event-lookup.ts";
import * as events from "../service/events.ts";
import { checkHealth } from "../service/health.ts";
import { streamMachines } from "../service/machine-list.ts";
import * as machines from "../service/machines.ts";
import { callOf } from "./call.ts";
import type { Register } from "./register.ts";
import { toConnectError } from "./connect-error.ts";
import { timeOf } from "./convert.ts";

/** GetAllInState answers at most so many ids; StreamAllInstate has no bound. */
const MAX_IDS = 10_000;

export function registerV1beta(register: Register): void {
  const { method } = wire.StatemachineService;
  register(method.health, "open", async (_request, context) => {
    const { house, release } = callOf(context);
    const { ready } = await checkHealth(house);
    const state = ready ? wire.HealthResponse_ReadyState.READY : wire.HealthResponse_ReadyState.NOT_READY;
    return { state, release, tlsEnabled: new URL(context.url).protocol === "https:" };
  });
  register(method.putConfiguration, "configurations:write", async (request, context) => {
    const { house, principal } = callOf(context);
    const { configuration } = await configurations.createConfiguration(house, principal, toSource(request));
    const { name, version } = configuration.source;
    const config = toConfiguration(configuration.source);
    return { id: `${name}:${version}`, entityResponse: { case: "config" as const, value: config } };
  });
  register(method.getAllConfigurations, "configurations:read", async ({ value }, context) => {
    const { house, principal } = callOf(context);
    const ids: string[] = [];
    let pageToken = "";
    do {
      const query = { configuration: value, pageSize: 1_000, pageToken };
      const page = await configurations.listConfigurations(house, principal, query);
      for (const { name, versions } of page.configurations) {
        if (value === "") ids.push(name);
        else ids.push(...versions.map((version) => `${name}:${version}`));
      }
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    return { ids };
  });
  register(method.streamAllConfigurations, "configurations:read", async function* ({ value }, context) {
    const { house, principal } = callOf(context);
    if (value === "") throw required("/value", "a configuration name is required");
    for await (const { source } of configurations.streamConfigurations(house, principal, value)) {
      yield toConfiguration(source);
    }
  });
  register(method.getConfiguration, "configurations:read", async ({ value }, context) => {
    const { house, principal } = callOf(context);
    return toConfiguration((await configurations.getConfiguration(house, principal, value)).source);
  });
  register(method.putFiniteStateMachine, "machines:write", putFiniteStateMachine);
  register(method.getFiniteStateMachine, "machines:read", async (request, context) => {
    const { house, principal } = callOf(context);
    if (request.config === "" || request.query.case !== "id" || request.query.value === "") {
      throw required("/config", "config and id are required");
    }
    const { machine } = await machines.getMachine(house, principal, {
      configuration: request.config,
      id: request.query.value,
    });
    return { configId: machine.configId, state: machine.state, history: machine.history.map(toEvent) };
  });
  register(method.getAllInState, "machines:read", async (request, context) => {
    const ids: string[] = [];
    for await (const { id } of machinesIn(request, context)) {
      if (ids.length === MAX_IDS) {
        const message = `more than ${MAX_IDS} machines match; StreamAllInstate has no such bound`;
        const error = new DetentError("LIMIT_EXCEEDED", message, { metadata: { limit: String(MAX_IDS) } });
        throw toConnectError(error, callOf(context).requestId, Code.ResourceExhausted);
      }
      ids.push(id);
    }
    return { ids };
  });
  register(method.streamAllInstate, "machines:read", async function* (request, context) {
    for await (const { id, configId, state } of machinesIn(request, context)) {
      yield {
        id,
        entityResponse: { case: "fsm" as const, value: create(wire.FiniteStateMachineSchema, { configId, state }) },
      };
    }
  });
  register(method.sendEvent, "events:send", sendEvent);
  register(method.getEventOutcome, "machines:read", async ({ config, id }, context) => {
    const { house, principal } = callOf(context);
    if (config === "" || id === "")
      throw required(config === "" ? "/config" : "/id", "config and id (an event id) are required");
    return toEventResponse(await getEvent(house, principal, { configuration: config, id: "", eventId: id }));
  });
}

async function putFiniteStateMachine(
  { id, fsm }: wire.PutFsmRequest,
  context: HandlerContext,
): Promise<MessageInitShape<typeof wire.PutResponseSchema>> {
  const { house, principal, requestId, traceparent } = callOf(context);
  if (fsm === undefined) throw required("/fsm", "fsm is required");
  if (fsm.history.length > 0) {
    throw invalid([{ pointer: "/fsm/history", rule: "forbidden", message: "a machine is created without history" }]);
  }
  try {
    const { configId, state } = fsm;
    const answer = await machines.createMachine(house, principal, { configId, id, state, traceparent });
    const value = create(wire.FiniteStateMachineSchema, {
      configId: answer.machine.configId,
      state: answer.machine.state,
    });
    return { id: answer.id, entityResponse: { case: "fsm", value } };
  } catch (error) {
    const unknown = error instanceof DetentError && error.reason === "CONFIGURATION_NOT_FOUND";
    throw unknown ? toConnectError(error, requestId, Code.FailedPrecondition) : error;
  }
}

async function sendEvent(
  { config, id, event }: wire.EventRequest,
  context: HandlerContext,
): Promise<MessageInitShape<typeof wire.EventResponseSchema>> {
  const { house, principal, requestId, traceparent } = callOf(context);
  const name = event?.transition?.event ?? "";
  if (id === "" || name === "") {
    const field = id === "" ? "id" : "event.transition.event";
    const error = required(`/${field.replaceAll(".", "/")}`, `${field} is required`);
    throw toConnectError(error, requestId, Code.FailedPrecondition);
  }
  const receipt = await events.sendEvent(house, principal, {
    configuration: config,
    id,
    event: name,
    eventId: event?.eventId,
    details: event?.details,
    originator: event?.originator,
    timestamp: timeOf(event?.timestamp),
    traceparent,
  });
  return toEventResponse(receipt);
}

function machinesIn({ config, query }: wire.GetFsmRequest, context: HandlerContext) {
  const { house, principal } = callOf(context);
  if (config === "") throw required("/config", "config is required");
  const state = query.case === "state" ? query.value : "";
  return streamMachines(house, principal, config, state);
}

function required(pointer: string, message: string): DetentError {
  return invalid([{ pointer, rule: "required", message }]);
}

function toSource({ name, version, startingState, states, transitions }: wire.Configuration): ConfigurationSource {
  return {
    ...(name !== "" && { name }),
    ...(version !== "" && { version }),
    ...(startingState !== "" && { starting_state: startingState }),
    states,
    transitions: transitions.map(({ from, to, event }) => ({ from, to, event })),
  };
}

function toConfiguration(source: ConfigurationSource): wire.Configuration {
  return create(wire.ConfigurationSchema, {
    name: source.name ?? "",
    version: source.version ?? "",
    startingState: source.starting_state ?? "",
    states: source.states ?? [],
    transitions: (source.transitions ?? []).map(({ from = "", to = "", event = "" }) => ({ from, to, event })),
  });
}

function toEvent(item: HistoryItem): wire.Event {
  const { eventId, originator, details, from, to, event } = item;
  return create(wire.EventSchema, {
    eventId,
    timestamp: timestampFromMs(item.timestamp),
    transition: { from, to, event },
    originator,
    details,
  });
}

function toEventResponse(receipt: Receipt): MessageInitShape<typeof wire.EventResponseSchema> {
  const { machine, code, message, eventId } = receipt;
  return {
    eventId,
    outcome: {
      code: wire.EventOutcome_StatusCode[code],
      details: message ?? "",
      id: machine.id,
      config: machine.configuration,
    },
  };
}
