/** What a sender says of an event, and the rules on it. */
import { checkConfigurationName, checkId, checkVersion } from "../engine/names.ts";
import type { SendCall } from "../machine/calls.ts";
import type { Principal } from "../auth/principal.ts";
import { requireEvent, requireMachine } from "../auth/reach.ts";
import { requireScope } from "../auth/scope.ts";
import { checkEventItself, type EventInput } from "./event-rules.ts";
import type { House } from "./house.ts";
import { checkNewMachine, type CheckedMachine, type NewMachineInput } from "./new-machine.ts";
import { Rules } from "./rules.ts";

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
