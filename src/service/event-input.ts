/** What a sender says of an event, and the rules on it. */
import { countUtf8Bytes, LIMITS } from "../engine/limits.ts";
import {
  checkConfigurationName,
  checkId,
  checkStateOrEventName,
  checkVersion,
  isReservedEventId,
} from "../engine/names.ts";
import type { SendCall } from "../machine/calls.ts";
import type { Principal } from "../auth/principal.ts";
import { requireEvent, requireMachine } from "../auth/reach.ts";
import { requireScope } from "../auth/scope.ts";
import type { House } from "./house.ts";
import { checkNewMachine, type CheckedMachine, type NewMachineInput } from "./new-machine.ts";
import { Rules } from "./rules.ts";

/** The event itself. */
export interface EventInput {
  readonly event: string;
  readonly eventId?: string | undefined;
  readonly data?: Record<string, unknown> | undefined;
  readonly details?: string | undefined;
  readonly originator?: string | undefined;
  /** Epoch ms. */
  readonly timestamp?: number | undefined;
}

/** The event, whom it is for and under which conditions. */
export interface SendEventInput extends EventInput {
  readonly configuration: string;
  readonly id: string;
  readonly expectedState?: string | undefined;
  readonly expectedRevision?: number | undefined;
  /** Where there is no such machine, it is created with the event, together or not at all. */
  readonly createIfMissing?: (NewMachineInput & { readonly version?: string | undefined }) | undefined;
  /** Answer what would be answered; change nothing. */
  readonly isDryRun?: boolean | undefined;
  /** Who sends it, where that is not who asks: on the events queue. */
  readonly actor?: string | undefined;
  /** The trace it came with (W3C Trace Context). */
  readonly traceparent?: string | undefined;
}

/** An event that keeps the rules. */
export interface CheckedEvent {
  readonly input: SendEventInput;
  readonly call: SendCall;
  /** What to create where there is no machine. */
  readonly newMachine?: CheckedMachine & { readonly version: string };
}

/** Originators of what Detent sends itself. */
const RESERVED_ORIGINATORS = ["timer", "detent"];

/** Checks every rule on what the sender says; throws INVALID_ARGUMENT or LIMIT_EXCEEDED with all that are broken; PERMISSION_DENIED for what the credential may not. */
export function checkEvent(house: House, principal: Principal, input: SendEventInput): CheckedEvent {
  const { configuration, id, expectedState, expectedRevision, createIfMissing, isDryRun, traceparent } = input;
  const rules = new Rules();
  if (configuration !== "") rules.name("/configuration", configuration, checkConfigurationName);
  if (id !== "") rules.name("/id", id, checkId);
  const event = checkEventItself(rules, "", house, input);
  const version = createIfMissing?.version || "v1";
  if (createIfMissing !== undefined) rules.name("/create_if_missing/version", version, checkVersion);
  const newMachine = createIfMissing && { version, ...checkNewMachine(rules, "/create_if_missing", createIfMissing) };
  rules.enforce();
  // Who does not reach everything does not reach what has no name: a failure of it is the tenant's to see.
  requireMachine(principal, { configuration, id });
  requireEvent(principal, input.event);
  if (newMachine !== undefined) requireScope(principal, "machines:write");
  const call: SendCall = {
    ...event,
    actor: input.actor ?? principal.actor,
    ...(expectedState !== undefined && { expectedState }),
    ...(expectedRevision !== undefined && { expectedRevision }),
    ...(traceparent !== undefined && { traceparent }),
    ...(isDryRun && { isDryRun }),
  };
  return { input, call, ...(newMachine !== undefined && { newMachine }) };
}

/** The part of a call that is the event's own; broken rules are collected in `rules` with pointers under `pointer`. */
export function checkEventItself(
  rules: Rules,
  pointer: string,
  house: House,
  input: EventInput,
): Pick<SendCall, "eventId" | "event" | "data" | "details" | "originator" | "timestamp"> {
  const { event, details = "", originator = "", timestamp } = input;
  const eventId = input.eventId || house.uuid();
  rules.name(`${pointer}/event`, event, checkStateOrEventName);
  rules.name(`${pointer}/event_id`, eventId, checkId);
  if (isReservedEventId(eventId)) {
    rules.broken(`${pointer}/event_id`, "reserved", 'event_id must not begin with "timer:" or "detent:"', eventId);
  }
  if (RESERVED_ORIGINATORS.includes(originator)) {
    rules.broken(`${pointer}/originator`, "reserved", `originator must not be "${originator}"`, originator);
  }
  rules.wellFormed(`${pointer}/originator`, originator);
  rules.bytesAtMost(`${pointer}/originator`, LIMITS.originatorBytes, originator);
  rules.wellFormed(`${pointer}/details`, details);
  const data = rules.object(`${pointer}/data`, input.data);
  const bytes =
    (data === "{}" ? 0 : countUtf8Bytes(data)) + (details === "" ? 0 : countUtf8Bytes(JSON.stringify(details)));
  if (bytes > LIMITS.eventBytes) {
    const message = `data and details together have ${bytes} bytes as JSON, the limit is ${LIMITS.eventBytes}`;
    rules.broken(`${pointer}/${details === "" ? "data" : "details"}`, "limit_exceeded", message, String(bytes));
  }
  if (timestamp !== undefined) rules.instant(`${pointer}/timestamp`, timestamp);
  return { eventId, event, data, details, originator, ...(timestamp !== undefined && { timestamp }) };
}
