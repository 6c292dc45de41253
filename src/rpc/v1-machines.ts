/** detent.v1.MachineService: each method translates one message to one use case. */
import type { ConnectRouter } from "@connectrpc/connect";
import { MachineService } from "../gen/detent/v1/machine_service_pb.ts";
import * as events from "../service/events.ts";
import { listMachines } from "../service/machine-list.ts";
import * as machines from "../service/machines.ts";
import { callOf } from "./call.ts";
import { timeOf, toHistoryEntry, toListedMachine, toMachine, toReceipt } from "./convert.ts";

export function registerMachines(router: ConnectRouter): void {
  const { method } = MachineService;
  router.rpc(method.createMachine, async (request, context) => {
    const { house, principal } = callOf(context);
    const answer = await machines.createMachine(house, principal(), request);
    return { id: answer.id, statemachine: toMachine(answer) };
  });
  router.rpc(method.getMachine, async ({ configuration: name, id }, context) => {
    const { house, principal } = callOf(context);
    const answer = await machines.getMachine(house, principal(), name, id);
    return { id: answer.id, statemachine: toMachine(answer) };
  });
  router.rpc(method.listMachines, async (request, context) => {
    const { house, principal } = callOf(context);
    const input = {
      ...request,
      updatedAfter: timeOf(request.updatedAfter),
      updatedBefore: timeOf(request.updatedBefore),
    };
    const { statemachines, nextPageToken } = await listMachines(house, principal(), input);
    return { statemachines: statemachines.map(toListedMachine), nextPageToken };
  });
  router.rpc(method.sendEvent, async (request, context) => {
    const { house, principal } = callOf(context);
    const input = { ...request, timestamp: timeOf(request.timestamp) };
    return { receipt: toReceipt(events.acceptedOrThrow(await events.sendEvent(house, principal(), input))) };
  });
  router.rpc(method.getEvent, async (request, context) => {
    const { house, principal } = callOf(context);
    return { receipt: toReceipt(await events.getEvent(house, principal(), request)) };
  });
  router.rpc(method.listHistory, async (request, context) => {
    const { house, principal } = callOf(context);
    const found = await machines.listHistory(house, principal(), request);
    const { nextPageToken } = found;
    return { history: found.history.map(toHistoryEntry), receipts: found.receipts.map(toReceipt), nextPageToken };
  });
  router.rpc(method.listAllowedEvents, async ({ configuration: name, id }, context) => {
    const { house, principal } = callOf(context);
    const view = await machines.listAllowedEvents(house, principal(), name, id);
    return { state: view.state, revision: view.revision, events: [...view.events] };
  });
}
