/** Events that find no machine to decide them: their receipts, stored with their notifications before the answer. */
import { configurationExists } from "../catalog/configurations.ts";
import { isErased } from "../catalog/erasure.ts";
import { configIdOf } from "../engine/configuration.ts";
import type { Reason } from "../errors.ts";
import { failedEvent } from "../machine/cloud-event.ts";
import type { Receipt, StatusCodeName } from "../receipt.ts";
import { ABSENCES } from "./absences.ts";
import type { CheckedEvent, SendEventInput } from "./event-input.ts";
import type { Principal } from "../auth/principal.ts";
import type { House } from "./house.ts";

/** Why an event fails. */
interface Failure {
  readonly code: StatusCodeName;
  readonly reason: Reason;
  readonly message: string;
}

/** The failure of an event that names no machine; undefined where it names one. */
export function missingDestinationOf({ configuration, id }: SendEventInput): Failure | undefined {
  if (configuration !== "" && id !== "") return undefined;
  const missing = configuration === "" ? "configuration" : "machine id";
  return { code: "MissingDestination", reason: "MISSING_DESTINATION", message: `the event names no ${missing}` };
}

export function goneFailureOf(input: SendEventInput): Failure {
  return { code: "FsmNotFound", reason: "MACHINE_GONE", message: ABSENCES.MACHINE_GONE(input) };
}

/** Why there is no machine: only such a miss reads D1. */
export async function findFailure(house: House, { tenant }: Principal, checked: CheckedEvent): Promise<Failure> {
  const { input, newMachine } = checked;
  const { configuration } = input;
  const missing = { code: "ConfigurationNotFound", reason: "CONFIGURATION_NOT_FOUND" } as const;
  if (newMachine !== undefined) {
    return { ...missing, message: `there is no configuration "${configIdOf(configuration, newMachine.version)}"` };
  }
  if (!(await configurationExists(house.catalog(tenant), configuration))) {
    return { ...missing, message: `there is no configuration "${configuration}"` };
  }
  return { code: "FsmNotFound", reason: "MACHINE_NOT_FOUND", message: ABSENCES.MACHINE_NOT_FOUND(input) };
}

/** The receipt of a failed event, recorded unless it is a dry run. */
export async function fail(
  house: House,
  principal: Principal,
  { input, call }: CheckedEvent,
  failure: Failure,
): Promise<Receipt> {
  const { configuration, id } = input;
  const { eventId, event, data, details, originator, actor } = call;
  const receipt: Receipt = {
    eventId,
    event,
    data,
    details,
    originator,
    actor,
    at: house.now(),
    ...failure,
    configId: "",
    machine: { configuration, id },
    result: "failed",
    from: "",
    revision: 0,
    duplicate: false,
  };
  return call.isDryRun ? receipt : await recordFailure(house, principal, receipt, call.traceparent);
}

/** Stores a receipt that no machine keeps, and sees to it that its notification leaves. */
export async function recordFailure(
  house: House,
  { tenant }: Principal,
  receipt: Receipt,
  traceparent: string | undefined,
): Promise<Receipt> {
  // Of an erased tenant nothing is kept again.
  if (await isErased(house.catalog(tenant))) return receipt;
  const { eventId, at, machine } = receipt;
  const failureId = house.uuid();
  const notification = failedEvent(tenant, failureId, receipt, traceparent);
  const expiresAt = at + house.retention.outcomesMs;
  const { violations: _untold, ...kept } = receipt;
  const row = { tenant, ...machine, eventId, at, failureId, expiresAt, receipt: JSON.stringify(kept), notification };
  await house.recordFailures([row]);
  return receipt;
}
