/** What the names of an expression stand for. */
import type { JsonObject } from "../json.ts";
import { NANOS_PER_MS } from "./calendar.ts";
import { Failure, JSON_KINDS, KIND, MadeMap, Timestamp, type MapKey, type Value } from "./values.ts";

/** What an expression sees. */
export interface Scope {
  readonly data: JsonObject;
  /** undefined where none is: on creation, override and migration; reading it is an error. */
  readonly event: EventScope | undefined;
  readonly state: string;
  readonly revision: number;
  /** Epoch ms. */
  readonly now: number;
}

export interface EventScope {
  readonly id: string;
  readonly name: string;
  readonly data: JsonObject;
  readonly details: string;
  readonly originator: string;
  /** Epoch ms; the sender's claim, or when it was received. */
  readonly timestamp: number;
}

/** What is known of a value before it is there. */
export interface StaticType {
  /** As bits of `KIND`. */
  readonly kinds: number;
  /** It is JSON in all its parts, so that no part is an int or a timestamp. */
  readonly isJson: boolean;
}

export interface Variable<S> {
  readonly type: StaticType;
  readonly read: (scope: S) => Value | Failure;
  /** All that it has, if that is known. */
  readonly members?: ReadonlyMap<string, Variable<S>>;
}

export type Environment<S> = ReadonlyMap<string, Variable<S>>;

const NO_EVENT = new Failure("there is no event here: the machine is created, migrated or overridden");
const STRING: StaticType = { kinds: KIND.string, isJson: true };
const OBJECT: StaticType = { kinds: KIND.map, isJson: true };
const INSTANT: StaticType = { kinds: KIND.timestamp, isJson: false };
export const JSON_TYPE: StaticType = { kinds: JSON_KINDS, isJson: true };

const EVENT_MEMBERS: ReadonlyMap<string, Variable<Scope>> = new Map([
  ["id", ofEvent(STRING, (event) => event.id)],
  ["name", ofEvent(STRING, (event) => event.name)],
  ["data", ofEvent(OBJECT, (event) => event.data)],
  ["details", ofEvent(STRING, (event) => event.details)],
  ["originator", ofEvent(STRING, (event) => event.originator)],
  ["timestamp", ofEvent(INSTANT, (event) => toInstant(event.timestamp))],
]);

/** The names that expressions of a configuration may use. */
export const ENVIRONMENT: Environment<Scope> = new Map<string, Variable<Scope>>([
  ["data", { type: OBJECT, read: (scope) => scope.data }],
  [
    "event",
    {
      type: { kinds: KIND.map, isJson: false },
      read: (scope) => (scope.event ? makeEvent(scope) : NO_EVENT),
      members: EVENT_MEMBERS,
    },
  ],
  ["state", { type: STRING, read: (scope) => scope.state }],
  ["revision", { type: { kinds: KIND.int, isJson: false }, read: (scope) => BigInt(scope.revision) }],
  ["now", { type: INSTANT, read: (scope) => toInstant(scope.now) }],
]);

function ofEvent(type: StaticType, read: (event: EventScope) => Value): Variable<Scope> {
  return { type, read: ({ event }) => (event ? read(event) : NO_EVENT) };
}

function toInstant(ms: number): Timestamp {
  return new Timestamp(BigInt(Math.trunc(ms)) * NANOS_PER_MS);
}

function makeEvent(scope: Scope): MadeMap | Failure {
  const entries = new Map<MapKey, { readonly key: Value; readonly value: Value }>();
  for (const [key, member] of EVENT_MEMBERS) {
    const value = member.read(scope);
    if (value instanceof Failure) return value;
    entries.set(key, { key, value });
  }
  return new MadeMap(entries);
}
