/** To the transitions queue, where the deployment has one: one CloudEvent per creation, change and end of a machine. */
import { countBatch } from "../queue-sender.ts";
import type { JsonText } from "../receipt.ts";
import { changedEvent, createdEvent, deletedEvent } from "./cloud-event.ts";
import type { Present } from "./present.ts";
import { receiptOfTransition } from "./record.ts";
import type { TransitionRow } from "./rows.ts";
import type { Position, Stream, StreamParts } from "./stream.ts";

/** Rows in memory at a time: each may carry 64 KiB of the sender's data. */
const ROWS_PER_READ = 25;

interface FeedStreamParts extends StreamParts {
  readonly send: (events: readonly JsonText[]) => Promise<void>;
}

export class FeedStream implements Stream {
  readonly name = "feed";
  readonly #parts: FeedStreamParts;

  constructor(parts: FeedStreamParts) {
    this.#parts = parts;
  }

  hasUnsent(): boolean {
    const present = this.#parts.present();
    if (present === undefined) return false;
    return present.revision > this.#parts.cursors.feed || present.identity.unheard.includes("feed");
  }

  canPark(): boolean {
    return true;
  }

  target(): () => boolean {
    const { revision = -1, identity } = this.#parts.present() ?? {};
    const isUnheard = identity?.unheard.includes("feed") ?? false;
    return () => {
      const isTold = !(isUnheard && this.#parts.present()?.identity.unheard.includes("feed"));
      return this.#parts.cursors.feed >= revision && isTold;
    };
  }

  async sendNext({ alone }: { readonly alone: boolean }): Promise<void> {
    const { send, store, cursors, present: presentOf } = this.#parts;
    const present = presentOf();
    if (present === undefined) return;
    const rows = store.listUnsentTransitions(cursors.feed, alone ? 1 : ROWS_PER_READ);
    if (rows.length === 0) {
      cursors.feed = present.revision;
      return await this.#sendUnheard(present);
    }
    const events = rows.map((row) => toEvent(present, row));
    const count = countBatch(events);
    await send(events.slice(0, count));
    if (presentOf() !== present) return;
    cursors.feed = rows[count - 1]?.revision ?? present.revision;
  }

  park(cause: string, at: number): Position {
    const { store, outboxStore, cursors, present: presentOf } = this.#parts;
    const next = store.listUnsentTransitions(cursors.feed, 1)[0]?.revision;
    const present = presentOf();
    const position = next ?? (present?.revision ?? cursors.feed) + 1;
    outboxStore.insertParked({ stream: "feed", position, cause, at });
    if (next !== undefined) cursors.feed = next;
    else if (present !== undefined) this.#endUnheard(present);
    return { position, isAnnounced: false };
  }

  async #sendUnheard(present: Present): Promise<void> {
    const { identity, revision, state, configuration } = present;
    if (!identity.unheard.includes("feed") || identity.retiredAt === null) return;
    await this.#parts.send([
      deletedEvent(identity, {
        revision,
        state,
        version: configuration.version,
        at: identity.retiredAt,
        actor: identity.retiredBy,
      }),
    ]);
    if (this.#parts.present() !== present) return;
    this.#parts.deps.transaction(() => this.#endUnheard(present));
  }

  #endUnheard(present: Present): void {
    const unheard = present.identity.unheard.filter((name) => name !== "feed");
    this.#parts.outboxStore.storeUnheard(unheard);
    present.identity = { ...present.identity, unheard };
  }
}

function toEvent({ identity }: Present, row: TransitionRow): JsonText {
  if (row.kind !== "creation") return changedEvent(identity, receiptOfTransition(identity, row), row);
  return createdEvent(identity, row);
}
