/** The calls that cross the object's boundary: plain values in, plain results out, customers' JSON as text. */
import type { MachineRow } from "../catalog/index-entry.ts";
import type { MachineFilter } from "../catalog/machine-filter.ts";
import type { Edge } from "../engine/configuration.ts";
import type { Timer } from "../engine/timer.ts";
import type { Reason, Violation } from "../errors.ts";
import type { JsonText, Receipt } from "../receipt.ts";

/** Which machine is meant; the object compares it with what it stores. */
export interface MachineAddress {
  readonly tenant: string;
  readonly configuration: string;
  readonly id: string;
}

export interface CreateCall {
  /** A repeat with the same key and content gets the first answer again. */
  readonly key?: string;
  /** The trace it came with (W3C Trace Context); no part of the content. */
  readonly traceparent?: string;
  /** The configuration takes no new machines. */
  readonly isDeprecated?: boolean;
  /** The tenant has as many machines as it may: so many. */
  readonly quota?: number;
  readonly version: string;
  /** The configuration as stored in the catalog: JSON text. */
  readonly source: JsonText;
  /** Absent: the starting state. */
  readonly state?: string;
  /** Canonical JSON text. */
  readonly data: JsonText;
  /** Canonical JSON text of an object of strings. */
  readonly labels: JsonText;
}

/** What a machine must be for a call to be meant for it; what is absent does not matter. */
export type Condition = Omit<MachineFilter, "configuration">;

export interface SendCall {
  readonly eventId: string;
  readonly event: string;
  /** Canonical JSON text. */
  readonly data: JsonText;
  readonly details: string;
  readonly originator: string;
  readonly actor: string;
  /** Epoch ms; the sender's claim. */
  readonly timestamp?: number;
  readonly expectedState?: string;
  readonly expectedRevision?: number;
  readonly onlyIf?: Condition;
  /** See MigrateCall. */
  readonly triedSince?: number;
  /** The trace it came with (W3C Trace Context). */
  readonly traceparent?: string;
  /** What to create where there is no machine. */
  readonly create?: CreateCall;
  /** Answer what would be answered; change nothing. */
  readonly isDryRun?: boolean;
}

/** New labels; a member that is null takes its label off. */
export interface LabelsCall {
  readonly labels: Readonly<Record<string, string | null>>;
  readonly expectedRevision?: number;
}

export interface OverrideCall {
  readonly state: string;
  /** Canonical JSON text; absent: the data stays. */
  readonly data?: JsonText;
  readonly comment: string;
  readonly actor: string;
  readonly traceparent?: string;
  readonly expectedRevision: number;
}

export interface MigrateCall {
  readonly version: string;
  /** The configuration as stored in the catalog: JSON text. */
  readonly source: JsonText;
  /** States of another name there; those that are not named keep theirs. */
  readonly stateMap: ReadonlyMap<string, string>;
  readonly actor: string;
  readonly traceparent?: string;
  readonly expectedRevision?: number;
  readonly onlyIf?: Condition;
  /** The change's id in the history: a machine that has made this change does not make it again. */
  readonly eventId?: string;
  /**
   * It may have been done since this time (epoch ms): OUT_OF_RANGE where the machine does not have its id, and so much of its
   * history was pruned that it may have had it.
   */
  readonly triedSince?: number;
  /** Answer what would be answered; change nothing. */
  readonly isDryRun?: boolean;
}

export interface DeleteCall {
  readonly actor: string;
  readonly expectedRevision?: number;
  readonly onlyIf?: Condition;
  /** It may have been done since this time (epoch ms): if this actor has, it is done. */
  readonly triedSince?: number;
  /** Answer what would be answered; change nothing. */
  readonly isDryRun?: boolean;
}

/** A result that is no exception: exceptions lose their shape at the boundary. */
export type Reply<T> = { readonly ok: true; readonly value: T } | Refusal;

/** Why there is no value. */
export interface Refusal {
  readonly ok: false;
  readonly reason: Reason;
  readonly message: string;
  readonly metadata?: Record<string, string>;
  /** The fields to blame. */
  readonly violations?: readonly Violation[];
  /** There was more to do than one call may: asked again, the machine goes on. */
  readonly isUnfinished?: true;
  /** The machine is not what the call is meant for: its `onlyIf` does not hold. */
  readonly isUnmeant?: true;
}

/** What became of an event. Unrecorded: refused where there is no machine, so that nothing is kept of it here. */
export type SendReply = Reply<Receipt> & { readonly isUnrecorded?: true };

export interface HistoryItem {
  readonly revision: number;
  readonly kind: string;
  readonly eventId: string;
  readonly event: string;
  readonly from: string;
  readonly to: string;
  readonly timestamp: number;
  readonly originator: string;
  readonly actor: string;
  readonly details: string;
  readonly data: JsonText;
}

/** Where a watch begins. */
export interface WatchCall {
  /** Whose it is: what each may have of them is limited. */
  readonly key: string;
  /** The last revision that is known already; -1: none. Absent: from now on. */
  readonly after?: number;
}

export interface ChangesCall {
  /** The last revision that is known already; -1: none. */
  readonly after: number;
  readonly limit: number;
}

/** Changes in the order of their revisions; a machine's end is the last of them. */
export interface Changes {
  readonly items: readonly HistoryItem[];
  /** The newest there is; where it is not among the items, more follow. */
  readonly revision: number;
}

export interface MachineView {
  readonly configId: string;
  readonly state: string;
  readonly data: JsonText;
  readonly labels: JsonText;
  readonly revision: number;
  readonly final: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** What it will do by itself, in that order; empty for the past. */
  readonly timers: readonly Pick<Timer, "event" | "to" | "dueAt">[];
  /** Newest, oldest first. */
  readonly history: readonly HistoryItem[];
  readonly hasOlderHistory: boolean;
}

export interface ListCall {
  readonly order: "asc" | "desc";
  /** Of receipts: ignored and deferred events, too. */
  readonly everyOutcome?: boolean;
  /** The last revision or sequence number already seen. */
  readonly after?: number;
  readonly limit: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page starts; absent at the end. */
  readonly next?: number;
}

export interface StateView {
  readonly state: string;
  readonly revision: number;
}

export interface AllowedView extends StateView {
  readonly events: readonly {
    readonly event: string;
    readonly allowed: string;
    readonly to?: string;
    readonly reason?: string;
  }[];
}

/** Where a machine is and how it came there, with what is needed to draw it. */
export interface PathView extends StateView {
  /** The configuration it runs: JSON text. */
  readonly source: JsonText;
  /** What its newest changes were, each once, in no order. */
  readonly taken: readonly Edge[];
}

/**
 * The row was right; the machine told what is; the row is of a later life than the machine's, as after a recovery of the
 * object to an earlier time, and stands in the way of whatever the machine tells.
 */
export type Reindexed = "right" | "told" | "outranked";

/** What was erased of an id, in epoch ms by the clock of its object. */
export interface ErasedLife {
  /** When the life began; undefined: there was none. */
  readonly createdAt: number | undefined;
  /** No life that begins from now on is older, and nothing that was told by the one before is newer. */
  readonly endedAt: number;
}

/** A machine as its callers reach it. A call rejects only when the platform fails. */
export interface MachineCalls {
  create(address: MachineAddress, call: CreateCall): Promise<Reply<MachineView>>;
  send(address: MachineAddress, call: SendCall): Promise<SendReply>;
  sendAll(address: MachineAddress, calls: readonly SendCall[]): Promise<SendReply[]>;
  updateLabels(address: MachineAddress, call: LabelsCall): Promise<Reply<MachineView>>;
  override(address: MachineAddress, call: OverrideCall): Promise<Reply<MachineView>>;
  migrate(address: MachineAddress, call: MigrateCall): Promise<Reply<MachineView>>;
  /** The same for one of many machines: answers whether the change of that id is made, now or before. */
  migrateOnce(address: MachineAddress, call: MigrateCall & { readonly eventId: string }): Promise<Reply<boolean>>;
  delete(address: MachineAddress, call: DeleteCall): Promise<Reply<null>>;
  /** Forgets the machine, alive or gone, without a trace. */
  erase(address: MachineAddress, actor: string): Promise<ErasedLife>;
  /** As it is, or as it was at a revision. */
  read(address: MachineAddress, atRevision?: number): Promise<Reply<MachineView>>;
  history(address: MachineAddress, call: ListCall): Promise<Reply<Page<HistoryItem>>>;
  changes(address: MachineAddress, call: ChangesCall): Promise<Reply<Changes>>;
  refusals(address: MachineAddress, call: ListCall): Promise<Reply<Page<Receipt>>>;
  receipt(address: MachineAddress, eventId: string): Promise<Reply<Receipt>>;
  state(address: MachineAddress): Promise<Reply<StateView>>;
  allowedEvents(address: MachineAddress): Promise<Reply<AllowedView>>;
  path(address: MachineAddress): Promise<Reply<PathView>>;
  /** Makes the machine tell the index the truth, unless `row` is it; undefined: the index has none. */
  reindex(address: MachineAddress, row: MachineRow | undefined): Promise<Reply<Reindexed>>;
}
