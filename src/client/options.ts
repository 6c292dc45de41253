/** What callers may say with a creation and with an event, in the types of their configuration. */
import type { ConfigurationTypes, Beginning, DataOfAll, EventName, NeedsBeginning, StateName } from "./types.ts";

/** How a call is made. */
export interface CallOptions {
  /** Ends the call. */
  readonly signal?: AbortSignal | undefined;
  /** For the whole call with all its attempts, ms. */
  readonly timeoutMs?: number | undefined;
}

/** A machine that is to be: its state and data, and its labels. */
export type NewMachine<T extends ConfigurationTypes> = Beginning<T> & {
  readonly labels?: Readonly<Record<string, string>> | undefined;
};

export type CreateOptions<T extends ConfigurationTypes> = NewMachine<T> &
  CallOptions & {
    /** A creation under the same key and with the same content gets the first answer again; one is made for each call. */
    readonly idempotencyKey?: string | undefined;
  };

/** Options that may be left out unless the starting state needs data. */
export type CreateArguments<T extends ConfigurationTypes> =
  NeedsBeginning<T> extends true ? [options: CreateOptions<T>] : [options?: CreateOptions<T>];

/** What goes with an event, besides its data. */
export interface SendOptions<T extends ConfigurationTypes> extends CallOptions {
  /** An event is decided once under an id; one is made for each call. */
  readonly eventId?: string | undefined;
  /** Only from this state: otherwise STATE_MISMATCH. */
  readonly expectedState?: StateName<T> | undefined;
  /** Only at this revision: otherwise REVISION_MISMATCH. */
  readonly expectedRevision?: number | undefined;
  /** For people; stands in the receipt and in the history. */
  readonly details?: string | undefined;
  readonly originator?: string | undefined;
  /** When it happened, as the sender says; epoch ms. */
  readonly timestamp?: number | undefined;
  /** Where there is no such machine, create it with this version, together with the event or not at all. */
  readonly createIfMissing?: NewMachine<T> | undefined;
}

/**
 * Options that may be left out unless the event needs data. Where it is one of several, nobody knows which: data that one of them
 * needs has to be there, and has to fit all of them.
 */
export type SendArguments<T extends ConfigurationTypes, E extends EventName<T>> = [
  E & T["needsData"]["events"],
] extends [never]
  ? [options?: SendOptions<T> & { readonly data?: DataOfAll<T, E> | undefined }]
  : [options: SendOptions<T> & { readonly data: DataOfAll<T, E> }];
