/** A machine's changes as watchers are told of them: its history, with its creation and its end. */
import type { Changes, ChangesCall, HistoryItem, Refusal, Reply } from "./calls.ts";
import { readPage } from "./page.ts";
import type { Present } from "./present.ts";
import { toHistoryItem } from "./record.ts";
import type { MachineStore } from "./store.ts";

/** A worker holds a page for each of its watchers who are behind, and 128 MB in all. */
const BYTES_PER_PAGE = 256 * 1024;

/**
 * A page of the changes after a revision, without a gap; of a machine that is gone what is left of its history, with its
 * end. OUT_OF_RANGE: the revision is to come, or what follows it was pruned; MACHINE_GONE: with the machine.
 */
export function listChanges(store: MachineStore, present: Present, { after, limit }: ChangesCall): Reply<Changes> {
  const { revision, identity } = present;
  const isGone = identity.retiredAt !== null;
  const end = isGone ? [deletionOf(present)] : [];
  if (isGone && after > revision) return { ok: true, value: { items: [], revision: revision + 1 } };
  const refusal = checkAfter(store, present, after);
  if (refusal !== undefined) return refusal;
  const page = readPage(
    { order: "asc", after, limit },
    {
      list: (_order, last = after, most) => store.listUnsentTransitions(last, most),
      keyOf: (row) => row.revision,
      sizeOf: (row) => row.eventData.length + row.details.length,
      // Nobody has sent a creation.
      itemOf: (row) => ({ ...toHistoryItem(row), data: row.eventData || "{}" }),
    },
    BYTES_PER_PAGE,
  );
  if (page.next !== undefined) return { ok: true, value: { items: page.items, revision } };
  return { ok: true, value: { items: [...page.items, ...end], revision: isGone ? revision + 1 : revision } };
}

/** Why the changes after a revision cannot be told; undefined: they can. */
export function checkAfter(store: MachineStore, present: Present, after: number): Refusal | undefined {
  const { revision, identity } = present;
  const next = after < revision ? store.findRevision(after + 1) : undefined;
  if (after === revision || (next !== undefined && next.kind !== "pruned")) return undefined;
  if (identity.retiredAt !== null) {
    return { ok: false, reason: "MACHINE_GONE", message: "the machine was deleted or retired" };
  }
  const oldest = store.readOldestKnown() ?? revision + 1;
  const metadata = { oldest_revision: String(oldest), revision: String(revision) };
  const message =
    after > revision
      ? `after_revision: revision ${after} is to come, the machine has ${revision}`
      : `after_revision: what follows revision ${after} is not kept any more, the oldest that is kept is ${oldest}`;
  return { ok: false, reason: "OUT_OF_RANGE", message, metadata };
}

/** The end of a machine; its revision is one more than the machine's last. */
export function deletionOf({ identity, revision, state, updatedAt }: Present): HistoryItem {
  return {
    revision: revision + 1,
    kind: "deletion",
    eventId: "",
    event: "",
    from: state,
    to: "",
    timestamp: identity.retiredAt ?? updatedAt,
    originator: "",
    actor: identity.retiredBy,
    details: "",
    data: "{}",
  };
}
