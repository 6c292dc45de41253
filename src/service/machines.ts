/** Use cases on one machine: create, get, history, allowed events, labels, override, delete. */
import { LIMITS } from "../engine/limits.ts";
import { checkConfigurationName, checkId, checkStateOrEventName } from "../engine/names.ts";
import { invalid } from "../errors.ts";
import type {
  AllowedView,
  HistoryItem,
  MachineAddress,
  MachineView,
  OverrideCall,
  StateView,
} from "../machine/calls.ts";
import type { Receipt } from "../receipt.ts";
import { requireScope } from "../auth/scope.ts";
import { askMachine } from "./ask-machine.ts";
import { findStored, parseConfigId } from "./configurations.ts";
import { deriveId } from "./derived-id.ts";
import type { Principal } from "../auth/principal.ts";
import { requireMachine } from "../auth/reach.ts";
import type { House } from "./house.ts";
import { checkNewMachine, toCreateCall, type NewMachineInput } from "./new-machine.ts";
import { findUsedUp } from "./quotas.ts";
import { pageSizeOf, readPageToken, signPageToken } from "./paging.ts";
import { Rules } from "./rules.ts";

export interface CreateMachineInput extends NewMachineInput {
  readonly configId: string;
  readonly id?: string | undefined;
  /** A repeat with the same key and content gets the first answer again; without an id, the id is made of the key. */
  readonly idempotencyKey?: string | undefined;
  /** The trace it came with (W3C Trace Context). */
  readonly traceparent?: string | undefined;
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
  const key = input.idempotencyKey || undefined;
  const rules = new Rules();
  if (key !== undefined) rules.name("/idempotency_key", key, checkId);
  const id = input.id || (key === undefined ? house.uuid() : await deriveId(key));
  rules.name("/id", id, checkId);
  const machine = checkNewMachine(rules, "", input);
  rules.enforce();
  requireMachine(principal, { configuration: parseConfigId(input.configId).name, id });
  const [stored, usedUp] = await Promise.all([
    findStored(house, principal, input.configId),
    findUsedUp(house, principal),
  ]);
  const address = { tenant: principal.tenant, configuration: stored.name, id };
  const { traceparent } = input;
  const call = { ...toCreateCall(stored, machine, key), ...usedUp, ...(traceparent !== undefined && { traceparent }) };
  return { id, machine: await askMachine(house, address, (object) => object.create(address, call)), historyToken: "" };
}

export interface GetMachineInput {
  readonly configuration: string;
  readonly id: string;
  /** Absent: as it is now. */
  readonly atRevision?: number | undefined;
}

/** The machine as it is, or as it was at a revision (OUT_OF_RANGE when that is to come or was pruned). */
export async function getMachine(
  house: House,
  principal: Principal,
  { configuration, id, atRevision }: GetMachineInput,
): Promise<MachineAnswer> {
  const address = addressOf(principal, configuration, id);
  const machine = await askMachine(house, address, (object) => object.read(address, atRevision));
  return await toAnswer(house, address, machine);
}

/** A machine as callers get it. */
export async function toAnswer(house: House, address: MachineAddress, machine: MachineView): Promise<MachineAnswer> {
  const oldest = machine.history[0];
  const more = machine.hasOlderHistory && oldest !== undefined;
  const historyToken = more
    ? await signPageToken(house, historyBinding(address, "desc", false), String(oldest.revision))
    : "";
  return { id: address.id, machine, historyToken };
}

export interface UpdateLabelsInput {
  readonly configuration: string;
  readonly id: string;
  /** A member that is null takes its label off; labels that are not named stay. */
  readonly labels: Record<string, string | null>;
  readonly expectedRevision?: number | undefined;
}

/** Sets and takes off labels (RFC 7396). They are no part of the state: the revision stays. */
export async function updateLabels(
  house: House,
  principal: Principal,
  { configuration, id, labels, expectedRevision }: UpdateLabelsInput,
): Promise<MachineAnswer> {
  const rules = new Rules();
  const text = rules.object("/labels", labels);
  rules.bytesAtMost("/labels", LIMITS.labelsBytes, text);
  rules.enforce();
  const address = addressOf(principal, configuration, id);
  const call = { labels, ...(expectedRevision !== undefined && { expectedRevision }) };
  const machine = await askMachine(house, address, (object) => object.updateLabels(address, call));
  return await toAnswer(house, address, machine);
}

export interface OverrideMachineInput {
  readonly configuration: string;
  readonly id: string;
  readonly state: string;
  /** Replaces the machine's data; absent: the data stays. */
  readonly data?: Record<string, unknown> | undefined;
  readonly comment: string;
  /** Required. */
  readonly expectedRevision?: number | undefined;
  readonly traceparent?: string | undefined;
}

/** Puts a machine into a state, whatever its transitions say: a change like any other, with a row of history. */
export async function overrideMachine(
  house: House,
  principal: Principal,
  input: OverrideMachineInput,
): Promise<MachineAnswer> {
  requireScope(principal, "ops");
  const { state, comment, expectedRevision, traceparent } = input;
  const rules = new Rules();
  rules.name("/state", state, checkStateOrEventName);
  if (comment.trim() === "") rules.broken("/comment", "required", "comment is required: it tells why", comment);
  rules.wellFormed("/comment", comment);
  rules.bytesAtMost("/comment", LIMITS.commentBytes, comment);
  const data = input.data === undefined ? undefined : rules.object("/data", input.data);
  if (data !== undefined) rules.bytesAtMost("/data", LIMITS.machineDataBytes, data);
  if (expectedRevision === undefined) {
    const message = "expected_revision (on the JSON routes the header If-Match) is required";
    rules.broken("/expected_revision", "required", message);
  }
  rules.enforce();
  const address = addressOf(principal, input.configuration, input.id);
  const call: OverrideCall = {
    state,
    comment,
    actor: principal.actor,
    expectedRevision: expectedRevision ?? 0,
    ...(data !== undefined && { data }),
    ...(traceparent !== undefined && { traceparent }),
  };
  const machine = await askMachine(house, address, (object) => object.override(address, call));
  return await toAnswer(house, address, machine);
}

export interface DeleteMachineInput {
  readonly configuration: string;
  readonly id: string;
  readonly expectedRevision?: number | undefined;
}

/** Ends a machine and its history; its id answers MACHINE_GONE for 30 days and is free then. */
export async function deleteMachine(
  house: House,
  principal: Principal,
  { configuration, id, expectedRevision }: DeleteMachineInput,
): Promise<void> {
  const address = addressOf(principal, configuration, id);
  const call = { actor: principal.actor, ...(expectedRevision !== undefined && { expectedRevision }) };
  await askMachine(house, address, (machine) => machine.delete(address, call));
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
  let history: readonly HistoryItem[] = [];
  let receipts: readonly Receipt[] = [];
  let next: number | undefined;
  if (refused)
    ({ items: receipts, next } = await askMachine(house, address, (machine) => machine.refusals(address, call)));
  else ({ items: history, next } = await askMachine(house, address, (machine) => machine.history(address, call)));
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
  return await askMachine(house, address, (machine) => machine.state(address));
}

export async function listAllowedEvents(
  house: House,
  principal: Principal,
  configuration: string,
  id: string,
): Promise<AllowedView> {
  const address = addressOf(principal, configuration, id);
  return await askMachine(house, address, (machine) => machine.allowedEvents(address));
}

/** The machine that is meant; malformed names are refused, and machines that the credential does not reach. */
export function addressOf(principal: Principal, configuration: string, id: string): MachineAddress {
  const rules = new Rules();
  rules.name("/configuration", configuration, checkConfigurationName);
  rules.name("/id", id, checkId);
  rules.enforce();
  requireMachine(principal, { configuration, id });
  return { tenant: principal.tenant, configuration, id };
}

function historyBinding(address: MachineAddress, order: string, refused: boolean): string[] {
  return [address.tenant, "history", address.configuration, address.id, order, String(refused)];
}
