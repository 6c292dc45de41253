/**
 * A machine: the record of one entity. Every event is one transaction: seen before? expected? allowed? then state,
 * history and receipt together, or nothing. Reached only through the object; knows no platform, only its Deps.
 */
import type { MachineRow } from "../catalog/index-entry.ts";
import { listAllowedEvents } from "../engine/allowed-events.ts";
import { quote } from "../engine/names.ts";
import type { Receipt } from "../receipt.ts";
import { begin, creationOf, load } from "./beginning.ts";
import type {
  AllowedView,
  CreateCall,
  DeleteCall,
  HistoryItem,
  LabelsCall,
  ListCall,
  MachineAddress,
  MachineView,
  MigrateCall,
  OverrideCall,
  Page,
  PathView,
  Refusal,
  Reindexed,
  Reply,
  SendCall,
  SendReply,
  StateView,
} from "./calls.ts";
import { nextAlarmAt } from "./alarm.ts";
import { Data } from "./data.ts";
import { decide, expectationOf, replyOf, type Verdict } from "./decide.ts";
import type { MachineDeps } from "./deps.ts";
import { migrateTo, overrideState, relabel } from "./interventions.ts";
import { after, ImaginedLedger, StoredLedger } from "./ledger.ts";
import { Outbox } from "./outbox.ts";
import { nextDue, type Present } from "./present.ts";
import { RetentionKeeper } from "./retention-keeper.ts";
import { migrate, readSchemaVersion, SCHEMA_VERSION } from "./schema.ts";
import { MachineStore } from "./store.ts";
import { doWhatIsDue, giveUpWaiting, retryWaiting, takeEvent } from "./turn.ts";
import { findReceipt, listHistory, listRefusals, viewCreation, viewMachine, viewMachineAt, viewPath } from "./views.ts";

const NOT_FOUND = { ok: false, reason: "MACHINE_NOT_FOUND", message: "there is no such machine" } as const;
const GONE = { ok: false, reason: "MACHINE_GONE", message: "the machine was deleted or retired" } as const;

/** After work of its own has failed, which only a platform or a bug can make it: a minute costs nobody much. */
const OWN_RETRY_MS = 60_000;

export class Machine {
  readonly #deps: MachineDeps;
  readonly #store: MachineStore;
  readonly #outbox: Outbox;
  readonly #retention: RetentionKeeper;
  #live: Present | undefined;
  /** After a failure of its own work: not before then. */
  #patientUntil: number | undefined;
  /** A creation is waiting for the index. */
  #creating = false;

  constructor(platform: MachineDeps) {
    const deps: MachineDeps = {
      ...platform,
      log: (level, message, facts) => platform.log(level, message, { ...this.#name(), ...facts }),
    };
    this.#deps = deps;
    this.#store = new MachineStore(deps.sql);
    this.#outbox = new Outbox({
      deps,
      store: this.#store,
      present: () => this.#live,
      ownAt: () => this.#ownAt(),
      retentionAt: () => this.#retention.dueAt(),
      outcomesMs: () => this.#retention.outcomesMs(),
    });
    this.#retention = new RetentionKeeper({
      deps,
      store: this.#store,
      outbox: this.#outbox,
      present: () => this.#live,
      giveUpWaiting: (live) => giveUpWaiting(this.#ledgerOf(live), deps.now()),
      deleteAll: () => this.#deleteAll(),
    });
  }

  /**
   * Creates the machine and tells the index, which has it before the answer. A repeat of a creation that has a key, or that
   * never reached the index, gets the first answer; any other repeat is MACHINE_EXISTS.
   */
  async create(address: MachineAddress, call: CreateCall): Promise<Reply<MachineView>> {
    await this.#leaveWhenFree();
    const creation = creationOf(call);
    const begun = begin(address, call, this.#deps.now());
    if (this.#load() === undefined) {
      if (!begun.ok) return begun;
      if (call.isDeprecated) return deprecated(call);
      this.#insert(begun.value, call, creation);
    } else if (!this.#isAt(address)) {
      throw new Error("this object holds another machine");
    } else if (this.#live?.identity.retiredAt !== null) {
      return GONE;
    } else if (this.#store.readCreation() !== creation || (call.key === undefined && this.#isCreated())) {
      return { ok: false, reason: "MACHINE_EXISTS", message: `machine ${quote(address.id)} exists` };
    }
    const { createdAt } = this.#live?.identity ?? { createdAt: this.#deps.now() };
    const failure = await this.#register();
    if (failure !== undefined) return failure;
    return begun.ok ? { ok: true, value: viewCreation(begun.value, createdAt, call.data) } : begun;
  }

  /** Its creation was answered, or will be by whoever waits for it. */
  #isCreated(): boolean {
    return this.#creating || this.#outbox.isRegistered;
  }

  /** Waits for the index to have the machine; answers why it has not. */
  async #register(): Promise<Refusal | undefined> {
    this.#creating = true;
    try {
      await this.#outbox.register();
    } catch (error) {
      this.#deps.log("warn", "the index did not take a new machine", { cause: error });
      return { ok: false, reason: "UNAVAILABLE", message: "the machine could not be registered; try again" };
    } finally {
      this.#creating = false;
    }
    this.#outbox.flushSoon();
    return undefined;
  }

  /** A machine whose time of being gone is over makes room for another, should its alarm have been lost. */
  async #leaveWhenFree(): Promise<void> {
    if (this.#load() !== undefined && this.#retention.isFree()) await this.#deleteAll();
  }

  async #deleteAll(): Promise<void> {
    await this.#deps.deleteAll();
    this.#live = undefined;
    this.#outbox.reset();
  }

  /** Stores a new machine, with the event for which it is created where there is one. */
  #insert(present: Present, call: CreateCall, creation: string, first?: Verdict): void {
    const unsent = { transitions: { indexSent: -1, feedSent: -1 }, outcomes: { indexSent: 0, notifySent: 0 } };
    const next = first === undefined ? present : after(present, first);
    this.#outbox.commit(() => {
      migrate(this.#deps.sql);
      this.#store.insertIdentity(present.identity, creation);
      this.#store.insertSource(call.version, call.source);
      this.#store.insertCreation(present, call);
      if (first?.kind === "accepted") this.#store.insertTransition(first.row, unsent.transitions);
      if (first?.kind === "outcome") this.#store.insertOutcome(first.row, unsent.outcomes);
    }, nextDue(next)?.at);
    this.#live = next;
    this.#outbox.load(unsent.transitions, unsent.outcomes);
  }

  /**
   * Applies an event once. The receipt of an id seen before is answered again, marked as a duplicate. With `create` a
   * machine that is not there is created with the event, and is in the index before the answer.
   */
  send(address: MachineAddress, call: SendCall): SendReply | Promise<SendReply> {
    if (call.create === undefined) {
      const reply = this.#sendOne(address, call);
      if (!reply.ok || reply.value.created === undefined) return reply;
    }
    return this.sendAll(address, [call]).then(([reply = NOT_FOUND]) => reply);
  }

  /**
   * Applies events in order, each as a transaction of its own, in one turn. Where the storage fails, that event and
   * those behind it are UNAVAILABLE: they may be sent again.
   */
  async sendAll(address: MachineAddress, calls: readonly SendCall[]): Promise<SendReply[]> {
    if (calls.some(({ create, isDryRun }) => create !== undefined && !isDryRun)) await this.#leaveWhenFree();
    const replies: SendReply[] = [];
    try {
      for (const call of calls) replies.push(this.#sendOne(address, call));
    } catch (error) {
      this.#deps.log("error", "an event could not be stored", { cause: error });
      const unavailable = { ok: false, reason: "UNAVAILABLE", message: "the event could not be stored" } as const;
      while (replies.length < calls.length) replies.push(unavailable);
    }
    const creating = replies.findIndex((reply) => reply.ok && reply.value.created);
    if (creating < 0 || this.#live === undefined || this.#outbox.isRegistered) return replies;
    const failure = await this.#register();
    return failure === undefined ? replies : replies.map((reply, index) => (index < creating ? reply : failure));
  }

  #sendOne(address: MachineAddress, call: SendCall): SendReply {
    const live = this.#find(address);
    if ("reason" in live) {
      // A dry run leaves what is over where it is, and answers as if it were not there.
      const isVacant = this.#live === undefined || this.#retention.isFree();
      return call.create !== undefined && isVacant ? this.#createFor(address, call, call.create) : live;
    }
    const ledger = this.#ledgerOf(live);
    const kept = call.isDryRun ? new ImaginedLedger(live, ledger) : ledger;
    const decision = takeEvent(kept, call, this.#deps.now());
    return replyOf(live, decision);
  }

  #ledgerOf(live: Present): StoredLedger {
    return new StoredLedger(live, { deps: this.#deps, store: this.#store, outbox: this.#outbox });
  }

  /** The machine and its first change together; a refused event creates nothing. */
  #createFor(address: MachineAddress, call: SendCall, create: CreateCall): SendReply {
    const begun = begin(address, create, this.#deps.now());
    if (!begun.ok) return begun;
    if (create.isDeprecated) return deprecated(create);
    const present = begun.value;
    const decision = decide(present, call, undefined, present.decidedAt);
    if (decision.kind !== "accepted" && !(decision.kind === "outcome" && decision.row.kind !== "refused")) {
      const reply = replyOf(present, decision);
      return reply.ok ? { ...reply, isUnrecorded: true } : reply;
    }
    const first = markCreated(decision);
    if (!call.isDryRun) this.#insert(present, create, creationOf(create, call.eventId), first);
    return replyOf(present, first);
  }

  /** Sets and takes off labels; the revision stays. LIMIT_EXCEEDED: they would be too many. */
  updateLabels(address: MachineAddress, call: LabelsCall): Reply<MachineView> {
    return this.#change(address, call, (live) => {
      const relabelled = relabel(live, call);
      if (!relabelled.ok) return relabelled;
      const { value: identity } = relabelled;
      if (identity === live.identity) return undefined;
      this.#outbox.commit(() => this.#store.storeIdentity(identity));
      live.identity = identity;
      return undefined;
    });
  }

  /** Puts the machine into a state, whatever its transitions say: a change like any other. */
  override(address: MachineAddress, call: OverrideCall): Reply<MachineView> {
    return this.#change(address, call, (live) => {
      const overridden = overrideState(live, call, this.#deps.now());
      if (!overridden.ok) return overridden;
      const ledger = this.#ledgerOf(live);
      ledger.keep({ kind: "accepted", row: overridden.value });
      retryWaiting(ledger, this.#deps.now());
      return undefined;
    });
  }

  /** Lets the machine go on by another version of its configuration; one that has it stays as it is. */
  migrate(address: MachineAddress, call: MigrateCall): Reply<MachineView> {
    return this.#change(address, call, (live) => {
      const migrated = migrateTo(live, call, this.#deps.now());
      if (!migrated.ok || migrated.value === undefined) return migrated.ok ? undefined : migrated;
      const { row, configuration } = migrated.value;
      const ledger = this.#ledgerOf(live);
      ledger.keep({ kind: "accepted", row, becomes: { configuration, source: call.source } });
      retryWaiting(ledger, this.#deps.now());
      return undefined;
    });
  }

  /** Ends the machine: from now on it answers that it is gone, and its history goes. */
  delete(address: MachineAddress, call: DeleteCall): Reply<null> {
    const live = this.#find(address);
    if ("reason" in live) return live;
    const mismatch = expectationOf(live, call);
    if (mismatch !== undefined) return mismatch;
    this.#retention.retire(live, call.actor);
    return { ok: true, value: null };
  }

  /** A change by an operator, which answers the machine as it is then, or why it did not happen. */
  #change(
    address: MachineAddress,
    call: { readonly expectedRevision?: number },
    change: (live: Present) => Refusal | undefined,
  ): Reply<MachineView> {
    const live = this.#find(address);
    if ("reason" in live) return live;
    const refusal = expectationOf(live, call) ?? change(live);
    if (refusal !== undefined) return refusal;
    this.#outbox.flushSoon();
    return { ok: true, value: viewMachine(this.#store, live) };
  }

  /** As it is, or as it was at a revision; OUT_OF_RANGE: that is to come or was pruned. */
  read(address: MachineAddress, atRevision?: number): Reply<MachineView> {
    const live = this.#find(address);
    if ("reason" in live) return live;
    if (atRevision === undefined) return { ok: true, value: viewMachine(this.#store, live) };
    return viewMachineAt(this.#store, live, atRevision);
  }

  history(address: MachineAddress, call: ListCall): Reply<Page<HistoryItem>> {
    return this.#answer(address, () => listHistory(this.#store, call));
  }

  refusals(address: MachineAddress, call: ListCall): Reply<Page<Receipt>> {
    return this.#answer(address, (live) => listRefusals(this.#store, live, call));
  }

  receipt(address: MachineAddress, eventId: string): Reply<Receipt> {
    const live = this.#find(address);
    if ("reason" in live) return live;
    const receipt = findReceipt(this.#store, live, eventId);
    if (receipt !== undefined) return { ok: true, value: receipt };
    return { ok: false, reason: "EVENT_NOT_FOUND", message: `this machine has decided no event "${eventId}"` };
  }

  state(address: MachineAddress): Reply<StateView> {
    return this.#answer(address, ({ state, revision }) => ({ state, revision }));
  }

  allowedEvents(address: MachineAddress): Reply<AllowedView> {
    return this.#answer(address, ({ configuration, state, revision, data }) => {
      const events = listAllowedEvents(configuration, { state, revision, data: data.value }, this.#deps.now());
      return { state, revision, events };
    });
  }

  path(address: MachineAddress): Reply<PathView> {
    return this.#answer(address, (live) => viewPath(this.#store, live));
  }

  /**
   * Tells the index again what is true, unless the row it has says so already; `row` undefined: it has none.
   * MACHINE_NOT_FOUND: the row is about no machine. UNAVAILABLE: not taken; ask again.
   */
  async reindex(address: MachineAddress, row: MachineRow | undefined): Promise<Reply<Reindexed>> {
    const live = this.#load();
    if (live === undefined || !this.#isAt(address)) return NOT_FOUND;
    if (row === undefined && live.identity.retiredAt !== null) return GONE;
    if (row !== undefined && this.#isTrue(live, row)) return { ok: true, value: "right" };
    if (row !== undefined && row.createdAt > live.identity.createdAt) return { ok: true, value: "outranked" };
    try {
      await this.#outbox.tellAgain(row?.createdAt === live.identity.createdAt ? row.change : 0);
    } catch (error) {
      return { ok: false, reason: "UNAVAILABLE", message: `the index did not take it: ${String(error)}` };
    }
    return { ok: true, value: "told" };
  }

  /** The alarm: what is due, what has to leave, what has to go, then the next alarm. Never throws for failed work. */
  async wake(): Promise<void> {
    this.#outbox.disarm();
    const live = this.#load();
    if (live === undefined) return;
    this.#doWhatIsDue(live);
    await this.#outbox.deliver();
    if (!this.#outbox.hasUnsent) await this.#retention.keep();
    if (this.#live !== undefined) this.#outbox.rearm();
  }

  /** What fails here must neither hold up what has to leave nor be tried again at once. */
  #doWhatIsDue(live: Present): void {
    const now = this.#deps.now();
    try {
      doWhatIsDue(this.#ledgerOf(live), now);
      this.#patientUntil = undefined;
    } catch (error) {
      this.#deps.log("error", "what was due could not be done; it is tried again", { cause: error });
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
        (nextAlarmAt({ unsentAt: [], ownAt: this.#ownAt(), retentionAt: this.#retention.dueAt() }) ?? null) &&
      (row.dueAt === null || row.dueAt > this.#deps.now())
    );
  }

  /** When it has something to do of its own. */
  #ownAt(): number | undefined {
    const at = this.#live && nextDue(this.#live)?.at;
    return at === undefined ? undefined : Math.max(at, this.#patientUntil ?? at);
  }

  /** What stands in every line that is logged. */
  #name(): Record<string, string> {
    if (this.#live === undefined) return {};
    const { tenant, configuration, id } = this.#live.identity;
    return { tenant, configuration, id };
  }

  #answer<T>(address: MachineAddress, view: (live: Present) => T): Reply<T> {
    const live = this.#find(address);
    return "reason" in live ? live : { ok: true, value: view(live) };
  }

  /** The machine at this address, or why there is none. */
  #find(address: MachineAddress): Present | typeof NOT_FOUND | typeof GONE {
    const live = this.#load();
    if (live === undefined || !this.#isAt(address)) return NOT_FOUND;
    if (live.identity.retiredAt === null) return live;
    // Its id is free, although its alarm has yet to make room.
    return this.#retention.isFree() ? NOT_FOUND : GONE;
  }

  /** An object is addressed by a name that contains the identity; the comparison guards against a wrong name. */
  #isAt(address: MachineAddress): boolean {
    const identity = this.#live?.identity;
    return (
      identity?.tenant === address.tenant &&
      identity.configuration === address.configuration &&
      identity.id === address.id
    );
  }

  #load(): Present | undefined {
    if (this.#live !== undefined) return this.#live;
    const version = readSchemaVersion(this.#deps.sql);
    if (version === 0) return undefined;
    if (version < SCHEMA_VERSION) this.#deps.transaction(() => migrate(this.#deps.sql));
    const identity = this.#store.readIdentity();
    if (identity === undefined) return undefined;
    const head = this.#store.readHead();
    const outcomes = this.#store.readOutcomesHead();
    this.#live = {
      identity,
      configuration: load(this.#store.readSource(head.version)),
      revision: head.revision,
      state: head.state,
      data: new Data(() => this.#store.readData(head.revision)),
      dataRevision: head.dataRevision,
      updatedAt: head.at,
      enteredAt: head.enteredAt,
      timers: head.timers,
      timersFired: outcomes.entered === head.revision ? outcomes.timersFired : 0,
      decidedAt: Math.max(head.at, outcomes.at),
      outcomeSeq: outcomes.seq,
      notices: outcomes.notice,
      waiting: outcomes.seq > 0 ? this.#store.listWaiting() : [],
    };
    this.#outbox.load(head.cursors, outcomes.cursors);
    return this.#live;
  }
}

function deprecated({ version }: CreateCall): Refusal {
  const message = `version ${quote(version)} of the configuration is deprecated: it takes no new machines`;
  return { ok: false, reason: "CONFIGURATION_DEPRECATED", message };
}

/** The machine was created for it. */
function markCreated(verdict: Verdict): Verdict {
  return verdict.kind === "accepted"
    ? { ...verdict, row: { ...verdict.row, created: true } }
    : { ...verdict, row: { ...verdict.row, created: true } };
}
