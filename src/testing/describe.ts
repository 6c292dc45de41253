/** Steps, machines and refusals in words, for whoever reads why a test has failed. */
import { show } from "./match.ts";
import type { Action, Expected } from "./step.ts";
import type { Machine, Presence, Receipt, Refusal } from "./target.ts";

export function describeAction(action: Action): string {
  switch (action.kind) {
    case "none":
      return "no machine";
    case "create": {
      const { state, data } = action;
      return `create${state === undefined ? "" : ` in ${show(state)}`}${withData(data)}`;
    }
    case "send":
      return `${show(action.event)}${withData(action.data)}`;
    case "pass":
      return `after ${action.text}`;
    default:
      return action satisfies never;
  }
}

function withData(data: object | undefined): string {
  return data === undefined || Object.keys(data).length === 0 ? "" : ` with ${show(data)}`;
}

export function describeExpected(expected: Expected | undefined): string {
  switch (expected?.kind) {
    case undefined:
      return "that it is done";
    case "state":
      return `the state ${show(expected.state)}`;
    case "refused":
      return `a refusal${expected.reason === undefined ? "" : `: ${expected.reason}`}`;
    case "ignored":
    case "deferred":
      return `that the event is ${expected.kind}`;
    case "duplicate":
      return "the receipt of the first time";
    case "gone":
      return "that the machine is gone";
    default:
      return expected satisfies never;
  }
}

export function describePresence(presence: Presence): string {
  if (presence === "none") return "there is no machine";
  if (presence === "gone") return "the machine is gone";
  const { state, revision, data } = presence;
  return `the machine is in ${show(state)} at revision ${revision}, with the data ${show(data)}`;
}

export function describeReceipt({ result, from, to, reason, duplicate }: Receipt): string {
  const once = duplicate ? ", as before" : "";
  if (result === "transitioned") return `the event moved the machine from ${show(from)} to ${show(to)}${once}`;
  return `the event was ${result}${reason === undefined ? "" : `: ${reason}`}${once}`;
}

export function describeRefusal({ reason, message, violations }: Refusal): string {
  const blamed = violations.map(({ pointer, rule, message: why }) => `\n    ${pointer} (${rule}): ${why}`);
  return `it was refused: ${reason}: ${message}${blamed.join("")}`;
}

/** Whether nothing has happened between the two. */
export function isSame(before: Presence, after: Presence): boolean {
  if (typeof before === "string" || typeof after === "string") return before === after;
  return before.revision === after.revision && textOf(before) === textOf(after);
}

function textOf({ state, data }: Machine): string {
  return JSON.stringify([state, data]);
}
