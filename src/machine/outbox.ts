/**
 * What the machine still has to tell the index. Two cursors (revision, refusal number) say how far the index has
 * confirmed. They live in memory, ride on the next insert for free and are stored by the alarm otherwise: after an
 * eviction everything above the stored cursor is sent again, which the index takes without harm.
 */
import type { Configuration } from "../engine/configuration.ts";
import type { IndexEntry } from "../catalog/index-entry.ts";
import type { MachineDeps } from "./deps.ts";
import type { IdentityRow, MachineStore } from "./store.ts";

/**
 * The alarm after a commit is this far away, drawn at random: machines that got their events together would otherwise
 * wake together too. Under the 10 s after which an idle object is evicted, so that it still finds the cursors in memory.
 */
const SAFETY_NET_MS = { least: 3_500, most: 5_000 } as const;
/** The first wait after a failed wake is between this and half of it; each next one up to twice as long. */
const FIRST_BACKOFF_MS = 10_000;
/** Keeps one message to the index small; the rest follows in the next. */
const EVENTS_PER_SEND = 200;
const LONGEST_BACKOFF_MS = 60_000;

/** What the outbox reads of the machine. */
interface Present {
  readonly identity: IdentityRow;
  readonly configuration: Configuration;
  readonly revision: number;
  readonly state: string;
  readonly updatedAt: number;
  readonly outcomeSeq: number;
}

export class Outbox {
  readonly #deps: MachineDeps;
  readonly #store: MachineStore;
  readonly #present: () => Present | undefined;
  /** Last revision the index has confirmed; -1: not even the creation. */
  transitionsSent = -1;
  /** Last refusal the index has confirmed. */
  outcomesSent = 0;
  #storedTransitions = -1;
  #storedOutcomes = 0;
  /** Whether an alarm is known to be set: setting one costs a row. */
  #armed = false;
  #attempts = 0;
  #sending: Promise<void> | undefined;
  #flushing = false;

  constructor(deps: MachineDeps, store: MachineStore, present: () => Present | undefined) {
    this.#deps = deps;
    this.#store = store;
    this.#present = present;
  }

  /** Takes the stored cursors over, after creation or waking. Unsent work gets its alarm back. */
  load(transitionsSent: number, outcomesSent: number): void {
    this.transitionsSent = this.#storedTransitions = transitionsSent;
    this.outcomesSent = this.#storedOutcomes = outcomesSent;
    if (!this.#hasUnsent() || this.#armed) return;
    this.#setAlarm();
    this.#armed = true;
  }

  get isRegistered(): boolean {
    return this.transitionsSent >= 0;
  }

  /** One transaction that makes work for the outbox: its alarm is set with it, or undone with it. */
  commit(work: () => void): void {
    this.#deps.transaction(() => {
      work();
      if (!this.#armed) this.#setAlarm();
    });
    this.#armed = true;
  }

  /** Tells the index of a new machine; rejects when the index did not take it. */
  async register(): Promise<void> {
    if (!this.isRegistered) await this.#send(true);
  }

  /** Sends after the answer, one message at a time; what arrives meanwhile goes with the next. */
  flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    this.#deps.background(
      (async () => {
        while (this.#hasUnsent()) {
          // One message at a time: changes of a machine leave in order.
          await this.#send(false);
        }
      })()
        .catch((error: unknown) => {
          this.#deps.log("warn", "the index did not take a change; the alarm tries again", { cause: String(error) });
        })
        .finally(() => {
          this.#flushing = false;
        }),
    );
  }

  /**
   * Sends what is unsent now and stores the cursors. What arrives meanwhile has set an alarm of its own: under steady
   * load a wake that waited for the last event would never end.
   */
  async wake(): Promise<void> {
    this.#armed = false;
    const { revision = -1, outcomeSeq = 0 } = this.#present() ?? {};
    try {
      while (this.transitionsSent < revision || this.outcomesSent < outcomeSeq) {
        // One message at a time: changes of a machine leave in order.
        await this.#send(false);
      }
      this.#attempts = 0;
      this.#storeCursors();
    } catch (error) {
      this.#attempts += 1;
      const backoff = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(this.#attempts - 1, 4));
      this.#deps.log("warn", "the index is unreachable", { attempts: this.#attempts, cause: String(error) });
      this.#deps.setAlarm(this.#deps.now() + backoff * (0.5 + this.#deps.random() / 2));
      this.#armed = true;
    }
  }

  #setAlarm(): void {
    const { least, most } = SAFETY_NET_MS;
    this.#deps.setAlarm(Math.round(this.#deps.now() + least + (most - least) * this.#deps.random()));
  }

  #hasUnsent(): boolean {
    const present = this.#present();
    return present !== undefined && (present.revision > this.transitionsSent || present.outcomeSeq > this.outcomesSent);
  }

  #storeCursors(): void {
    const present = this.#present();
    if (present === undefined) return;
    if (this.transitionsSent > this.#storedTransitions) {
      this.#store.storeTransitionCursor(present.revision, this.transitionsSent);
      this.#storedTransitions = this.transitionsSent;
    }
    if (this.outcomesSent > this.#storedOutcomes) {
      this.#store.storeOutcomeCursor(present.outcomeSeq, this.outcomesSent);
      this.#storedOutcomes = this.outcomesSent;
    }
  }

  /** One message, shared by all who ask while it is under way. */
  #send(urgent: boolean): Promise<void> {
    this.#sending ??= this.#sendOnce(urgent).finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #sendOnce(urgent: boolean): Promise<void> {
    const present = this.#present();
    if (present === undefined) return;
    const { identity, configuration, revision, state, updatedAt, outcomeSeq } = present;
    const after = Math.max(0, this.transitionsSent);
    const taken = revision > after ? this.#store.listAcceptedIds(after, EVENTS_PER_SEND) : [];
    const refused =
      outcomeSeq > this.outcomesSent ? this.#store.listRefusedIds(this.outcomesSent, EVENTS_PER_SEND) : [];
    const entry: IndexEntry = {
      tenant: identity.tenant,
      configuration: identity.configuration,
      id: identity.id,
      version: configuration.version,
      state,
      revision,
      change: revision,
      createdAt: identity.createdAt,
      updatedAt,
      labels: identity.labels,
      events: [...taken, ...refused].map(({ eventId, at }) => ({ eventId, at })),
    };
    await this.#deps.sendIndex([entry], urgent);
    this.transitionsSent = taken.length < EVENTS_PER_SEND ? revision : (taken.at(-1)?.key ?? revision);
    this.outcomesSent = refused.at(-1)?.key ?? this.outcomesSent;
  }
}
