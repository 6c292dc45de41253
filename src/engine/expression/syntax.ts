/** The syntax tree of an expression. Macros stay what they are, so that a loop can be counted as one. */
import type { Value } from "./values.ts";

export type Macro = "all" | "exists" | "existsOne" | "map" | "filter";

/** `at` is where the node's own sign or name stands: an offset in UTF-16 code units. */
export type Node =
  | { readonly kind: "literal"; readonly value: Value; readonly at: number }
  | NameNode
  | SelectNode
  /** `has(operand.field)` */
  | { readonly kind: "has"; readonly operand: Node; readonly field: string; readonly at: number }
  | { readonly kind: "index"; readonly operand: Node; readonly index: Node; readonly at: number }
  | CallNode
  | { readonly kind: "and" | "or"; readonly left: Node; readonly right: Node; readonly at: number }
  | { readonly kind: "choice"; readonly condition: Node; readonly yes: Node; readonly no: Node; readonly at: number }
  | { readonly kind: "list"; readonly items: readonly Node[]; readonly at: number }
  | { readonly kind: "map"; readonly entries: readonly EntryNode[]; readonly at: number }
  | LoopNode;

export interface NameNode {
  readonly kind: "name";
  readonly name: string;
  /** Written `.name`: never the variable of a macro. */
  readonly isGlobal: boolean;
  readonly at: number;
}

export interface SelectNode {
  readonly kind: "select";
  readonly operand: Node;
  readonly field: string;
  readonly at: number;
}

/** A function, a method (its target is the first argument) or an operator such as `_+_`. */
export interface CallNode {
  readonly kind: "call";
  readonly name: string;
  readonly isMethod: boolean;
  readonly args: readonly Node[];
  readonly at: number;
}

export interface EntryNode {
  readonly key: Node;
  readonly value: Node;
}

/** `range.macro(variable, body)`; `filter` is the condition of `map` with three arguments. */
export interface LoopNode {
  readonly kind: "loop";
  readonly macro: Macro;
  readonly range: Node;
  readonly variable: string;
  readonly filter: Node | undefined;
  readonly body: Node;
  readonly at: number;
}

/** The nodes directly below one. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case "literal":
    case "name":
      return [];
    case "select":
    case "has":
      return [node.operand];
    case "index":
      return [node.operand, node.index];
    case "call":
      return node.args;
    case "and":
    case "or":
      return [node.left, node.right];
    case "choice":
      return [node.condition, node.yes, node.no];
    case "list":
      return node.items;
    case "map":
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case "loop":
      return node.filter ? [node.range, node.filter, node.body] : [node.range, node.body];
  }
}

/** `data.order.id` of a chain of names, as an author would write it; undefined of anything else. */
export function describePath(node: Node): string | undefined {
  if (node.kind === "name") return node.name;
  if (node.kind === "select") {
    const operand = describePath(node.operand);
    return operand === undefined ? undefined : `${operand}.${node.field}`;
  }
  if (node.kind === "index" && node.index.kind === "literal") {
    const operand = describePath(node.operand);
    const { value } = node.index;
    if (operand === undefined || (typeof value !== "string" && typeof value !== "bigint")) return undefined;
    return `${operand}[${typeof value === "string" ? JSON.stringify(value) : value}]`;
  }
  return undefined;
}

/** The constant name of a member that is read: `x.f` and `x["f"]`. */
export function fieldOf(node: Node): { readonly operand: Node; readonly field: string } | undefined {
  if (node.kind === "select" || node.kind === "has") return node;
  if (node.kind === "index" && node.index.kind === "literal" && typeof node.index.value === "string") {
    return { operand: node.operand, field: node.index.value };
  }
  return undefined;
}
