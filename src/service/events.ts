/** Use cases on events: send one or many, look one up. */
import { configurationExists } from "../catalog/configurations.ts";
import { findDecision } from "../catalog/lookups.ts";
import { countUtf8Bytes, LIMITS } from "../engine/limits.ts";
import { checkConfigurationName, checkId, checkStateOrEventName } from "../engine/names.ts";
import { DetentError, orUnavailable, type Reason } from "../errors.ts";
import type { MachineAddress, Reply, SendCall } from "../machine/calls.ts";
import { failedEvent, unreadableEvent, type UnreadableMessage } from "../machine/cloud-event.ts";
import type { Receipt, StatusCodeName } from "../receipt.ts";
import type { House, Principal } from "./house.ts";
import { addressOf } from "./machines.ts";
import { Rules, valueOf } from "./rules.ts";

export interface SendEventInput {
  readonly configuration: string;
  readonly id: string;
  readonly event: string;
  readonly eventId?: string | undefined;
  readonly data?: Record<string, unknown> | undefined;
  readonly details?: string | undefined;
  readonly originator?: string | undefined;
  /** Epoch ms. */
  readonly timestamp?: number | undefined;
  readonly expectedState?: string | undefined;
  readonly expectedRevision?: number | undefined;
}

/** Event ids and originators by which Detent sends events itself. */
const RESERVED_ID = /^(?:timer|detent):/;
const RESERVED_ORIGINATORS = ["timer", "detent"];

/**
 * Sends an event and answers its receipt, whatever was decided: transitioned, refused, or failed where there is no
 * machine. Throws for what is not recorded: broken rules, mismatched expectations, a reused id, an unreachable part.
 */
export async function sendEvent(house: House, principal: Principal, input: SendEventInput): Promise<Receipt> {
  const call = toCall(house, principal, input);
  const missing = missingDestinationOf(input);
  if (missing !== undefined) return await fail(house, principal, input, call, missing);
  const address = addressOf(principal, input.configuration, input.id);
  return await settle(
    house,
    principal,
    input,
    call,
    await orUnavailable("the machine", house.machine(address).send(address, call)),
  );
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
  const prepared = inputs.map((input) => attempt(() => ({ input, call: toCall(house, principal, input) })));
  const calls = prepared.flatMap((result) => ("call" in result ? [result.call] : []));
  const reached = await askForAll(house, principal, inputs[0], calls);
  const sent: Sent[] = [];
  for (const result of prepared) {
    if ("error" in result) {
      sent.push(result);
      continue;
    }
    const { input, call } = result;
    const end = async (): Promise<{ receipt: Receipt }> => {
      if ("error" in reached) throw reached.error;
      const missing = missingDestinationOf(input);
      if (missing !== undefined) return { receipt: await fail(house, principal, input, call, missing) };
      const reply = reached.replies.shift();
      if (reply === undefined) throw new DetentError("UNAVAILABLE", "the machine gave no answer; try again");
      return { receipt: await settle(house, principal, input, call, reply) };
    };
    // One after the other: what fails without a machine is recorded in its order.
    sent.push(await end().catch((error: unknown) => ({ error })));
  }
  return sent;
}

/** The object's replies, in order; none where no machine is named. */
async function askForAll(
  house: House,
  principal: Principal,
  first: SendEventInput | undefined,
  calls: readonly SendCall[],
): Promise<{ replies: Reply<Receipt>[] } | { error: unknown }> {
  if (first === undefined || calls.length === 0 || missingDestinationOf(first) !== undefined) return { replies: [] };
  try {
    const address = addressOf(principal, first.configuration, first.id);
    return { replies: await orUnavailable("the machine", house.machine(address).sendAll(address, calls)) };
  } catch (error) {
    return { error };
  }
}

function attempt<T>(work: () => T): T | { error: unknown } {
  try {
    return work();
  } catch (error) {
    return { error };
  }
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
  throw new DetentError(receipt.reason, receipt.message ?? receipt.reason, { receipt });
}

/** The receipt of an event: of one machine, or (id empty) the newest by configuration and event id, through the index. */
export async function getEvent(
  house: House,
  principal: Principal,
  query: { configuration: string; id: string; eventId: string },
): Promise<Receipt> {
  const { configuration, eventId } = query;
  const rules = new Rules();
  rules.name("/configuration", configuration, checkConfigurationName);
  rules.name("/event_id", eventId, checkId);
  rules.enforce();
  if (query.id !== "") return await askMachine(house, addressOf(principal, configuration, query.id), eventId);
  const decision = await findDecision(house.catalog(principal.tenant), configuration, eventId);
  if (decision?.kind === "failed") return decision.receipt;
  try {
    if (decision !== undefined) {
      return await askMachine(house, { tenant: principal.tenant, configuration, id: decision.id }, eventId);
    }
  } catch (error) {
    // What the index remembers, the machine may have let go, or be gone itself.
    if (!(error instanceof DetentError) || !FORGOTTEN.has(error.reason)) throw error;
  }
  throw new DetentError("EVENT_NOT_FOUND", `configuration "${configuration}" has decided no event "${eventId}"`);
}

const FORGOTTEN: ReadonlySet<Reason> = new Set(["EVENT_NOT_FOUND", "MACHINE_GONE", "MACHINE_NOT_FOUND"]);

async function askMachine(house: House, address: MachineAddress, eventId: string): Promise<Receipt> {
  return valueOf(await orUnavailable("the machine", house.machine(address).receipt(address, eventId)));
}

/** Why an event fails that finds no machine to decide it. */
interface Failure {
  readonly code: StatusCodeName;
  readonly reason: Reason;
  readonly message: string;
}

function missingDestinationOf({ configuration, id }: SendEventInput): Failure | undefined {
  if (configuration !== "" && id !== "") return undefined;
  const missing = configuration === "" ? "configuration" : "machine id";
  return { code: "MissingDestination", reason: "MISSING_DESTINATION", message: `the event names no ${missing}` };
}

/** Checks every rule on what the sender says; throws INVALID_ARGUMENT or LIMIT_EXCEEDED with all that are broken. */
function toCall(house: House, principal: Principal, input: SendEventInput): SendCall {
  const eventId = input.eventId || house.uuid();
  const details = input.details ?? "";
  const originator = input.originator ?? "";
  const rules = new Rules();
  if (input.configuration !== "") rules.name("/configuration", input.configuration, checkConfigurationName);
  if (input.id !== "") rules.name("/id", input.id, checkId);
  rules.name("/event", input.event, checkStateOrEventName);
  rules.name("/event_id", eventId, checkId);
  if (RESERVED_ID.test(eventId)) {
    rules.broken("/event_id", "reserved", 'event_id must not begin with "timer:" or "detent:"', eventId);
  }
  if (RESERVED_ORIGINATORS.includes(originator)) {
    rules.broken("/originator", "reserved", `originator must not be "${originator}"`, originator);
  }
  rules.wellFormed("/originator", originator);
  rules.bytesAtMost("/originator", LIMITS.originatorBytes, originator);
  rules.wellFormed("/details", details);
  const data = rules.object("/data", input.data);
  const bytes =
    (data === "{}" ? 0 : countUtf8Bytes(data)) + (details === "" ? 0 : countUtf8Bytes(JSON.stringify(details)));
  if (bytes > LIMITS.eventBytes) {
    const message = `data and details together have ${bytes} bytes as JSON, the limit is ${LIMITS.eventBytes}`;
    rules.broken(details === "" ? "/data" : "/details", "limit_exceeded", message, String(bytes));
  }
  const { timestamp } = input;
  if (timestamp !== undefined) rules.instant("/timestamp", timestamp);
  rules.enforce();
  return {
    eventId,
    event: input.event,
    data,
    details,
    originator,
    actor: principal.actor,
    ...(timestamp !== undefined && { timestamp }),
    ...(input.expectedState !== undefined && { expectedState: input.expectedState }),
    ...(input.expectedRevision !== undefined && { expectedRevision: input.expectedRevision }),
  };
}

/** The machine's decision; where there was no machine, the failure, which only then reads D1. */
async function settle(
  house: House,
  principal: Principal,
  input: SendEventInput,
  call: SendCall,
  reply: Reply<Receipt>,
): Promise<Receipt> {
  if (!reply.ok && reply.reason === "MACHINE_GONE") {
    const message = `machine "${input.id}" of configuration "${input.configuration}" was deleted or retired`;
    return await fail(house, principal, input, call, { code: "FsmNotFound", reason: "MACHINE_GONE", message });
  }
  if (reply.ok || reply.reason !== "MACHINE_NOT_FOUND") return valueOf(reply);
  const isKnown = await configurationExists(house.catalog(principal.tenant), input.configuration);
  const message = isKnown
    ? `configuration "${input.configuration}" has no machine "${input.id}"`
    : `there is no configuration "${input.configuration}"`;
  return await fail(
    house,
    principal,
    input,
    call,
    isKnown
      ? { code: "FsmNotFound", reason: "MACHINE_NOT_FOUND", message }
      : { code: "ConfigurationNotFound", reason: "CONFIGURATION_NOT_FOUND", message },
  );
}

/** A failed event's receipt, stored with its notification before it is answered. */
async function fail(
  house: House,
  { tenant }: Principal,
  { configuration, id }: SendEventInput,
  call: SendCall,
  failure: Failure,
): Promise<Receipt> {
  const { eventId, event, data, details, originator, actor } = call;
  const at = house.now();
  const receipt: Receipt = {
    eventId,
    event,
    data,
    details,
    originator,
    actor,
    at,
    ...failure,
    configId: "",
    machine: { configuration, id },
    result: "failed",
    from: "",
    revision: 0,
    duplicate: false,
  };
  const failureId = house.uuid();
  const notification = failedEvent(tenant, failureId, receipt);
  const expiresAt = at + house.retention.outcomesMs;
  await house.recordFailures([
    { tenant, configuration, id, eventId, at, failureId, expiresAt, receipt: JSON.stringify(receipt), notification },
  ]);
  return receipt;
}
