/**
 * The unknown fields of messages that carry a configuration: `gaurd` must never be stored as an unguarded transition.
 * Everywhere else they are ignored, as protobuf does.
 */
import type { DescField, DescMessage, Message } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { clip } from "../engine/names.ts";
import { toPointer } from "../engine/finding.ts";
import type { Violation } from "../errors.ts";

const CONFIGURATION_MESSAGES = new Set([
  "statemachine.v1beta.Configuration",
  "detent.v1.CreateConfigurationRequest",
  "detent.v1.CheckConfigurationRequest",
]);

/** Whether a message carries a configuration. */
export function carriesConfiguration({ typeName }: DescMessage): boolean {
  return CONFIGURATION_MESSAGES.has(typeName);
}

/** No caller reads more of them. */
const MOST_LISTED = 100;

/** The unknown keys of a message in JSON. */
export function listUnknownKeys(desc: DescMessage, value: unknown): Violation[] {
  const found: Violation[] = [];
  collectKeys(desc, value, "", found);
  return found;
}

function collectKeys(desc: DescMessage, value: unknown, pointer: string, found: Violation[]): void {
  // A google.protobuf.Struct is open JSON.
  if (!isObject(value) || desc.typeName.startsWith("google.protobuf.")) return;
  const fields = new Map(
    desc.fields.flatMap((field) => [[field.name, field] as const, [field.jsonName, field] as const]),
  );
  for (const [key, member] of Object.entries(value)) {
    if (found.length >= MOST_LISTED) return;
    const at = pointer + toPointer(key);
    const field = fields.get(key);
    if (field === undefined) {
      const message = `there is no field "${clip(key)}" in ${pointer || "the message"}`;
      found.push({ pointer: at, rule: "unknown_field", message, value: clip(key) });
    } else if (field.message !== undefined) {
      for (const [path, child] of childrenOf(field, member, at)) collectKeys(field.message, child, path, found);
    }
  }
}

function childrenOf(field: DescField, value: unknown, pointer: string): [string, unknown][] {
  if (field.fieldKind === "message") return [[pointer, value]];
  if (!Array.isArray(value) && !isObject(value)) return [];
  return Object.entries(value).map(([key, item]) => [pointer + toPointer(key), item]);
}

/** The first unknown field number of each message in a decoded one. */
export function listUnknownNumbers(desc: DescMessage, message: Message): Violation[] {
  const found: Violation[] = [];
  collectNumbers(desc, message, "", found);
  return found;
}

function collectNumbers(desc: DescMessage, message: Message, pointer: string, found: Violation[]): void {
  if (found.length >= MOST_LISTED) return;
  const [unknown] = message.$unknown ?? [];
  if (unknown !== undefined) {
    const number = String(unknown.no);
    const text = `there is no field number ${number} in ${pointer || "the message"}`;
    found.push({ pointer, rule: "unknown_field", message: text, value: number });
  }
  const reflected = reflect(desc, message);
  for (const field of desc.fields) {
    if (field.message === undefined || !reflected.isSet(field)) continue;
    for (const [path, child] of messagesOf(reflected.get(field), pointer + toPointer(field.name))) {
      collectNumbers(field.message, child, path, found);
    }
  }
}

/** The messages in a field's reflected value: one, a list or a map of them. */
function messagesOf(value: unknown, pointer: string): [string, Message][] {
  if (!isObject(value)) return [];
  if ("message" in value) return [[pointer, value["message"] as Message]];
  const entries = (value as unknown as ReadonlyMap<unknown, { message: Message }>).entries();
  return Array.from(entries, ([key, item]) => [pointer + toPointer(String(key)), item.message]);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
