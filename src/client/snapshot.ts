/** Machines as they were read: typed by their state where this module's version is theirs. */
import type { Machine } from "../gen/detent/v1/machine_pb.ts";
import { DetentError } from "./error.ts";
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
 * A machine of another version of the configuration, migrated or not yet, or in a state that this module's version does not have,
 * since it was made of another text under the same name: nothing can be promised of its data. Its `state` is
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

/** What is to be known of a version to read its machines. */
export interface Version {
  readonly name: string;
  readonly version: string;
  readonly states: readonly string[];
}

/**
 * Reads a machine as one of `version`. The server has checked its data against the schema of its state. A state that the version
 * does not have is of another configuration of that name, whatever it says.
 */
export function readSnapshot<T extends ConfigurationTypes>(
  version: Version,
  { id, statemachine }: { readonly id: string; readonly statemachine?: Machine | undefined },
): Snapshot<T> {
  if (statemachine === undefined) {
    throw new DetentError("the answer has no statemachine", { reason: "UNKNOWN", code: "unknown" });
  }
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
  return rereadSnapshot<T>(version, { ...facts, state: undefined, otherState: state, data });
}

/** A machine of another version as one of `version`, which may be its own. */
export function rereadSnapshot<T extends ConfigurationTypes>(version: Version, machine: OtherVersion): Snapshot<T> {
  const { otherState, ...facts } = machine;
  if (machine.configId !== `${version.name}:${version.version}` || !version.states.includes(otherState)) return machine;
  return { ...facts, state: otherState } as unknown as Snapshot<T>;
}
