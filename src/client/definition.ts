/** What a generated module is at run time: the names of its configuration, and the way to its machines. */
import type { Client } from "./client.ts";
import { createMachine, Machine } from "./machine.ts";
import { match, matchOr, type Cases, type Only, type ResultOf } from "./match.ts";
import type { CreateArguments } from "./options.ts";
import { rereadSnapshot, type OtherVersion, type Snapshot } from "./snapshot.ts";
import type { ConfigurationTypes, EventName, StateName } from "./types.ts";

/** Names of a configuration, as its generated module has them. */
export interface Names<T extends ConfigurationTypes> {
  readonly name: T["name"];
  readonly version: T["version"];
  readonly startingState: T["startingState"] & StateName<T>;
  readonly states: readonly StateName<T>[];
  readonly events: readonly EventName<T>[];
  /** States that a machine may be created in. */
  readonly initialStates: readonly (T["initialStates"] & StateName<T>)[];
  /** States that no transition leaves. */
  readonly finalStates: readonly StateName<T>[];
}

/** Machines of a configuration, through a client. */
export interface Machines<T extends ConfigurationTypes> {
  /** The machine with an id; nothing is asked yet. */
  machine(id: string): Machine<T>;
  /** Creates a machine whose id is made, and is in the answer. */
  create(...options: CreateArguments<T>): Promise<Snapshot<T>>;
}

/** A configuration in types and at run time. */
export interface Definition<T extends ConfigurationTypes> extends Names<T> {
  /** `name:version`. */
  readonly configId: `${T["name"]}:${T["version"]}`;
  machines(client: Client): Machines<T>;
  /** A machine that another version's module could not read, read with this one. */
  read(machine: OtherVersion): Snapshot<T>;
  /** Whether a text is the name of a state. */
  isState(text: string): text is StateName<T>;
  /** Whether a text is the name of an event. */
  isEvent(text: string): text is EventName<T>;
  /** What the case for the machine's state returns; `otherwise` is asked about machines of another version. */
  match<C extends Cases<T>, R>(
    machine: Snapshot<T>,
    cases: C & Only<C, StateName<T>>,
    otherwise: (machine: OtherVersion) => R,
  ): ResultOf<Pick<C, StateName<T>>> | R;
  /** The same where not every state has a case: `otherwise` is asked about all the others. */
  matchOr<C extends Partial<Cases<T>>, R>(
    machine: Snapshot<T>,
    cases: C & Only<C, StateName<T>>,
    otherwise: (machine: Snapshot<T>) => R,
  ): ResultOf<C> | R;
}

/** Makes a definition; generated modules call it. */
export function defineConfiguration<T extends ConfigurationTypes>(names: Names<T>): Definition<T> {
  const { name, version } = names;
  const configId = `${name}:${version}` as const;
  const [states, events] = [new Set<string>(names.states), new Set<string>(names.events)];
  return {
    ...names,
    configId,
    machines: (client) => ({
      machine: (id) => new Machine<T>(client, names, id),
      create: async (...[options]) => await createMachine<T>(client, names, undefined, options),
    }),
    read: (machine) => rereadSnapshot<T>(names, machine),
    isState: (text): text is StateName<T> => states.has(text),
    isEvent: (text): text is EventName<T> => events.has(text),
    match: (machine, cases, otherwise) => match(machine, cases, otherwise) as never,
    matchOr: (machine, cases, otherwise) => matchOr(machine, cases, otherwise) as never,
  };
}
