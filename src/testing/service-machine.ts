/** One machine on a running service, under an id that nothing else there has. */
import type { JsonObject } from "@bufbuild/protobuf";
import type { CallOptions, Client } from "@connectrpc/connect";
import type { HistoryEntry } from "../gen/detent/v1/machine_pb.ts";
import type { MachineService } from "../gen/detent/v1/machine_service_pb.ts";
import { pause } from "./pause.ts";
import { ask, optionsOf, toMachine, toReceipt, valueOf, type ServiceRefusal } from "./service-answers.ts";
import { TargetError } from "./target-error.ts";
import type { Answer, Change, Machine, NewMachine, Presence, Receipt, NewEvent, TestMachine } from "./target.ts";

interface ServiceParts {
  readonly url: string;
  readonly machines: Client<typeof MachineService>;
  readonly configuration: string;
  readonly configId: string;
  readonly id: string;
  readonly waitAtMostMs: number;
  readonly signal?: AbortSignal | undefined;
}

export class ServiceMachine implements TestMachine {
  readonly id: string;
  readonly #parts: ServiceParts;
  #creations = 0;
  #isThere = false;

  constructor(parts: ServiceParts) {
    this.id = parts.id;
    this.#parts = parts;
  }

  get #cannotBeRead(): string {
    return `the machine ${this.id} cannot be read`;
  }

  get #address() {
    return { configuration: this.#parts.configuration, id: this.id };
  }

  #ask<T>(call: (options: CallOptions) => Promise<T>) {
    const { url, signal } = this.#parts;
    return ask(url, () => call(optionsOf(signal)), signal);
  }

  async create(machine: NewMachine): Promise<Answer<Machine>> {
    const { machines, configId } = this.#parts;
    // With a key of its own, the next creation is not taken for a repeat of this one, and this one may be.
    const idempotencyKey = `${this.id}-${(this.#creations += 1)}`;
    const request = { ...toMessage(machine), configId, id: this.id, idempotencyKey };
    const answer = await this.#ask((options) => machines.createMachine(request, options));
    if (!answer.ok) return answer;
    this.#isThere = true;
    return { ok: true, value: toMachine(theOne(answer.value.statemachine)) };
  }

  async send({ data, createIfMissing, ...event }: NewEvent): Promise<Answer<Receipt>> {
    const { machines } = this.#parts;
    const request = {
      ...this.#address,
      ...event,
      ...(data !== undefined && { data: data as JsonObject }),
      ...(createIfMissing !== undefined && {
        createIfMissing: { ...toMessage(createIfMissing), version: this.#parts.configId.split(":")[1] ?? "" },
      }),
    };
    const answer = await this.#ask((options) => machines.sendEvent(request, options));
    if (!answer.ok) return answer;
    this.#isThere = true;
    return { ok: true, value: toReceipt(theOne(answer.value.receipt)) };
  }

  async read(): Promise<Presence> {
    const { machines } = this.#parts;
    const answer = await this.#ask((options) => machines.getMachine(this.#address, options));
    if (isAbsent(answer)) return answer.reason === "MACHINE_GONE" ? "gone" : "none";
    return toMachine(theOne(valueOf(answer, this.#cannotBeRead).statemachine));
  }

  async listChanges(after: number): Promise<readonly Change[]> {
    const { machines } = this.#parts;
    const changes: Change[] = [];
    // The newest first, since those that are asked for are.
    for (let pageToken = "", isOver = false; !isOver;) {
      const page = await this.#ask((options) =>
        machines.listHistory({ ...this.#address, order: "desc", pageSize: 100, pageToken }, options),
      );
      if (isAbsent(page)) break;
      const { history, nextPageToken } = valueOf(page, this.#cannotBeRead);
      const newer = history.filter(({ revision }) => revision > after);
      changes.push(...newer.map(toChange));
      pageToken = nextPageToken;
      isOver = newer.length < history.length || pageToken === "";
    }
    return changes.toReversed();
  }

  async listRefused(): Promise<readonly Receipt[]> {
    const { machines } = this.#parts;
    const page = await this.#ask((options) =>
      machines.listHistory({ ...this.#address, refused: true, pageSize: 1_000 }, options),
    );
    return isAbsent(page) ? [] : valueOf(page, this.#cannotBeRead).receipts.map(toReceipt);
  }

  async listAllowed(): Promise<readonly string[]> {
    const { machines } = this.#parts;
    const answer = await this.#ask((options) => machines.listAllowedEvents(this.#address, options));
    if (isAbsent(answer)) return [];
    const { events } = valueOf(answer, this.#cannotBeRead);
    return events.flatMap(({ event, allowed }) => (allowed === "no" ? [] : [event]));
  }

  async pass(ms: number): Promise<void> {
    const { waitAtMostMs, url, signal } = this.#parts;
    if (ms > waitAtMostMs) {
      const wish = `${ms / 1_000} s are to pass, and the clock of ${url} cannot be set`;
      throw new Error(
        `${wish}: a step waits at most ${waitAtMostMs / 1_000} s (waitAtMost); longer times are for a machine in memory`,
      );
    }
    await pause(ms, signal);
  }

  now(): number {
    return Date.now();
  }

  async close(isKept: boolean): Promise<void> {
    if (isKept || !this.#isThere) return;
    const { machines } = this.#parts;
    // Where the key may not, or nobody answers any more, it stays as it is: the test has passed.
    await this.#ask((options) => machines.deleteMachine(this.#address, options)).catch(() => undefined);
  }
}

function toMessage({ state = "", data, labels = {} }: NewMachine) {
  return { state, labels: { ...labels }, ...(data !== undefined && { data: data as JsonObject }) };
}

function toChange({ revision, eventId, transition, originator }: HistoryEntry): Change {
  const { event = "", from = "", to = "" } = transition ?? {};
  return { revision, eventId, event, from, to, originator };
}

/** Whether there is no machine, which is an answer like any other. */
function isAbsent(answer: { readonly ok: true } | ServiceRefusal): answer is ServiceRefusal {
  return !answer.ok && (answer.reason === "MACHINE_NOT_FOUND" || answer.reason === "MACHINE_GONE");
}

function theOne<T>(value: T | undefined): T {
  if (value === undefined) throw new TargetError("the service's answer is not whole");
  return value;
}
