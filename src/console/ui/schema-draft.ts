/** What somebody has entered into a schema's form so far, and the payload that it makes. */
import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import { isObject, type SchemaField } from "./schema-fields.ts";

/** Texts as they were typed: a number stays a text until the payload is read. */
export interface Draft {
  /** The whole is entered as JSON. */
  readonly isJson: boolean;
  /** Text by the pointer of its field. Of a choice: its place among the choices. */
  readonly texts: ReadonlyMap<string, string>;
  /** The whole as JSON; empty: no data. */
  readonly json: string;
}

/** The payload, or what is wrong by pointer; `""` is the whole. */
export interface Payload {
  /** Undefined: none. */
  readonly data: JsonObject | undefined;
  readonly errors: ReadonlyMap<string, string>;
}

type Fields = readonly SchemaField[] | undefined;

/** A draft with the defaults of the fields, or with the data that is given. */
export function beginDraft(fields: Fields, data?: JsonObject): Draft {
  if (fields === undefined) return { isJson: true, texts: new Map(), json: data ? format(data) : "" };
  const texts = data === undefined ? defaultsOf(fields) : textsOf(fields, data);
  return texts === undefined
    ? { isJson: true, texts: new Map(), json: format(data ?? {}) }
    : { isJson: false, texts, json: "" };
}

export function readDraft(fields: Fields, draft: Draft): Payload {
  if (draft.isJson || fields === undefined) return readJson(draft.json);
  const errors = new Map<string, string>();
  return { data: readObject(fields, draft.texts, errors) ?? {}, errors };
}

/** The same as JSON or as a form; a text says why it cannot be shown so. */
export function switchDraft(fields: readonly SchemaField[], draft: Draft): Draft | string {
  const { data, errors } = readDraft(fields, draft);
  if (!draft.isJson) {
    // Whatever is unfinished in the form may be finished as JSON.
    return { ...draft, isJson: true, json: format(data ?? {}) };
  }
  const wrong = errors.get("");
  if (wrong !== undefined) return wrong;
  const texts = textsOf(fields, data ?? {});
  return texts === undefined ? "The form has no fields for some of this JSON." : { isJson: false, texts, json: "" };
}

const format = (value: JsonValue): string => JSON.stringify(value, null, 2);

function readJson(text: string): Payload {
  const none = new Map<string, string>();
  if (text.trim() === "") return { data: undefined, errors: none };
  try {
    const data: unknown = JSON.parse(text);
    if (isObject(data)) return { data, errors: none };
    return { data: undefined, errors: new Map([["", "This must be a JSON object, such as {}."]]) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { data: undefined, errors: new Map([["", `This is no JSON: ${why}`]]) };
  }
}

/** Undefined: nothing was entered. */
function readObject(
  fields: readonly SchemaField[],
  texts: ReadonlyMap<string, string>,
  errors: Map<string, string>,
): JsonObject | undefined {
  const members = fields.flatMap((field): [string, JsonValue][] => {
    const value = readField(field, texts, errors);
    return value === undefined ? [] : [[field.name, value]];
  });
  // fromEntries makes own properties, also of a name like `__proto__`.
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

function readField(
  field: SchemaField,
  texts: ReadonlyMap<string, string>,
  errors: Map<string, string>,
): JsonValue | undefined {
  const { pointer, kind, isRequired } = field;
  if (kind === "object") {
    if (isRequired || hasText(field.fields, texts)) return readObject(field.fields, texts, errors) ?? {};
    return undefined;
  }
  const text = texts.get(pointer) ?? "";
  const isEmpty = kind === "text" ? text === "" : text.trim() === "";
  if (isEmpty) {
    if (isRequired) errors.set(pointer, kind === "text" ? "Enter something, or an empty text as JSON." : "Enter it.");
    return undefined;
  }
  const read = readText(field, text);
  if ("problem" in read) {
    errors.set(pointer, read.problem);
    return undefined;
  }
  return read.value;
}

/** An object of which nothing was entered is left out, whatever it would require. */
function hasText(fields: readonly SchemaField[], texts: ReadonlyMap<string, string>): boolean {
  return fields.some(({ pointer, fields: inner }) => (texts.get(pointer) ?? "") !== "" || hasText(inner, texts));
}

type Read = { readonly value: JsonValue } | { readonly problem: string };

function readText({ kind, choices }: SchemaField, text: string): Read {
  switch (kind) {
    case "text":
      return { value: text };
    case "choice": {
      const value = choices[Number(text)];
      return value === undefined ? { problem: "Choose one." } : { value };
    }
    case "boolean":
      return { value: text === "true" };
    case "number":
    case "integer":
      return readNumber(text.trim(), kind);
    case "object":
    case "json":
    default:
      try {
        return { value: JSON.parse(text) as JsonValue };
      } catch {
        return { problem: 'This is no JSON; a text is written in quotes: "text".' };
      }
  }
}

function readNumber(text: string, kind: "number" | "integer"): Read {
  const value = Number(text);
  // Number() knows more than JSON has: hexadecimal digits, infinity.
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) || !Number.isFinite(value)) {
    return { problem: "Enter a number, such as 12.5." };
  }
  if (kind === "integer" && !Number.isInteger(value)) return { problem: "Enter a whole number." };
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return { problem: "This number is too large to be kept exactly." };
  }
  return { value };
}

function defaultsOf(fields: readonly SchemaField[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const field of fields) {
    const { pointer, kind, initial, fields: inner } = field;
    const found =
      kind === "object"
        ? isObject(initial)
          ? (textsOf(inner, initial) ?? new Map<string, string>())
          : defaultsOf(inner)
        : new Map(initial === undefined ? [] : [[pointer, textOf(field, initial) ?? ""]]);
    for (const [key, text] of found) texts.set(key, text);
  }
  return texts;
}

/** Undefined: some of the data has no field, or not such a one. */
function textsOf(fields: readonly SchemaField[], data: JsonObject): Map<string, string> | undefined {
  const texts = new Map<string, string>();
  const known = new Map(fields.map((field) => [field.name, field]));
  for (const [name, value] of Object.entries(data)) {
    const field = known.get(name);
    if (field === undefined) return undefined;
    if (field.kind === "object") {
      const inner = isObject(value) ? textsOf(field.fields, value) : undefined;
      if (inner === undefined) return undefined;
      for (const [key, text] of inner) texts.set(key, text);
      continue;
    }
    const text = textOf(field, value);
    if (text === undefined) return undefined;
    texts.set(field.pointer, text);
  }
  return texts;
}

function textOf({ kind, choices, isDate }: SchemaField, value: JsonValue): string | undefined {
  switch (kind) {
    case "text":
      if (typeof value !== "string" || (isDate && !/^\d{4}-\d\d-\d\d$/.test(value))) return undefined;
      // An empty one would be left out, and a line break lost.
      return value === "" || /[\r\n]/.test(value) ? undefined : value;
    case "choice": {
      const wanted = JSON.stringify(value);
      const place = choices.findIndex((choice) => JSON.stringify(choice) === wanted);
      return place < 0 ? undefined : String(place);
    }
    case "boolean":
      return typeof value === "boolean" ? String(value) : undefined;
    case "number":
    case "integer":
      return typeof value === "number" ? String(value) : undefined;
    case "object":
    case "json":
    default:
      return JSON.stringify(value);
  }
}
