/** Macros: the only way an expression does anything more than once. They do not nest, so one variable is enough. */
import { LIMITS } from "../limits.ts";
import { listKeys } from "./equality.ts";
import { expectBool, fail, isMap, type Frame, type Program } from "./frame.ts";
import type { LoopNode } from "./syntax.ts";
import { describeKinds, Failure, isList, kindOf, type Value } from "./values.ts";

/** The program of a macro, made of those of its parts. */
export function makeLoop<S>(
  node: LoopNode,
  range: Program<S>,
  filter: Program<S> | undefined,
  body: Program<S>,
): Program<S> {
  const where = `${node.macro}()`;
  function iterate(frame: Frame<S>): readonly Value[] | Failure {
    const value = range(frame);
    if (value instanceof Failure) return value;
    frame.meter.charge(2);
    const items = isList(value) ? value : isMap(value) ? listKeys(value, frame.meter) : undefined;
    if (!items) return fail(frame, `${where} goes through a list or a map, not ${describeKinds(kindOf(value))}`);
    if (items.length <= LIMITS.expressionItems) return items;
    return fail(frame, `${where} goes through at most ${LIMITS.expressionItems} items, not ${items.length}`);
  }
  function test(condition: Program<S>, item: Value, frame: Frame<S>): boolean | Failure {
    frame.meter.charge(1);
    frame.item = item;
    return expectBool(condition(frame), frame, where);
  }
  switch (node.macro) {
    case "all":
    case "exists":
      return (frame) => {
        const items = iterate(frame);
        if (items instanceof Failure) return items;
        const decisive = node.macro === "exists";
        let result: boolean | Failure = !decisive;
        for (const item of items) {
          const isSo = test(body, item, frame);
          if (isSo === decisive) return decisive;
          if (isSo instanceof Failure) result = isSo;
        }
        return result;
      };
    case "existsOne":
      return (frame) => {
        const items = iterate(frame);
        if (items instanceof Failure) return items;
        let count = 0;
        for (const item of items) {
          const isSo = test(body, item, frame);
          if (isSo instanceof Failure) return isSo;
          if (isSo) count++;
        }
        return count === 1;
      };
    case "filter":
    case "map":
      return (frame) => {
        const items = iterate(frame);
        if (items instanceof Failure) return items;
        const made: Value[] = [];
        const condition = node.macro === "filter" ? body : filter;
        for (const item of items) {
          const isSo = condition ? test(condition, item, frame) : true;
          if (isSo instanceof Failure) return isSo;
          if (!isSo) continue;
          frame.meter.charge(1);
          frame.item = item;
          const value = node.macro === "filter" ? item : body(frame);
          if (value instanceof Failure) return value;
          made.push(value);
        }
        return made;
      };
    default:
      return node.macro satisfies never;
  }
}
