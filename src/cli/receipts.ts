/** Receipts and changes as a line each. */
import type { HistoryEntry, Receipt, TransitionEntry } from "./answers.ts";
import { toPrintable } from "./table.ts";

/** What became of an event. */
export function formatReceipt(receipt: Receipt): string {
  return toPrintable(`${describe(receipt)}${receipt.dry_run === true ? " (nothing was changed: a dry run)" : ""}`);
}

function describe(receipt: Receipt): string {
  const { event, from, to, result, revision, reason, message = "" } = receipt;
  // The message of a refusal says what would be allowed.
  if (reason !== undefined) return `${result}: ${reason}: ${message}`;
  const moved = `${event}: ${formatMove(from, to ?? result)}, revision ${revision}`;
  const notes = [
    ...(receipt.created === true ? ["the machine was created"] : []),
    ...(receipt.duplicate ? [`a duplicate of ${receipt.event_id}`] : []),
  ];
  return notes.length === 0 ? moved : `${moved} (${notes.join("; ")})`;
}

/** A change of a machine, as its history has it. */
export function formatChange({ revision, kind, timestamp, transition, actor, details }: HistoryEntry): string {
  const { from, to, event } = transition;
  const what =
    kind === "creation" || kind === "deletion"
      ? describeEnd(kind, to)
      : `${kind === "event" ? event : kind}: ${formatMove(from, to)}`;
  return toLine([timestamp, String(revision), what, actor, details]);
}

/** The same of a feed. */
export function formatTransition(entry: TransitionEntry): string {
  const { at, configuration, id, revision, kind, from = "", to, event, actor } = entry;
  const what =
    kind === "changed"
      ? `${event || (entry.event_id?.split(":")[1] ?? kind)}: ${formatMove(from, to)}`
      : describeEnd(kind, to);
  return toLine([at, `${configuration}/${id}`, String(revision), what, actor]);
}

/** An entry of the feed of refused and failed events. */
export function formatFailure(receipt: Receipt): string {
  const { at, machine, event, from, result, reason = "", message = "", actor } = receipt;
  const where = from === "" ? "" : ` in ${from}`;
  const name = `${machine.configuration}/${machine.id}`;
  return toLine([at, name, `${event}${where}: ${result}: ${reason}: ${message}`, actor]);
}

function toLine(parts: readonly string[]): string {
  return toPrintable(parts.filter((part) => part !== "").join("  "));
}

function formatMove(from: string, to: string): string {
  return `${from} -> ${to}`;
}

function describeEnd(kind: string, to: string): string {
  return kind === "creation" || kind === "created" ? `created: ${to}` : "deleted";
}
