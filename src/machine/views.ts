/** What can be read of a machine: rows -> views, paged. */
import { configIdOf, type Configuration } from "../engine/configuration.ts";
import type { JsonText, Receipt } from "../receipt.ts";
import { load } from "./beginning.ts";
import type { HistoryItem, ListCall, MachineView, Page, PathView, Reply } from "./calls.ts";
import { readPage } from "./page.ts";
import type { Present } from "./present.ts";
import { receiptOfOutcome, receiptOfTransition, toHistoryItem } from "./record.ts";
import type { TransitionRow } from "./rows.ts";
import type { MachineStore } from "./store.ts";

/** The history that comes with a machine; go-statemachine's callers get the same. */
const HISTORY_WITH_MACHINE = 100;
/** Enough to tell the usual way from the others; a picture must not cost more the longer a machine lives. */
const CHANGES_OF_PATH = 1_000;

/** The machine with its newest history; `imagined`: its newest changes, oldest first, where those are not stored. */
export function viewMachine(
  store: MachineStore,
  { configuration, data, timersFired, ...present }: Present,
  imagined: readonly TransitionRow[] = [],
): MachineView {
  const { createdAt, labels } = present.identity;
  const timers = present.timers.slice(timersFired);
  return view(store, { ...present, data: data.text, timers, createdAt, labels, imagined }, configuration);
}

/**
 * The machine as it was at a revision, with its history up to then; labels are no part of that and are today's, and an
 * earlier revision has no timers, as nothing will be sent from there.
 * OUT_OF_RANGE: the revision is to come or was pruned.
 */
export function viewMachineAt(store: MachineStore, present: Present, revision: number): Reply<MachineView> {
  if (revision === present.revision) return { ok: true, value: viewMachine(store, present) };
  const row = store.findRevision(revision);
  if (row === undefined) {
    const oldest = store.readOldestRevision();
    const kept = `${oldest} to ${present.revision}`;
    const message = `at_revision: revision ${revision} is not among those that are kept, ${kept}`;
    const metadata = { oldest_revision: String(oldest), revision: String(present.revision) };
    return { ok: false, reason: "OUT_OF_RANGE", message, metadata };
  }
  const { createdAt, labels } = present.identity;
  const data = store.readData(revision);
  const then = { revision, state: row.state, data, updatedAt: row.at, timers: [], createdAt, labels, imagined: [] };
  return { ok: true, value: view(store, then, load(store.readSource(row.version))) };
}

/** What the creation of a machine is answered with, also when it has moved on since. */
export function viewCreation(begun: Present, createdAt: number, data: JsonText): MachineView {
  const { configuration, state, identity } = begun;
  return {
    configId: configIdOf(configuration.name, configuration.version),
    state,
    data,
    labels: identity.labels,
    revision: 0,
    final: configuration.finalStates.has(state),
    createdAt,
    updatedAt: createdAt,
    timers: begun.timers.map(({ event, to, dueAt }) => ({ event, to, dueAt })),
    history: [],
    hasOlderHistory: false,
  };
}

interface Moment {
  readonly revision: number;
  readonly state: string;
  readonly data: JsonText;
  readonly updatedAt: number;
  readonly createdAt: number;
  readonly labels: JsonText;
  readonly timers: MachineView["timers"];
  readonly imagined: readonly TransitionRow[];
}

function view(store: MachineStore, moment: Moment, configuration: Configuration): MachineView {
  const { revision, state, data, updatedAt, createdAt, labels, timers, imagined } = moment;
  const stored = store.listTransitions("desc", revision + 1, HISTORY_WITH_MACHINE + 1);
  const newest = [...imagined.toReversed(), ...stored];
  return {
    configId: configIdOf(configuration.name, configuration.version),
    state,
    data,
    labels,
    revision,
    final: configuration.finalStates.has(state),
    createdAt,
    updatedAt,
    timers: timers.map(({ event, to, dueAt }) => ({ event, to, dueAt })),
    history: newest.slice(0, HISTORY_WITH_MACHINE).toReversed().map(toHistoryItem),
    hasOlderHistory: newest.length > HISTORY_WITH_MACHINE,
  };
}

/** The way it has come: of its newest changes those that events made. */
export function viewPath(store: MachineStore, { configuration, state, revision }: Present): PathView {
  const source = store.readSource(configuration.version);
  return { state, revision, source, taken: store.listTaken(revision - CHANGES_OF_PATH) };
}

/** Accepted changes; a page may be shorter than asked. */
export function listHistory(store: MachineStore, call: ListCall): Page<HistoryItem> {
  return readPage(call, {
    list: (order, after, limit) => store.listTransitions(order, after, limit),
    keyOf: (row) => row.revision,
    sizeOf: (row) => row.eventData.length + row.details.length,
    itemOf: toHistoryItem,
  });
}

/** Receipts of refused events, or of all that changed nothing; a page may be shorter than asked. */
export function listRefusals(store: MachineStore, present: Present, call: ListCall): Page<Receipt> {
  return readPage(call, {
    list: (order, after, limit) => store.listOutcomes(order, after, limit, call.everyOutcome),
    keyOf: (row) => row.seq,
    sizeOf: (row) => row.eventData.length + row.details.length + row.allowedEvents.length + row.message.length,
    itemOf: (row) => receiptOfOutcome(present.identity, row),
  });
}

/** The receipt of an event this machine has decided. */
export function findReceipt(store: MachineStore, present: Present, eventId: string): Receipt | undefined {
  const taken = store.findTransition(eventId);
  if (taken !== undefined) return receiptOfTransition(present.identity, taken);
  const refused = present.outcomeSeq > 0 ? store.findOutcome(eventId) : undefined;
  return refused && receiptOfOutcome(present.identity, refused);
}
