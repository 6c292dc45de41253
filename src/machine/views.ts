/** What can be read of a machine: rows -> views, paged. */
import { configIdOf } from "../engine/configuration.ts";
import type { Receipt } from "../receipt.ts";
import type { HistoryItem, ListCall, MachineView, Page } from "./calls.ts";
import { readPage } from "./page.ts";
import type { Present } from "./present.ts";
import { receiptOfOutcome, receiptOfTransition, toHistoryItem } from "./record.ts";
import type { MachineStore } from "./store.ts";

/** The history that comes with a machine; go-statemachine's callers get the same. */
const HISTORY_WITH_MACHINE = 100;

/** The machine with its newest history. */
export function viewMachine(store: MachineStore, present: Present): MachineView {
  const newest = store.listTransitions("desc", undefined, HISTORY_WITH_MACHINE + 1);
  const { configuration, identity } = present;
  return {
    configId: configIdOf(configuration.name, configuration.version),
    state: present.state,
    data: store.readData(),
    labels: identity.labels,
    revision: present.revision,
    final: configuration.finalStates.has(present.state),
    createdAt: identity.createdAt,
    updatedAt: present.updatedAt,
    history: newest.slice(0, HISTORY_WITH_MACHINE).toReversed().map(toHistoryItem),
    hasOlderHistory: newest.length > HISTORY_WITH_MACHINE,
  };
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

/** Receipts of refused events; a page may be shorter than asked. */
export function listRefusals(store: MachineStore, present: Present, call: ListCall): Page<Receipt> {
  return readPage(call, {
    list: (order, after, limit) => store.listOutcomes(order, after, limit),
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
