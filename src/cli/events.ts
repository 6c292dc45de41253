/** Sending an event, so that it is applied once however often it is tried. */
import { randomUUID } from "node:crypto";
import type { Receipt } from "./answers.ts";
import type { Door, Query } from "./door.ts";
import { Refused } from "./failure.ts";
import { machinePath } from "./input.ts";

/** An event in the words of the route; without an id it gets one. */
export type EventBody = Readonly<Record<string, unknown>>;

/**
 * The receipt, whatever became of the event: one that was refused, or found no machine, has a `reason`. Throws Refused for what
 * has no receipt.
 */
export async function sendEvent(door: Door, machine: string, body: EventBody, query: Query = {}): Promise<Receipt> {
  try {
    return await door.post<Receipt>(`${machinePath(machine)}/events`, withEventId(body), { query, isRepeatable: true });
  } catch (error) {
    const { receipt, dry_run: dryRun } = error instanceof Refused ? error.problem : {};
    if (receipt === undefined) throw error;
    return { ...receipt, ...(dryRun === true && { dry_run: true }) };
  }
}

/** The same for the queue: what becomes of it is told later. */
export async function enqueueEvent(door: Door, machine: string, body: EventBody): Promise<Enqueued> {
  const headers = { prefer: "respond-async" };
  const call = { headers, isRepeatable: true };
  return await door.post<Enqueued>(`${machinePath(machine)}/events`, withEventId(body), call);
}

interface Enqueued {
  readonly event_id: string;
  readonly status_url: string;
}

/** Named here, so that an answer that was lost can be asked for again. */
function withEventId(body: EventBody): EventBody {
  return { ...body, event_id: body["event_id"] || randomUUID() };
}
