/** Keywords that ask other schemas about a value or its parts. */
import type { JsonValue } from "../json.ts";
import { quote } from "../names.ts";
import { type Check, isList, isObject, NOTHING, type Run, type SchemaNode, within } from "./node.ts";
import type { Pattern } from "./pattern.ts";

/** A reference, and what it turns out to refer to once the whole schema is read. */
export interface Reference {
  readonly text: string;
  target: SchemaNode;
}

export interface PatternRule {
  readonly pattern: Pattern;
  readonly node: SchemaNode;
}

export interface PropertyRules {
  readonly properties: ReadonlyMap<string, SchemaNode>;
  readonly patterns: readonly PatternRule[];
  readonly additional: SchemaNode | undefined;
}

export interface ContainsRule {
  readonly node: SchemaNode;
  readonly min: number;
  readonly max: number;
}

export function checkReference(reference: Reference): Check {
  return (value, run, place, seen) => run.evaluate(reference.target, value, place, seen);
}

export function checkAllOf(nodes: readonly SchemaNode[]): Check {
  return (value, run, place, seen) => {
    let isMatch = true;
    for (const node of nodes) {
      if (run.evaluate(node, value, place, seen)) continue;
      isMatch = false;
      if (!run.wantsMore(place)) break;
    }
    return isMatch;
  };
}

export function checkAnyOf(nodes: readonly SchemaNode[]): Check {
  return (value, run, place, seen) => {
    let isMatch = false;
    for (const node of nodes) {
      isMatch = run.isMatch(node, value, seen) || isMatch;
      // What the others evaluate counts too, if anybody asks.
      if (isMatch && !seen) break;
    }
    return (
      isMatch || run.fail(place, "anyOf", () => `must match one of ${nodes.length} schemas at least, but matches none`)
    );
  };
}

export function checkOneOf(nodes: readonly SchemaNode[]): Check {
  return (value, run, place, seen) => {
    let match: number | undefined;
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i];
      if (!node || !run.isMatch(node, value, seen)) continue;
      if (match !== undefined) {
        const both = `the ones at ${match} and ${i}`;
        return run.fail(place, "oneOf", () => `must match exactly one of ${nodes.length} schemas, but matches ${both}`);
      }
      match = i;
    }
    return (
      match !== undefined ||
      run.fail(place, "oneOf", () => `must match exactly one of ${nodes.length} schemas, but matches none`)
    );
  };
}

export function checkNot(node: SchemaNode): Check {
  return (value, run, place) =>
    !run.isMatch(node, value, undefined) || run.fail(place, "not", () => "must not match the schema of not");
}

export function checkIf(condition: SchemaNode, then: SchemaNode | undefined, otherwise: SchemaNode | undefined): Check {
  return (value, run, place, seen) => {
    const next = run.isMatch(condition, value, seen) ? then : otherwise;
    return !next || run.evaluate(next, value, place, seen);
  };
}

export function checkDependentSchemas(nodes: ReadonlyMap<string, SchemaNode>): Check {
  return (value, run, place, seen) => {
    if (!isObject(value)) return true;
    let isMatch = true;
    for (const [name, node] of nodes) {
      run.meter.charge(1);
      if (!Object.hasOwn(value, name) || run.evaluate(node, value, place, seen)) continue;
      isMatch = false;
      if (!run.wantsMore(place)) break;
    }
    return isMatch;
  };
}

/** `properties`, `patternProperties` and `additionalProperties`, which is about what the other two leave. */
export function checkProperties({ properties, patterns, additional }: PropertyRules): Check {
  const hasNamesOnly = patterns.length === 0 && !additional;
  return (value, run, place, seen) => {
    if (!isObject(value)) return true;
    const names = hasNamesOnly ? properties.keys() : run.namesOf(value);
    let isMatch = true;
    for (const name of names) {
      run.meter.charge(seen ? 3 : 1);
      if (hasNamesOnly && !Object.hasOwn(value, name)) continue;
      const item = value[name] ?? null;
      const at = within(place, name);
      let isFine = true;
      let isNamed = false;
      const node = properties.get(name);
      if (node) {
        isNamed = true;
        isFine = run.evaluate(node, item, at, undefined);
      }
      for (const rule of patterns) {
        if (!run.test(rule.pattern, name)) continue;
        isNamed = true;
        isFine = run.evaluate(rule.node, item, at, undefined) && isFine;
      }
      if (!isNamed && additional) {
        isNamed = true;
        isFine = checkLeftOver(additional, item, run, at, "additionalProperties", name);
      }
      if (isNamed) seen?.names.add(name);
      if (isFine) continue;
      isMatch = false;
      if (!run.wantsMore(place)) break;
    }
    return isMatch;
  };
}

export function checkPropertyNames(node: SchemaNode): Check {
  return (value, run, place) => {
    if (!isObject(value)) return true;
    let isMatch = true;
    for (const name of run.namesOf(value)) {
      if (run.evaluate(node, name, undefined, undefined)) continue;
      isMatch = run.fail(place, "propertyNames", () => `must not have the property name ${quote(name)}`);
      if (!run.wantsMore(place)) break;
    }
    return isMatch;
  };
}

/** `prefixItems` and `items`, which is about what the other leaves. */
export function checkItems(prefix: readonly SchemaNode[], rest: SchemaNode | undefined): Check {
  return (value, run, place, seen) => {
    if (!isList(value)) return true;
    const end = rest ? value.length : Math.min(prefix.length, value.length);
    let isMatch = true;
    for (let i = 0; i < end; i++) {
      const node = prefix[i];
      const at = within(place, i);
      const item = value[i] ?? null;
      if (node ? run.evaluate(node, item, at, undefined) : !rest || checkLeftOver(rest, item, run, at, "items", i)) {
        continue;
      }
      isMatch = false;
      if (!run.wantsMore(place)) break;
    }
    if (seen) seen.itemsBelow = Math.max(seen.itemsBelow, end);
    return isMatch;
  };
}

export function checkContains({ node, min, max }: ContainsRule): Check {
  return (value, run, place, seen) => {
    if (!isList(value)) return true;
    let count = 0;
    for (let i = 0; i < value.length; i++) {
      if (!run.isMatch(node, value[i] ?? null, undefined)) continue;
      count++;
      seen?.items.add(i);
      if (count > max) {
        return run.fail(place, "maxContains", () => `must have at most ${max} items that match contains, but has more`);
      }
      if (!seen && count >= min && max === Infinity) break;
    }
    if (count >= min) return true;
    const keyword = min === 1 ? "contains" : "minContains";
    return run.fail(place, keyword, () => `must have at least ${min} items that match contains, but has ${count}`);
  };
}

export function checkUnevaluatedProperties(node: SchemaNode): Check {
  return (value, run, place, seen) => {
    if (!isObject(value) || !seen || seen.hasAllNames) return true;
    let isMatch = true;
    for (const name of run.namesOf(value)) {
      run.meter.charge(2);
      if (seen.names.has(name)) continue;
      const at = within(place, name);
      if (checkLeftOver(node, value[name] ?? null, run, at, "unevaluatedProperties", name)) continue;
      isMatch = false;
      if (!run.wantsMore(place)) break;
    }
    seen.hasAllNames = true;
    return isMatch;
  };
}

export function checkUnevaluatedItems(node: SchemaNode): Check {
  return (value, run, place, seen) => {
    if (!isList(value) || !seen) return true;
    let isMatch = true;
    for (let i = seen.itemsBelow; i < value.length; i++) {
      run.meter.charge(1);
      if (seen.items.has(i)) continue;
      if (checkLeftOver(node, value[i] ?? null, run, within(place, i), "unevaluatedItems", i)) continue;
      isMatch = false;
      if (!run.wantsMore(place)) break;
    }
    seen.itemsBelow = value.length;
    return isMatch;
  };
}

/** What no other keyword covers; where nothing is allowed the keyword itself says so, since `false` says little. */
function checkLeftOver(
  node: SchemaNode,
  value: JsonValue,
  run: Run,
  place: Parameters<Run["fail"]>[0],
  keyword: string,
  token: string | number,
): boolean {
  if (node !== NOTHING) return run.evaluate(node, value, place, undefined);
  run.meter.charge(1);
  return run.fail(place, keyword, () => {
    const what = typeof token === "string" ? `property ${quote(token)}` : `item ${token}`;
    return `the ${what} is not allowed here`;
  });
}
