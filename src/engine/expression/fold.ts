/** Evaluates what an expression says without reading anything. */
import { Meter, SpentError } from "../meter.ts";
import { isLocal } from "./check.ts";
import type { Environment } from "./environment.ts";
import { TYPES } from "./functions.ts";
import { ExpressionProblem } from "./problem.ts";
import { makeProgram } from "./program.ts";
import { describePath, type Node } from "./syntax.ts";
import { Failure, type Value } from "./values.ts";

/** More than 2 KiB of literals can need. */
export const FOLD_UNITS = 50_000;
const NO_NAMES: Environment<undefined> = new Map();
/** Their arguments are written out to be right; anything else may stand where it is never reached. */
const STRICT: ReadonlySet<string> = new Set(["timestamp", "duration"]);

interface Local {
  readonly name: string;
}

/**
 * The same expression with constants for what is constant, and without branches that are never taken.
 *
 * @throws ExpressionProblem for a literal that is no timestamp or duration
 */
export function fold<S>(node: Node, environment: Environment<S>, local?: Local): Node {
  const go = (child: Node): Node => fold(child, environment, local);
  switch (node.kind) {
    case "literal":
      return node;
    case "name":
    case "select": {
      const type = TYPES.get(describePath(node) ?? "");
      const root = findRoot(node);
      if (type && root && !isLocal(root, local) && !environment.has(root.name))
        return { kind: "literal", value: type, at: node.at };
      if (node.kind === "name") return node;
      const operand = go(node.operand);
      return evaluateLiterals({ ...node, operand }, [operand]);
    }
    case "has":
      return { ...node, operand: go(node.operand) };
    case "index": {
      const folded = { ...node, operand: go(node.operand), index: go(node.index) };
      return evaluateLiterals(folded, [folded.operand, folded.index]);
    }
    case "call": {
      const folded = { ...node, args: node.args.map(go) };
      return evaluateLiterals(folded, folded.args);
    }
    case "and":
    case "or": {
      const decisive = node.kind === "or";
      const left = go(node.left);
      const right = go(node.right);
      if (isLiteral(left, decisive) || isLiteral(right, decisive))
        return { kind: "literal", value: decisive, at: node.at };
      return evaluateLiterals({ ...node, left, right }, [left, right]);
    }
    case "choice": {
      const condition = go(node.condition);
      const yes = go(node.yes);
      const no = go(node.no);
      if (isLiteral(condition, true)) return yes;
      if (isLiteral(condition, false)) return no;
      return { ...node, condition, yes, no };
    }
    case "list": {
      const folded = { ...node, items: node.items.map(go) };
      return evaluateLiterals(folded, folded.items);
    }
    case "map": {
      const entries = node.entries.map(({ key, value }) => ({ key: go(key), value: go(value) }));
      return evaluateLiterals(
        { ...node, entries },
        entries.flatMap(({ key, value }) => [key, value]),
      );
    }
    case "loop": {
      const inner = { name: node.variable };
      const filter = node.filter && fold(node.filter, environment, inner);
      return { ...node, range: go(node.range), filter, body: fold(node.body, environment, inner) };
    }
  }
}

/** The value of an expression that reads nothing; a failure if it always fails, undefined if it takes too much work to say. */
export function evaluateConstant(node: Node): Value | Failure | undefined {
  try {
    return makeProgram(node, NO_NAMES)({ scope: undefined, meter: new Meter(FOLD_UNITS), item: null });
  } catch (error) {
    if (error instanceof SpentError) return undefined;
    throw error;
  }
}

function evaluateLiterals(node: Node, parts: readonly Node[]): Node {
  if (!parts.every((part) => part.kind === "literal")) return node;
  const value = evaluateConstant(node);
  if (value instanceof Failure) {
    if (node.kind === "call" && STRICT.has(node.name)) throw new ExpressionProblem(value.message, node.at);
    return node;
  }
  return value === undefined ? node : { kind: "literal", value, at: node.at };
}

function isLiteral(node: Node, value: boolean): boolean {
  return node.kind === "literal" && node.value === value;
}

function findRoot(node: Node): (Node & { readonly kind: "name" }) | undefined {
  if (node.kind === "name") return node;
  return node.kind === "select" ? findRoot(node.operand) : undefined;
}
