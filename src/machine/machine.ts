/**
 * A machine: the record of one entity. Every event is one transaction: seen before? expected? allowed? then state,
 * history and receipt together, or nothing. Reached only through the object; knows no platform, only its Deps.
 */
import type { MachineRow } from "../catalog/index-entry.ts";
import { loadConfiguration } from "../engine/compile-configuration.ts";
import type { Configuration, ConfigurationSource } from "../engine/configuration.ts";
import { listAllowedEvents } from "../engine/allowed-events.ts";
import { quote } from "../engine/names.ts";
import { start, step } from "../engine/step.ts";
import type { Receipt } from "../receipt.ts";
import type {
  AllowedView,
  CreateCall,
  HistoryItem,
  ListCall,
  MachineAddress,
  MachineView,
  Page,
  Reindexed,
  Reply,
  SendCall,
  StateView,
} from "./calls.ts";
import type { MachineDeps } from "./deps.ts";
import { Outbox } from "./outbox.ts";
import type { Present } from "./present.ts";
import { receiptOfOutcome, receiptOfTransition } from "./record.ts";
import { dueOf, GONE_FOR_MS, policyOf, retentionDueAt, ROWS_PER_WAKE } from "./retention.ts";
import { RetentionStore } from "./retention-store.ts";
import { migrate, readSchemaVersion, SCHEMA_VERSION } from "./schema.ts";
import { MachineStore, type OutcomeRow, type TransitionRow } from "./store.ts";
import { findReceipt, listHistory, listRefusals, viewMachine } from "./views.ts";

const NOT_FOUND = { ok: false, reason: "MACHINE_NOT_FOUND", message: "there is no such machine" } as const;
const GONE = { ok: false, reason: "MACHINE_GONE", message: "the machine was deleted or retired" } as const;

export class Machine {
  readonly #deps: MachineDeps;
  readonly #store: MachineStore;
  readonly #outbox: Outbox;
  readonly #retention: RetentionStore;
  #live: Present | undefined;
  /** A creation is waiting for the index. */
  #creating = false;

  constructor(platform: MachineDeps) {
    const deps: MachineDeps = {
      ...platform,
      log: (level, message, facts) => platform.log(level, message, { ...this.#name(), ...facts }),
    };
    this.#deps = deps;
    this.#store = new MachineStore(deps.sql);
    this.#retention = new RetentionStore(deps.sql);
    this.#outbox = new Outbox({
      deps,
      store: this.#store,
      present: () => this.#live,
      retentionAt: () => this.#live && retentionDueAt(this.#live, this.#policyOf(this.#live), this.#retention),
      outcomesMs: () => (this.#live === undefined ? 0 : this.#policyOf(this.#live).outcomesMs),
    });
  }

  /**
   * Creates the machine and tells the index, which has it before the answer. A repeat of a creation that never reached
   * the index completes it; any other repeat is MACHINE_EXISTS.
   */
  async create(address: MachineAddress, call: CreateCall): Promise<Reply<MachineView>> {
    const creation = JSON.stringify([call.version, call.state ?? null, call.data, call.labels]);
    await this.#leaveWhenFree();
    if (this.#load() === undefined) {
      const refusal = this.#insert(address, call, creation);
      if (refusal !== undefined) return refusal;
    } else if (!this.#isAt(address)) {
      throw new Error("this object holds another machine");
    } else if (this.#live?.identity.retiredAt !== null) {
      return GONE;
    } else if (this.#creating || this.#outbox.isRegistered || this.#store.readCreation() !== creation) {
      return { ok: false, reason: "MACHINE_EXISTS", message: `machine ${quote(address.id)} exists` };
    }
    this.#creating = true;
    try {
      await this.#outbox.register();
    } catch (error) {
      this.#deps.log("warn", "the index did not take a new machine", { cause: String(error) });
      return { ok: false, reason: "UNAVAILABLE", message: "the machine could not be registered; try again" };
    } finally {
      this.#creating = false;
    }
    this.#outbox.flushSoon();
    return this.read(address);
  }

  /** Forgets a machine whose time of being gone is over, should its alarm have been lost. */
  async #leaveWhenFree(): Promise<void> {
    const retiredAt = this.#load()?.identity.retiredAt ?? undefined;
    if (retiredAt === undefined || this.#deps.now() < retiredAt + GONE_FOR_MS) return;
    await this.#deleteAll();
  }

  async #deleteAll(): Promise<void> {
    await this.#deps.deleteAll();
    this.#live = undefined;
    this.#outbox.reset();
  }

  #insert(address: MachineAddress, call: CreateCall, creation: string): Reply<never> | undefined {
    const configuration = load(call.source);
    const begun = start(configuration, call.state);
    if (!begun.ok) return { ok: false, reason: "INVALID_ARGUMENT", message: begun.message };
    const now = this.#deps.now();
    const identity = {
      ...address,
      createdAt: now,
      labels: call.labels,
      extraChanges: 0,
      retiredAt: null,
      farewell: [],
    };
    this.#outbox.commit(() => {
      migrate(this.#deps.sql);
      this.#store.insertIdentity(identity, creation);
      this.#store.insertSource(call.version, call.source);
      this.#store.insertCreation(begun.next.state, call.version, call.data, now);
    });
    const { state } = begun.next;
    this.#live = {
      identity,
      configuration,
      revision: 0,
      state,
      updatedAt: now,
      decidedAt: now,
      outcomeSeq: 0,
      notices: 0,
    };
    this.#outbox.load({ indexSent: -1, feedSent: -1 }, { indexSent: 0, notifySent: 0 });
    return undefined;
  }

  /** Applies an event once. The receipt of an id seen before is answered again, marked as a duplicate. */
  send(address: MachineAddress, call: SendCall): Reply<Receipt> {
    const live = this.#find(address);
    if ("reason" in live) return live;
    const before = findReceipt(this.#store, live, call.eventId);
    if (before !== undefined) {
      if (before.event !== call.event || before.data !== call.data || before.details !== call.details) {
        return {
          ok: false,
          reason: "EVENT_ID_REUSED",
          message: `event id "${call.eventId}" was used for another event of this machine: name, data or details differ`,
        };
      }
      return { ok: true, value: { ...before, duplicate: true } };
    }
    const mismatch = expectationOf(live, call);
    if (mismatch !== undefined) return mismatch;
    const at = Math.max(this.#deps.now(), live.decidedAt);
    const common = {
      eventId: call.eventId,
      event: call.event,
      timestamp: call.timestamp ?? null,
      originator: call.originator,
      actor: call.actor,
      details: call.details,
      eventData: call.data,
      version: live.configuration.version,
      at,
    };
    const taken = step(live.configuration, { state: live.state }, { name: call.event });
    if (!taken.ok) {
      const outcome: OutcomeRow = {
        ...common,
        seq: live.outcomeSeq + 1,
        kind: "refused",
        notice: live.notices + 1,
        state: live.state,
        revision: live.revision,
        code: taken.reason === "UNKNOWN_EVENT" ? "EventNotAllowed" : "TransitionNotAllowed",
        reason: taken.reason,
        message: taken.message,
        allowedEvents: JSON.stringify(taken.allowedEvents),
      };
      this.#outbox.commit(() => {
        this.#store.insertOutcome(outcome, this.#outbox.outcomeCursors);
      });
      live.outcomeSeq = outcome.seq;
      live.notices = outcome.notice;
      live.decidedAt = at;
      this.#outbox.flushSoon();
      return { ok: true, value: receiptOfOutcome(live.identity, outcome) };
    }
    const row: TransitionRow = {
      ...common,
      revision: live.revision + 1,
      kind: "event",
      from: live.state,
      state: taken.next.state,
    };
    this.#outbox.commit(() => {
      this.#store.insertTransition(row, this.#outbox.transitionCursors(row.revision));
    });
    live.revision = row.revision;
    live.state = row.state;
    live.updatedAt = live.decidedAt = at;
    this.#outbox.flushSoon();
    return { ok: true, value: receiptOfTransition(live.identity, row) };
  }

  /**
   * Applies events in order, each as a transaction of its own, in one turn. Where the storage fails, that event and
   * those behind it are UNAVAILABLE: they may be sent again.
   */
  sendAll(address: MachineAddress, calls: readonly SendCall[]): Reply<Receipt>[] {
    const replies: Reply<Receipt>[] = [];
    try {
      for (const call of calls) replies.push(this.send(address, call));
    } catch (error) {
      this.#deps.log("error", "an event could not be stored", { cause: String(error) });
      const unavailable = { ok: false, reason: "UNAVAILABLE", message: "the event could not be stored" } as const;
      while (replies.length < calls.length) replies.push(unavailable);
    }
    return replies;
  }

  read(address: MachineAddress): Reply<MachineView> {
    return this.#answer(address, (live) => viewMachine(this.#store, live));
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
    return this.#answer(address, ({ configuration, state, revision }) => {
      return { state, revision, events: listAllowedEvents(configuration, state) };
    });
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

  /** The alarm: what has to leave, then what has to go, then the next alarm. Never throws for failed work. */
  async wake(): Promise<void> {
    if (this.#load() === undefined) return;
    await this.#outbox.deliver();
    if (!this.#outbox.hasUnsent) await this.#keepRetention();
    if (this.#live !== undefined) this.#outbox.rearm();
  }

  async #keepRetention(): Promise<void> {
    const live = this.#live;
    if (live === undefined) return;
    const due = dueOf(live, this.#policyOf(live), this.#retention, this.#deps.now());
    if (due === undefined) return;
    switch (due.action) {
      case "prune": {
        const { outcomesBefore, historyBefore } = due;
        this.#deps.transaction(() => {
          this.#retention.pruneOutcomes(outcomesBefore, ROWS_PER_WAKE);
          if (historyBefore !== undefined) this.#retention.pruneTransitions(historyBefore, ROWS_PER_WAKE);
        });
        return;
      }
      case "retire": {
        const retired = {
          retiredAt: Math.max(this.#deps.now(), live.updatedAt),
          farewell: this.#outbox.farewell,
          extraChanges: live.identity.extraChanges + 1,
        };
        const { retiredAt, farewell, extraChanges } = retired;
        this.#outbox.commit(() => this.#retention.markRetired(retiredAt, farewell, extraChanges));
        live.identity = { ...live.identity, ...retired };
        this.#outbox.flushSoon();
        return;
      }
      case "delete": {
        return await this.#deleteAll();
      }
      default:
        return due satisfies never;
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
      row.dueAt === (retentionDueAt(live, this.#policyOf(live), this.#retention) ?? null) &&
      (row.dueAt === null || row.dueAt > this.#deps.now())
    );
  }

  /** What stands in every line that is logged. */
  #name(): Record<string, string> {
    if (this.#live === undefined) return {};
    const { tenant, configuration, id } = this.#live.identity;
    return { tenant, configuration, id };
  }

  #policyOf(live: Present) {
    return policyOf(live, this.#deps.retention());
  }

  #answer<T>(address: MachineAddress, view: (live: Present) => T): Reply<T> {
    const live = this.#find(address);
    return "reason" in live ? live : { ok: true, value: view(live) };
  }

  /** The machine at this address, or why there is none. */
  #find(address: MachineAddress): Present | typeof NOT_FOUND | typeof GONE {
    const live = this.#load();
    if (live === undefined || !this.#isAt(address)) return NOT_FOUND;
    return live.identity.retiredAt === null ? live : GONE;
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
      updatedAt: head.at,
      decidedAt: Math.max(head.at, outcomes.at),
      outcomeSeq: outcomes.seq,
      notices: outcomes.notice,
    };
    this.#outbox.load(head.cursors, outcomes.cursors);
    return this.#live;
  }
}

function load(source: string): Configuration {
  return loadConfiguration(JSON.parse(source) as ConfigurationSource);
}

function expectationOf(live: Present, call: SendCall): Reply<never> | undefined {
  const metadata = { revision: String(live.revision), state: live.state };
  if (call.expectedRevision !== undefined && call.expectedRevision !== live.revision) {
    const message = `expected revision ${call.expectedRevision}, the machine has ${live.revision}`;
    return { ok: false, reason: "REVISION_MISMATCH", message, metadata };
  }
  if (call.expectedState !== undefined && call.expectedState !== live.state) {
    const message = `expected state ${quote(call.expectedState)}, the machine is in ${quote(live.state)}`;
    return { ok: false, reason: "STATE_MISMATCH", message, metadata };
  }
  return undefined;
}
