/**
 * Turns a syntax tree into functions that evaluate it. Every step is charged before it is done; `SpentError` passes through
 * everything here, while what goes wrong in an expression is a `Failure` that `||` and `&&` may pass over.
 */
import { isLocal } from "./check.ts";
import type { Environment } from "./environment.ts";
import { expectBool, fail, isMap, type Program } from "./frame.ts";
import { findOverloads } from "./functions.ts";
import { makeLoop } from "./loop.ts";
import { OPERATORS } from "./operators.ts";
import { callOverload, describeMismatch } from "./overload.ts";
import { Pattern } from "./pattern.ts";
import { ExpressionProblem } from "./problem.ts";
import { describePath, fieldOf, type CallNode, type NameNode, type Node } from "./syntax.ts";
import {
  describeKey,
  describeKinds,
  Failure,
  isList,
  KIND,
  kindOf,
  lookUp,
  MadeMap,
  toMapKey,
  Uint,
  type MapKey,
  type Value,
} from "./values.ts";

interface Local {
  readonly name: string;
}

/**
 * The program of a tree whose names and functions have been checked.
 *
 * @throws ExpressionProblem for patterns that cannot be compiled
 */
export function makeProgram<S>(node: Node, environment: Environment<S>, local?: Local): Program<S> {
  const make = (child: Node): Program<S> => makeProgram(child, environment, local);
  switch (node.kind) {
    case "literal": {
      const { value } = node;
      return () => value;
    }
    case "name":
      return makeName(node, environment, local);
    case "select":
    case "has":
    case "index": {
      const member = findMember(node, environment, local);
      if (member && node.kind !== "has") return ({ scope }) => member(scope);
      if (member) return ({ scope }) => isThere(member(scope));
      const operand = make(node.operand);
      const path = describePath(node.operand) ?? "the value";
      if (node.kind === "index") return makeIndex(operand, make(node.index), path);
      return node.kind === "has" ? makeHas(operand, node.field, path) : makeSelect(operand, node.field, path);
    }
    case "call":
      return node.name === "matches" ? makeMatches(node, make) : makeCall(node, make);
    case "and":
      return makeLogic(make(node.left), make(node.right), false, '"&&"');
    case "or":
      return makeLogic(make(node.left), make(node.right), true, '"||"');
    case "choice":
      return makeChoice(make(node.condition), make(node.yes), make(node.no));
    case "list":
      return makeList(node.items.map(make));
    case "map":
      return makeMap(node.entries.map(({ key, value }) => ({ key: make(key), value: make(value) })));
    case "loop":
      return makeLoop(
        node,
        make(node.range),
        node.filter && makeProgram(node.filter, environment, { name: node.variable }),
        makeProgram(node.body, environment, { name: node.variable }),
      );
    default:
      return node satisfies never;
  }
}

function makeName<S>(node: NameNode, environment: Environment<S>, local: Local | undefined): Program<S> {
  if (isLocal(node, local)) return (frame) => frame.item;
  const variable = environment.get(node.name);
  if (!variable) throw new ExpressionProblem(`there is no ${node.name}`, node.at);
  const { read } = variable;
  return ({ scope, meter }) => {
    meter.charge(1);
    return read(scope);
  };
}

function findMember<S>(
  node: Node,
  environment: Environment<S>,
  local: Local | undefined,
): ((scope: S) => Value | Failure) | undefined {
  const read = fieldOf(node);
  if (read?.operand.kind !== "name" || isLocal(read.operand, local)) return undefined;
  return environment.get(read.operand.name)?.members?.get(read.field)?.read;
}

function isThere(value: Value | Failure): boolean | Failure {
  return value instanceof Failure ? value : true;
}

function makeSelect<S>(operand: Program<S>, field: string, path: string): Program<S> {
  return (frame) => {
    const value = operand(frame);
    if (value instanceof Failure) return value;
    frame.meter.charge(1);
    if (!isMap(value))
      return fail(frame, `${path} is ${describeKinds(kindOf(value))} and has no field ${describeKey(field)}`);
    const found = lookUp(value, field);
    return found === undefined ? fail(frame, `${path} has no field ${describeKey(field)}`) : found;
  };
}

function makeHas<S>(operand: Program<S>, field: string, path: string): Program<S> {
  return (frame) => {
    const value = operand(frame);
    if (value instanceof Failure) return value;
    frame.meter.charge(1);
    if (isMap(value)) return lookUp(value, field) !== undefined;
    return fail(frame, `${path} is ${describeKinds(kindOf(value))} and has no fields`);
  };
}

function makeIndex<S>(operand: Program<S>, index: Program<S>, path: string): Program<S> {
  return (frame) => {
    const value = operand(frame);
    if (value instanceof Failure) return value;
    const key = index(frame);
    if (key instanceof Failure) return key;
    frame.meter.charge(1 + (typeof key === "string" ? key.length >> 5 : 0));
    if (isList(value)) {
      const position = toPosition(key);
      const item = position === undefined ? undefined : value[position];
      if (item !== undefined) return item;
      return fail(frame, `${path} has ${value.length} items and nothing at ${describeKey(key)}`);
    }
    if (!isMap(value)) return fail(frame, `${path} is ${describeKinds(kindOf(value))}, nothing can be looked up in it`);
    const mapKey = toMapKey(key);
    const found = mapKey === undefined ? undefined : lookUp(value, mapKey);
    return found === undefined ? fail(frame, `${path} has no field ${describeKey(key)}`) : found;
  };
}

function makeCall<S>(node: CallNode, make: (child: Node) => Program<S>): Program<S> {
  const { name } = node;
  const overloads = OPERATORS.get(name) ?? findOverloads(name, node.isMethod);
  const args = node.args.map(make);
  return (frame) => {
    const values: Value[] = [];
    for (const arg of args) {
      const value = arg(frame);
      if (value instanceof Failure) return value;
      values.push(value);
    }
    return callOverload(name, overloads, values, frame.meter);
  };
}

function makeMatches<S>(node: CallNode, make: (child: Node) => Program<S>): Program<S> {
  const [text, source] = node.args;
  if (text === undefined || source?.kind !== "literal" || typeof source.value !== "string") {
    throw new ExpressionProblem("the pattern of matches() must be a string that stands in the expression", node.at);
  }
  const pattern = Pattern.compile(source.value, source.at);
  const operand = make(text);
  return (frame) => {
    const value = operand(frame);
    if (value instanceof Failure) return value;
    if (typeof value === "string") return pattern.test(value, frame.meter);
    return fail(frame, describeMismatch("matches", [kindOf(value), KIND.string]));
  };
}

/** `decisive` settles it, on either side, even if the other side fails. */
function makeLogic<S>(left: Program<S>, right: Program<S>, decisive: boolean, sign: string): Program<S> {
  return (frame) => {
    frame.meter.charge(1);
    const one = expectBool(left(frame), frame, sign);
    if (one === decisive) return decisive;
    const other = expectBool(right(frame), frame, sign);
    return other === decisive || !(one instanceof Failure) ? other : one;
  };
}

function makeChoice<S>(condition: Program<S>, yes: Program<S>, no: Program<S>): Program<S> {
  return (frame) => {
    frame.meter.charge(1);
    const isSo = expectBool(condition(frame), frame, '"?"');
    if (isSo instanceof Failure) return isSo;
    return isSo ? yes(frame) : no(frame);
  };
}

function makeList<S>(items: readonly Program<S>[]): Program<S> {
  return (frame) => {
    frame.meter.charge(1 + items.length);
    const values: Value[] = [];
    for (const item of items) {
      const value = item(frame);
      if (value instanceof Failure) return value;
      values.push(value);
    }
    return values;
  };
}

function makeMap<S>(entries: readonly { readonly key: Program<S>; readonly value: Program<S> }[]): Program<S> {
  return (frame) => {
    frame.meter.charge(1 + 4 * entries.length);
    const made = new Map<MapKey, { readonly key: Value; readonly value: Value }>();
    for (const entry of entries) {
      const key = entry.key(frame);
      if (key instanceof Failure) return key;
      const value = entry.value(frame);
      if (value instanceof Failure) return value;
      const mapKey = toMapKey(key);
      if (mapKey === undefined) return fail(frame, `${describeKey(key)} cannot be the key of a map`);
      if (typeof mapKey === "string") frame.meter.charge(mapKey.length >> 3);
      if (made.has(mapKey)) return fail(frame, `a map has the key ${describeKey(key)} twice`);
      made.set(mapKey, { key: typeof key === "number" ? BigInt(key) : key, value });
    }
    return new MadeMap(made);
  };
}

function toPosition(key: Value): number | undefined {
  if (typeof key === "number") return Number.isSafeInteger(key) ? key : undefined;
  if (typeof key === "bigint") return Number(key);
  return key instanceof Uint ? Number(key.value) : undefined;
}
