/** Which way a machine came, as far as its history is known. */
import type { Marks } from "../../../diagram/graph.ts";
import type { HistoryEntry } from "../../../gen/detent/v1/machine_pb.ts";

/** More of a way is no way that anybody could see. */
export const LONGEST_PATH = 1_000;

/** Marks for a diagram: each transition once. Entries are newest first; the oldest beyond `LONGEST_PATH` are left out. */
export function marksOf(state: string, entries: readonly HistoryEntry[]): Marks {
  const taken = new Map<string, { from: string; to: string; event: string }>();
  for (const { kind, transition } of entries.slice(0, LONGEST_PATH)) {
    // An override and a migration take no transition.
    if (kind !== "event" || transition === undefined) continue;
    const { from, to, event } = transition;
    taken.set(JSON.stringify([from, event, to]), { from, to, event });
  }
  return { current: state, taken: [...taken.values()] };
}
