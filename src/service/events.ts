/** Use cases on events: send one, or many. */
import { findConfiguration } from "../catalog/configurations.ts";
import { DetentError, orUnavailable } from "../errors.ts";
import type { CreateCall, MachineAddress, SendCall, SendReply } from "../machine/calls.ts";
import { unreadableEvent, type UnreadableMessage } from "../machine/cloud-event.ts";
import type { Receipt } from "../receipt.ts";
import { MOST_ASKS } from "./ask-machine.ts";
import { logDecision } from "./decision-log.ts";
import { checkEvent, type CheckedEvent, type SendEventInput } from "./event-input.ts";
import { fail, findFailure, goneFailureOf, missingDestinationOf, recordFailure } from "./failures.ts";
import type { Principal } from "../auth/principal.ts";
import type { House } from "./house.ts";
import { addressOf } from "./machines.ts";
import { findUsedUp, spendEvents } from "./quotas.ts";
import { toCreateCall } from "./new-machine.ts";
import { valueOf } from "./rules.ts";

/**
 * Sends an event and answers its receipt, whatever was decided: transitioned, refused, or failed where there is no
 * machine. Throws for what is not recorded: broken rules, mismatched expectations, a reused id, an unreachable part.
 */
export async function sendEvent(house: House, principal: Principal, input: SendEventInput): Promise<Receipt> {
  if (!input.isDryRun) await spendEvents(house, principal, 1);
  const [sent] = await sendToOne(house, principal, [input]);
  if (sent !== undefined && "receipt" in sent) return sent.receipt;
  throw sent?.error;
}

/** What became of one of many events: its receipt, or what a caller of its own would have been thrown. */
export type Sent = { readonly receipt: Receipt } | { readonly error: unknown };

/**
 * Sends events and answers what became of each, in the same order: those of a machine in their order and in one call to
 * its object. One that the object could not store (UNAVAILABLE) ends all behind it likewise, so that trying those again
 * keeps the order.
 */
export async function sendEvents(
  house: House,
  principal: Principal,
  inputs: readonly SendEventInput[],
): Promise<Sent[]> {
  const tried = inputs.filter(({ isDryRun }) => isDryRun).length;
  await spendEvents(house, principal, inputs.length - tried, tried);
  const sent: Sent[] = [];
  const groups = Map.groupBy(inputs.keys(), (index) => {
    const { configuration = "", id = "" } = inputs[index] ?? {};
    return JSON.stringify([configuration, id]);
  });
  const send = async (indexes: readonly number[]): Promise<void> => {
    const group = indexes.flatMap((index) => inputs[index] ?? []);
    const results = await sendToOne(house, principal, group);
    for (const [position, index] of indexes.entries()) {
      sent[index] = results[position] ?? { error: new Error("an event was not answered") };
    }
  };
  await Promise.all([...groups.values()].map(send));
  return sent;
}

/** The events of one address: of a machine, or of none. */
async function sendToOne(house: House, principal: Principal, inputs: readonly SendEventInput[]): Promise<Sent[]> {
  const startedAt = house.now();
  const prepared = inputs.map((input) => attempt(() => checkEvent(house, principal, input)));
  const checked = prepared.flatMap((result) => ("error" in result ? [] : [result]));
  const reached = await askForAll(house, principal, checked).catch((error: unknown) => ({ error }));
  const replies = "error" in reached ? [] : [...reached];
  const sent: Sent[] = [];
  for (const result of prepared) {
    if ("error" in result) {
      sent.push(result);
      continue;
    }
    const end = async (): Promise<Sent> => {
      if ("error" in reached) throw reached.error;
      const receipt = await settle(house, principal, result, replies.shift());
      const { isDryRun, traceparent } = result.call;
      if (!isDryRun) logDecision(house, principal, receipt, { startedAt, traceparent });
      return { receipt };
    };
    // One after the other: what fails without a machine is recorded in its order.
    sent.push(await end().catch((error: unknown) => ({ error })));
  }
  return sent;
}

function attempt<T>(work: () => T): T | { readonly error: unknown } {
  try {
    return work();
  } catch (error) {
    return { error };
  }
}

/** The machine's replies, in order; none where no machine is named. */
async function askForAll(
  house: House,
  principal: Principal,
  checked: readonly CheckedEvent[],
): Promise<readonly SendReply[]> {
  const [first] = checked;
  if (first === undefined || missingDestinationOf(first.input) !== undefined) return [];
  const address = addressOf(principal, first.input.configuration, first.input.id);
  const calls = checked.map(({ call }) => call);
  const replies = await ask(house, address, calls);
  // Only a miss reads D1: the configurations of machines that are to be created now.
  const start = checked.findIndex(({ newMachine }, index) => newMachine !== undefined && isMissing(replies[index]));
  if (start < 0) return replies;
  const creations = await findCreations(house, principal, checked.slice(start));
  const again = calls.slice(start).map((call, index): SendCall => {
    const create = creations[index];
    if (create === undefined) return call;
    const { traceparent } = call;
    return { ...call, create: { ...create, ...(traceparent !== undefined && { traceparent }) } };
  });
  return [...replies.slice(0, start), ...(await ask(house, address, again))];
}

/** Asks again for what is more than the machine may do in one call. */
async function ask(
  house: House,
  address: MachineAddress,
  calls: readonly SendCall[],
  asks = 1,
): Promise<readonly SendReply[]> {
  const machine = house.machine(address);
  const [first] = calls;
  const asked =
    first !== undefined && calls.length === 1
      ? machine.send(address, first).then((reply) => [reply])
      : machine.sendAll(address, calls);
  const replies = await orUnavailable("the machine", asked);
  const done = replies.findIndex((reply) => !reply.ok && reply.isUnfinished);
  // A dry run leaves nothing done for the next to go on from.
  if (done < 0 || (done === 0 && first?.isDryRun) || asks === MOST_ASKS) return replies;
  const decided = replies.slice(0, done);
  try {
    return [...decided, ...(await ask(house, address, calls.slice(done), asks + 1))];
  } catch (error) {
    // What is decided is answered all the same.
    house.log.write("warn", "a machine that had more to do could not be asked again", { ...address, cause: error });
    return replies;
  }
}

function isMissing(reply: SendReply | undefined): boolean {
  return reply !== undefined && !reply.ok && reply.reason === "MACHINE_NOT_FOUND";
}

/** What each event would create; undefined where it would not, or where there is no such configuration. */
async function findCreations(
  house: House,
  principal: Principal,
  checked: readonly CheckedEvent[],
): Promise<(CreateCall | undefined)[]> {
  const db = house.catalog(principal.tenant);
  const versions = new Set(checked.flatMap(({ newMachine }) => newMachine?.version ?? []));
  const name = checked[0]?.input.configuration ?? "";
  const [found, usedUp] = await Promise.all([
    Promise.all([...versions].map(async (version) => [version, await findConfiguration(db, name, version)] as const)),
    findUsedUp(house, principal),
  ]);
  const stored = new Map(found);
  return checked.map(({ newMachine }) => {
    if (newMachine === undefined) return undefined;
    const { version, ...machine } = newMachine;
    const configuration = stored.get(version);
    return configuration && { ...toCreateCall(configuration, machine), ...usedUp };
  });
}

/** The machine's decision; where there was no machine, the failure. */
async function settle(
  house: House,
  principal: Principal,
  checked: CheckedEvent,
  reply: SendReply | undefined,
): Promise<Receipt> {
  const missing = missingDestinationOf(checked.input);
  if (missing !== undefined) return await fail(house, principal, checked, missing);
  if (reply === undefined) throw new DetentError("UNAVAILABLE", "the machine gave no answer; try again");
  if (isMissing(reply)) return await fail(house, principal, checked, await findFailure(house, principal, checked));
  if (!reply.ok && reply.reason === "MACHINE_GONE") {
    return await fail(house, principal, checked, goneFailureOf(checked.input));
  }
  const receipt = valueOf(reply, "/create_if_missing");
  const { isDryRun, traceparent } = checked.call;
  return reply.isUnrecorded && !isDryRun ? await recordFailure(house, principal, receipt, traceparent) : receipt;
}

/** Tells that a message of the events queue is no event of `tenant`'s; settles when the notification is on its way. */
export async function reportUnreadable(house: House, tenant: string, message: UnreadableMessage): Promise<void> {
  await house.notify([unreadableEvent(tenant, message)]);
}

/** Whether trying the same again may end otherwise: the platform failed, nothing was decided. */
export function isUnfinished(error: unknown): boolean {
  return !(error instanceof DetentError) || error.reason === "UNAVAILABLE" || error.reason === "INTERNAL";
}

/** The receipt, or the error that a refused or failed event is on the doors that speak in errors. */
export function acceptedOrThrow(receipt: Receipt): Receipt {
  if (receipt.reason === undefined) return receipt;
  const { reason, message = reason, violations = [] } = receipt;
  throw new DetentError(reason, message, { receipt, violations });
}
