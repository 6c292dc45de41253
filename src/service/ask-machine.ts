/** What a machine answers, or that it is not there: said in the same words whatever it was asked. */
import { orUnavailable } from "../errors.ts";
import type { MachineAddress, MachineCalls, Reply } from "../machine/calls.ts";
import { ABSENCES } from "./absences.ts";
import type { House } from "./house.ts";
import { valueOf } from "./rules.ts";

/** A machine that has more to do than it may in one call is asked again, so often. */
export const MOST_ASKS = 50;

type Ask<T> = (machine: MachineCalls) => Promise<Reply<T>>;

/** What it answers; throws what it refuses, and UNAVAILABLE where it cannot be reached or has too much to do. */
export async function askMachine<T>(
  house: House,
  address: MachineAddress,
  ask: Ask<T>,
  mostAsks = MOST_ASKS,
): Promise<T> {
  return valueOf(await askForReply(house, address, ask, mostAsks));
}

/** The same with refusals as answers; throws UNAVAILABLE where it cannot be reached. */
export async function askForReply<T>(
  house: House,
  address: MachineAddress,
  ask: Ask<T>,
  mostAsks = MOST_ASKS,
): Promise<Reply<T>> {
  let reply = await orUnavailable("the machine", ask(house.machine(address)));
  for (let asks = 1; !reply.ok && reply.isUnfinished && asks < mostAsks; asks += 1) {
    reply = await orUnavailable("the machine", ask(house.machine(address)));
  }
  if (reply.ok || !(reply.reason === "MACHINE_NOT_FOUND" || reply.reason === "MACHINE_GONE")) return reply;
  return { ...reply, message: ABSENCES[reply.reason](address) };
}
