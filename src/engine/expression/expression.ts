/** CEL expressions of a configuration. STUB */
import type { JsonObject, JsonValue } from "../json.ts";
import type { Meter } from "../meter.ts";

/** What an expression is for, which decides what it may give: a boolean, any JSON, a time. */
export type ExpressionUse = "guard" | "assign" | "deadline";

/** A compiled expression. */
export interface Expression {
  readonly use: ExpressionUse;
  readonly source: string;
  /** Its value may depend on the event that is sent. */
  readonly readsEvent: boolean;
  /** Names of members of `data` it reads, of which each must come from somewhere; those it only asks for with has() are not among them. */
  readonly dataFields: ReadonlySet<string>;
  /** The same of `event.data`. */
  readonly eventFields: ReadonlySet<string>;
  /** It reads nothing and is always false (guards). */
  readonly isNever: boolean;
}

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

export type Compiled =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly message: string };
export type Evaluated<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

export function compileExpression(_source: string, _use: ExpressionUse): Compiled {
  throw new Error("stub");
}

export function evaluateGuard(_expression: Expression, _scope: Scope, _meter: Meter): Evaluated<boolean> {
  throw new Error("stub");
}

export function evaluateValue(_expression: Expression, _scope: Scope, _meter: Meter): Evaluated<JsonValue> {
  throw new Error("stub");
}

/** Epoch ms. */
export function evaluateInstant(_expression: Expression, _scope: Scope, _meter: Meter): Evaluated<number> {
  throw new Error("stub");
}
