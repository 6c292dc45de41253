/** detent.v1.MachineService: each method translates one message to one use case. Its events are in v1-events.ts. */
import { clip } from "../engine/names.ts";
import { invalid } from "../errors.ts";
import { MachineService, type ListMachinesRequest } from "../gen/detent/v1/machine_service_pb.ts";
import { eraseMachine } from "../service/erasure.ts";
import { countMachines } from "../service/machine-count.ts";
import { listMachines } from "../service/machine-list.ts";
import * as machines from "../service/machines.ts";
import { migrateMachine } from "../service/migration.ts";
import { callOf } from "./call.ts";
import type { Register } from "./register.ts";
import { timeOf, toHistoryEntry, toListedMachine, toMachine, toReceipt } from "./convert.ts";

export function registerMachines(register: Register): void {
  const { method } = MachineService;
  register(method.createMachine, "machines:write", async (request, context) => {
    const { house, principal, traceparent } = callOf(context);
    return toAnswer(await machines.createMachine(house, principal, { ...request, traceparent }));
  });
  register(method.getMachine, "machines:read", async (request, context) => {
    const { house, principal } = callOf(context);
    return toAnswer(await machines.getMachine(house, principal, request));
  });
  register(method.listMachines, "machines:read", async (request, context) => {
    const { house, principal } = callOf(context);
    const { statemachines, ...rest } = await listMachines(house, principal, withTimes(request));
    return { statemachines: statemachines.map(toListedMachine), ...rest };
  });
  register(method.countMachines, "machines:read", async (request, context) => {
    const { house, principal } = callOf(context);
    return await countMachines(house, principal, withTimes(request));
  });
  register(method.updateLabels, "machines:write", async (request, context) => {
    const { house, principal } = callOf(context);
    const removed = request.remove.map((name) => [name, null] as const);
    const both = request.remove.find((name) => Object.hasOwn(request.labels, name));
    if (both !== undefined) {
      const message = "remove: a label is either set or taken off";
      throw invalid([{ pointer: "/remove", rule: "contradiction", message, value: clip(both) }]);
    }
    const labels = { ...request.labels, ...Object.fromEntries(removed) };
    return toAnswer(await machines.updateLabels(house, principal, { ...request, labels }));
  });
  register(method.overrideMachine, "ops", async (request, context) => {
    const { house, principal, traceparent } = callOf(context);
    return toAnswer(await machines.overrideMachine(house, principal, { ...request, traceparent }));
  });
  register(method.migrateMachine, "machines:write", async (request, context) => {
    const { house, principal, traceparent } = callOf(context);
    const { dryRun } = request;
    const answer = await migrateMachine(house, principal, { ...request, isDryRun: dryRun, traceparent });
    return { ...toAnswer(answer), dryRun };
  });
  register(method.deleteMachine, "machines:write", async (request, context) => {
    const { house, principal } = callOf(context);
    await machines.deleteMachine(house, principal, request);
    return {};
  });
  register(method.eraseMachine, "ops", async ({ configuration, id }, context) => {
    const { house, principal } = callOf(context);
    await eraseMachine(house, principal, configuration, id);
    return {};
  });
  register(method.listHistory, "machines:read", async (request, context) => {
    const { house, principal } = callOf(context);
    const found = await machines.listHistory(house, principal, request);
    const { nextPageToken } = found;
    return { history: found.history.map(toHistoryEntry), receipts: found.receipts.map(toReceipt), nextPageToken };
  });
  register(method.listAllowedEvents, "machines:read", async ({ configuration: name, id }, context) => {
    const { house, principal } = callOf(context);
    const view = await machines.listAllowedEvents(house, principal, name, id);
    return { state: view.state, revision: view.revision, events: [...view.events] };
  });
}

/** A filter with its times as the house has them. */
function withTimes<T extends Pick<ListMachinesRequest, "updatedAfter" | "updatedBefore">>(filter: T) {
  const { updatedAfter, updatedBefore } = filter;
  return { ...filter, updatedAfter: timeOf(updatedAfter), updatedBefore: timeOf(updatedBefore) };
}

function toAnswer(answer: machines.MachineAnswer) {
  return { id: answer.id, statemachine: toMachine(answer) };
}
