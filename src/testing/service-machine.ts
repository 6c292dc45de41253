/** One machine on a running service, under an id that nothing else there has. */
import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import type { HistoryEntry } from "../gen/detent/v1/machine_pb.ts";
import type { MachineService } from "../gen/detent/v1/machine_service_pb.ts";
import { ask, toMachine, toReceipt, valueOf, type ServiceRefusal } from "./service-answers.ts";
import { TargetError } from "./target-error.ts";
import type { Answer, Change, Machine, NewMachine, Presence, Receipt, SentEvent, TestMachine } from "./target.ts";

interface ServiceParts {
  readonly url: string;
  readonly machines: Client<typeof MachineService>;
  readonly configuration: string;
  readonly configId: string;
  readonly id: string;
  readonly waitAtMostMs: number;
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

  async create(machine: NewMachine): Promise<Answer<Machine>> {
    const { url, machines, configId } = this.#parts;
    // With a key of its own, the next creation is not taken for a repeat of this one, and this one may be.
    const idempotencyKey = `${this.id}-${(this.#creations += 1)}`;
    const request = { ...toMessage(machine), configId, id: this.id, idempotencyKey };
    const answer = await ask(url, () => machines.createMachine(request));
    if (!answer.ok) return answer;
    this.#isThere = true;
    return { ok: true, value: toMachine(theOne(answer.value.statemachine)) };
  }

  async send({ data, createIfMissing, ...event }: SentEvent): Promise<Answer<Receipt>> {
    const { url, machines } = this.#parts;
    const request = {
      ...this.#address,
      ...event,
      ...(data !== undefined && { data: data as JsonObject }),
      ...(createIfMissing !== undefined && {
        createIfMissing: { ...toMessage(createIfMissing), version: this.#parts.configId.split(":")[1] ?? "" },
      }),
    };
    const answer = await ask(url, () => machines.sendEvent(request));
    if (!answer.ok) return answer;
    this.#isThere = true;
    return { ok: true, value: toReceipt(theOne(answer.value.receipt)) };
  }

  async read(): Promise<Presence> {
    const { url, machines } = this.#parts;
    const answer = await ask(url, () => machines.getMachine(this.#address));
    if (isAbsent(answer)) return answer.reason === "MACHINE_GONE" ? "gone" : "none";
    return toMachine(theOne(valueOf(answer, this.#cannotBeRead).statemachine));
  }

  async listChanges(after: number): Promise<readonly Change[]> {
    const { url, machines } = this.#parts;
    const changes: Change[] = [];
    // The newest first, since those that are asked for are.
    for (let pageToken = "", isOver = false; !isOver;) {
      const page = await ask(url, () =>
        machines.listHistory({ ...this.#address, order: "desc", pageSize: 100, pageToken }),
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
    const { url, machines } = this.#parts;
    const page = await ask(url, () => machines.listHistory({ ...this.#address, refused: true, pageSize: 1_000 }));
    return isAbsent(page) ? [] : valueOf(page, this.#cannotBeRead).receipts.map(toReceipt);
  }

  async listAllowed(): Promise<readonly string[]> {
    const { url, machines } = this.#parts;
    const answer = await ask(url, () => machines.listAllowedEvents(this.#address));
    if (isAbsent(answer)) return [];
    const { events } = valueOf(answer, this.#cannotBeRead);
    return events.flatMap(({ event, allowed }) => (allowed === "no" ? [] : [event]));
  }

  async pass(ms: number): Promise<void> {
    const { waitAtMostMs, url } = this.#parts;
    if (ms > waitAtMostMs) {
      const wish = `${ms / 1_000} s are to pass, and the clock of ${url} cannot be set`;
      throw new Error(
        `${wish}: a step waits at most ${waitAtMostMs / 1_000} s (waitAtMost); longer times are for a machine in memory`,
      );
    }
    await sleep(ms);
  }

  now(): number {
    return Date.now();
  }

  async close(isKept: boolean): Promise<void> {
    if (isKept || !this.#isThere) return;
    const { url, machines } = this.#parts;
    // Where the key may not, or nobody answers any more, it stays as it is: the test has passed.
    await ask(url, () => machines.deleteMachine(this.#address)).catch(() => undefined);
  }
}

function toMessage({ state = "", data, labels = {} }: NewMachine) {
  return { state, labels: { ...labels }, ...(data !== undefined && { data: data as JsonObject }) };
}

function toChange({ revision, transition, originator }: HistoryEntry): Change {
  const { event = "", from = "", to = "" } = transition ?? {};
  return { revision, event, from, to, originator };
}

/** Whether there is no machine, which is an answer like any other. */
function isAbsent(answer: { readonly ok: true } | ServiceRefusal): answer is ServiceRefusal {
  return !answer.ok && (answer.reason === "MACHINE_NOT_FOUND" || answer.reason === "MACHINE_GONE");
}

function theOne<T>(value: T | undefined): T {
  if (value === undefined) throw new TargetError("the service's answer is not whole");
  return value;
}
