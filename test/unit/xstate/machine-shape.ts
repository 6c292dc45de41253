/** What an XState v5 machine configuration may look like, as far as exports go (https://stately.ai/docs/machines). */
import { expect } from "vitest";
import { isFields } from "../../../src/xstate/words.ts";

interface Machine {
  readonly id: string;
  readonly initial: string;
  readonly states: Record<string, { readonly id?: string; readonly [key: string]: unknown }>;
}

const ROOT = ["id", "version", "initial", "meta", "states"];
const STATE = ["id", "type", "on", "after"];
const TRANSITION = ["target", "guard", "actions", "reenter", "meta"];

function expectKeys(value: object, known: readonly string[]): void {
  expect(Object.keys(value).filter((key) => !known.includes(key))).toEqual([]);
}

/** The state that a transition leads to; throws where there is none. Reads targets as XState does: `#id`, `\.` in a name. */
export function resolveTarget(machine: object, transition: unknown): string {
  const { states } = machine as Machine;
  const target = isFields(transition) ? transition["target"] : transition;
  if (typeof target !== "string") throw new Error("there is no target");
  const byId = Object.entries(states).find(([, { id }]) => id !== undefined && `#${id}` === target)?.[0];
  const state = target.startsWith("#") ? byId : target;
  if (state === undefined || !Object.hasOwn(states, state) || (byId === undefined && /[.\\]/.test(target))) {
    throw new Error(`"${target}" is none of the states`);
  }
  return state;
}

/** Expects the shape that the documentation names. */
export function checkMachine(machine: object): void {
  const { id, initial, states } = machine as Machine;
  expectKeys(machine, ROOT);
  expect(typeof id).toBe("string");
  expect(Object.keys(states)).toContain(initial);
  for (const [name, state] of Object.entries(states)) {
    expectKeys(state, STATE);
    expect([undefined, "final"]).toContain(state["type"]);
    if (state["type"] === "final") expectKeys(state, ["id", "type"]);
    for (const [event, value] of Object.entries({ ...(state["on"] as object), ...(state["after"] as object) })) {
      expect(event).not.toMatch(/^$|\*$/);
      for (const transition of Array.isArray(value) ? (value as unknown[]) : [value]) {
        // Otherwise it would not be entered anew, and its delays would go on.
        const isReentered = isFields(transition) && transition["reenter"] === true;
        expect(isReentered).toBe(resolveTarget(machine, transition) === name);
        if (isFields(transition)) checkTransition(transition);
        else expect(typeof transition).toBe("string");
      }
    }
    for (const delay of Object.keys((state["after"] as object | undefined) ?? {})) {
      expect(delay).toMatch(/^\d+$|^deadline: /);
    }
  }
}

function checkTransition(transition: Record<string, unknown>): void {
  expectKeys(transition, TRANSITION);
  const { guard, actions } = transition;
  if (guard !== undefined) expect(guard).toEqual({ type: "cel", params: { expression: expect.any(String) } });
  if (actions !== undefined) {
    expect(actions).toEqual([{ type: "detent.assign", params: { fields: expect.any(Object) } }]);
  }
}
