/**
 * How a test is typed: by the names and the data of one configuration, as `detent codegen` writes them, or by none. Here
 * are only types.
 */
import type { Data } from "./target.ts";

/**
 * What is known of a configuration's types: the data of its machines by state, and of its events by name. An interface
 * with these two members narrows what a test may say: `createKit<OrderTypes>(...)`.
 */
export interface KitTypes {
  readonly states: object;
  readonly events: object;
}

/** Any states, any events, any data. */
export interface AnyTypes {
  readonly states: Readonly<Record<string, Data>>;
  readonly events: Readonly<Record<string, Data>>;
}

export type StateOf<T extends KitTypes> = keyof T["states"] & string;
export type EventOf<T extends KitTypes> = keyof T["events"] & string;

/**
 * What a value has to be like. Of an object what is named; of a list every item; a function is asked; a text may be told
 * by a pattern; `undefined`: it must not be there.
 */
export type Matcher<T> = ((value: T) => boolean) | Pattern<T>;

type Pattern<T> = T extends string
  ? T | RegExp
  : T extends readonly unknown[]
    ? Scalar extends T[number]
      ? readonly unknown[]
      : { readonly [I in keyof T]: Matcher<T[I]> }
    : T extends object
      ? string extends keyof T
        ? { readonly [name: string]: unknown }
        : { readonly [K in keyof T]?: Matcher<T[K]> | undefined }
      : T;

/** A list whose items may be all of them is of JSON that nobody has described: to follow its type has no end. */
type Scalar = string | number | boolean | null;
