/**
 * To the notifications queue: one CloudEvent per refused event, one for all that were too many, and one per message that had
 * to be set aside.
 */
import { countBatch } from "../queue-sender.ts";
import type { JsonText } from "../receipt.ts";
import { cappedEvent, parkedEvent, refusedEvent } from "./cloud-event.ts";
import type { Muted } from "./notice-window.ts";
import type { Present } from "./present.ts";
import { receiptOfOutcome } from "./record.ts";
import type { OutcomeRow } from "./rows.ts";
import type { Position, Stream, StreamParts } from "./stream.ts";

/** Rows in memory at a time: each may carry 64 KiB of the sender's data. */
const ROWS_PER_READ = 25;

export class NotificationStream implements Stream {
  readonly name = "notifications";
  readonly #parts: StreamParts;

  constructor(parts: StreamParts) {
    this.#parts = parts;
  }

  hasUnsent(): boolean {
    return (this.#parts.present()?.outcomeSeq ?? 0) > this.#parts.cursors.notifications;
  }

  canPark(): boolean {
    return true;
  }

  target(): () => boolean {
    const outcomeSeq = this.#parts.present()?.outcomeSeq ?? 0;
    return () => this.#parts.cursors.notifications >= outcomeSeq;
  }

  async sendNext({ alone }: { readonly alone: boolean }): Promise<void> {
    const { deps, store, cursors, present: presentOf } = this.#parts;
    const present = presentOf();
    if (present === undefined) return;
    const limit = alone ? 1 : ROWS_PER_READ;
    const { outcomeSeq } = present;
    const rows = store.listUnsentNotices(cursors.notifications, limit);
    const events = rows.map((row) => this.#toEvent(present, row));
    const count = countBatch(events);
    if (count > 0) await deps.sendNotifications(events.slice(0, count));
    if (presentOf() !== present) return;
    const next = rows[count];
    const last = rows[limit - 1];
    // Up to the one that did not fit any more, to the last that was read, or to the end there was.
    cursors.notifications = next === undefined ? (last?.seq ?? outcomeSeq) : next.seq - 1;
  }

  /** In place of the message, under its number, it is told that it was set aside; when even that is refused, nothing is. */
  park(cause: string, at: number): Position {
    const { store, outboxStore, cursors } = this.#parts;
    const position = store.listUnsentNotices(cursors.notifications, 1)[0]?.seq ?? cursors.notifications;
    if (outboxStore.findParked("notifications", position) === undefined) {
      outboxStore.insertParked({ stream: "notifications", position, cause, at });
    } else {
      cursors.notifications = position;
    }
    return { position, isAnnounced: true };
  }

  #toEvent({ identity }: Present, row: OutcomeRow): JsonText {
    const parked = this.#parts.outboxStore.findParked("notifications", row.seq);
    if (parked !== undefined) return parkedEvent(identity, row.notice, parked);
    if (row.kind === "refused")
      return refusedEvent(identity, row.notice, receiptOfOutcome(identity, row), row.traceparent);
    if (row.kind === "capped") return cappedEvent(identity, row.notice, JSON.parse(row.eventData) as Muted, row.at);
    // A row of this kind tells of another stream: its event is the stream, its revision the position there.
    const { event, revision: position, message: cause, at } = row;
    return parkedEvent(identity, row.notice, { stream: event, position, cause, at });
  }
}
