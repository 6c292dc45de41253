/** One machine of a generated module: its address, and what can be asked of it. */
import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { NewMachineSchema, SendEventRequestSchema } from "../gen/detent/v1/machine_service_pb.ts";
import { readChange, type HistoryChange, type WatchedChange } from "./change.ts";
import type { Client } from "./client.ts";
import { DetentError, RefusedError } from "./error.ts";
import type { Identity } from "./identity.ts";
import { toPlain } from "./json.ts";
import { mistake } from "./mistake.ts";
import type { CallOptions, CreateArguments, CreateOptions, NewMachine, SendArguments, SendOptions } from "./options.ts";
import {
  readReceipt,
  type AnyReceipt,
  type OtherReceipt,
  type OtherState,
  type RefusedReceipt,
  type TransitionedReceipt,
  type UnmovedReceipt,
} from "./receipt.ts";
import { readSnapshot, type Snapshot, type Version } from "./snapshot.ts";
import type { AnyEvent, AnyState, ConfigurationTypes, EventName, EventOf, TargetOf } from "./types.ts";
import type { WatchOptions } from "./watching.ts";

/** What a machine has done with an event that it took. */
export type Accepted<T extends ConfigurationTypes, E extends EventName<T>> =
  | TransitionedReceipt<E, AnyState<T>, TargetOf<T, E> | OtherState>
  | UnmovedReceipt<E, AnyState<T>>
  | OtherReceipt<E, AnyState<T>>;

/** What a machine has decided. */
export type Decided<T extends ConfigurationTypes, E extends EventName<T>> =
  | Accepted<T, E>
  | RefusedReceipt<E, AnyState<T>, AnyEvent<T>>;

/** What a machine would take. */
export interface Allowed<T extends ConfigurationTypes> {
  readonly state: AnyState<T>;
  readonly revision: number;
  readonly events: readonly {
    readonly event: AnyEvent<T>;
    /** `depends`: a guard reads the event's data. */
    readonly allowed: "yes" | "no" | "depends" | (string & {});
    readonly to: AnyState<T> | undefined;
    readonly reason: string | undefined;
  }[];
}

/** A machine by its address; whether there is one, calls tell. */
export class Machine<T extends ConfigurationTypes> {
  /** The configuration's name: the version is no part of an address. */
  readonly configuration: string;
  readonly id: string;
  readonly #client: Client;
  readonly #version: Version;

  constructor(client: Client, version: Version, id: string) {
    requireText("id", id);
    this.#client = client;
    this.configuration = version.name;
    this.#version = version;
    this.id = id;
  }

  /** Creates the machine under its id. Throws DetentError: MACHINE_EXISTS where there is one. */
  async create(...[options]: CreateArguments<T>): Promise<Snapshot<T>> {
    return await createMachine<T>(this.#client, this.#version, this.id, options);
  }

  /** The machine as it is, or as it was at a revision. */
  async get(options: CallOptions & { readonly atRevision?: number | undefined } = {}): Promise<Snapshot<T>> {
    const { atRevision, ...call } = options;
    const request = { ...this.#address, ...(atRevision !== undefined && { atRevision }) };
    return readSnapshot<T>(this.#version, await this.#client.machines.getMachine(request, callOf(call)));
  }

  /**
   * Sends an event and answers its receipt once the machine has taken it. Throws RefusedError where the machine decides against
   * it, another DetentError where nothing is known to be decided: `eventId` of that is what to send again under.
   */
  async send<E extends EventName<T>>(event: E, ...[options]: SendArguments<T, E>): Promise<Accepted<T, E>> {
    return (await this.#send(event, options)) as Accepted<T, E>;
  }

  /** As `send`, with a refusal as an answer: for those to whom it is none that is out of the ordinary. */
  async trySend<E extends EventName<T>>(event: E, ...[options]: SendArguments<T, E>): Promise<Decided<T, E>> {
    return (await answered(this.#send(event, options))) as Decided<T, E>;
  }

  /** As `send`, for an event that is held as a value. */
  async sendEvent(event: EventOf<T>, options: SendOptions<T> = {}): Promise<Accepted<T, EventName<T>>> {
    return (await this.#send(event.event, { ...options, data: event.data })) as Accepted<T, EventName<T>>;
  }

  /** What `trySend` would answer now. Nothing changes, and the event id stays free. */
  async dryRun<E extends EventName<T>>(event: E, ...[options]: SendArguments<T, E>): Promise<Decided<T, E>> {
    return (await answered(this.#send(event, options, true))) as Decided<T, E>;
  }

  /** What became of an event that was sent to this machine. Throws DetentError: EVENT_NOT_FOUND. */
  async receipt(eventId: string, options: CallOptions = {}): Promise<AnyReceipt> {
    requireText("eventId", eventId);
    const { receipt } = await this.#client.machines.getEvent({ ...this.#address, eventId }, callOf(options));
    return readAnswer(receipt);
  }

  /** Of every event, whether it would be taken now. */
  async allowedEvents(options: CallOptions = {}): Promise<Allowed<T>> {
    const answer = await this.#client.machines.listAllowedEvents(this.#address, callOf(options));
    const events = answer.events.map(({ event, allowed, to, reason }) => ({ event, allowed, to, reason }));
    return { state: answer.state, revision: answer.revision, events } as unknown as Allowed<T>;
  }

  /** Every change, oldest first unless `order` is "desc"; read in pages, as they are asked for. */
  async *history(
    options: CallOptions & { readonly order?: "asc" | "desc" | undefined } = {},
  ): AsyncGenerator<HistoryChange<AnyState<T>, AnyEvent<T>>, void, undefined> {
    const { order = "asc", ...call } = options;
    let pageToken = "";
    do {
      const request = { ...this.#address, order, pageToken };
      const { history, nextPageToken } = await this.#client.machines.listHistory(request, callOf(call));
      for (const entry of history) yield readChange(entry) as HistoryChange<AnyState<T>, AnyEvent<T>>;
      pageToken = nextPageToken;
    } while (pageToken !== "");
  }

  /** Every change as it happens: see `Client.watch`. */
  watch(options: WatchOptions = {}): AsyncGenerator<WatchedChange<AnyState<T>, AnyEvent<T>>, void, undefined> {
    const changes = this.#client.watch(this.#address, options);
    return changes as AsyncGenerator<WatchedChange<AnyState<T>, AnyEvent<T>>, void, undefined>;
  }

  get #address(): { readonly configuration: string; readonly id: string } {
    return { configuration: this.configuration, id: this.id };
  }

  async #send(event: string, options: (SendOptions<T> & { readonly data?: unknown }) | undefined, dryRun = false) {
    const { signal, timeoutMs, data, timestamp, createIfMissing, ...rest } = options ?? {};
    // On the wire an empty one is none, and would become another id without a word.
    if (rest.eventId !== undefined) requireText("eventId", rest.eventId);
    const identity = rest.eventId === undefined ? {} : { eventIds: [rest.eventId] };
    const request: MessageInitShape<typeof SendEventRequestSchema> = {
      ...present({ eventId: rest.eventId, details: rest.details, originator: rest.originator }),
      ...present({ expectedState: rest.expectedState, expectedRevision: rest.expectedRevision }),
      ...(data !== undefined && { data: toPlain(data as object, "data", identity) }),
      ...(timestamp !== undefined && { timestamp: timestampFromMs(timestamp) }),
      ...(createIfMissing !== undefined && {
        createIfMissing: newMachineOf(createIfMissing, this.#version.version, identity),
      }),
      ...this.#address,
      event,
      dryRun,
    };
    const { receipt } = await this.#client.machines.sendEvent(request, callOf({ signal, timeoutMs }));
    return readAnswer(receipt);
  }
}

/** Creates a machine; without an id, one is made. */
export async function createMachine<T extends ConfigurationTypes>(
  client: Client,
  version: Version,
  id: string | undefined,
  options: CreateOptions<T> | undefined,
): Promise<Snapshot<T>> {
  const { signal, timeoutMs, idempotencyKey, state, data, labels } = (options ?? {}) as LooseOptions;
  if (idempotencyKey !== undefined) requireText("idempotencyKey", idempotencyKey);
  const identity = { idempotencyKey };
  const request = {
    configId: `${version.name}:${version.version}`,
    ...present({ id, state, labels, idempotencyKey }),
    ...(data !== undefined && { data: toPlain(data, "data", identity) }),
  };
  return readSnapshot<T>(version, await client.machines.createMachine(request, callOf({ signal, timeoutMs })));
}

/** `CreateOptions` of a configuration that is not known. */
interface LooseOptions extends CallOptions {
  readonly idempotencyKey?: string | undefined;
  readonly state?: string | undefined;
  readonly data?: object | undefined;
  readonly labels?: Record<string, string> | undefined;
}

function newMachineOf<T extends ConfigurationTypes>(
  machine: NewMachine<T>,
  version: string,
  identity: Partial<Identity>,
): MessageInitShape<typeof NewMachineSchema> {
  const { state, data, labels } = machine as LooseOptions;
  return {
    version,
    ...present({ state, labels }),
    ...(data !== undefined && { data: toPlain(data, "createIfMissing/data", identity) }),
  };
}

/** The receipt of a refused event as an answer like any other. */
async function answered(receipt: Promise<AnyReceipt>): Promise<AnyReceipt> {
  try {
    return await receipt;
  } catch (error) {
    if (error instanceof RefusedError) return error.receipt;
    throw error;
  }
}

function readAnswer(receipt: Parameters<typeof readReceipt>[0] | undefined): AnyReceipt {
  // The transport lets no answer through without one; a client of somebody else's may.
  if (receipt === undefined) throw new DetentError("the answer has no receipt", { reason: "UNKNOWN", code: "unknown" });
  return readReceipt(receipt);
}

function requireText(name: string, text: string): void {
  if (typeof text !== "string" || text === "") {
    throw mistake(`${name} must be a text that is not empty, but is ${JSON.stringify(text)}`);
  }
}

function callOf({ signal, timeoutMs }: CallOptions): { signal?: AbortSignal; timeoutMs?: number } {
  return present({ signal, timeoutMs });
}

/** The members that are not undefined: the generated messages tell an absent member from one that is undefined. */
function present<M extends object>(members: M): { [K in keyof M]?: Exclude<M[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}
