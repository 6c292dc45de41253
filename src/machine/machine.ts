/**
 * A machine: the record of one entity. Every event is one transaction: seen before? expected? allowed? then state,
 * history and receipt together, or nothing. Reached only through the object; knows no platform, only its Deps.
 */
import type { MachineRow } from "../catalog/index-entry.ts";
import { listAllowedEvents } from "../engine/allowed-events.ts";
import { quote } from "../engine/names.ts";
import type { Receipt } from "../receipt.ts";
import { begin, creationOf } from "./beginning.ts";
import type {
  AllowedView,
  Changes,
  ChangesCall,
  CreateCall,
  DeleteCall,
  ErasedLife,
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
  WatchCall,
} from "./calls.ts";
import { checkAfter, listChanges } from "./changes.ts";
import { replyOf, type Verdict } from "./decide.ts";
import type { MachineDeps } from "./deps.ts";
import { expectationOf, type Expectation } from "./expectation.ts";
import { migrateTo, overrideState, relabel } from "./interventions.ts";
import type { Ledger } from "./ledger.ts";
import { absenceOf, checkMemory, isDeletedBy, type Remembered } from "./memory.ts";
import type { Present } from "./present.ts";
import { GONE, NOT_FOUND, Resident } from "./resident.ts";
import { Turn, UNFINISHED } from "./turn.ts";
import { findReceipt, listHistory, listRefusals, viewCreation, viewMachine, viewMachineAt, viewPath } from "./views.ts";

export class Machine {
  readonly #resident: Resident;

  constructor(platform: MachineDeps) {
    this.#resident = new Resident(platform);
  }

  /**
   * Creates the machine and tells the index, which has it before the answer. A repeat of a creation that has a key, or that
   * never reached the index, gets the first answer; any other repeat is MACHINE_EXISTS.
   */
  async create(address: MachineAddress, call: CreateCall): Promise<Reply<MachineView>> {
    const resident = this.#resident;
    await resident.leaveWhenFree();
    const creation = creationOf(call);
    const live = resident.load();
    // A repeat is answered as the creation was.
    const createdAt = live?.identity.createdAt ?? resident.deps.now();
    const begun = begin(address, call, createdAt);
    if (live === undefined) {
      if (!begun.ok) return begun;
      const refusal = refuseNew(call);
      if (refusal !== undefined) return refusal;
      resident.insert(begun.value, call, creation);
    } else if (!resident.isAt(address)) {
      throw new Error("this object holds another machine");
    } else if (live.identity.retiredAt !== null) {
      return GONE;
    } else if (resident.store.readCreation() !== creation || (call.key === undefined && resident.isCreated)) {
      return { ok: false, reason: "MACHINE_EXISTS", message: `machine ${quote(address.id)} exists` };
    }
    const failure = await resident.register();
    if (failure !== undefined) return failure;
    return begun.ok ? { ok: true, value: viewCreation(begun.value, createdAt, call.data) } : begun;
  }

  /**
   * Applies an event once. The receipt of an id seen before is answered again, marked as a duplicate. With `create` a
   * machine that is not there is created with the event, and is in the index before the answer.
   */
  send(address: MachineAddress, call: SendCall): SendReply | Promise<SendReply> {
    if (call.create === undefined) {
      const reply = this.#sendOne(address, call, this.#turn());
      if (!reply.ok || reply.value.created === undefined) return reply;
    }
    return this.sendAll(address, [call]).then(([reply = NOT_FOUND]) => reply);
  }

  /**
   * Applies events in order, each as a transaction of its own, in one turn. Where the storage fails, that event and
   * those behind it are UNAVAILABLE: they may be sent again. So are, marked as unfinished, those that are more than one turn
   * may do.
   */
  async sendAll(address: MachineAddress, calls: readonly SendCall[]): Promise<SendReply[]> {
    if (calls.some(({ create, isDryRun }) => create !== undefined && !isDryRun)) await this.#resident.leaveWhenFree();
    const replies: SendReply[] = [];
    const turn = this.#turn();
    try {
      for (const call of calls) replies.push(this.#sendOne(address, call, turn));
    } catch (error) {
      this.#resident.deps.log("error", "an event could not be stored", { cause: error });
      const unavailable = { ok: false, reason: "UNAVAILABLE", message: "the event could not be stored" } as const;
      while (replies.length < calls.length) replies.push(unavailable);
    }
    const creating = replies.findIndex((reply) => reply.ok && reply.value.created);
    if (creating < 0 || this.#resident.isVacant || this.#resident.outbox.isRegistered) return replies;
    const failure = await this.#resident.register();
    return failure === undefined ? replies : replies.map((reply, index) => (index < creating ? reply : failure));
  }

  #turn(): Turn {
    return new Turn(this.#resident.deps.now());
  }

  #sendOne(address: MachineAddress, call: SendCall, turn: Turn): SendReply {
    const live = this.#resident.find(address);
    if ("reason" in live) {
      const { isVacant } = this.#resident;
      if (call.create !== undefined && isVacant) return this.#createFor(address, call, call.create, turn);
      return absenceOf(live, this.#resident.load(), call);
    }
    const forgotten = checkMemory(this.#resident.store, call);
    return forgotten ?? replyOf(live, turn.takeEvent(this.#resident.ledgerFor(live, call), call));
  }

  /** The machine and its first change together; a refused event creates nothing. */
  #createFor(address: MachineAddress, call: SendCall, create: CreateCall, turn: Turn): SendReply {
    const begun = turn.begin(address, call, create);
    if (!begun.ok) return begun;
    const refusal = refuseNew(create);
    if (refusal !== undefined) return refusal;
    const { present, decision } = begun.value;
    if (decision.kind !== "accepted" && !(decision.kind === "outcome" && decision.row.kind !== "refused")) {
      const reply = replyOf(present, decision);
      return reply.ok ? { ...reply, isUnrecorded: true } : reply;
    }
    const first = markCreated(decision);
    if (!call.isDryRun) this.#resident.insert(present, create, creationOf(create, call.eventId), first);
    return replyOf(present, first);
  }

  /** Sets and takes off labels; the revision stays. LIMIT_EXCEEDED: they would be too many. */
  updateLabels(address: MachineAddress, call: LabelsCall): Reply<MachineView> {
    const live = this.#expect(address, call);
    if ("reason" in live) return live;
    const { store, outbox } = this.#resident;
    const relabelled = relabel(live, call);
    if (!relabelled.ok) return relabelled;
    const { value: identity } = relabelled;
    if (identity !== live.identity) {
      outbox.commit(() => store.storeIdentity(identity));
      live.identity = identity;
      outbox.flushSoon();
    }
    return { ok: true, value: viewMachine(store, live) };
  }

  /** Puts the machine into a state, whatever its transitions say: a change like any other. */
  override(address: MachineAddress, call: OverrideCall): Reply<MachineView> {
    return this.#change(address, call, (present, now) => overrideState(present, call, now));
  }

  /** Lets the machine go on by another version of its configuration; one that has it stays as it is. */
  migrate(address: MachineAddress, call: MigrateCall): Reply<MachineView> {
    return this.#change(address, call, (present, now) => migrateTo(present, call, now));
  }

  /** The same for one of many machines: answers whether the change of that id is made, now or before. */
  migrateOnce(address: MachineAddress, call: MigrateCall & { readonly eventId: string }): Reply<boolean> {
    const changed = this.#makeChange(address, call, (present, now) => migrateTo(present, call, now));
    return changed.ok ? { ok: true, value: changed.value.find(call.eventId) !== undefined } : changed;
  }

  /** Ends the machine: from now on it answers that it is gone, and its history goes. */
  delete(address: MachineAddress, call: DeleteCall): Reply<null> {
    const live = this.#expect(address, call);
    if ("reason" in live) {
      const isDone = live.reason === "MACHINE_GONE" && isDeletedBy(this.#resident.load(), call);
      return isDone ? { ok: true, value: null } : live;
    }
    if (!call.isDryRun) this.#resident.retention.retire(live, call.actor);
    return { ok: true, value: null };
  }

  /** Forgets the machine, alive or gone, without a trace: what it had yet to tell is told only to those who watch. */
  erase(address: MachineAddress, actor: string): Promise<ErasedLife> {
    return this.#resident.erase(address, actor);
  }

  /** The machine when what is due has been done, or why it is not what the caller expects. */
  #expect(address: MachineAddress, call: Expectation & { readonly isDryRun?: boolean }): Present | Refusal {
    const live = this.#resident.find(address);
    if ("reason" in live) return live;
    const ledger = this.#resident.ledgerFor(live, call);
    const isDone = this.#turn().doWhatIsDue(ledger);
    return isDone ? (expectationOf(ledger.present, call) ?? live) : UNFINISHED;
  }

  /** A change by an operator, which answers the machine as it is then, or why it did not happen. */
  #change(
    address: MachineAddress,
    call: Expectation & { readonly isDryRun?: boolean },
    decideOn: (present: Present, now: number) => Reply<Verdict | undefined>,
  ): Reply<MachineView> {
    const changed = this.#makeChange(address, call, decideOn);
    if (!changed.ok) return changed;
    const { present, imagined } = changed.value;
    return { ok: true, value: viewMachine(this.#resident.store, present, imagined) };
  }

  /** The ledger that has the change, or why it did not happen. */
  #makeChange(
    address: MachineAddress,
    call: Expectation & Remembered & { readonly isDryRun?: boolean },
    decideOn: (present: Present, now: number) => Reply<Verdict | undefined>,
  ): Reply<Ledger> {
    const live = this.#resident.find(address);
    if ("reason" in live) return absenceOf(live, this.#resident.load(), call);
    const forgotten = checkMemory(this.#resident.store, call);
    if (forgotten !== undefined) return forgotten;
    const ledger = this.#resident.ledgerFor(live, call);
    return this.#turn().makeChange(ledger, call, decideOn) ?? { ok: true, value: ledger };
  }

  /** As it is, or as it was at a revision; OUT_OF_RANGE: that is to come or was pruned. */
  read(address: MachineAddress, atRevision?: number): Reply<MachineView> {
    const live = this.#resident.find(address);
    if ("reason" in live) return live;
    if (atRevision === undefined) return { ok: true, value: viewMachine(this.#resident.store, live) };
    return viewMachineAt(this.#resident.store, live, atRevision);
  }

  history(address: MachineAddress, call: ListCall): Reply<Page<HistoryItem>> {
    return this.#answer(address, () => listHistory(this.#resident.store, call));
  }

  refusals(address: MachineAddress, call: ListCall): Reply<Page<Receipt>> {
    return this.#answer(address, (live) => listRefusals(this.#resident.store, live, call));
  }

  receipt(address: MachineAddress, eventId: string): Reply<Receipt> {
    const live = this.#resident.find(address);
    if ("reason" in live) return live;
    const receipt = findReceipt(this.#resident.store, live, eventId);
    if (receipt !== undefined) return { ok: true, value: receipt };
    return { ok: false, reason: "EVENT_NOT_FOUND", message: `this machine has decided no event "${eventId}"` };
  }

  state(address: MachineAddress): Reply<StateView> {
    return this.#answer(address, ({ state, revision }) => ({ state, revision }));
  }

  allowedEvents(address: MachineAddress): Reply<AllowedView> {
    return this.#answer(address, ({ configuration, state, revision, data }) => {
      const events = listAllowedEvents(configuration, { state, revision, data: data.value }, this.#resident.deps.now());
      return { state, revision, events };
    });
  }

  path(address: MachineAddress): Reply<PathView> {
    return this.#answer(address, (live) => viewPath(this.#resident.store, live));
  }

  /** The changes after a revision; of a machine that is gone, what is left of them. */
  changes(address: MachineAddress, call: ChangesCall): Reply<Changes> {
    const live = this.#resident.load();
    if (live === undefined || !this.#resident.isAt(address)) return NOT_FOUND;
    return listChanges(this.#resident.store, live, call);
  }

  /** Whether a watch may begin; answers the machine's revision, after which every change is told. */
  watch(address: MachineAddress, { after }: WatchCall): Reply<number> {
    const live = this.#resident.find(address);
    if ("reason" in live) return live;
    const refusal = after === undefined ? undefined : checkAfter(this.#resident.store, live, after);
    return refusal ?? { ok: true, value: live.revision };
  }

  #answer<T>(address: MachineAddress, view: (live: Present) => T): Reply<T> {
    const live = this.#resident.find(address);
    return "reason" in live ? live : { ok: true, value: view(live) };
  }

  /** Makes the machine tell the index the truth, unless `row` is it; undefined: the index has none. */
  reindex(address: MachineAddress, row: MachineRow | undefined): Promise<Reply<Reindexed>> {
    return this.#resident.reindex(address, row);
  }

  /** The alarm. Never throws for failed work. */
  wake(): Promise<void> {
    return this.#resident.wake();
  }
}

/** Why no machine may be made; a repeat of a creation is answered all the same. */
function refuseNew({ version, isDeprecated, quota }: CreateCall): Refusal | undefined {
  if (isDeprecated) {
    const message = `version ${quote(version)} of the configuration is deprecated: it takes no new machines`;
    return { ok: false, reason: "CONFIGURATION_DEPRECATED", message };
  }
  if (quota === undefined) return undefined;
  const message = `the tenant has ${quota} machines, which is its quota`;
  return { ok: false, reason: "QUOTA_EXCEEDED", message, metadata: { quota: "machines", limit: String(quota) } };
}

/** The machine was created for it. */
function markCreated(verdict: Verdict): Verdict {
  return verdict.kind === "accepted"
    ? { ...verdict, row: { ...verdict.row, created: true } }
    : { ...verdict, row: { ...verdict.row, created: true } };
}
