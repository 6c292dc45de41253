import type { Meter } from "../meter.ts";
import { describeKinds, Failure, kindOf, type Value } from "./values.ts";

/** One way to call a function. The implementation is only given values of the kinds named. */
export interface Overload {
  readonly args: readonly number[];
  readonly result: number;
  readonly run: (args: readonly Value[], meter: Meter) => Value | Failure;
}

/** What `+` is to a reader instead of `_+_`. */
export function describeFunction(name: string): string {
  if (name === "@in") return '"in"';
  const sign = name.replaceAll("_", "");
  return /^\W+$/.test(sign) ? `"${sign}"` : `${name}()`;
}

/** The overload for values, chosen when they are there. */
export function callOverload(
  name: string,
  overloads: readonly Overload[],
  args: readonly Value[],
  meter: Meter,
): Value | Failure {
  meter.charge(2);
  const found = overloads.find((overload) => isFor(overload, args));
  return found ? found.run(args, meter) : refuseKinds(name, args.map(kindOf), meter);
}

/** What a call of values of these kinds may give, as kinds; 0 if it can only fail. */
export function inferResult(overloads: readonly Overload[], kinds: readonly number[]): number {
  let result = 0;
  for (const { args, result: given } of overloads) {
    if (args.length === kinds.length && args.every((arg, i) => (arg & (kinds[i] ?? 0)) !== 0)) result |= given;
  }
  return result;
}

/** `no "+" of string and int` */
export function describeMismatch(name: string, kinds: readonly number[]): string {
  return `there is no ${describeFunction(name)} of ${kinds.map(describeKinds).join(" and ")}`;
}

function refuseKinds(name: string, kinds: readonly number[], meter: Meter): Failure {
  meter.charge(50);
  return new Failure(describeMismatch(name, kinds));
}

function isFor({ args: kinds }: Overload, args: readonly Value[]): boolean {
  if (kinds.length !== args.length) return false;
  for (let i = 0; i < kinds.length; i++) {
    if (((kinds[i] ?? 0) & kindOf(args[i] ?? null)) === 0) return false;
  }
  return true;
}
