/** One way out of the machine: to the index, or to a queue. */
import type { MachineDeps } from "./deps.ts";
import type { OutboxStore } from "./outbox-store.ts";
import type { Cursors, Present } from "./present.ts";
import type { StreamName } from "./rows.ts";
import type { MachineStore } from "./store.ts";

/** What every stream works with: the machine it is of. */
export interface StreamParts {
  readonly deps: MachineDeps;
  readonly store: MachineStore;
  readonly outboxStore: OutboxStore;
  readonly cursors: Cursors;
  readonly present: () => Present | undefined;
}

/** Where the next message stands in its stream, for whoever sets it aside. */
export interface Position {
  readonly position: number;
  /** The stream announces it itself, in place of the message. */
  readonly isAnnounced: boolean;
}

export interface Stream {
  readonly name: StreamName;
  hasUnsent(): boolean;
  /** Tells, whenever it is asked, whether what is unsent now has been sent. */
  target(): () => boolean;
  /**
   * Sends the next message in order and moves on once it is confirmed. Urgent: the receiver does not gather first.
   * Alone: as little as possible travels with it, since something of the last message was refused. A machine that ended
   * meanwhile moves nothing: what comes after it under the same id is another.
   */
  sendNext(options: { readonly urgent: boolean; readonly alone: boolean }): Promise<void>;
  /** Whether the next message may be given up at all. */
  canPark(): boolean;
  /** Sets the next message aside for good. Called inside a transaction. */
  park(cause: string, at: number): Position;
}
