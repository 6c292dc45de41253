/** Reads a machine and keeps it up to date for as long as somebody looks. Knows nothing of the page. */
import type { Client } from "../../../client/client.ts";
import { DetentError } from "../../../client/error.ts";
import type { AllowedEvent, Machine } from "../../../gen/detent/v1/machine_pb.ts";

/** The address of a machine. */
export interface MachineAddress {
  readonly configuration: string;
  readonly id: string;
}

/** A machine with what may happen to it next, both of the same revision. */
export interface Reading {
  readonly machine: Machine;
  readonly allowed: readonly AllowedEvent[];
}

interface Listener {
  /** It was read, for the first time or after a change. */
  readonly onReading: (reading: Reading) => void;
  /** The connection is there. */
  readonly onLive: () => void;
  /** Somebody has deleted it. */
  readonly onDeleted: () => void;
}

/** A machine that changes faster than it is read twice is not read for ever. */
const READINGS = 5;

/**
 * Reads the machine, then reads it again after each change that the watch tells; changes that a reading has brought already are
 * passed over. Returns behind the deletion and when the signal is aborted. Throws DetentError.
 */
export async function followMachine(
  client: Client,
  address: MachineAddress,
  listener: Listener,
  signal: AbortSignal,
): Promise<void> {
  let reading = await readMachine(client, address, signal);
  listener.onReading(reading);
  listener.onLive();
  const afterRevision = reading.machine.revision;
  for await (const { kind, revision } of client.watch(address, { afterRevision, signal })) {
    if (kind === "deletion") return listener.onDeleted();
    listener.onLive();
    if (revision <= reading.machine.revision) continue;
    try {
      reading = await readMachine(client, address, signal);
    } catch (error) {
      // The watch tells of the deletion, too, and of what came before it.
      if (isGone(error)) continue;
      throw error;
    }
    listener.onReading(reading);
  }
}

/** Asked together; where something has happened between the two answers, again. */
export async function readMachine(client: Client, address: MachineAddress, signal: AbortSignal): Promise<Reading> {
  for (let left = READINGS; ; left--) {
    const [{ statemachine: machine }, allowed] = await Promise.all([
      client.machines.getMachine(address, { signal }),
      client.machines.listAllowedEvents(address, { signal }),
    ]);
    if (machine === undefined)
      throw new DetentError("the answer has no machine", { reason: "UNKNOWN", code: "unknown" });
    if (machine.revision === allowed.revision) return { machine, allowed: allowed.events };
    // The next change is told in a moment: until then nothing is said of what may happen next.
    if (left === 1) return { machine, allowed: [] };
  }
}

/** The machine was there and was deleted. */
export function isGone(error: unknown): boolean {
  return error instanceof DetentError && error.reason === "MACHINE_GONE";
}
