/**
 * Finds what can only go wrong before it does: names and functions that there are not, and kinds of values for which an
 * operator or a function has nothing. Kinds are sets, so that what may be right passes.
 */
import { LIMITS } from "../limits.ts";
import { quote } from "../names.ts";
import { JSON_TYPE, type Environment, type StaticType, type Variable } from "./environment.ts";
import { findOverloads, FUNCTIONS, METHODS, TYPES } from "./functions.ts";
import { OPERATORS } from "./operators.ts";
import { describeFunction, describeMismatch, inferResult } from "./overload.ts";
import { ExpressionProblem, LimitProblem } from "./problem.ts";
import { describePath, fieldOf, type CallNode, type LoopNode, type NameNode, type Node } from "./syntax.ts";
import { ANY_KIND, describeKinds, JSON_KINDS, KIND, kindOf, NUMBER_KINDS } from "./values.ts";

const SCALAR_KINDS = KIND.null | KIND.bool | KIND.double | KIND.string;
const KEY_KINDS = KIND.bool | KIND.string | NUMBER_KINDS;
const ANY_TYPE: StaticType = { kinds: ANY_KIND, isJson: false };
const BOOL_TYPE: StaticType = { kinds: KIND.bool, isJson: true };
const TYPE_TYPE: StaticType = { kinds: KIND.type, isJson: false };
const EQUALITIES: ReadonlySet<string> = new Set(["_==_", "_!=_"]);

/** The variable of the macro around a node. */
interface Local {
  readonly name: string;
  readonly type: StaticType;
}

/**
 * What an expression may give.
 *
 * @throws ExpressionProblem
 */
export function inferType(node: Node, environment: Environment<never>): StaticType {
  return new Checker(environment).infer(node, undefined);
}

class Checker {
  readonly #environment: Environment<never>;
  #isInLoop = false;
  #patterns = 0;

  constructor(environment: Environment<never>) {
    this.#environment = environment;
  }

  infer(node: Node, local: Local | undefined): StaticType {
    switch (node.kind) {
      case "literal":
        return scalar(kindOf(node.value));
      case "name":
        return this.#inferName(node, local);
      case "select":
      case "has":
      case "index":
        return this.#inferMember(node, local);
      case "call":
        return this.#inferCall(node, local);
      case "and":
      case "or":
        this.#expectBool(node.left, local, node.kind === "and" ? '"&&"' : '"||"');
        this.#expectBool(node.right, local, node.kind === "and" ? '"&&"' : '"||"');
        return BOOL_TYPE;
      case "choice": {
        this.#expectBool(node.condition, local, '"?"');
        const yes = this.infer(node.yes, local);
        const no = this.infer(node.no, local);
        return { kinds: yes.kinds | no.kinds, isJson: yes.isJson && no.isJson };
      }
      case "list": {
        const items = node.items.map((item) => this.infer(item, local));
        return { kinds: KIND.list, isJson: items.every(isJsonType) };
      }
      case "map":
        return this.#inferMap(node, local);
      case "loop":
        return this.#inferLoop(node, local);
      default:
        return node satisfies never;
    }
  }

  #inferName(node: NameNode, local: Local | undefined): StaticType {
    if (isLocal(node, local)) return local.type;
    const variable = this.#environment.get(node.name);
    if (variable) return variable.type;
    if (TYPES.has(node.name)) return TYPE_TYPE;
    const names = [...this.#environment.keys()].join(", ");
    throw new ExpressionProblem(`there is no ${quote(node.name)}; an expression sees ${names}`, node.at);
  }

  #inferMember(node: Node & { readonly kind: "select" | "has" | "index" }, local: Local | undefined): StaticType {
    if (node.kind === "select" && this.#isTypePath(node, local)) return TYPE_TYPE;
    const member = this.#findMember(node, local);
    if (member) return node.kind === "has" ? BOOL_TYPE : member.type;
    const operand = this.infer(node.operand, local);
    const allowed = node.kind === "index" ? KIND.map | KIND.list : KIND.map;
    if ((operand.kinds & allowed) === 0) {
      const what = describePath(node.operand) ?? "this";
      const lacks = node.kind === "index" ? "nothing can be looked up in it" : `has no field ${quote(node.field)}`;
      throw new ExpressionProblem(`${what} is ${describeKinds(operand.kinds)}, ${lacks}`, node.at);
    }
    if (node.kind === "index") {
      const index = this.infer(node.index, local);
      const wanted = operand.kinds & KIND.map ? KEY_KINDS : NUMBER_KINDS;
      if ((index.kinds & wanted) === 0) {
        throw new ExpressionProblem(`nothing is found under ${describeKinds(index.kinds)}`, node.at);
      }
    }
    if (node.kind === "has") return BOOL_TYPE;
    return operand.isJson ? JSON_TYPE : ANY_TYPE;
  }

  /** `event.name` and the like; those that a variable has not got are refused. */
  #findMember(node: Node, local: Local | undefined): Variable<never> | undefined {
    const read = fieldOf(node);
    if (read?.operand.kind !== "name" || isLocal(read.operand, local)) return undefined;
    const members = this.#environment.get(read.operand.name)?.members;
    if (!members) return undefined;
    const member = members.get(read.field);
    if (member) return member;
    const names = [...members.keys()].join(", ");
    throw new ExpressionProblem(`${read.operand.name} has no ${quote(read.field)}; it has ${names}`, node.at);
  }

  #isTypePath(node: Node, local: Local | undefined): boolean {
    const path = describePath(node);
    const root = path?.split(".")[0] ?? "";
    return path !== undefined && TYPES.has(path) && root !== local?.name && !this.#environment.has(root);
  }

  #inferCall(node: CallNode, local: Local | undefined): StaticType {
    const overloads = OPERATORS.get(node.name) ?? findOverloads(node.name, node.isMethod);
    const isMatches = node.name === "matches";
    if (overloads.length === 0 && !isMatches) this.#refuseFunction(node, local);
    const types = node.args.map((arg) => this.infer(arg, local));
    const kinds = types.map((type) => type.kinds);
    const counts = isMatches ? [2] : [...new Set(overloads.map(({ args }) => args.length))];
    if (!counts.includes(kinds.length)) {
      const shown = counts.map((count) => (node.isMethod ? count - 1 : count)).join(" or ");
      const given = node.isMethod ? kinds.length - 1 : kinds.length;
      throw new ExpressionProblem(`${describeFunction(node.name)} takes ${shown} argument(s), not ${given}`, node.at);
    }
    if (isMatches) {
      this.#patterns++;
      if (this.#patterns > LIMITS.expressionPatterns) {
        throw new LimitProblem(`an expression has at most ${LIMITS.expressionPatterns} patterns`, node.at);
      }
      const isText = kinds.every((kind) => (kind & KIND.string) !== 0);
      if (!isText) throw new ExpressionProblem(describeMismatch(node.name, kinds), node.at);
      return BOOL_TYPE;
    }
    const result = inferResult(overloads, kinds);
    if (result === 0) throw new ExpressionProblem(describeMismatch(node.name, kinds) + hint(kinds), node.at);
    if (EQUALITIES.has(node.name)) refuseUnlike(node, kinds);
    if (node.name === "_+_" && result === KIND.list) return { kinds: result, isJson: types.every(isJsonType) };
    return scalar(result);
  }

  #refuseFunction(node: CallNode, local: Local | undefined): never {
    const [target] = node.args;
    const other = node.isMethod ? FUNCTIONS : METHODS;
    if (other.has(node.name)) {
      const right = node.isMethod ? `${node.name}(x)` : `x.${node.name}()`;
      throw new ExpressionProblem(`${node.name} is called as ${right}`, node.at);
    }
    if (node.isMethod && target?.kind === "name" && !isLocal(target, local) && !this.#environment.has(target.name)) {
      throw new ExpressionProblem(`there is no function ${quote(`${target.name}.${node.name}`)}`, target.at);
    }
    throw new ExpressionProblem(`there is no function ${quote(node.name)}`, node.at);
  }

  #inferMap(node: Node & { readonly kind: "map" }, local: Local | undefined): StaticType {
    let isJson = true;
    for (const { key, value } of node.entries) {
      const { kinds } = this.infer(key, local);
      if ((kinds & KEY_KINDS) === 0) {
        throw new ExpressionProblem(`${describeKinds(kinds)} cannot be the key of a map`, key.at);
      }
      if (!isJsonType(this.infer(value, local)) || kinds !== KIND.string) isJson = false;
    }
    return { kinds: KIND.map, isJson };
  }

  #inferLoop(node: LoopNode, local: Local | undefined): StaticType {
    if (this.#isInLoop) {
      throw new ExpressionProblem(
        "a macro (all, exists, exists_one, map, filter) cannot stand within another; map() takes a condition as its second argument",
        node.at,
      );
    }
    this.#isInLoop = true;
    const range = this.infer(node.range, local);
    if ((range.kinds & (KIND.list | KIND.map)) === 0) {
      throw new ExpressionProblem(
        `${node.macro}() goes through a list or a map, not ${describeKinds(range.kinds)}`,
        node.at,
      );
    }
    const item = range.isJson ? (range.kinds === KIND.map ? scalar(KIND.string) : JSON_TYPE) : ANY_TYPE;
    const inner: Local = { name: node.variable, type: item };
    if (node.filter) this.#expectBool(node.filter, inner, "map()");
    const isCondition = node.macro !== "map";
    const body = isCondition ? this.#expectBool(node.body, inner, `${node.macro}()`) : this.infer(node.body, inner);
    this.#isInLoop = false;
    if (node.macro === "map") return { kinds: KIND.list, isJson: isJsonType(body) };
    if (node.macro === "filter") return { kinds: KIND.list, isJson: range.isJson };
    return BOOL_TYPE;
  }

  #expectBool(node: Node, local: Local | undefined, where: string): StaticType {
    const type = this.infer(node, local);
    if ((type.kinds & KIND.bool) !== 0) return type;
    throw new ExpressionProblem(`${where} takes bool, not ${describeKinds(type.kinds)}`, node.at);
  }
}

/** Whether a name is the variable of the macro around it. */
export function isLocal<T extends { readonly name: string }>(node: NameNode, local: T | undefined): local is T {
  return local !== undefined && !node.isGlobal && node.name === local.name;
}

function scalar(kinds: number): StaticType {
  return { kinds, isJson: (kinds & ~SCALAR_KINDS) === 0 };
}

function isJsonType(type: StaticType): boolean {
  return type.isJson || (type.kinds & ~SCALAR_KINDS) === 0;
}

/** `state == 1` is false whatever happens, which nobody means. */
function refuseUnlike(node: CallNode, kinds: readonly number[]): void {
  const [left = 0, right = 0] = kinds.map((kind) => (kind & NUMBER_KINDS ? kind | NUMBER_KINDS : kind));
  if ((left & right) !== 0) return;
  const [one = 0, other = 0] = kinds;
  throw new ExpressionProblem(`${describeKinds(one)} is never equal to ${describeKinds(other)}${hint(kinds)}`, node.at);
}

/** JSON has no times: the likeliest mistake. */
function hint(kinds: readonly number[]): string {
  const isJson = kinds.some((kind) => (kind & KIND.string) !== 0 && (kind & ~JSON_KINDS) === 0);
  if (isJson && kinds.includes(KIND.timestamp)) return "; timestamp() makes a timestamp of a string";
  if (isJson && kinds.includes(KIND.duration)) return "; duration() makes a duration of a string";
  return "";
}
