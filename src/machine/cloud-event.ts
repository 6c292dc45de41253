/**
 * What leaves through the queues: CloudEvents 1.0 in JSON (https://github.com/cloudevents/spec, structured mode). The id
 * of an event never changes, however often it is sent; `sequence` is dense per machine and stream.
 */
import { configIdOf } from "../engine/configuration.ts";
import { countUtf8Bytes } from "../engine/limits.ts";
import { LARGEST_MESSAGE_BYTES } from "../queue-sender.ts";
import { receiptJson, type JsonText, type Receipt } from "../receipt.ts";
import type { Muted } from "./notice-window.ts";

/** Which machine an event is about; createdAt tells the lives of an id apart. */
export interface Subject {
  readonly tenant: string;
  readonly configuration: string;
  readonly id: string;
  readonly createdAt: number;
}

/** The sender's data or details beyond this stay behind: a consumer reads them from the machine. */
const LARGEST_BODY_BYTES = 32 * 1024;
/** The data may take so much of a message; the rest is the envelope's. */
const LARGEST_DATA_BYTES = LARGEST_MESSAGE_BYTES - 10_000;
/** What is left of our own message in the one case that still does not fit: thousands of long event names. */
const SHORT_MESSAGE = 500;

interface Envelope {
  readonly tenant: string;
  readonly id: string;
  readonly type: string;
  readonly subject?: string;
  readonly sequence?: number;
  readonly at: number;
  /** Of the request that led to it (the distributed tracing extension). */
  readonly traceparent?: string | null | undefined;
  readonly data: object;
}

function toCloudEvent({ tenant, id, type, subject, sequence, at, traceparent, data }: Envelope): JsonText {
  return JSON.stringify({
    specversion: "1.0",
    id,
    source: `/detent/${tenant}`,
    type,
    subject,
    time: toTime(at),
    datacontenttype: "application/json",
    tenant,
    sequence,
    traceparent: traceparent ?? undefined,
    data,
  });
}

function toTime(ms: number): string {
  return new Date(ms).toISOString();
}

function subjectOf({ configuration, id }: { configuration: string; id: string }): string {
  return `${encodeURIComponent(configuration)}/${encodeURIComponent(id)}`;
}

/** Unique and stable: the life of the machine, the stream, the number in it. */
function ofMachine(machine: Subject, stream: "notification" | "change", sequence: number) {
  const subject = subjectOf(machine);
  const id = `${subject}/${machine.createdAt}/${stream}/${sequence}`;
  return { tenant: machine.tenant, subject, id, sequence };
}

/** What is about the machine and no event of it: which one, and when, stands in its data as in a receipt. */
function machineEvent(
  machine: Subject,
  stream: "notification" | "change",
  sequence: number,
  { type, at, traceparent, facts }: Pick<Envelope, "type" | "at" | "traceparent"> & { readonly facts: object },
): JsonText {
  const { configuration, id } = machine;
  const data = { machine: { configuration, id }, ...facts, at: toTime(at) };
  return toCloudEvent({ ...ofMachine(machine, stream, sequence), type, at, traceparent, data });
}

function isLarge(text: string): boolean {
  return countUtf8Bytes(text) > LARGEST_BODY_BYTES;
}

/** The receipt as data of an event: large bodies stay behind, and it says so. */
function toData(receipt: Receipt): object {
  const { details, data, ...rest } = receiptJson(receipt);
  const kept = {
    ...rest,
    ...(!isLarge(JSON.stringify(details)) && { details }),
    ...(!isLarge(receipt.data) && { data }),
  };
  const truncated = !("details" in kept && "data" in kept);
  const marked = truncated ? { ...kept, truncated } : kept;
  if (countUtf8Bytes(JSON.stringify(marked)) <= LARGEST_DATA_BYTES) return marked;
  const { allowed_events: _allowed, message, ...short } = kept;
  return { ...short, ...(message !== undefined && { message: message.slice(0, SHORT_MESSAGE) }), truncated: true };
}

/** `sequence`: its number among the machine's notifications. */
export function refusedEvent(
  machine: Subject,
  sequence: number,
  receipt: Receipt,
  traceparent?: string | null,
): JsonText {
  const { at, reason } = receipt;
  const type = reason === "DEFER_EXPIRED" ? "detent.event.expired.v1" : "detent.event.refused.v1";
  const data = toData(receipt);
  return toCloudEvent({ ...ofMachine(machine, "notification", sequence), type, at, traceparent, data });
}

/** Something of the machine's that a receiver never took was set aside. */
export function parkedEvent(
  machine: Subject,
  sequence: number,
  { stream, position, cause, at }: { stream: string; position: number; cause: string; at: number },
): JsonText {
  const facts = { stream, position, cause };
  return machineEvent(machine, "notification", sequence, { type: "detent.machine.parked.v1", at, facts });
}

/** Refused events of the machine that were too many for a message each. */
export function cappedEvent(machine: Subject, sequence: number, { refused, from, until }: Muted, at: number): JsonText {
  const facts = { refused, from: toTime(from), until: toTime(until) };
  return machineEvent(machine, "notification", sequence, { type: "detent.notifications.capped.v1", at, facts });
}

/**
 * An event that found no machine, or that would have created one and was refused. `uuid` is made once, when that is
 * decided, and kept with it. There is no sequence: without a machine there is nothing to count in.
 */
export function failedEvent(tenant: string, uuid: string, receipt: Receipt, traceparent?: string): JsonText {
  const { at, machine, result } = receipt;
  const type = result === "refused" ? "detent.event.refused.v1" : "detent.event.failed.v1";
  return toCloudEvent({ tenant, id: uuid, type, subject: subjectOf(machine), at, traceparent, data: toData(receipt) });
}

/** A message of the events queue, and why it is no event. */
export interface UnreadableMessage {
  readonly id: string;
  readonly at: number;
  readonly reason: string;
  readonly problem: string;
  readonly body: string;
}

/** A message of the events queue that is no event; its body as far as it fits. */
export function unreadableEvent(tenant: string, message: UnreadableMessage): JsonText {
  const { id, at, reason, problem } = message;
  const truncated = isLarge(JSON.stringify(message.body));
  // Six bytes are the most that a UTF-16 unit takes in JSON.
  const body = truncated ? message.body.slice(0, LARGEST_BODY_BYTES / 6) : message.body;
  return toCloudEvent({
    tenant,
    id: `message/${id}`,
    type: "detent.message.unreadable.v1",
    at,
    data: { message_id: id, reason, message: problem, body, ...(truncated && { truncated }) },
  });
}

export function createdEvent(
  machine: Subject,
  created: {
    readonly state: string;
    readonly version: string;
    readonly at: number;
    readonly traceparent: string | null;
  },
): JsonText {
  const { state, version, at, traceparent } = created;
  const facts = { config_id: configIdOf(machine.configuration, version), state, revision: 0 };
  return machineEvent(machine, "change", 0, { type: "detent.machine.created.v1", at, traceparent, facts });
}

/** `sequence` is the revision; `kind` tells what changed the machine, an event or an operator. */
export function changedEvent(
  machine: Subject,
  receipt: Receipt,
  { kind, traceparent }: { readonly kind: string; readonly traceparent: string | null },
): JsonText {
  const { at, revision } = receipt;
  const type = "detent.machine.changed.v1";
  const data = { kind, ...toData(receipt) };
  return toCloudEvent({ ...ofMachine(machine, "change", revision), type, at, traceparent, data });
}

/** The machine is gone; `sequence` follows on its last revision. */
export function deletedEvent(
  machine: Subject,
  last: {
    readonly revision: number;
    readonly state: string;
    readonly version: string;
    readonly at: number;
    /** Who deleted it; empty: its time was up. */
    readonly actor: string;
  },
): JsonText {
  const { revision, state, version, at, actor } = last;
  const facts = { config_id: configIdOf(machine.configuration, version), state, revision, actor };
  return machineEvent(machine, "change", revision + 1, { type: "detent.machine.deleted.v1", at, facts });
}
