/** Use case: look the receipt of an event up. */
import { findDecision, findFailure } from "../catalog/lookups.ts";
import { checkConfigurationName, checkId, isReservedEventId, quote } from "../engine/names.ts";
import { DetentError, type Reason } from "../errors.ts";
import type { MachineAddress } from "../machine/calls.ts";
import type { Receipt } from "../receipt.ts";
import { askMachine } from "./ask-machine.ts";
import type { Principal } from "../auth/principal.ts";
import { reachesMachine, requireConfiguration } from "../auth/reach.ts";
import type { House } from "./house.ts";
import { addressOf } from "./machines.ts";
import { Rules } from "./rules.ts";

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
  if (query.id !== "") return await findOfMachine(house, addressOf(principal, configuration, query.id), eventId);
  requireConfiguration(principal, configuration);
  // The index would read a row for each machine that has one.
  if (isReservedEventId(eventId)) {
    const message = `event ${quote(eventId)} is looked up through its machine: ids that begin with "timer:" or "detent:" are the machines' own, and many have the same`;
    throw new DetentError("EVENT_NOT_FOUND", message);
  }
  const decision = await findDecision(house.catalog(principal.tenant), configuration, eventId);
  const id = decision?.kind === "failed" ? decision.receipt.machine.id : decision?.id;
  const isReached = id !== undefined && reachesMachine(principal, { configuration, id });
  if (decision?.kind === "failed" && isReached) return decision.receipt;
  try {
    if (decision?.kind === "machine" && isReached) {
      return await findDecided(house, { tenant: principal.tenant, configuration, id: decision.id }, eventId);
    }
  } catch (error) {
    // What the index remembers, the machine may have let go, or be gone itself.
    if (!(error instanceof DetentError) || !FORGOTTEN.has(error.reason)) throw error;
  }
  throw new DetentError("EVENT_NOT_FOUND", `configuration "${configuration}" has decided no event "${eventId}"`);
}

/** What the machine has decided, or what became of an event that did not find it. */
async function findOfMachine(house: House, address: MachineAddress, eventId: string): Promise<Receipt> {
  try {
    return await findDecided(house, address, eventId);
  } catch (error) {
    if (!(error instanceof DetentError) || !FORGOTTEN.has(error.reason)) throw error;
    const failed = await findFailure(house.catalog(address.tenant), address, eventId);
    if (failed === undefined) throw error;
    return failed;
  }
}

const FORGOTTEN: ReadonlySet<Reason> = new Set(["EVENT_NOT_FOUND", "MACHINE_GONE", "MACHINE_NOT_FOUND"]);

function findDecided(house: House, address: MachineAddress, eventId: string): Promise<Receipt> {
  return askMachine(house, address, (machine) => machine.receipt(address, eventId));
}
