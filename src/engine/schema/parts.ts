/** What the keywords of one subschema have said, and the checks that come of it. */
import type { JsonValue } from "../json.ts";
import {
  checkAllOf,
  checkAnyOf,
  checkContains,
  checkDependentSchemas,
  checkIf,
  checkItems,
  checkNot,
  checkOneOf,
  checkProperties,
  checkPropertyNames,
  checkReference,
  checkUnevaluatedItems,
  checkUnevaluatedProperties,
  type PatternRule,
  type Reference,
} from "./applicators.ts";
import {
  checkDependentRequired,
  checkEqual,
  checkItemCount,
  checkLength,
  checkMultiple,
  checkNumber,
  checkPattern,
  checkPropertyCount,
  checkRequired,
  checkType,
  checkUnique,
  type TypeName,
} from "./assertions.ts";
import type { Check, SchemaNode } from "./node.ts";
import type { Pattern } from "./pattern.ts";

/** One member per keyword that decides anything; absent or undefined: the schema does not have it, or not a valid one. */
export interface Parts {
  type?: readonly TypeName[] | undefined;
  enum?: readonly JsonValue[] | undefined;
  const?: { readonly value: JsonValue } | undefined;
  multipleOf?: number | undefined;
  minimum?: number | undefined;
  maximum?: number | undefined;
  exclusiveMinimum?: number | undefined;
  exclusiveMaximum?: number | undefined;
  minLength?: number | undefined;
  maxLength?: number | undefined;
  pattern?: Pattern | undefined;
  minItems?: number | undefined;
  maxItems?: number | undefined;
  uniqueItems?: boolean | undefined;
  minProperties?: number | undefined;
  maxProperties?: number | undefined;
  required?: readonly string[] | undefined;
  dependentRequired?: ReadonlyMap<string, readonly string[]> | undefined;
  reference?: Reference | undefined;
  allOf?: readonly SchemaNode[] | undefined;
  anyOf?: readonly SchemaNode[] | undefined;
  oneOf?: readonly SchemaNode[] | undefined;
  not?: SchemaNode | undefined;
  if?: SchemaNode | undefined;
  then?: SchemaNode | undefined;
  else?: SchemaNode | undefined;
  dependentSchemas?: ReadonlyMap<string, SchemaNode> | undefined;
  properties?: ReadonlyMap<string, SchemaNode> | undefined;
  patternProperties?: readonly PatternRule[] | undefined;
  additionalProperties?: SchemaNode | undefined;
  propertyNames?: SchemaNode | undefined;
  prefixItems?: readonly SchemaNode[] | undefined;
  items?: SchemaNode | undefined;
  contains?: SchemaNode | undefined;
  minContains?: number | undefined;
  maxContains?: number | undefined;
  unevaluatedProperties?: SchemaNode | undefined;
  unevaluatedItems?: SchemaNode | undefined;
}

/** Gives `node` the checks of its keywords, cheap ones first. */
export function fillNode(node: SchemaNode, parts: Parts): void {
  node.checks = [...checksOfValue(parts), ...checksOfSchemas(parts), ...checksOfMembers(parts)];
  const last: Check[] = [];
  if (parts.unevaluatedProperties) last.push(checkUnevaluatedProperties(parts.unevaluatedProperties));
  if (parts.unevaluatedItems) last.push(checkUnevaluatedItems(parts.unevaluatedItems));
  node.lastChecks = last;
}

/** The schemas that a schema applies to the same value, whether or not the value has to match them. */
export function appliedInPlace(parts: Parts): SchemaNode[] {
  const nodes = appliedTogether(parts);
  if (parts.not) nodes.push(parts.not);
  return nodes;
}

/** Those that describe the value itself: without `not`, which describes what it is not. */
export function appliedTogether(parts: Parts): SchemaNode[] {
  const { reference, allOf = [], anyOf = [], oneOf = [], dependentSchemas } = parts;
  const nodes = [...allOf, ...anyOf, ...oneOf, ...(dependentSchemas?.values() ?? [])];
  if (reference) nodes.push(reference.target);
  // Without an `if` the other two do nothing.
  if (parts.if) nodes.push(...[parts.if, parts.then, parts.else].filter((node) => node !== undefined));
  return nodes;
}

function checksOfValue(parts: Parts): Check[] {
  const checks: Check[] = [];
  const { minLength, maxLength, minItems, maxItems, minProperties, maxProperties } = parts;
  if (parts.type) checks.push(checkType(parts.type));
  if (parts.const) checks.push(checkEqual("const", [parts.const.value]));
  if (parts.enum) checks.push(checkEqual("enum", parts.enum));
  pushNumberChecks(checks, parts);
  if (isEither(minLength, maxLength)) checks.push(checkLength(minLength ?? 0, maxLength ?? Infinity));
  if (isEither(minItems, maxItems)) checks.push(checkItemCount(minItems ?? 0, maxItems ?? Infinity));
  if (isEither(minProperties, maxProperties)) {
    checks.push(checkPropertyCount(minProperties ?? 0, maxProperties ?? Infinity));
  }
  if (parts.required) checks.push(checkRequired(parts.required));
  if (parts.dependentRequired) checks.push(checkDependentRequired(parts.dependentRequired));
  if (parts.pattern) checks.push(checkPattern(parts.pattern));
  return checks;
}

function pushNumberChecks(checks: Check[], parts: Parts): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = parts;
  if (minimum !== undefined) checks.push(checkNumber("minimum", "at least", minimum, (value) => value >= minimum));
  if (maximum !== undefined) checks.push(checkNumber("maximum", "at most", maximum, (value) => value <= maximum));
  if (exclusiveMinimum !== undefined) {
    checks.push(checkNumber("exclusiveMinimum", "more than", exclusiveMinimum, (value) => value > exclusiveMinimum));
  }
  if (exclusiveMaximum !== undefined) {
    checks.push(checkNumber("exclusiveMaximum", "less than", exclusiveMaximum, (value) => value < exclusiveMaximum));
  }
  if (parts.multipleOf !== undefined) checks.push(checkMultiple(parts.multipleOf));
}

function checksOfSchemas(parts: Parts): Check[] {
  const checks: Check[] = [];
  if (parts.reference) checks.push(checkReference(parts.reference));
  if (parts.allOf) checks.push(checkAllOf(parts.allOf));
  if (parts.anyOf) checks.push(checkAnyOf(parts.anyOf));
  if (parts.oneOf) checks.push(checkOneOf(parts.oneOf));
  if (parts.not) checks.push(checkNot(parts.not));
  if (parts.if) checks.push(checkIf(parts.if, parts.then, parts.else));
  if (parts.dependentSchemas) checks.push(checkDependentSchemas(parts.dependentSchemas));
  return checks;
}

function checksOfMembers(parts: Parts): Check[] {
  const checks: Check[] = [];
  const { properties, patternProperties, additionalProperties, prefixItems, items, contains } = parts;
  if (properties || patternProperties || additionalProperties) {
    const rules = {
      properties: properties ?? new Map<string, SchemaNode>(),
      patterns: patternProperties ?? [],
      additional: additionalProperties,
    };
    checks.push(checkProperties(rules));
  }
  if (parts.propertyNames) checks.push(checkPropertyNames(parts.propertyNames));
  if (prefixItems || items) checks.push(checkItems(prefixItems ?? [], items));
  // Without a `contains` the other two do nothing.
  if (contains) {
    checks.push(checkContains({ node: contains, min: parts.minContains ?? 1, max: parts.maxContains ?? Infinity }));
  }
  if (parts.uniqueItems) checks.push(checkUnique());
  return checks;
}

function isEither(min: number | undefined, max: number | undefined): boolean {
  return min !== undefined || max !== undefined;
}
