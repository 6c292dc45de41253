/** Use cases on events: send one, look one up. */
import { configurationExists } from "../catalog/configurations.ts";
import { findEventMachine } from "../catalog/machine-index.ts";
import { countUtf8Bytes, LIMITS } from "../engine/limits.ts";
import { checkConfigurationName, checkId, checkStateOrEventName } from "../engine/names.ts";
import { DetentError, orUnavailable, type Reason } from "../errors.ts";
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

/** What RFC 3339 and google.protobuf.Timestamp can say: the years 1 to 9999. */
const EARLIEST = -62_135_596_800_000;
const LATEST = 253_402_300_799_999;
/** Event ids and originators by which Detent sends events itself. */
const RESERVED_ID = /^(?:timer|detent):/;
const RESERVED_ORIGINATORS = ["timer", "detent"];

/**
 * Sends an event and answers its receipt, whatever was decided: transitioned, refused, or failed where there is no
 * machine. Throws for what is not recorded: broken rules, mismatched expectations, a reused id, an unreachable part.
 */
export async function sendEvent(house: House, principal: Principal, input: SendEventInput): Promise<Receipt> {
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
  if (timestamp !== undefined && !(timestamp >= EARLIEST && timestamp <= LATEST)) {
    rules.broken("/timestamp", "range", "timestamp must lie in the years 1 to 9999", String(timestamp));
  }
  rules.enforce();

  const call = {
    eventId,
    event: input.event,
    data,
    details,
    originator,
    actor: principal.actor,
    ...(input.timestamp !== undefined && { timestamp: input.timestamp }),
    ...(input.expectedState !== undefined && { expectedState: input.expectedState }),
    ...(input.expectedRevision !== undefined && { expectedRevision: input.expectedRevision }),
  };
  const failed = (code: StatusCodeName, reason: Reason, message: string): Receipt => ({
    ...call,
    configId: "",
    machine: { configuration: input.configuration, id: input.id },
    result: "failed",
    code,
    reason,
    message,
    from: "",
    revision: 0,
    at: house.now(),
    duplicate: false,
  });
  if (input.configuration === "" || input.id === "") {
    const missing = input.configuration === "" ? "configuration" : "machine id";
    return failed("MissingDestination", "MISSING_DESTINATION", `the event names no ${missing}`);
  }
  const address = addressOf(principal, input.configuration, input.id);
  const reply = await orUnavailable("the machine", house.machine(address).send(address, call));
  if (reply.ok || reply.reason !== "MACHINE_NOT_FOUND") return valueOf(reply);
  // Only such a miss reads D1.
  if (await configurationExists(house.catalog(principal.tenant), input.configuration)) {
    return failed(
      "FsmNotFound",
      "MACHINE_NOT_FOUND",
      `configuration "${input.configuration}" has no machine "${input.id}"`,
    );
  }
  return failed(
    "ConfigurationNotFound",
    "CONFIGURATION_NOT_FOUND",
    `there is no configuration "${input.configuration}"`,
  );
}

/** The receipt, or the error that a refused or failed event is on the doors that speak in errors. */
export function acceptedOrThrow(receipt: Receipt): Receipt {
  if (receipt.reason === undefined) return receipt;
  throw new DetentError(receipt.reason, receipt.message ?? receipt.reason, { receipt });
}

/** The receipt of an event: of one machine, or (id empty) by configuration and event id through the index. */
export async function getEvent(
  house: House,
  principal: Principal,
  query: { configuration: string; id: string; eventId: string },
): Promise<Receipt> {
  const rules = new Rules();
  rules.name("/configuration", query.configuration, checkConfigurationName);
  rules.name("/event_id", query.eventId, checkId);
  rules.enforce();
  const id = query.id || (await findEventMachine(house.catalog(principal.tenant), query.configuration, query.eventId));
  if (id === undefined) {
    const message = `configuration "${query.configuration}" has decided no event "${query.eventId}"`;
    throw new DetentError("EVENT_NOT_FOUND", message);
  }
  const address = addressOf(principal, query.configuration, id);
  return valueOf(await orUnavailable("the machine", house.machine(address).receipt(address, query.eventId)));
}
