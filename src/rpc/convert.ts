/** detent.v1 messages <-> the house's values. */
import { create, type JsonObject as ProtoJsonObject, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { ConfigurationSource } from "../engine/configuration.ts";
import { ConfigurationSchema, type Configuration } from "../gen/detent/v1/configuration_pb.ts";
import { HistoryEntrySchema, MachineSchema } from "../gen/detent/v1/machine_pb.ts";
import { ReceiptSchema, type Receipt as ReceiptMessage } from "../gen/detent/v1/receipt_pb.ts";
import { isEmpty } from "../json.ts";
import type { HistoryItem } from "../machine/calls.ts";
import type { Receipt } from "../receipt.ts";
import type { ConfigurationView } from "../service/configurations.ts";
import type { ListedMachine } from "../service/machine-list.ts";
import type { MachineAnswer } from "../service/machines.ts";

/** Customers' JSON as a google.protobuf.Struct. */
export const struct = (text: string): ProtoJsonObject => JSON.parse(text) as ProtoJsonObject;

/** Drops what protobuf cannot leave out. */
function present<T>(value: T): T | undefined {
  return isEmpty(value) ? undefined : value;
}

/** Keeps the members that have a value. */
function compact<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}

export function toSource(message: Configuration | undefined): ConfigurationSource {
  if (message === undefined) return {};
  const { retention } = message;
  return compact({
    name: present(message.name),
    version: present(message.version),
    starting_state: present(message.startingState),
    states: message.states,
    transitions: message.transitions.map(({ from, to, event, guard, assign, after, deadline }) =>
      compact({
        from,
        to,
        event,
        guard: present(guard),
        assign: present(assign),
        after: present(after),
        deadline: present(deadline),
      }),
    ),
    initial_states: present(message.initialStates),
    state_options: present(
      mapValues(message.stateOptions, ({ schema, unhandled }) => compact({ schema, unhandled: present(unhandled) })),
    ),
    event_options: present(mapValues(message.eventOptions, ({ schema }) => compact({ schema }))),
    unhandled: present(message.unhandled),
    defer_for: present(message.deferFor),
    retention:
      retention &&
      compact({
        outcomes: present(retention.outcomes),
        final: present(retention.final),
        history: present(retention.history),
      }),
  }) as ConfigurationSource;
}

export function toConfiguration({ source, createdAt, deprecatedAt }: ConfigurationView): Configuration {
  const { retention } = source;
  return create(ConfigurationSchema, {
    name: source.name,
    version: source.version,
    startingState: source.starting_state ?? "",
    states: source.states ?? [],
    transitions: (source.transitions ?? []) as MessageInitShape<typeof ConfigurationSchema>["transitions"] & object,
    initialStates: source.initial_states ?? [],
    stateOptions: (source.state_options ?? {}) as never,
    eventOptions: (source.event_options ?? {}) as never,
    unhandled: source.unhandled ?? "",
    deferFor: source.defer_for ?? "",
    ...(retention !== undefined && {
      retention: compact({
        outcomes: retention.outcomes ?? undefined,
        final: retention.final ?? undefined,
        history: retention.history ?? undefined,
      }),
    }),
    createdAt: timestampFromMs(createdAt),
    ...(deprecatedAt !== null && { deprecatedAt: timestampFromMs(deprecatedAt) }),
  });
}

export function toReceipt(receipt: Receipt): ReceiptMessage {
  return create(ReceiptSchema, {
    eventId: receipt.eventId,
    event: receipt.event,
    configId: receipt.configId,
    machine: receipt.machine,
    result: receipt.result,
    code: receipt.code,
    reason: receipt.reason ?? "",
    message: receipt.message ?? "",
    from: receipt.from,
    ...(receipt.to !== undefined && { to: receipt.to }),
    revision: receipt.revision,
    at: timestampFromMs(receipt.at),
    originator: receipt.originator,
    actor: receipt.actor,
    duplicate: receipt.duplicate,
    created: receipt.created ?? false,
    details: receipt.details,
    data: struct(receipt.data),
    allowedEvents: [...(receipt.allowedEvents ?? [])],
  });
}

export function toHistoryEntry(item: HistoryItem) {
  return create(HistoryEntrySchema, {
    revision: item.revision,
    kind: item.kind,
    eventId: item.eventId,
    timestamp: timestampFromMs(item.timestamp),
    transition: { from: item.from, to: item.to, event: item.event },
    originator: item.originator,
    actor: item.actor,
    details: item.details,
    data: struct(item.data),
  });
}

export function toMachine({ machine, historyToken }: MachineAnswer) {
  return create(MachineSchema, {
    configId: machine.configId,
    state: machine.state,
    data: struct(machine.data),
    labels: JSON.parse(machine.labels) as Record<string, string>,
    revision: machine.revision,
    final: machine.final,
    createdAt: timestampFromMs(machine.createdAt),
    updatedAt: timestampFromMs(machine.updatedAt),
    timers: machine.timers.map(({ event, to, dueAt }) => ({ event, to, dueAt: timestampFromMs(dueAt) })),
    history: machine.history.map(toHistoryEntry),
    historyNextPageToken: historyToken,
  });
}

export function toListedMachine({ id, labels, createdAt, updatedAt, ...machine }: ListedMachine) {
  const statemachine = create(MachineSchema, {
    ...machine,
    labels: JSON.parse(labels) as Record<string, string>,
    createdAt: timestampFromMs(createdAt),
    updatedAt: timestampFromMs(updatedAt),
  });
  return { id, statemachine };
}

/** Epoch ms of a timestamp, its finer part cut off as RFC 3339 texts are read; NaN, which no rule lets pass, for broken nanos. */
export function timeOf(timestamp: Timestamp | undefined): number | undefined {
  if (timestamp === undefined) return undefined;
  const { seconds, nanos } = timestamp;
  return nanos >= 0 && nanos < 1e9 ? Number(seconds) * 1_000 + Math.floor(nanos / 1e6) : Number.NaN;
}

function mapValues<T, U>(record: Record<string, T>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
