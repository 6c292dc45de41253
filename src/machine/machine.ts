/**
 * A machine: the record of one entity. Every event is one transaction: seen before? expected? allowed? then state,
 * history and receipt together, or nothing. Reached only through the object; knows no platform, only its Deps.
 */
import { loadConfiguration } from "../engine/compile-configuration.ts";
import { configIdOf, type Configuration, type ConfigurationSource } from "../engine/configuration.ts";
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
  Reply,
  SendCall,
  StateView,
} from "./calls.ts";
import type { MachineDeps } from "./deps.ts";
import { Outbox } from "./outbox.ts";
import { readPage } from "./page.ts";
import { receiptOfOutcome, receiptOfTransition, toHistoryItem } from "./record.ts";
import { migrate, readSchemaVersion, SCHEMA_VERSION } from "./schema.ts";
import { MachineStore, type IdentityRow, type OutcomeRow, type TransitionRow } from "./store.ts";

/** The history that comes with a machine; go-statemachine's callers get the same. */
const HISTORY_WITH_MACHINE = 100;

/** In-memory mirror of the newest rows; assigned only after a transaction has returned. */
interface Live {
  readonly identity: IdentityRow;
  readonly configuration: Configuration;
  revision: number;
  state: string;
  updatedAt: number;
  outcomeSeq: number;
}

const NOT_FOUND = { ok: false, reason: "MACHINE_NOT_FOUND", message: "there is no such machine" } as const;

export class Machine {
  readonly #deps: MachineDeps;
  readonly #store: MachineStore;
  readonly #outbox: Outbox;
  #live: Live | undefined;
  /** A creation is waiting for the index. */
  #creating = false;

  constructor(deps: MachineDeps) {
    this.#deps = deps;
    this.#store = new MachineStore(deps.sql);
    this.#outbox = new Outbox(deps, this.#store, () => this.#live);
  }

  /**
   * Creates the machine and tells the index, which has it before the answer. A repeat of a creation that never reached
   * the index completes it; any other repeat is MACHINE_EXISTS.
   */
  async create(address: MachineAddress, call: CreateCall): Promise<Reply<MachineView>> {
    const creation = JSON.stringify([call.version, call.state ?? null, call.data, call.labels]);
    if (this.#load() === undefined) {
      const refusal = this.#insert(address, call, creation);
      if (refusal !== undefined) return refusal;
    } else if (!this.#isAt(address)) {
      throw new Error("this object holds another machine");
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
    return this.read(address);
  }

  #insert(address: MachineAddress, call: CreateCall, creation: string): Reply<never> | undefined {
    const configuration = load(call.source);
    const begun = start(configuration, call.state);
    if (!begun.ok) return { ok: false, reason: "INVALID_ARGUMENT", message: begun.message };
    const now = this.#deps.now();
    const identity = { ...address, createdAt: now, labels: call.labels };
    this.#outbox.commit(() => {
      migrate(this.#deps.sql);
      this.#store.insertIdentity(identity, creation);
      this.#store.insertSource(call.version, call.source);
      this.#store.insertCreation(begun.next.state, call.version, call.data, now);
    });
    this.#live = { identity, configuration, revision: 0, state: begun.next.state, updatedAt: now, outcomeSeq: 0 };
    this.#outbox.load(-1, 0);
    return undefined;
  }

  /** Applies an event once. The receipt of an id seen before is answered again, marked as a duplicate. */
  send(address: MachineAddress, call: SendCall): Reply<Receipt> {
    const live = this.#load();
    if (live === undefined || !this.#isAt(address)) return NOT_FOUND;
    const before = this.#findReceipt(live, call.eventId);
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
    const at = Math.max(this.#deps.now(), live.updatedAt);
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
        state: live.state,
        revision: live.revision,
        code: taken.reason === "UNKNOWN_EVENT" ? "EventNotAllowed" : "TransitionNotAllowed",
        reason: taken.reason,
        message: taken.message,
        allowedEvents: JSON.stringify(taken.allowedEvents),
      };
      this.#outbox.commit(() => {
        this.#store.insertOutcome(outcome, this.#outbox.outcomesSent);
      });
      live.outcomeSeq = outcome.seq;
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
      this.#store.insertTransition(row, this.#outbox.transitionsSent);
    });
    live.revision = row.revision;
    live.state = row.state;
    live.updatedAt = at;
    this.#outbox.flushSoon();
    return { ok: true, value: receiptOfTransition(live.identity, row) };
  }

  /** The machine with its newest history. */
  read(address: MachineAddress): Reply<MachineView> {
    const live = this.#load();
    if (live === undefined || !this.#isAt(address)) return NOT_FOUND;
    const newest = this.#store.listTransitions("desc", undefined, HISTORY_WITH_MACHINE + 1);
    const { configuration, identity } = live;
    return {
      ok: true,
      value: {
        configId: configIdOf(configuration.name, configuration.version),
        state: live.state,
        data: this.#store.readData(),
        labels: identity.labels,
        revision: live.revision,
        final: configuration.finalStates.has(live.state),
        createdAt: identity.createdAt,
        updatedAt: live.updatedAt,
        history: newest.slice(0, HISTORY_WITH_MACHINE).toReversed().map(toHistoryItem),
        hasOlderHistory: newest.length > HISTORY_WITH_MACHINE,
      },
    };
  }

  /** Accepted changes; a page may be shorter than asked. */
  history(address: MachineAddress, call: ListCall): Reply<Page<HistoryItem>> {
    if (this.#load() === undefined || !this.#isAt(address)) return NOT_FOUND;
    const page = readPage(call, {
      list: (order, after, limit) => this.#store.listTransitions(order, after, limit),
      keyOf: (row) => row.revision,
      sizeOf: (row) => row.eventData.length + row.details.length,
      itemOf: toHistoryItem,
    });
    return { ok: true, value: page };
  }

  /** Receipts of refused events; a page may be shorter than asked. */
  refusals(address: MachineAddress, call: ListCall): Reply<Page<Receipt>> {
    const live = this.#load();
    if (live === undefined || !this.#isAt(address)) return NOT_FOUND;
    const page = readPage(call, {
      list: (order, after, limit) => this.#store.listOutcomes(order, after, limit),
      keyOf: (row) => row.seq,
      sizeOf: (row) => row.eventData.length + row.details.length + row.allowedEvents.length + row.message.length,
      itemOf: (row) => receiptOfOutcome(live.identity, row),
    });
    return { ok: true, value: page };
  }

  receipt(address: MachineAddress, eventId: string): Reply<Receipt> {
    const live = this.#load();
    if (live === undefined || !this.#isAt(address)) return NOT_FOUND;
    const receipt = this.#findReceipt(live, eventId);
    if (receipt !== undefined) return { ok: true, value: receipt };
    return { ok: false, reason: "EVENT_NOT_FOUND", message: `this machine has decided no event "${eventId}"` };
  }

  state(address: MachineAddress): Reply<StateView> {
    const live = this.#load();
    if (live === undefined || !this.#isAt(address)) return NOT_FOUND;
    return { ok: true, value: { state: live.state, revision: live.revision } };
  }

  allowedEvents(address: MachineAddress): Reply<AllowedView> {
    const live = this.#load();
    if (live === undefined || !this.#isAt(address)) return NOT_FOUND;
    const { configuration, state, revision } = live;
    return { ok: true, value: { state, revision, events: listAllowedEvents(configuration, state) } };
  }

  /** The alarm: sends what is unsent, stores the cursors, arms again while work is left. Never throws for failed work. */
  async wake(): Promise<void> {
    if (this.#load() !== undefined) await this.#outbox.wake();
  }

  #findReceipt(live: Live, eventId: string): Receipt | undefined {
    const taken = this.#store.findTransition(eventId);
    if (taken !== undefined) return receiptOfTransition(live.identity, taken);
    const refused = live.outcomeSeq > 0 ? this.#store.findOutcome(eventId) : undefined;
    return refused && receiptOfOutcome(live.identity, refused);
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

  #load(): Live | undefined {
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
      outcomeSeq: outcomes.seq,
    };
    this.#outbox.load(head.indexSent, outcomes.indexSent);
    return this.#live;
  }
}

function load(source: string): Configuration {
  return loadConfiguration(JSON.parse(source) as ConfigurationSource);
}

function expectationOf(live: Live, call: SendCall): Reply<never> | undefined {
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
