import type { JsonValue } from "../json.ts";
import { LIMITS } from "../limits.ts";
import { type Meter, SpentError } from "../meter.ts";
import { isList, isObject } from "./node.ts";

/**
 * A text that two values share exactly if they are equal as JSON: members in order of their names, numbers by value. Sets
 * of such texts find equals among many values in linear time. Throws SpentError, also for a value deeper than any may be.
 */
export function canonicalOf(value: JsonValue, meter: Meter | undefined, depth = 0): string {
  if (depth > LIMITS.jsonDepth) throw new SpentError();
  if (isList(value)) {
    meter?.charge(3);
    return `[${value.map((item) => canonicalOf(item, meter, depth + 1)).join()}]`;
  }
  if (isObject(value)) {
    const names = Object.keys(value);
    meter?.charge(1 + 6 * names.length);
    const members = names.toSorted().map((name) => {
      meter?.charge(name.length >> 4);
      return `${JSON.stringify(name)}:${canonicalOf(value[name] ?? null, meter, depth + 1)}`;
    });
    return `{${members.join()}}`;
  }
  meter?.charge(typeof value === "string" ? 5 + (value.length >> 4) : 5);
  return JSON.stringify(value);
}
