/** One answer for every state: a state that is forgotten, and one that is not there, is a type error. */
import { mistake } from "./mistake.ts";
import type { MachineIn, OtherVersion } from "./snapshot.ts";
import type { ConfigurationTypes, DataIn, StateName } from "./types.ts";

/** A function for every state. */
export type Cases<T extends ConfigurationTypes> = {
  readonly [S in StateName<T>]: (machine: MachineIn<S, DataIn<T, S>>) => unknown;
};

/** What one of `cases` returns. */
export type ResultOf<C> = { [K in keyof C]: C[K] extends (machine: never) => infer R ? R : never }[keyof C];

/** Nothing but what `T` has. */
export type Only<C, Names extends PropertyKey> = { readonly [K in Exclude<keyof C, Names>]: never };

type Case = (machine: unknown) => unknown;

/** The answer of the case for the machine's state, or of `otherwise` for one of another version. */
export function match(
  snapshot: { readonly state: string | undefined },
  cases: object,
  otherwise: (other: OtherVersion) => unknown,
): unknown {
  const { state } = snapshot;
  if (state === undefined) return otherwise(snapshot as OtherVersion);
  const found = caseOf(cases, state);
  if (found === undefined) throw mistake(`match has no case for the state ${JSON.stringify(state)}`);
  return found(snapshot);
}

/** The same where `otherwise` answers for all states that have no case, too. */
export function matchOr(
  snapshot: { readonly state: string | undefined },
  cases: object,
  otherwise: (machine: never) => unknown,
): unknown {
  const { state } = snapshot;
  const found = state === undefined ? undefined : caseOf(cases, state);
  return (found ?? (otherwise as Case))(snapshot);
}

/** Own members only: a state may be named `constructor`. */
function caseOf(cases: object, state: string): Case | undefined {
  if (Object.hasOwn(cases, state)) return (cases as Record<string, Case>)[state];
  // In a literal, `__proto__: f` makes `f` the prototype, and no member.
  const prototype: unknown = state === "__proto__" ? Object.getPrototypeOf(cases) : undefined;
  return typeof prototype === "function" ? (prototype as Case) : undefined;
}
