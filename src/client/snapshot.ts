/** Machines as they were read: typed by their state where this module's version is theirs. */
import type { Machine } from "../gen/detent/v1/machine_pb.ts";
import type { JsonObject } from "./json.ts";
import { msOf } from "./time.ts";
import type { ConfigurationTypes, DataIn, StateName } from "./types.ts";

/** What is known of every machine. */
export interface MachineFacts {
  readonly id: string;
  /** `name:version` that the machine runs. */
  readonly configId: string;
  /** Number of changes; 0 at creation. */
  readonly revision: number;
  /** No transition leaves the state. */
  readonly final: boolean;
  readonly labels: Readonly<Record<string, string>>;
  /** Epoch ms. */
  readonly createdAt: number;
  /** Epoch ms. */
  readonly updatedAt: number;
  /** Events that the machine will send to itself, in the order in which they are due. */
  readonly timers: readonly { readonly event: string; readonly to: string; readonly dueAt: number }[];
}

/** A machine in a state. */
export interface MachineIn<State extends string, Data> extends MachineFacts {
  readonly state: State;
  readonly data: Data;
}

/**
 * A machine of another version of the configuration, migrated or not yet: nothing can be promised of its data. Its `state` is
 * undefined, so that comparing the state of a machine with a name leaves it out; the name is in `otherState`.
 */
export interface OtherVersion extends MachineFacts {
  readonly state: undefined;
  readonly otherState: string;
  readonly data: JsonObject;
}

/** A machine: `state` tells what `data` is. */
export type Snapshot<T extends ConfigurationTypes> =
  | { [S in StateName<T>]: MachineIn<S, DataIn<T, S>> }[StateName<T>]
  | OtherVersion;

/** Reads a machine as one that runs `configId`. The server has checked its data against the schema of its state. */
export function readSnapshot<T extends ConfigurationTypes>(
  configId: string,
  { id, statemachine }: { readonly id: string; readonly statemachine?: Machine | undefined },
): Snapshot<T> {
  if (statemachine === undefined) throw new TypeError(`the answer for the machine ${JSON.stringify(id)} has none`);
  const { state, data = {}, ...machine } = statemachine;
  const facts: MachineFacts = {
    id,
    configId: machine.configId,
    revision: machine.revision,
    final: machine.final,
    labels: machine.labels,
    createdAt: msOf(machine.createdAt),
    updatedAt: msOf(machine.updatedAt),
    timers: machine.timers.map(({ event, to, dueAt }) => ({ event, to, dueAt: msOf(dueAt) })),
  };
  if (machine.configId !== configId) return { ...facts, state: undefined, otherState: state, data };
  return { ...facts, state, data } as Snapshot<T>;
}

/** A machine of another version as one that runs `configId`, which may be its version. */
export function rereadSnapshot<T extends ConfigurationTypes>(configId: string, machine: OtherVersion): Snapshot<T> {
  if (machine.configId !== configId) return machine;
  const { otherState, ...facts } = machine;
  return { ...facts, state: otherState } as unknown as Snapshot<T>;
}
