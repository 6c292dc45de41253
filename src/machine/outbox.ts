/**
 * What the machine still has to tell: the index, the notifications queue, the transitions queue. Cursors say how far
 * each has confirmed. They live in memory, ride on the next insert for free and are stored by the alarm otherwise: after
 * an eviction everything above the stored cursors is sent again, which every receiver takes without harm.
 */
import { nextAlarmAt } from "./alarm.ts";
import { announce } from "./decide.ts";
import { Delivery } from "./delivery.ts";
import type { MachineDeps } from "./deps.ts";
import { FeedStream } from "./feed-stream.ts";
import { IndexStream } from "./index-stream.ts";
import { NotificationStream } from "./notification-stream.ts";
import { OutboxStore } from "./outbox-store.ts";
import { afterOutcome, type Cursors, type Present } from "./present.ts";
import type { OutcomeCursors, StreamName, TransitionCursors } from "./rows.ts";
import type { MachineStore } from "./store.ts";
import type { Stream } from "./stream.ts";

/**
 * The alarm after a commit is this far away, drawn at random: machines that got their events together would otherwise
 * wake together too. Under the 10 s after which an idle object is evicted, so that it still finds the cursors in memory.
 */
const SAFETY_NET_MS = { least: 3_500, most: 5_000 } as const;

interface OutboxParts {
  readonly deps: MachineDeps;
  readonly store: MachineStore;
  readonly present: () => Present | undefined;
  /** When the machine has something to do of its own. */
  readonly ownAt: () => number | undefined;
  /** When retention has something to do. */
  readonly retentionAt: () => number | undefined;
  /** How long a refused receipt is kept. */
  readonly outcomesMs: () => number;
  /** The machine has changed, or is about to in the same turn of the event loop. */
  readonly onCommit: () => void;
}

export class Outbox {
  readonly #parts: OutboxParts;
  readonly #outboxStore: OutboxStore;
  readonly #cursors: Cursors = { indexTransitions: -1, indexOutcomes: 0, notifications: 0, feed: -1 };
  /** The cursors as they are stored. */
  #stored: Cursors = { ...this.#cursors };
  readonly #index: IndexStream;
  readonly #indexDelivery: Delivery;
  readonly #deliveries: readonly Delivery[];
  /** When the alarm is known to be set: setting one costs a row. Undefined: not known to be. */
  #armedAt: number | undefined;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    const { deps, store, present } = parts;
    this.#outboxStore = new OutboxStore(deps.sql);
    const shared = { deps, store, outboxStore: this.#outboxStore, cursors: this.#cursors, present };
    this.#index = new IndexStream({ ...shared, dueAt: () => this.#dueAt(), outcomesMs: parts.outcomesMs });
    const streams: Stream[] = [this.#index, new NotificationStream(shared)];
    if (deps.sendFeed !== undefined) streams.push(new FeedStream({ ...shared, send: deps.sendFeed }));
    this.#deliveries = streams.map((stream) => new Delivery(deps, stream, (...args) => this.#park(...args)));
    // The first of the streams, made above.
    this.#indexDelivery = this.#deliveries[0] as Delivery;
  }

  /** Takes over what is stored, after creation or waking. Unsent work gets its alarm back. */
  load(transitions: TransitionCursors, outcomes: OutcomeCursors): void {
    Object.assign(this.#cursors, {
      indexTransitions: transitions.indexSent,
      feed: transitions.feedSent,
      indexOutcomes: outcomes.indexSent,
      notifications: outcomes.notifySent,
    });
    this.#stored = { ...this.#cursors };
    const failing = this.#outboxStore.readDeliveries();
    for (const delivery of this.#deliveries) delivery.load(failing.get(delivery.stream.name));
    if (!this.hasUnsent || this.#armedAt !== undefined) return;
    this.#armedAt = Math.min(this.#safetyNetAt(), this.#parts.ownAt() ?? Infinity);
    this.#parts.deps.setAlarm(this.#armedAt);
  }

  /** Forgets everything: the storage is gone. */
  reset(): void {
    this.#armedAt = undefined;
  }

  get isRegistered(): boolean {
    return this.#cursors.indexTransitions >= 0;
  }

  get hasUnsent(): boolean {
    return this.#deliveries.some(({ nextAt }) => nextAt !== undefined);
  }

  /** Streams there are besides the notifications: who has to hear that the machine is gone. */
  get unheard(): StreamName[] {
    return this.#deliveries.map(({ stream }) => stream.name).filter((name) => name !== "notifications");
  }

  /** The cursors to store with a change of this revision. Without a transitions queue nothing waits for one. */
  transitionCursors(revision: number): TransitionCursors {
    const feedSent = this.#parts.deps.sendFeed === undefined ? revision : this.#cursors.feed;
    return { indexSent: this.#cursors.indexTransitions, feedSent };
  }

  get outcomeCursors(): OutcomeCursors {
    return { indexSent: this.#cursors.indexOutcomes, notifySent: this.#cursors.notifications };
  }

  /**
   * One transaction that makes work for the outbox: its alarm is set with it, or undone with it. `ownAt`: when the machine,
   * as it is then, has something to do of its own.
   */
  commit(work: () => void, ownAt = this.#parts.ownAt()): void {
    const { deps } = this.#parts;
    const latest = Math.min(deps.now() + SAFETY_NET_MS.most, ownAt ?? Infinity);
    const isArmed = this.#armedAt !== undefined && this.#armedAt <= latest;
    const at = isArmed ? this.#armedAt : Math.min(this.#safetyNetAt(), latest);
    deps.transaction(() => {
      work();
      if (!isArmed && at !== undefined) deps.setAlarm(at);
    });
    this.#armedAt = at;
    this.#parts.onCommit();
  }

  /** Tells the index of a new machine; rejects when the index did not take it. */
  async register(): Promise<void> {
    // The first may be one that was under way before, of an earlier life.
    const present = this.#parts.present();
    while (!this.isRegistered && this.#parts.present() === present) await this.#indexDelivery.send(true);
  }

  /** Makes the machine tell the index again, more than `change` times told; rejects when the index did not take it. */
  async tellAgain(change: number): Promise<void> {
    const present = this.#parts.present();
    if (present === undefined) return;
    const { identity, revision, outcomeSeq } = present;
    const extraChanges = Math.max(identity.extraChanges, change - revision - outcomeSeq) + 1;
    this.commit(() => this.#outboxStore.storeExtraChanges(extraChanges));
    present.identity = { ...identity, extraChanges };
    this.#index.ask();
    const isTold = this.#index.target();
    // The first may be one that was under way before.
    while (!isTold() && this.#parts.present() === present) await this.#indexDelivery.send(true);
  }

  /** Sends after the answer. */
  flushSoon(): void {
    for (const delivery of this.#deliveries) delivery.flushSoon();
  }

  /** The alarm has gone off: there is none now. */
  disarm(): void {
    this.#armedAt = undefined;
  }

  /** Makes sure that there is an alarm by then. */
  armBy(at: number): void {
    if (this.#armedAt !== undefined && this.#armedAt <= at) return;
    this.#parts.deps.setAlarm(at);
    this.#armedAt = at;
  }

  /** Sends what is unsent. Never rejects. */
  async deliver(): Promise<void> {
    await Promise.all(this.#deliveries.map((delivery) => delivery.wake()));
  }

  /** The alarm's last part: stores how far everything has got and sets the next alarm, in one transaction. */
  rearm(): void {
    const { deps } = this.#parts;
    const next = this.#nextAlarmAt();
    const isArmed = next === undefined || (this.#armedAt !== undefined && this.#armedAt <= next);
    deps.transaction(() => {
      this.#storeCursors();
      for (const delivery of this.#deliveries) this.#storeDelivery(delivery);
      if (!isArmed) deps.setAlarm(next);
    });
    this.#stored = { ...this.#cursors };
    for (const delivery of this.#deliveries) delivery.markStored();
    if (!isArmed) this.#armedAt = next;
  }

  #nextAlarmAt(): number | undefined {
    // What came during the wake is on its way already: only the net is needed.
    const net = this.#armedAt ?? this.#safetyNetAt();
    const unsentAt = this.#deliveries.flatMap(({ nextAt, isFailing }) => {
      if (nextAt === undefined) return [];
      return isFailing ? Math.max(nextAt, this.#parts.deps.now()) : net;
    });
    return nextAlarmAt({ unsentAt, ownAt: this.#parts.ownAt(), retentionAt: this.#parts.retentionAt() });
  }

  /** What the index is told: when something besides telling it is to be done, that is not being done already. */
  #dueAt(): number | undefined {
    const failing = this.#deliveries.filter((delivery) => delivery !== this.#indexDelivery && delivery.isFailing);
    const unsentAt = failing.flatMap(({ nextAt }) => nextAt ?? []);
    return nextAlarmAt({ unsentAt, ownAt: this.#parts.ownAt(), retentionAt: this.#parts.retentionAt() });
  }

  #safetyNetAt(): number {
    const { least, most } = SAFETY_NET_MS;
    const { deps } = this.#parts;
    return Math.round(deps.now() + least + (most - least) * deps.random());
  }

  #storeCursors(): void {
    const present = this.#parts.present();
    if (present === undefined) return;
    const { indexTransitions, indexOutcomes, notifications, feed } = this.#cursors;
    if (indexTransitions > this.#stored.indexTransitions || feed > this.#stored.feed) {
      this.#outboxStore.storeTransitionCursors(present.revision, this.transitionCursors(present.revision));
    }
    if (indexOutcomes > this.#stored.indexOutcomes || notifications > this.#stored.notifications) {
      this.#outboxStore.storeOutcomeCursors(present.outcomeSeq, this.outcomeCursors);
    }
  }

  #storeDelivery(delivery: Delivery): void {
    const state = delivery.unstored;
    if (state === undefined) return;
    if (state.attempts > 0) this.#outboxStore.storeDelivery(delivery.stream.name, state);
    else this.#outboxStore.deleteDelivery(delivery.stream.name);
  }

  /** Poison is set aside and announced: by the stream itself, or as an outcome of the machine that is no event's. */
  #park(stream: Stream, cause: string): void {
    const { deps, store } = this.#parts;
    const present = this.#parts.present();
    if (present === undefined) return;
    const row = announce(present, { kind: "parked", about: stream.name, message: cause }, deps.now());
    let parked = { position: 0, isAnnounced: true };
    this.commit(() => {
      parked = stream.park(cause, row.at);
      if (parked.isAnnounced) return;
      store.insertOutcome({ ...row, revision: parked.position }, this.outcomeCursors);
    });
    if (!parked.isAnnounced) Object.assign(present, afterOutcome(present, row));
    const facts = { stream: stream.name, position: parked.position, cause };
    deps.log("error", "a message that its receiver never takes was set aside", facts);
  }
}
