/** Use cases on a wrong index: rebuild it from the registry, or from a list of machines that the registry has lost. */
import { DetentError, invalid, orUnavailable } from "../errors.ts";
import type { RebuildProgress } from "../upkeep/rebuild.ts";
import type { Principal } from "../auth/principal.ts";
import type { House } from "./house.ts";
import { addressOf } from "./machines.ts";

/** As many as are asked one after the other within one request. */
const MOST_MACHINES = 100;

/** Starts a walk over the tenant's registry; answers the progress of the one under way where there is one. */
export function startRebuild(house: House, { tenant }: Principal): Promise<RebuildProgress> {
  return orUnavailable("the rebuild", house.rebuild(tenant).start(tenant));
}

/** The progress of the walk under way or of the last one; throws NOT_FOUND where there was none. */
export async function getRebuild(house: House, { tenant }: Principal): Promise<RebuildProgress> {
  const progress = await orUnavailable("the rebuild", house.rebuild(tenant).progress());
  if (progress === undefined) throw new DetentError("NOT_FOUND", "no rebuild of the index was ever started");
  return progress;
}

/** A machine that the index has lost. */
export interface MachineName {
  readonly configuration: string;
  readonly id: string;
}

/**
 * Makes these machines, at most 100, tell the index that they are there; answers how many did and which do not exist.
 * UNAVAILABLE when one could not: the same list may be sent again.
 */
export async function tellMachines(
  house: House,
  principal: Principal,
  machines: readonly MachineName[],
): Promise<{ told: number; missing: MachineName[] }> {
  if (machines.length > MOST_MACHINES) {
    const message = `machines has ${machines.length} members, the limit is ${MOST_MACHINES}`;
    throw invalid([{ pointer: "/machines", rule: "limit_exceeded", message, value: String(machines.length) }]);
  }
  const missing: MachineName[] = [];
  for (const { configuration, id } of machines) {
    const address = addressOf(principal, configuration, id);
    // One at a time: whoever has lost an index is not in a hurry for the last second.
    const reply = await orUnavailable("the machine", house.machine(address).reindex(address, undefined));
    if (reply.ok) continue;
    if (reply.reason !== "MACHINE_NOT_FOUND" && reply.reason !== "MACHINE_GONE")
      throw new DetentError(reply.reason, reply.message);
    missing.push({ configuration, id });
  }
  return { told: machines.length - missing.length, missing };
}
