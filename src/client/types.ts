/** What a generated module tells the compiler of its configuration, and what is made of that. Types only. */
import type { OtherEvent, OtherState } from "./receipt.ts";

/** A configuration in types. Nothing of it exists at run time. */
export interface ConfigurationTypes {
  readonly name: string;
  readonly version: string;
  /** State -> the data of a machine in it. */
  readonly states: object;
  /** Event -> its data. */
  readonly events: object;
  /** The state of a machine that is created without one. */
  readonly startingState: string;
  /** States that a machine may be created in. */
  readonly initialStates: string;
  /** Event -> the states that it may lead to. */
  readonly leadsTo: object;
  /** Whose data has to be there, because `{}` is refused. */
  readonly needsData: { readonly states: string; readonly events: string };
}

export type StateName<T extends ConfigurationTypes> = keyof T["states"] & string;
export type EventName<T extends ConfigurationTypes> = keyof T["events"] & string;
/** A state of this version, or another string. */
export type AnyState<T extends ConfigurationTypes> = StateName<T> | OtherState;
/** An event of this version, or another string. */
export type AnyEvent<T extends ConfigurationTypes> = EventName<T> | OtherEvent;

/** The data of a machine in a state. */
export type DataIn<T extends ConfigurationTypes, S extends StateName<T>> = T["states"][S];
/** The data of an event. */
export type DataOf<T extends ConfigurationTypes, E extends EventName<T>> = T["events"][E];
/** Data that fits each of the events `E`. */
export type DataOfAll<T extends ConfigurationTypes, E extends EventName<T>> = {
  // In the place of a parameter, what is inferred has to fit all of them.
  [K in E]: (box: { readonly data: DataOf<T, K> }) => void;
}[E] extends (box: infer Box extends { readonly data: unknown }) => void
  ? Box["data"]
  : never;
/** The states that an event may lead to. */
export type TargetOf<T extends ConfigurationTypes, E extends EventName<T>> = E extends keyof T["leadsTo"]
  ? T["leadsTo"][E] & string
  : never;

/** An event with its data, which may be left out where `{}` is enough. */
export type EventOf<T extends ConfigurationTypes> = {
  [E in EventName<T>]: { readonly event: E } & EventData<T, E>;
}[EventName<T>];

/** The member `data` of an event. */
type EventData<T extends ConfigurationTypes, E extends EventName<T>> = E extends T["needsData"]["events"]
  ? { readonly data: DataOf<T, E> }
  : { readonly data?: DataOf<T, E> | undefined };

type StateData<T extends ConfigurationTypes, S extends StateName<T>> = S extends T["needsData"]["states"]
  ? { readonly data: DataIn<T, S> }
  : { readonly data?: DataIn<T, S> | undefined };

/** Where a machine begins, and with what: its data is that of the state. */
export type Beginning<T extends ConfigurationTypes> =
  | ({ readonly state?: undefined } & StateData<T, T["startingState"] & StateName<T>>)
  | { [S in T["initialStates"] & StateName<T>]: { readonly state: S } & StateData<T, S> }[T["initialStates"] &
      StateName<T>];

/** Whether a machine may be created without a word. */
export type NeedsBeginning<T extends ConfigurationTypes> = T["startingState"] extends T["needsData"]["states"]
  ? true
  : false;
