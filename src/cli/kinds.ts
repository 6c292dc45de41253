/**
 * The documents that `send` takes, as go-statemachine's command line has them (its docs/cli.md): `kind`, an optional `id`,
 * and a `spec` whose keys its files write in several ways (`startingState`, `startingstate`, `starting_state`).
 */
import { usage } from "./failure.ts";
import type { InputDocument } from "./documents.ts";

const KINDS = ["Configuration", "FiniteStateMachine", "EventRequest"] as const;

export type Kind = (typeof KINDS)[number];

/** What a document asks for, in the words of the JSON routes. */
export type Request =
  | { readonly kind: "Configuration"; readonly body: Fields }
  | { readonly kind: "FiniteStateMachine"; readonly body: Fields }
  | { readonly kind: "EventRequest"; readonly configuration: string; readonly id: string; readonly body: Fields };

type Fields = Record<string, unknown>;

/** Keys of the routes, by their letters alone. Below `data`, `schema`, `assign` and `labels` keys are the customer's. */
const KEYS = new Map(
  [
    ["name", "version", "starting_state", "states", "transitions", "from", "to", "event", "guard", "assign", "after"],
    ["deadline", "initial_states", "state_options", "event_options", "schema", "unhandled", "defer_for", "retention"],
    ["outcomes", "final", "history", "config_id", "config", "id", "state", "data", "labels", "event_id", "details"],
    ["originator", "timestamp", "transition"],
  ]
    .flat()
    .map((key) => [lettersOf(key), key]),
);
/** What is in them is named by the customer; what is in that again, by us. */
const MAPS = new Set(["state_options", "event_options"]);
/** What is in them is the customer's altogether. */
const OPEN = new Set(["data", "schema", "assign", "labels"]);

const API_VERSIONS = ["v1alpha", "v1beta", "v1"];

/** Reads one document. Throws what is wrong with it, with its place. */
export function readRequest(document: InputDocument): Request {
  const fail = (pointer: string, message: string): never => {
    const { line, column } = document.placeOf(pointer);
    throw usage(`${document.file}:${line}:${column}: ${message}`);
  };
  const object = (value: unknown, pointer: string): Fields =>
    isFields(value) ? value : fail(pointer, `${pointer || "a document"} must be a map`);
  const text = (value: unknown, pointer: string): string =>
    typeof value === "string" && value !== "" ? value : fail(pointer, `${pointer} is missing, or no text`);

  const { apiVersion, kind: named, id, metadata, spec: given, ...others } = object(document.value, "");
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    fail(`/${unknown}`, `"${unknown}" is not known beside apiVersion, kind, id, metadata and spec`);
  if (apiVersion !== undefined && !API_VERSIONS.some((version) => version === apiVersion)) {
    fail("/apiVersion", `apiVersion is one of ${API_VERSIONS.join(", ")}, not ${JSON.stringify(apiVersion)}`);
  }
  const kind = KINDS.find((each) => each.toLowerCase() === text(named, "/kind").toLowerCase());
  if (kind === undefined) return fail("/kind", `kind is one of ${KINDS.join(", ")}, not ${JSON.stringify(named)}`);
  const spec = normalize(object(given, "/spec")) as Fields;
  const documentId = id === undefined || id === "" ? undefined : text(id, "/id");

  if (kind === "Configuration") {
    if (documentId !== undefined) fail("/id", "a configuration has no id: it is known by its name and version");
    return { kind, body: spec };
  }
  if (kind === "FiniteStateMachine") {
    const labels = isFields(metadata) && isFields(metadata["labels"]) ? { labels: metadata["labels"] } : {};
    // A history that was read from a service belongs to that machine, not to a new one.
    const { history: _, ...body } = spec;
    return { kind, body: { ...labels, ...body, ...(documentId !== undefined && { id: documentId }) } };
  }
  const event = object(spec["event"], "/spec/event");
  const { transition, event_id: ownId, ...about } = event;
  // An empty one is none: the service would make another each time it is asked.
  const eventId = ownId === "" ? documentId : (ownId ?? documentId);
  const name = object(transition, "/spec/event/transition")["event"];
  return {
    kind,
    configuration: text(spec["config"], "/spec/config"),
    id: text(spec["id"], "/spec/id"),
    body: {
      event: text(name, "/spec/event/transition/event"),
      ...(eventId !== undefined && { event_id: eventId }),
      ...about,
    },
  };
}

/** `value` with the keys of the routes; keys that are not known stay as they are, for the service to name them. */
function normalize(value: unknown, isMap = false): unknown {
  if (Array.isArray(value)) return value.map((item) => normalize(item));
  if (!isFields(value)) return value;
  const members = Object.entries(value).map(([written, member]): [string, unknown] => {
    const key = isMap ? written : (KEYS.get(lettersOf(written)) ?? written);
    if (!isMap && OPEN.has(key)) return [key, member];
    return [key, normalize(member, !isMap && MAPS.has(key))];
  });
  return Object.fromEntries(members);
}

function lettersOf(key: string): string {
  return key.toLowerCase().replaceAll(/[_-]/g, "");
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
