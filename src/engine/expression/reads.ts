import { isLocal } from "./check.ts";
import { childrenOf, fieldOf, type Node } from "./syntax.ts";

/** What an expression reads. */
export interface Reads {
  /** Anything at all that is not in its text. */
  readonly isConstant: boolean;
  readonly readsEvent: boolean;
  readonly dataFields: ReadonlySet<string>;
  readonly eventFields: ReadonlySet<string>;
}

type Owner = "data" | "event";

/** What is left to read of a folded expression. Fields that it asks for with `has()` or `in` need not be there. */
export function findReads(root: Node): Reads {
  const read = { data: new Set<string>(), event: new Set<string>() };
  const asked = { data: new Set<string>(), event: new Set<string>() };
  let isConstant = true;
  let readsEvent = false;
  function visit(node: Node, variable: string | undefined): void {
    const local = variable === undefined ? undefined : { name: variable };
    if (node.kind === "name" && !isLocal(node, local)) {
      isConstant = false;
      if (node.name === "event") readsEvent = true;
    }
    const field = fieldOf(node);
    const owner = field && findOwner(field.operand, variable);
    if (owner) (node.kind === "has" ? asked : read)[owner].add(field.field);
    if (node.kind === "call" && node.name === "@in") {
      const [key, map] = node.args;
      const holder = map && findOwner(map, variable);
      if (holder && key?.kind === "literal" && typeof key.value === "string") asked[holder].add(key.value);
    }
    if (node.kind === "loop") {
      visit(node.range, variable);
      if (node.filter) visit(node.filter, node.variable);
      visit(node.body, node.variable);
    } else for (const child of childrenOf(node)) visit(child, variable);
  }
  visit(root, undefined);
  return {
    isConstant,
    readsEvent,
    dataFields: read.data.difference(asked.data),
    eventFields: read.event.difference(asked.event),
  };
}

/** Whether a node is `data` or `event.data`. */
function findOwner(node: Node, variable: string | undefined): Owner | undefined {
  if (node.kind === "name") return node.name === "data" && (node.isGlobal || variable !== "data") ? "data" : undefined;
  const field = fieldOf(node);
  if (node.kind === "has" || field?.field !== "data" || field.operand.kind !== "name") return undefined;
  return field.operand.name === "event" && (field.operand.isGlobal || variable !== "event") ? "event" : undefined;
}
