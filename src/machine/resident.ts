/**
 * The machine that lives in an object: its present in memory, read from storage when it is needed, written with every
 * change; its beginning, its waking and its end. What callers may ask of it is in machine.ts.
 */
import type { MachineRow } from "../catalog/index-entry.ts";
import { nextAlarmAt } from "./alarm.ts";
import { load } from "./beginning.ts";
import type { CreateCall, ErasedLife, MachineAddress, Refusal, Reindexed, Reply } from "./calls.ts";
import { deletionOf } from "./changes.ts";
import { Data } from "./data.ts";
import type { Verdict } from "./decide.ts";
import type { MachineDeps } from "./deps.ts";
import { after, ImaginedLedger, StoredLedger, type Ledger } from "./ledger.ts";
import { Outbox } from "./outbox.ts";
import { nextDue, nextToTry, type Present } from "./present.ts";
import { RetentionKeeper } from "./retention-keeper.ts";
import { readSchemaVersion } from "./migrations.ts";
import { migrate, SCHEMA_VERSION } from "./schema.ts";
import { MachineStore } from "./store.ts";
import { Turn } from "./turn.ts";

export const NOT_FOUND = { ok: false, reason: "MACHINE_NOT_FOUND", message: "there is no such machine" } as const;
export const GONE = { ok: false, reason: "MACHINE_GONE", message: "the machine was deleted or retired" } as const;

/** After work of its own has failed, which only a platform or a bug can make it: a minute costs nobody much. */
const OWN_RETRY_MS = 60_000;

/** After a waking that threw, as on a full disk or for a bug: soon enough once that is mended, rare enough to cost nothing. */
const RETRY_WAKE_MS = 5 * 60_000;

export class Resident {
  readonly deps: MachineDeps;
  readonly store: MachineStore;
  readonly outbox: Outbox;
  readonly retention: RetentionKeeper;
  #live: Present | undefined;
  /** There was more to do than one turn may: the next one follows at once. */
  #isUnfinished = false;
  /** After a failure of its own work: not before then. */
  #patientUntil: number | undefined;
  /** A creation is waiting for the index. */
  #creating = false;
  /** Whoever waits for a time hears that another may come first. */
  #onChange: (() => void) | undefined;

  constructor(platform: MachineDeps) {
    const deps: MachineDeps = {
      ...platform,
      log: (level, message, facts) => platform.log(level, message, { ...this.#name(), ...facts }),
    };
    this.deps = deps;
    this.store = new MachineStore(deps.sql);
    this.outbox = new Outbox({
      deps,
      store: this.store,
      present: () => this.#live,
      ownAt: () => this.#ownAt(),
      retentionAt: () => this.retention.dueAt(),
      outcomesMs: () => this.retention.outcomesMs(),
      onCommit: () => this.#onChange?.(),
    });
    this.retention = new RetentionKeeper({
      deps,
      store: this.store,
      outbox: this.outbox,
      present: () => this.#live,
      conclude: (live) => new Turn(deps.now()).conclude(this.#ledgerOf(live)),
      deleteAll: () => this.#deleteAll(),
    });
  }

  /** Its creation was answered, or will be by whoever waits for it. */
  get isCreated(): boolean {
    return this.#creating || this.outbox.isRegistered;
  }

  /** No machine is here, or one that is over: a dry run leaves it where it is and answers as if it were not there. */
  get isVacant(): boolean {
    return this.#live === undefined || this.retention.isFree();
  }

  /** Waits for the index to have the machine; answers why it has not. */
  async register(): Promise<Refusal | undefined> {
    this.#creating = true;
    try {
      await this.outbox.register();
    } catch (error) {
      this.deps.log("warn", "the index did not take a new machine", { cause: error });
      return { ok: false, reason: "UNAVAILABLE", message: "the machine could not be registered; try again" };
    } finally {
      this.#creating = false;
    }
    this.outbox.flushSoon();
    return undefined;
  }

  /** A machine whose time of being gone is over makes room for another, should its alarm have been lost. */
  async leaveWhenFree(): Promise<void> {
    if (this.load() !== undefined && this.retention.isFree()) await this.#deleteAll();
  }

  /** Forgets the machine; those who watch hear of its end. */
  async erase(address: MachineAddress, actor: string): Promise<ErasedLife> {
    const live = this.load();
    const now = this.deps.now();
    if (live === undefined) return { createdAt: undefined, endedAt: now };
    if (!this.isAt(address)) throw new Error("this object holds another machine");
    const { identity, updatedAt, decidedAt } = live;
    const { createdAt, retiredAt } = identity;
    await this.#deleteAll();
    const gone = { ...live, identity: { ...identity, retiredAt: now, retiredBy: actor } };
    if (retiredAt === null) this.deps.tellWatchers(() => deletionOf(gone));
    return { createdAt, endedAt: Math.max(now, updatedAt, decidedAt, retiredAt ?? 0) };
  }

  async #deleteAll(): Promise<void> {
    await this.deps.deleteAll();
    this.#live = undefined;
    this.outbox.reset();
  }

  /** Stores a new machine, with the event for which it is created where there is one. */
  insert(present: Present, call: CreateCall, creation: string, first?: Verdict): void {
    const unsent = { transitions: { indexSent: -1, feedSent: -1 }, outcomes: { indexSent: 0, notifySent: 0 } };
    const next = first === undefined ? present : after(present, first);
    this.outbox.commit(() => {
      migrate(this.deps.sql);
      this.store.insertIdentity(present.identity, creation);
      this.store.insertSource(call.version, call.source);
      this.store.insertCreation(present, call);
      if (first?.kind === "accepted") this.store.insertTransition(first.row, unsent.transitions);
      if (first?.kind === "outcome") this.store.insertOutcome(first.row, unsent.outcomes);
    }, nextDue(next)?.at);
    this.#live = next;
    this.outbox.load(unsent.transitions, unsent.outcomes);
  }

  #ledgerOf(live: Present): StoredLedger {
    return new StoredLedger(live, { deps: this.deps, store: this.store, outbox: this.outbox });
  }

  /** The machine's own, or for a dry run one that keeps nothing. */
  ledgerFor(live: Present, { isDryRun }: { readonly isDryRun?: boolean }): Ledger {
    const ledger = this.#ledgerOf(live);
    return isDryRun ? new ImaginedLedger(live, ledger) : ledger;
  }

  /** The machine at this address, or why there is none. */
  find(address: MachineAddress): Present | typeof NOT_FOUND | typeof GONE {
    const live = this.load();
    if (live === undefined || !this.isAt(address)) return NOT_FOUND;
    if (live.identity.retiredAt === null) return live;
    // Its id is free, although its alarm has yet to make room.
    return this.retention.isFree() ? NOT_FOUND : GONE;
  }

  /** An object is addressed by a name that contains the identity; the comparison guards against a wrong name. */
  isAt(address: MachineAddress): boolean {
    const identity = this.#live?.identity;
    return (
      identity?.tenant === address.tenant &&
      identity.configuration === address.configuration &&
      identity.id === address.id
    );
  }

  /** The machine that lives here, read from storage if it sleeps; undefined: none. */
  load(): Present | undefined {
    if (this.#live !== undefined) return this.#live;
    const version = readSchemaVersion(this.deps.sql);
    if (version === 0) return undefined;
    if (version < SCHEMA_VERSION) this.deps.transaction(() => migrate(this.deps.sql));
    const identity = this.store.readIdentity();
    if (identity === undefined) return undefined;
    const head = this.store.readHead();
    const outcomes = this.store.readOutcomesHead();
    this.#live = {
      identity,
      configuration: load(this.store.readSource(head.version)),
      revision: head.revision,
      state: head.state,
      data: new Data(() => this.store.readData(head.revision)),
      dataRevision: head.dataRevision,
      updatedAt: head.at,
      enteredAt: head.enteredAt,
      timers: head.timers,
      timersFired: outcomes.entered === head.revision ? outcomes.timersFired : head.timersFired,
      hurry: 0,
      decidedAt: Math.max(head.at, outcomes.at),
      outcomeSeq: outcomes.seq,
      notices: outcomes.notice,
      noticeWindow: outcomes.noticeWindow,
      waiting: outcomes.seq > 0 ? this.store.listWaiting() : [],
      tried: { revision: -1, seq: 0 },
    };
    this.outbox.load(head.cursors, outcomes.cursors);
    return this.#live;
  }

  /** The alarm. Never rejects: the platform drops one that throws seven times, and the machine would never wake again. */
  async wake(): Promise<void> {
    this.outbox.disarm();
    try {
      await this.#wake();
    } catch (error) {
      this.deps.log("error", "a waking failed; the machine wakes again", { cause: error });
      this.outbox.armBy(Math.min(this.deps.now() + RETRY_WAKE_MS, this.#ownAt() ?? Infinity));
    }
  }

  /** What is due, what has to leave, what has to go, then the next alarm. */
  async #wake(): Promise<void> {
    const live = this.load();
    if (live === undefined) return;
    this.#doWhatIsDue(live);
    if (this.outbox.hasUnsent) await this.#keepTimeDuring(this.outbox.deliver());
    if (!this.outbox.hasUnsent) await this.retention.keep();
    if (this.#live !== undefined) this.outbox.rearm();
  }

  /** A receiver may be slow, and the platform lets no alarm in before this one has ended. `work` never rejects. */
  async #keepTimeDuring(work: Promise<void>): Promise<void> {
    const done = work.then(() => "done" as const);
    for (let first; first !== "done";) {
      const { promise, resolve } = Promise.withResolvers<void>();
      // A call may bring a timer that comes before those that there are.
      this.#onChange = resolve;
      const left = (this.#ownAt() ?? Infinity) - this.deps.now();
      const cancel = this.deps.after(Math.min(Math.max(left, 0), OWN_RETRY_MS), () => {
        if (this.#live !== undefined) this.#doWhatIsDue(this.#live);
        resolve();
      });
      first = await Promise.race([done, promise]);
      cancel();
    }
  }

  /**
   * Tells the index again what is true, unless the row it has says so already; `row` undefined: it has none.
   * MACHINE_NOT_FOUND: the row is about no machine. UNAVAILABLE: not taken; ask again.
   */
  async reindex(address: MachineAddress, row: MachineRow | undefined): Promise<Reply<Reindexed>> {
    const live = this.load();
    if (live === undefined || !this.isAt(address)) return NOT_FOUND;
    if (row === undefined && live.identity.retiredAt !== null) return GONE;
    if (row !== undefined && this.#isTrue(live, row)) return { ok: true, value: "right" };
    if (row !== undefined && row.createdAt > live.identity.createdAt) return { ok: true, value: "outranked" };
    try {
      await this.outbox.tellAgain(row?.createdAt === live.identity.createdAt ? row.change : 0);
    } catch (error) {
      return { ok: false, reason: "UNAVAILABLE", message: `the index did not take it: ${String(error)}` };
    }
    return { ok: true, value: "told" };
  }

  /** What fails here must neither hold up what has to leave nor be tried again at once. */
  #doWhatIsDue(live: Present): void {
    const now = this.deps.now();
    try {
      this.#isUnfinished = !new Turn(now).doWhatIsDue(this.#ledgerOf(live));
      this.#patientUntil = undefined;
    } catch (error) {
      this.deps.log("error", "what was due could not be done; it is tried again", { cause: error });
      this.#isUnfinished = true;
      this.#patientUntil = now + OWN_RETRY_MS;
    }
  }

  #isTrue(live: Present, row: MachineRow): boolean {
    const { identity, configuration, state, revision, updatedAt } = live;
    return (
      identity.retiredAt === row.retiredAt &&
      identity.createdAt === row.createdAt &&
      identity.labels === row.labels &&
      configuration.version === row.version &&
      state === row.state &&
      revision === row.revision &&
      updatedAt === row.updatedAt &&
      row.dueAt ===
        (nextAlarmAt({ unsentAt: [], ownAt: this.#ownAt(), retentionAt: this.retention.dueAt() }) ?? null) &&
      (row.dueAt === null || row.dueAt > this.deps.now())
    );
  }

  /** When it has something to do of its own. */
  #ownAt(): number | undefined {
    const live = this.#live;
    if (live === undefined) return undefined;
    const at = this.#isUnfinished || isLeftOver(live) ? this.deps.now() : nextDue(live)?.at;
    return at === undefined ? undefined : Math.max(at, this.#patientUntil ?? at);
  }

  /** What stands in every line that is logged. */
  #name(): Record<string, string> {
    if (this.#live === undefined) return {};
    const { tenant, configuration, id } = this.#live.identity;
    return { tenant, configuration, id };
  }
}

/** A turn has tried some of what waits, and did not come to the rest. */
function isLeftOver(live: Present): boolean {
  return live.tried.revision >= 0 && nextToTry(live) !== undefined;
}
