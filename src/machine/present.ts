/** The machine as it is now, and how far what leaves has got: in memory, assigned only after a transaction has returned. */
import type { Configuration } from "../engine/configuration.ts";
import type { Timer } from "../engine/timer.ts";
import type { MachineAddress } from "./calls.ts";
import type { Data } from "./data.ts";
import { summaryDueAt, type Muted, type NoticeWindow } from "./notice-window.ts";
import type { IdentityRow, OutcomeRow, TransitionRow, WaitingEvent } from "./rows.ts";

/** Mirror of the newest rows. */
export interface Present {
  identity: IdentityRow;
  configuration: Configuration;
  revision: number;
  state: string;
  data: Data;
  /** The revision whose row holds the data. */
  dataRevision: number;
  updatedAt: number;
  /** When the state was entered: timers run from then. A new version of the configuration is no entry. */
  enteredAt: number;
  /** Of the state, in the order in which they are sent: first those that were, by whatever version. */
  timers: readonly Timer[];
  /** How many of them have been sent. */
  timersFired: number;
  /** How much they hurry: rises by one with each that moves the machine, falls by one with each `REST_MS` before. */
  hurry: number;
  /** When the newest change or outcome was decided: time never goes back in a machine. */
  decidedAt: number;
  outcomeSeq: number;
  /** Notifications so far. */
  notices: number;
  /** The minute in which events were refused last, over or not; null: none were since the last summary. */
  noticeWindow: NoticeWindow | null;
  /** Deferred events, oldest first. */
  waiting: readonly WaitingEvent[];
  /** Those up to this number have been tried at this revision; -1: it is not known which have. */
  tried: { readonly revision: number; readonly seq: number };
}

/** A machine that is to be created: nothing has happened to it. */
export function presentAtCreation(
  address: MachineAddress,
  configuration: Configuration,
  created: {
    readonly state: string;
    readonly data: Data;
    readonly timers: readonly Timer[];
    readonly labels: string;
    readonly at: number;
  },
): Present {
  const { state, data, timers, labels, at } = created;
  const identity: IdentityRow = {
    tenant: address.tenant,
    configuration: address.configuration,
    id: address.id,
    createdAt: at,
    labels,
    extraChanges: 0,
    retiredAt: null,
    retiredBy: "",
    unheard: [],
  };
  return {
    identity,
    configuration,
    state,
    data,
    dataRevision: 0,
    timers,
    timersFired: 0,
    hurry: 0,
    revision: 0,
    updatedAt: at,
    enteredAt: at,
    decidedAt: at,
    outcomeSeq: 0,
    notices: 0,
    noticeWindow: null,
    waiting: [],
    tried: { revision: -1, seq: 0 },
  };
}

/** The machine after a change; `configuration` where that changes with it. */
export function afterChange(present: Present, row: TransitionRow, configuration = present.configuration): Present {
  return {
    ...present,
    configuration,
    revision: row.revision,
    state: row.state,
    data: row.data ?? present.data,
    dataRevision: row.dataRevision,
    enteredAt: row.enteredAt,
    timers: row.timers,
    timersFired: row.timersFired,
    hurry: row.originator === "timer" ? hurryAfter(present, row.timestamp ?? row.at) : 0,
    updatedAt: row.at,
    decidedAt: row.at,
  };
}

/** Timers that go on for ever may move a machine so often: what ten events a second write costs nobody much. */
const REST_MS = 100;

/** How much its timers hurry once another one moves it, due at `dueAt` (epoch ms). */
export function hurryAfter({ hurry, enteredAt }: Present, dueAt: number): number {
  return Math.max(0, hurry - Math.max(0, dueAt - enteredAt) / REST_MS) + 1;
}

/** The machine after an outcome. */
export function afterOutcome(present: Present, row: OutcomeRow): Present {
  const { seq, eventId, event, at, version } = row;
  const isDeferred = row.kind === "deferred";
  return {
    ...present,
    outcomeSeq: seq,
    notices: row.notice,
    noticeWindow: row.noticeWindow,
    timersFired: row.timersFired,
    decidedAt: at,
    waiting: isDeferred ? [...present.waiting, { seq, eventId, event, at, version }] : present.waiting,
    tried: isDeferred && nextToTry(present) === undefined ? { revision: present.revision, seq } : present.tried,
  };
}

/** The machine when a deferred event waits no longer. */
export function afterWaiting(present: Present, seq: number): Present {
  return { ...present, waiting: present.waiting.filter((event) => event.seq !== seq) };
}

/** The oldest event that waits and was not tried since the machine changed; undefined: all were. */
export function nextToTry({ revision, waiting, tried }: Present): WaitingEvent | undefined {
  return waiting.find(({ seq }) => tried.revision !== revision || seq > tried.seq);
}

/**
 * The next thing that the machine does by itself, in the order of their times: send a timer's event, give up waiting, or
 * tell of refused events together.
 */
export type Due =
  | { readonly kind: "summary"; readonly at: number; readonly muted: Muted }
  | { readonly kind: "timer"; readonly at: number; readonly timer: Timer }
  | { readonly kind: "expiry"; readonly at: number; readonly event: WaitingEvent };

/** What the machine does next by itself, due or not; undefined: nothing. */
export function nextDue(present: Present): Due | undefined {
  const { identity, configuration, timers, timersFired, waiting, noticeWindow } = present;
  if (identity.retiredAt !== null) return undefined;
  const timer = timers[timersFired];
  const [event] = waiting;
  const expiresAt = event === undefined ? Infinity : event.at + configuration.deferForMs;
  if (noticeWindow?.muted) {
    const at = summaryDueAt(noticeWindow);
    if (at <= Math.min(expiresAt, timer?.dueAt ?? at)) return { kind: "summary", at, muted: noticeWindow.muted };
  }
  if (timer !== undefined && timer.dueAt <= expiresAt) return { kind: "timer", at: timer.dueAt, timer };
  return event && { kind: "expiry", at: expiresAt, event };
}

/** What the receivers have confirmed; -1: not even the creation. */
export interface Cursors {
  /** Revision and outcome the index has. */
  indexTransitions: number;
  indexOutcomes: number;
  /** Outcome the notifications queue has. */
  notifications: number;
  /** Revision the transitions queue has. */
  feed: number;
}
