/** How a test begins, and what it may send that its types do not know. */
import type { Data, NewMachine } from "./target.ts";

/** A machine that is to be created; `S` are the states that it may be created in. */
export interface Creation<out S extends string = string> extends NewMachine {
  readonly kind: "create";
  readonly state?: S;
}

/** No machine at all. */
export interface None {
  readonly kind: "none";
}

/** An event that the test's types do not check. */
export interface Unchecked {
  readonly kind: "unchecked";
  readonly event: string;
}

/** A new machine: in the starting state unless `state` says otherwise, without data unless there is some. */
export function create<const S extends string = never>(
  machine: { readonly state?: S; readonly data?: object; readonly labels?: Readonly<Record<string, string>> } = {},
): Creation<S> {
  const { state, data, labels } = machine;
  return {
    kind: "create",
    ...(state !== undefined && { state }),
    ...(data !== undefined && { data: data as Data }),
    ...(labels !== undefined && { labels }),
  };
}

/** No machine: for what a first event or a creation does. */
export function none(): None {
  return { kind: "none" };
}

/** An event by any name and with any data: to see refused what the types of a test already refuse. */
export function unchecked(event: string): Unchecked {
  return { kind: "unchecked", event };
}
