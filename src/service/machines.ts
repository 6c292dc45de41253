/** Use cases on one machine: create, get, history, allowed events. */
import { LIMITS } from "../engine/limits.ts";
import { checkConfigurationName, checkId, checkStateOrEventName, clip } from "../engine/names.ts";
import { invalid, orUnavailable } from "../errors.ts";
import type { AllowedView, HistoryItem, MachineAddress, MachineView, StateView } from "../machine/calls.ts";
import type { Receipt } from "../receipt.ts";
import { findStored } from "./configurations.ts";
import type { House, Principal } from "./house.ts";
import { pageSizeOf, readPageToken, signPageToken } from "./paging.ts";
import { Rules, valueOf } from "./rules.ts";

export interface CreateMachineInput {
  readonly configId: string;
  readonly id?: string | undefined;
  readonly state?: string | undefined;
  readonly data?: Record<string, unknown> | undefined;
  readonly labels?: Record<string, string> | undefined;
}

/** A machine and its id; `historyToken` continues to older history. */
export interface MachineAnswer {
  readonly id: string;
  readonly machine: MachineView;
  readonly historyToken: string;
}

/** Creates a machine; it is in the index before the answer. */
export async function createMachine(
  house: House,
  principal: Principal,
  input: CreateMachineInput,
): Promise<MachineAnswer> {
  const id = input.id || house.uuid();
  const rules = new Rules();
  rules.name("/id", id, checkId);
  if (input.state) rules.name("/state", input.state, checkStateOrEventName);
  const data = rules.object("/data", input.data);
  rules.bytesAtMost("/data", LIMITS.machineDataBytes, data);
  const labels = rules.object("/labels", input.labels);
  rules.bytesAtMost("/labels", LIMITS.labelsBytes, labels);
  rules.enforce();
  const stored = await findStored(house, principal, input.configId);
  const address = { tenant: principal.tenant, configuration: stored.name, id };
  const reply = await orUnavailable(
    "the machine",
    house.machine(address).create(address, {
      version: stored.version,
      source: stored.source,
      data,
      labels,
      ...(input.state !== undefined && input.state !== "" && { state: input.state }),
    }),
  );
  if (!reply.ok && reply.reason === "INVALID_ARGUMENT") {
    throw invalid([
      { pointer: "/state", rule: "initial_state", message: reply.message, value: clip(input.state ?? "") },
    ]);
  }
  return { id, machine: valueOf(reply), historyToken: "" };
}

export async function getMachine(
  house: House,
  principal: Principal,
  configuration: string,
  id: string,
): Promise<MachineAnswer> {
  const address = addressOf(principal, configuration, id);
  const machine = valueOf(await orUnavailable("the machine", house.machine(address).read(address)));
  const oldest = machine.history[0];
  const more = machine.hasOlderHistory && oldest !== undefined;
  const historyToken = more
    ? await signPageToken(house, historyBinding(address, "desc", false), String(oldest.revision))
    : "";
  return { id, machine, historyToken };
}

export interface ListHistoryInput {
  readonly configuration: string;
  readonly id: string;
  readonly order?: string | undefined;
  readonly pageSize?: number | undefined;
  readonly pageToken?: string | undefined;
  readonly refused?: boolean | undefined;
}

/** Changes, or with `refused` the receipts of refused events; oldest first unless order is "desc". */
export async function listHistory(house: House, principal: Principal, input: ListHistoryInput) {
  const order = input.order || "asc";
  if (order !== "asc" && order !== "desc") {
    throw invalid([{ pointer: "/order", rule: "one_of", message: 'order must be "asc" or "desc"', value: order }]);
  }
  const address = addressOf(principal, input.configuration, input.id);
  const refused = input.refused ?? false;
  const binding = historyBinding(address, order, refused);
  const after = await readPageToken(house, binding, input.pageToken);
  const call = {
    order,
    limit: pageSizeOf(input.pageSize),
    ...(after !== undefined && { after: Number(after) }),
  } as const;
  const object = house.machine(address);
  let history: readonly HistoryItem[] = [];
  let receipts: readonly Receipt[] = [];
  let next: number | undefined;
  if (refused)
    ({ items: receipts, next } = valueOf(await orUnavailable("the machine", object.refusals(address, call))));
  else ({ items: history, next } = valueOf(await orUnavailable("the machine", object.history(address, call))));
  return {
    refused,
    history,
    receipts,
    nextPageToken: next === undefined ? "" : await signPageToken(house, binding, String(next)),
  };
}

/** Where the machine is now, and nothing else of it. */
export async function getState(
  house: House,
  principal: Principal,
  configuration: string,
  id: string,
): Promise<StateView> {
  const address = addressOf(principal, configuration, id);
  return valueOf(await orUnavailable("the machine", house.machine(address).state(address)));
}

export async function listAllowedEvents(
  house: House,
  principal: Principal,
  configuration: string,
  id: string,
): Promise<AllowedView> {
  const address = addressOf(principal, configuration, id);
  return valueOf(await orUnavailable("the machine", house.machine(address).allowedEvents(address)));
}

/** The machine that is meant; malformed names are refused. */
export function addressOf(principal: Principal, configuration: string, id: string): MachineAddress {
  const rules = new Rules();
  rules.name("/configuration", configuration, checkConfigurationName);
  rules.name("/id", id, checkId);
  rules.enforce();
  return { tenant: principal.tenant, configuration, id };
}

function historyBinding(address: MachineAddress, order: string, refused: boolean): string[] {
  return [address.tenant, "history", address.configuration, address.id, order, String(refused)];
}
