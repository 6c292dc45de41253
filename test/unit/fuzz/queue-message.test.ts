/**
 * Messages of the events queue: whatever was put there, each message is settled once. What is no event is told and
 * acknowledged; nothing of an input may make it be delivered again, since it would be for ever.
 */
import { create, fromJson, toBinary, type JsonValue } from "@bufbuild/protobuf";
import * as fc from "fast-check";
import { EventRequestSchema } from "../../../src/gen/statemachine/v1beta/statemachine_pb.ts";
import type { DeadLetter } from "../../../src/catalog/dead-letters.ts";
import { consumeDeadLetters } from "../../../src/queue/dead-letters-consumer.ts";
import { readEventMessage, writeEventMessage } from "../../../src/queue/event-message.ts";
import { consumeEvents, readMessage } from "../../../src/queue/events-consumer.ts";
import { consumeJobChunks, sortOutChunks } from "../../../src/queue/jobs-consumer.ts";
import type { QueueMessage } from "../../../src/queue-sender.ts";
import { enqueueEvents } from "../../../src/service/enqueued-events.ts";
import type { House } from "../../../src/service/house.ts";
import { MACHINES, nextHouse, PRINCIPAL } from "./house.ts";
import { editJson } from "./json-tree.ts";
import { editBytes, edits, editText, fewEdits, type Edit } from "./mutations.ts";
import { ACCEPTED, fuzz, refusalOf, refuseNaN } from "./target.ts";

const TRANSITION = { from: "start", to: "pending", event: "accept" };
const EVENTS: readonly object[] = [
  { config: "orders", id: MACHINES[0], event: { transition: TRANSITION } },
  {
    config: "orders",
    id: MACHINES[2],
    event: {
      event_id: "e-1",
      timestamp: "2026-11-24T09:30:00.123Z",
      transition: { event: "pay" },
      originator: "me",
      details: "gift",
      data: { amount: 3, list: [1, { a: null }] },
    },
  },
  { tenant: "t", config: "orders", id: "new", event: { eventId: "é", transition: { event: "again" }, details: null } },
  { tenant: "t", job: "j-1", chunk: 1 },
];

/** How a body is put on the queue. */
const FORMS = ["value", "text", "base64", "base64url", "enqueued", "forged"] as const;

interface Body {
  readonly form: (typeof FORMS)[number];
  readonly sample: object;
  readonly inTree: readonly Edit[];
  readonly inText: readonly Edit[];
  readonly inBytes: readonly Edit[];
}

interface Batch {
  readonly bodies: readonly Body[];
  readonly odd: unknown;
  readonly eventsTenant: string;
}

const body: fc.Arbitrary<Body> = fc.record({
  form: fc.constantFrom(...FORMS, "value", "text"),
  sample: fc.constantFrom(...EVENTS),
  inTree: edits,
  inText: fewEdits,
  inBytes: edits,
});

/** What a queue can carry and JSON has no word for. */
const circular: Record<string, unknown> = { config: "orders" };
circular["event"] = circular;
const odd = fc.constantFrom<unknown>(
  undefined,
  7n,
  circular,
  new Date(Number.NaN),
  new Map([["config", "orders"]]),
  Buffer.from([1, 2]),
  { enqueued: circular, signature: "" },
  { enqueued: {}, signature: "AAAA" },
  { enqueued: { a: 7n }, signature: "AAAA" },
  { enqueued: new Map(), signature: "AAAA" },
  { enqueued: JSON.parse("[".repeat(8_000) + "]".repeat(8_000)) as unknown, signature: "AAAA" },
  { enqueued: JSON.parse(`${'{"a":'.repeat(8_000)}1${"}".repeat(8_000)}`) as unknown, signature: "AAAA" },
  JSON.parse(`${'{"config":'.repeat(8_000)}1${"}".repeat(8_000)}`) as unknown,
  { enqueued: null },
  { toJSON: 1 },
  Number.NaN,
  Object.create(null),
);

const batches: fc.Arbitrary<Batch> = fc.record({
  bodies: fc.array(body, { minLength: 1, maxLength: 2 }),
  odd: fc.oneof({ weight: 24, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: odd }),
  eventsTenant: fc.constantFrom("t", "t", "*"),
});

async function valueOf(house: House, { form, sample, inTree, inText, inBytes }: Body): Promise<unknown> {
  if (form === "enqueued" || form === "forged") {
    const ours = JSON.parse(await (signed ??= enqueued(house))) as object;
    return form === "enqueued" ? ours : parsed(editJson(ours, inTree));
  }
  const text = editJson(sample, inTree);
  if (form === "text") return editText(text, inText);
  if (form === "value") return parsed(text);
  const bytes = editBytes(encode(text), inBytes);
  return editText(Buffer.from(bytes).toString(form), inText);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function encode(text: string): Uint8Array {
  try {
    return toBinary(
      EventRequestSchema,
      fromJson(EventRequestSchema, JSON.parse(text) as JsonValue, { ignoreUnknownFields: true }),
    );
  } catch {
    return toBinary(EventRequestSchema, create(EventRequestSchema, EVENTS[0]));
  }
}

let signed: Promise<string> | undefined;

/** A message as the service puts it there itself: with the same key and the same id it is always the same. */
async function enqueued(house: House): Promise<string> {
  const sent: QueueMessage[] = [];
  const keeping = { ...house, enqueueEvents: async (messages: readonly QueueMessage[]) => void sent.push(...messages) };
  const input = {
    configuration: "orders",
    id: MACHINES[0] ?? "",
    event: "again",
    data: { a: [1] },
    expectedRevision: 3,
  };
  await enqueueEvents(keeping, PRINCIPAL, [input]);
  return sent[0]?.body ?? "";
}

class Delivery implements Message {
  readonly timestamp = new Date(5_000);
  readonly attempts = 1;
  readonly id: string;
  readonly body: unknown;
  readonly verdicts: string[] = [];

  constructor(id: string, content: unknown) {
    this.id = id;
    this.body = content;
  }

  ack(): void {
    this.verdicts.push("ack");
  }

  retry(): void {
    this.verdicts.push("retry");
  }
}

fuzz<Batch>({
  name: "every message of the events queue is settled, and kept where it is no event",
  inputs: batches,
  // Each is one or two messages, or three.
  share: 0.7,
  describe: (batch) => {
    const shown = batch.bodies.map((one) => ({ ...one, text: editJson(one.sample, one.inTree) }));
    return `${JSON.stringify(shown)}, ${Object.prototype.toString.call(batch.odd)}, ${batch.eventsTenant}`;
  },
  accepted: 0.1,
  reasons: 9,
  feed: async ({ bodies, odd: strange, eventsTenant }) => {
    const { house, complaints } = await nextHouse();
    const notified: string[] = [];
    const kept: DeadLetter[] = [];
    const hearing: House = {
      ...house,
      notify: async (events) => void notified.push(...events),
      keepDeadLetters: async (letters) => void kept.push(...letters),
    };
    const tenantRule = { eventsTenant, isTenant: (name: string) => name === "t" };
    const values = await Promise.all(bodies.map((one) => valueOf(house, one)));
    if (strange !== undefined) values.push(strange);

    const consumed = values.map((value, index) => new Delivery(`m${index}`, value));
    const { chunks, others } = sortOutChunks(consumed);
    await consumeEvents({ house: hearing, tenantRule, random: () => 0.5 }, others);
    await consumeJobChunks(hearing, chunks);
    expectAcknowledged(consumed, complaints);
    for (const text of notified) refuseNaN(JSON.parse(text));

    const given = values.map((value, index) => new Delivery(`d${index}`, value));
    await consumeDeadLetters(hearing, tenantRule, given);
    expectAcknowledged(given, complaints);
    if (kept.length !== given.length) throw new Error(`${kept.length} letters of ${given.length} were kept`);
    for (const letter of kept) if (typeof letter.body !== "string") throw new Error("a letter has no text");

    return await outcomeOf(hearing, tenantRule, values[0]);
  },
});

function expectAcknowledged(deliveries: readonly Delivery[], complaints: string[]): void {
  const said = complaints.splice(0);
  for (const { id, verdicts } of deliveries) {
    if (verdicts.join() !== "ack")
      throw new Error(`${id} was settled by ${verdicts.join() || "nobody"}: ${said.join()}`);
  }
}

/** How the first message was read; what is an event is the same when it is written and read again. */
async function outcomeOf(house: House, tenantRule: Parameters<typeof consumeDeadLetters>[1], value: unknown) {
  if (sortOutChunks([new Delivery("", value)]).chunks.length > 0) return "a chunk of a job";
  try {
    const { input } = await readMessage({ house, tenantRule }, value);
    if (input.actor !== undefined) return "signed";
    // An event of a time that no calendar has is refused by the rules, which come later.
    if (Number.isNaN(input.timestamp ?? 0)) return "no time";
    const again = readEventMessage(writeEventMessage({ tenant: "t", input }));
    if (again.input.event !== input.event || again.input.id !== input.id) throw new Error("it is another event");
    return ACCEPTED;
  } catch (error) {
    return refusalOf(error);
  }
}
