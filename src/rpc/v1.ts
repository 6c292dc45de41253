/** detent.v1: each method translates one message to one use case. */
import type { ConnectRouter } from "@connectrpc/connect";
import { ConfigurationService } from "../gen/detent/v1/configuration_service_pb.ts";
import { MachineService } from "../gen/detent/v1/machine_service_pb.ts";
import * as configurations from "../service/configurations.ts";
import * as events from "../service/events.ts";
import * as machines from "../service/machines.ts";
import { callOf } from "./call.ts";
import { timeOf, toConfiguration, toHistoryEntry, toMachine, toReceipt, toSource } from "./convert.ts";

export function registerV1(router: ConnectRouter): void {
  const configuration = ConfigurationService.method;
  router.rpc(configuration.createConfiguration, async (request, context) => {
    const { house, principal } = callOf(context);
    const source = toSource(request.configuration);
    const created = await configurations.createConfiguration(house, principal(), source);
    return { configuration: toConfiguration(created.configuration), warnings: [...created.warnings] };
  });
  router.rpc(configuration.checkConfiguration, (request, context) => {
    callOf(context).principal();
    const { valid, findings, mermaid } = configurations.checkConfigurationSource(toSource(request.configuration));
    return { valid, findings: [...findings], mermaid };
  });
  router.rpc(configuration.getConfiguration, async (request, context) => {
    const { house, principal } = callOf(context);
    return {
      configuration: toConfiguration(await configurations.getConfiguration(house, principal(), request.configId)),
    };
  });
  router.rpc(configuration.listConfigurations, (request, context) => {
    const { house, principal } = callOf(context);
    return configurations.listConfigurations(house, principal(), request);
  });

  const machine = MachineService.method;
  router.rpc(machine.createMachine, async (request, context) => {
    const { house, principal } = callOf(context);
    const answer = await machines.createMachine(house, principal(), request);
    return { id: answer.id, statemachine: toMachine(answer) };
  });
  router.rpc(machine.getMachine, async ({ configuration: name, id }, context) => {
    const { house, principal } = callOf(context);
    const answer = await machines.getMachine(house, principal(), name, id);
    return { id: answer.id, statemachine: toMachine(answer) };
  });
  router.rpc(machine.sendEvent, async (request, context) => {
    const { house, principal } = callOf(context);
    const input = { ...request, timestamp: timeOf(request.timestamp) };
    return { receipt: toReceipt(events.acceptedOrThrow(await events.sendEvent(house, principal(), input))) };
  });
  router.rpc(machine.getEvent, async (request, context) => {
    const { house, principal } = callOf(context);
    return { receipt: toReceipt(await events.getEvent(house, principal(), request)) };
  });
  router.rpc(machine.listHistory, async (request, context) => {
    const { house, principal } = callOf(context);
    const found = await machines.listHistory(house, principal(), request);
    const { nextPageToken } = found;
    return { history: found.history.map(toHistoryEntry), receipts: found.receipts.map(toReceipt), nextPageToken };
  });
  router.rpc(machine.listAllowedEvents, async ({ configuration: name, id }, context) => {
    const { house, principal } = callOf(context);
    const view = await machines.listAllowedEvents(house, principal(), name, id);
    return { state: view.state, revision: view.revision, events: [...view.events] };
  });
}
