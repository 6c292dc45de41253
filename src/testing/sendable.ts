/**
 * What may be sent as it stands: an action is looked at before either target has it, since each would make something else
 * of what is no JSON. Pure.
 */
import { show } from "./match.ts";
import type { Action } from "./step.ts";
import type { Data, NewMachine } from "./target.ts";
import { UsageError } from "./usage-error.ts";

/** Deeper is what refers to itself; a machine refuses far less, and is to be seen to. */
const DEEPEST = 200;
/** What a revision may be on the wire: protobuf's uint32. */
const HIGHEST_REVISION = 2 ** 32 - 1;

/**
 * The action with data that is plain JSON, members that are `undefined` left out, and without what is empty and means the same as absent.
 * Throws a UsageError that names the field where it cannot be said in JSON, or is of another type.
 */
export function toSendable(action: Action): Action {
  switch (action.kind) {
    case "create":
      return { kind: "create", ...toNewMachine(action, "") };
    case "send": {
      const { event, eventId, data, details, originator, expectedState, expectedRevision, createIfMissing } = action;
      return {
        kind: "send",
        event: toText(event, "event"),
        // A machine makes an id where it is empty, another one each time.
        ...(eventId !== undefined && toText(eventId, "eventId") !== "" && { eventId }),
        ...(data !== undefined && { data: toData(data, "data") }),
        ...(details !== undefined && { details: toText(details, "details") }),
        ...(originator !== undefined && { originator: toText(originator, "originator") }),
        ...(expectedState !== undefined && { expectedState: toText(expectedState, "expectedState") }),
        ...(expectedRevision !== undefined && { expectedRevision: toRevision(expectedRevision) }),
        ...(createIfMissing !== undefined && { createIfMissing: toNewMachine(createIfMissing, "createIfMissing.") }),
      };
    }
    case "none":
    case "pass":
      return action;
    default:
      return action satisfies never;
  }
}

function toNewMachine({ state, data, labels }: NewMachine, path: string): NewMachine {
  return {
    ...(state !== undefined && { state: toText(state, `${path}state`) }),
    ...(data !== undefined && { data: toData(data, `${path}data`) }),
    ...(labels !== undefined && { labels: toLabels(labels, `${path}labels`) }),
  };
}

function toData(value: unknown, path: string): Data {
  if (!isPlainObject(value)) throw refuse(path, value, "must be a JSON object");
  return toJson(value, path, 0) as Data;
}

function toLabels(value: unknown, path: string): Record<string, string> {
  if (!isPlainObject(value)) throw refuse(path, value, "must be an object of texts");
  const members = Object.entries(value).filter(([, text]) => text !== undefined);
  return Object.fromEntries(members.map(([name, text]) => [toText(name, path), toText(text, `${path}.${name}`)]));
}

function toText(value: unknown, path: string): string {
  if (typeof value !== "string") throw refuse(path, value, "must be a text");
  // On the wire it would silently be another text.
  if (!value.isWellFormed()) throw refuse(path, value, "must not have a lone surrogate");
  return value;
}

function toRevision(value: unknown): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= HIGHEST_REVISION) return value;
  throw refuse("expectedRevision", value, `must be a whole number from 0 to ${HIGHEST_REVISION}`);
}

function toJson(value: unknown, path: string, depth: number): unknown {
  if (depth > DEEPEST) throw new UsageError(`${path.slice(0, 40)}… nests deeper than ${DEEPEST}, or refers to itself`);
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return toText(value, path);
  if (typeof value === "number") {
    if (Number.isFinite(value)) return value;
    throw refuse(path, String(value), "must be a number that JSON has");
  }
  if (Array.isArray(value)) return Array.from(value, (item, i) => toJson(item, `${path}[${i}]`, depth + 1));
  if (!isPlainObject(value)) throw refuse(path, value, "must be JSON");
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.map(([name, member]) => [toText(name, path), toJson(member, `${path}.${name}`, depth + 1)]),
  );
}

/** No list, and none of those whose fields are not what they are: dates, maps, instances of classes. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function refuse(path: string, value: unknown, rule: string): UsageError {
  const isPlain = typeof value !== "object" || value === null || Array.isArray(value) || isPlainObject(value);
  const kind = isPlain ? "" : Object.prototype.toString.call(value).slice("[object ".length, -1);
  return new UsageError(`${path} ${rule}, but is ${isPlain ? show(value) : `of the kind ${kind}`}`);
}
