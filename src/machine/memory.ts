/** What a machine still knows of what it has done: pruned history takes the ids of its events along. */
import type { DeleteCall, Refusal, SendCall } from "./calls.ts";
import type { Present } from "./present.ts";
import type { MachineStore } from "./store.ts";

export type Remembered = Partial<Pick<SendCall, "eventId" | "triedSince">>;

/** Why it cannot be told whether the machine has done this before; undefined: it can, or nobody asks. */
export function checkMemory(store: MachineStore, { eventId, triedSince }: Remembered): Refusal | undefined {
  if (eventId === undefined || triedSince === undefined) return undefined;
  if ((store.findTransition(eventId) ?? store.findOutcome(eventId)) !== undefined) return undefined;
  const { kind, at } = store.readOldestChange();
  // What was pruned is no younger than what is the oldest now.
  if (kind === "creation" || at < triedSince) return undefined;
  const since = new Date(triedSince).toISOString();
  const message = `the history since ${since} is not kept any more, so that it cannot be told whether this was done before`;
  return { ok: false, reason: "OUT_OF_RANGE", message };
}

/** Why a machine that is not there does not do this; unmeant where it was gone before this was tried first. */
export function absenceOf(refusal: Refusal, gone: Present | undefined, { triedSince }: Remembered): Refusal {
  const isEarlier = triedSince !== undefined && (gone?.identity.retiredAt ?? Infinity) < triedSince;
  return isEarlier ? { ...refusal, isUnmeant: true } : refusal;
}

/** Whether the end of the machine is this deletion, tried before. */
export function isDeletedBy(gone: Present | undefined, { actor, triedSince = Infinity }: DeleteCall): boolean {
  return gone?.identity.retiredBy === actor && (gone.identity.retiredAt ?? 0) >= triedSince;
}
