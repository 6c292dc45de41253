import type { JsonObject } from "../json.ts";
import type { Meter } from "../meter.ts";
import { describeKinds, Failure, KIND, kindOf, type MadeMap, type Value } from "./values.ts";

/** What an evaluation has at hand. */
export interface Frame<S> {
  readonly scope: S;
  readonly meter: Meter;
  /** The value of a macro's variable; there is one at a time, since macros do not nest. */
  item: Value;
}

export type Program<S> = (frame: Frame<S>) => Value | Failure;

/** What a message says costs some work, too. */
const FAILURE_UNITS = 20;

/** `value` if it is a boolean or has failed already; `where` is for the message. */
export function expectBool<S>(value: Value | Failure, frame: Frame<S>, where: string): boolean | Failure {
  if (typeof value === "boolean" || value instanceof Failure) return value;
  return fail(frame, `${where} takes bool, not ${describeKinds(kindOf(value))}`);
}

/** Whether a value is a map of either sort. */
export function isMap(value: Value): value is MadeMap | JsonObject {
  return kindOf(value) === KIND.map;
}

/** A failure, charged. */
export function fail<S>(frame: Frame<S>, message: string): Failure {
  frame.meter.charge(FAILURE_UNITS);
  return new Failure(message);
}
