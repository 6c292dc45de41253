/** What was promised against what is there: every difference as a line of text. */
import { isDeepStrictEqual } from "node:util";
import { CONFIGURATION, type Decision, type Load } from "./load.ts";
import {
  lookUp,
  readAccepted,
  readFeeds,
  readIndex,
  readRefused,
  readStanding,
  type Feed,
  type Receipt,
} from "./record.ts";
import type { Arrivals, CloudEvent, Sink } from "./sink.ts";

/** Look-ups of this many accepted and as many refused events. */
const SAMPLE = 100;

/**
 * What a machine has to tell by itself: nobody asks a machine here, so what its alarms do not send is missing. The
 * decisions that no caller heard of may be there or not.
 */
export async function findUntold(origin: string, load: Load, sink: Sink): Promise<string[]> {
  const faults: string[] = [];
  const feed = await readFeeds(origin);
  const index = await readIndex(origin);
  for (const machine of load.machines) if (!index.has(machine)) faults.push(`${machine} is not in the index`);
  const notified = eventIdsOf(sink.notifications.firsts.values());
  const failures = idsOf(feed.failures);
  const told = [
    { place: "the transitions queue", decided: load.accepted, ids: eventIdsOf(sink.transitions.firsts.values()) },
    { place: "the notifications queue", decided: load.refused, ids: notified },
    { place: "the notifications queue", decided: load.failed, ids: notified },
    { place: "the transitions feed", decided: load.accepted, ids: idsOf(feed.transitions) },
    { place: "the failures feed", decided: load.refused, ids: failures },
    { place: "the failures feed", decided: load.failed, ids: failures },
  ];
  for (const { place, decided, ids } of told) {
    for (const [eventId, { machine }] of decided) {
      if (!ids.has(eventId)) faults.push(`${eventId} of ${machine} is not in ${place}`);
    }
  }
  for (const { machine, revision } of load.accepted.values()) {
    const indexed = index.get(machine)?.revision ?? -1;
    if (indexed < revision) faults.push(`${machine} is at ${revision}, the index says ${indexed}`);
  }
  return faults;
}

/** Everything that Detent promises, once every call has been answered. */
export async function findFaults(origin: string, load: Load, sink: Sink): Promise<string[]> {
  const faults: string[] = [];
  const index = await readIndex(origin);
  const feed = await readFeeds(origin);
  const machines = [...load.machines];
  if (index.size !== machines.length) faults.push(`the index has ${index.size} machines of ${machines.length}`);
  const subjects = {
    accepted: groupDecisions(load.accepted),
    refused: groupDecisions(load.refused),
    changes: groupEvents(sink.transitions),
    notifications: groupEvents(sink.notifications),
    transitions: Map.groupBy(feed.transitions, ({ id }) => id),
    failures: Map.groupBy(feed.failures, ({ machine }) => machine.id),
  };
  for (const machine of machines) {
    const differ = (what: string, found: unknown, promised: unknown): void => {
      if (!isDeepStrictEqual(found, promised)) faults.push(`${machine}: ${what}: ${describe(found, promised)}`);
    };
    const standing = await readStanding(origin, machine);
    const { state, revision } = standing;
    const accepted = await readAccepted(origin, machine);
    const refused = await readRefused(origin, machine);
    differ(
      "accepted events, once and as answered",
      accepted.filter(isSent).toSorted(byId),
      subjects.accepted.get(machine) ?? [],
    );
    differ(
      "refused events, once and as answered",
      refused.filter(isSent).toSorted(byId),
      subjects.refused.get(machine) ?? [],
    );
    differ("revisions", revisionsOf(accepted), upTo(1, revision));
    differ("the index", index.get(machine), { state, revision });
    const changes = subjects.changes.get(machine) ?? [];
    differ("sequence of changes", changes.map(sequenceOf), upTo(0, revision));
    differ("types of changes", changes.map(({ type }) => type).toSorted(), typesOf(revision));
    differ("changes", eventsOf(changes.slice(1)), idsIn(accepted));
    const notifications = subjects.notifications.get(machine) ?? [];
    differ("sequence of notifications", notifications.map(sequenceOf), upTo(1, refused.length));
    differ("notifications", eventsOf(notifications), idsIn(refused));
    const transitions = subjects.transitions.get(machine) ?? [];
    differ(
      "the transitions feed",
      transitions.map(({ event_id }) => event_id),
      [undefined, ...idsIn(accepted)],
    );
    differ("the failures feed", idsInReceipts(subjects.failures.get(machine) ?? []), idsIn(refused));
  }
  for (const queue of [sink.transitions, sink.notifications]) {
    for (const id of queue.altered) faults.push(`${id} came again with other content`);
  }
  faults.push(...(await findLookUpFaults(origin, load)));
  return faults;
}

async function findLookUpFaults(origin: string, load: Load): Promise<string[]> {
  const faults: string[] = [];
  for (const decided of [load.accepted, load.refused]) {
    const step = Math.max(1, Math.floor(decided.size / SAMPLE));
    const sample = [...decided].filter((_, index) => index % step === 0);
    for (const [eventId, decision] of sample) {
      const { machine, from, revision, reason } = await lookUp(origin, eventId).catch(noReceipt);
      const found = { machine: machine.id, from, revision, ...(reason !== undefined && { reason }) };
      if (!isDeepStrictEqual(found, decision)) faults.push(`look-up of ${eventId}: ${describe(found, decision)}`);
    }
  }
  return faults;
}

function noReceipt(error: unknown): Receipt {
  const nothing = { event_id: "", event: "", at: "", originator: "", result: "", from: "", revision: -1 };
  return { ...nothing, machine: { id: "" }, reason: String(error) };
}

/** The first difference, when both are lists: a whole history would bury it. */
function describe(found: unknown, promised: unknown): string {
  if (!Array.isArray(found) || !Array.isArray(promised))
    return `${JSON.stringify(found)}, not ${JSON.stringify(promised)}`;
  const at = found.findIndex((item, index) => !isDeepStrictEqual(item, promised[index]));
  const first = at < 0 ? Math.min(found.length, promised.length) : at;
  const [is, ought] = [found, promised].map((items) => JSON.stringify(items[first]));
  return `${found.length} of ${promised.length}, the first difference at ${first}: ${is}, not ${ought}`;
}

type Decided = [eventId: string, decision: Decision];

const byId = ([a]: Decided, [b]: Decided): number => (a < b ? -1 : Number(a > b));

function groupDecisions(decided: ReadonlyMap<string, Decision>): Map<string, Decided[]> {
  return Map.groupBy([...decided].toSorted(byId), ([, { machine }]) => machine);
}

/** By machine, in the order of first arrival. */
function groupEvents(queue: Arrivals): Map<string, CloudEvent[]> {
  const prefix = `${CONFIGURATION.name}/`;
  return Map.groupBy(queue.firsts.values(), ({ subject = "" }) => subject.replace(prefix, ""));
}

function upTo(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function typesOf(revision: number): string[] {
  return [...upTo(1, revision).map(() => "detent.machine.changed.v1"), "detent.machine.created.v1"];
}

/** By a caller: the other ids are the machine's own. */
const isSent = ([eventId]: Decided) => !eventId.startsWith("timer:");
const sequenceOf = ({ sequence }: CloudEvent) => sequence;
const revisionsOf = (decided: readonly Decided[]) => decided.map(([, { revision }]) => revision);
const idsIn = (decided: readonly Decided[]) => decided.map(([eventId]) => eventId);
const idsInReceipts = (receipts: readonly Receipt[]) => receipts.map(({ event_id }) => event_id);
const eventsOf = (events: readonly CloudEvent[]) => events.map(({ data }) => data["event_id"]);
const eventIdsOf = (events: Iterable<CloudEvent>) => new Set([...events].map(({ data }) => data["event_id"]));
const idsOf = (items: Feed["transitions"] | Feed["failures"]): Set<unknown> =>
  new Set(items.map(({ event_id }) => event_id));
