/** Carries calls out through detent.v1. */
import type { JsonObject } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient, type Client, type Transport } from "@connectrpc/connect";
import type { HistoryEntry, Machine } from "../../../src/gen/detent/v1/machine_pb.ts";
import { MachineService } from "../../../src/gen/detent/v1/machine_service_pb.ts";
import { ReceiptSchema, type Receipt } from "../../../src/gen/detent/v1/receipt_pb.ts";
import { BadRequestSchema, ErrorInfoSchema } from "../../../src/gen/google/rpc/error_details_pb.ts";
import { FAILURES } from "../cases.ts";
import type {
  Answer,
  Call,
  ChangeSaid,
  Data,
  EventCall,
  FailureSaid,
  MachineSaid,
  NewMachine,
  ReceiptSaid,
} from "./calls.ts";
import type { Heard, World } from "./world.ts";

export class RpcCaller {
  readonly #world: World;
  readonly #clients: readonly Client<typeof MachineService>[];
  readonly #pick: <T>(items: readonly T[]) => T;
  #messages: string[] = [];

  /** Which of the transports a call goes by, `pick` decides. */
  constructor(world: World, transports: readonly Transport[], pick: <T>(items: readonly T[]) => T) {
    this.#world = world;
    this.#clients = transports.map((transport) => createClient(MachineService, transport));
    this.#pick = pick;
  }

  async call(call: Call): Promise<Heard<Answer>> {
    this.#messages = [];
    const answer = await this.#ask(call, this.#pick(this.#clients)).catch((error: unknown) => this.#failure(error));
    return { answer, messages: this.#messages };
  }

  async #ask(call: Call, client: Client<typeof MachineService>): Promise<Answer> {
    switch (call.do) {
      case "create": {
        const { configuration, version, key, data, ...rest } = call;
        const name = this.#world.name(configuration);
        const configId = version === undefined ? name : `${name}:${version}`;
        const request = { ...rest, configId, ...struct(data), ...(key !== undefined && { idempotencyKey: key }) };
        const { id, statemachine } = await client.createMachine(request);
        return { machine: this.#machine(this.#world.createdId(call, id), statemachine) };
      }
      case "read":
        return this.#answer(await client.getMachine({ ...call, ...this.#world.address(call) }));
      case "label": {
        const request = { ...call, ...this.#world.address(call), labels: call.set, remove: [...call.remove] };
        return this.#answer(await client.updateLabels(request));
      }
      case "override": {
        const { data, ...rest } = call;
        return this.#answer(await client.overrideMachine({ ...rest, ...this.#world.address(call), ...struct(data) }));
      }
      case "delete":
        await client.deleteMachine({ ...call, ...this.#world.address(call) });
        return "done";
      case "send": {
        const { receipt, dryRun } = await client.sendEvent(this.#request(call.event, call.isDryRun));
        return { receipt: this.#receipt(receipt), isDryRun: dryRun };
      }
      case "send many": {
        const events = call.events.map((event) => this.#request(event, call.isDryRun));
        const { results } = await client.sendEvents({ events });
        return {
          results: results.map(({ receipt, error }) => {
            if (error === undefined) return { receipt: this.#receipt(receipt), isDryRun: false };
            if (receipt !== undefined) throw new Error("a result has a receipt and an error");
            const { reason, message, metadata, fieldViolations } = error;
            this.#messages.push(this.#world.plain(message));
            const pointers = fieldViolations.map(({ field }) => field);
            return { failure: this.#failed(reason, metadata, pointers, error.receipt) };
          }),
        };
      }
      case "read event": {
        const { receipt } = await client.getEvent({ ...this.#world.address(call), eventId: call.eventId });
        return { receipt: this.#receipt(receipt), isDryRun: false };
      }
      case "list history": {
        const { order, refused } = call;
        const request = { ...this.#world.address(call), order, refused, pageSize: 1_000 };
        const { history, receipts, nextPageToken } = await client.listHistory(request);
        if (nextPageToken !== "" || (refused ? history : receipts).length > 0)
          throw new Error("more than was asked for");
        return refused ? { receipts: receipts.map((one) => this.#receipt(one)) } : { history: history.map(changeOf) };
      }
      case "list allowed": {
        const { state, revision, events } = await client.listAllowedEvents(this.#world.address(call));
        const allowed = events.map(({ event, allowed: is, to = null, reason = null }) => ({
          event,
          allowed: is,
          to,
          reason,
        }));
        return { state, revision, allowed };
      }
      default:
        return call satisfies never;
    }
  }

  #request({ data, createIfMissing, ...rest }: EventCall, dryRun: boolean) {
    return {
      ...rest,
      ...this.#world.address(rest),
      ...struct(data),
      ...(createIfMissing && { createIfMissing: newMachine(createIfMissing) }),
      dryRun,
    };
  }

  #answer({ id, statemachine }: { id: string; statemachine?: Machine | undefined }): Answer {
    return { machine: this.#machine(this.#world.plain(id), statemachine) };
  }

  #machine(id: string, machine: Machine | undefined): MachineSaid {
    if (machine === undefined) throw new Error("no statemachine in the answer");
    const { configId, state, data, labels, revision, final, history, historyNextPageToken } = machine;
    return {
      id,
      configId: this.#world.plain(configId),
      state,
      data,
      labels,
      revision,
      final,
      history: history.map(changeOf),
      hasOlderHistory: historyNextPageToken !== "",
    };
  }

  #receipt(receipt: Receipt | undefined): ReceiptSaid {
    if (receipt?.machine === undefined) throw new Error("no receipt in the answer");
    const { $typeName: _type, $unknown: _unknown, at, message, machine, to = null, ...rest } = receipt;
    if (at === undefined) throw new Error("a receipt without a time");
    if (message !== "") this.#messages.push(this.#world.plain(message));
    return {
      ...rest,
      configId: this.#world.plain(rest.configId),
      machine: this.#world.plainAddress(machine),
      to,
      data: rest.data,
    };
  }

  #failure(error: unknown): Answer {
    if (!(error instanceof ConnectError)) throw error;
    const [info] = error.findDetails(ErrorInfoSchema);
    const [bad] = error.findDetails(BadRequestSchema);
    const [receipt] = error.findDetails(ReceiptSchema);
    if (info === undefined) throw error;
    const code = Code[error.code].replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
    if (code !== FAILURES[info.reason]?.[0]) throw new Error(`${info.reason} with the code ${code}`);
    this.#messages.push(this.#world.plain(error.rawMessage));
    const pointers = bad?.fieldViolations.map(({ field }) => field) ?? [];
    return { failure: this.#failed(info.reason, info.metadata, pointers, receipt) };
  }

  #failed(
    reason: string,
    { request_id: _request, ...metadata }: Record<string, string>,
    pointers: readonly string[],
    receipt: Receipt | undefined,
  ): FailureSaid {
    return { reason, receipt: receipt === undefined ? null : this.#receipt(receipt), pointers, metadata };
  }
}

function struct(data: Data | undefined): { data?: JsonObject } {
  return data === undefined ? {} : { data: data as JsonObject };
}

function newMachine({ data, labels, ...rest }: NewMachine) {
  return { ...rest, ...struct(data), ...(labels && { labels }) };
}

function changeOf({
  transition,
  revision,
  kind,
  eventId,
  originator,
  actor,
  details,
  data,
  timestamp,
}: HistoryEntry): ChangeSaid {
  if (transition === undefined || timestamp === undefined) throw new Error("a change without its edge or time");
  const { from, to, event } = transition;
  return { revision, kind, eventId, event, from, to, originator, actor, details, data };
}
