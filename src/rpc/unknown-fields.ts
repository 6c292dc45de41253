/**
 * The unknown fields of messages that carry a configuration: `gaurd` must never be stored as an unguarded transition.
 * Everywhere else they are ignored, as protobuf does.
 */
import type { DescField, DescMessage, Message } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { LIMITS } from "../engine/limits.ts";
import { clip } from "../engine/names.ts";
import { toPointer } from "../engine/finding.ts";
import { MOST_LISTED, type Violation } from "../errors.ts";
import { isObject } from "../json.ts";

const CONFIGURATION_MESSAGES = new Set([
  "statemachine.v1beta.Configuration",
  "detent.v1.CreateConfigurationRequest",
  "detent.v1.CheckConfigurationRequest",
  "detent.v1.SimulateConfigurationRequest",
]);

/** Whether a message carries a configuration. */
export function carriesConfiguration({ typeName }: DescMessage): boolean {
  return CONFIGURATION_MESSAGES.has(typeName);
}

/** The unknown keys of a message in JSON, and lists too large to look through. */
export function listUnknownKeys(desc: DescMessage, value: unknown): Violation[] {
  const found: Violation[] = [];
  collectKeys(desc, value, "", found);
  return found;
}

function collectKeys(desc: DescMessage, value: unknown, pointer: string, found: Violation[]): void {
  // A google.protobuf.Struct is open JSON.
  if (!isObject(value) || desc.typeName.startsWith("google.protobuf.")) return;
  const fields = fieldsOf(desc);
  for (const [key, member] of Object.entries(value)) {
    if (found.length >= MOST_LISTED) return;
    const at = pointer + toPointer(key);
    const field = fields.get(key);
    if (field === undefined) {
      const message = `there is no field "${clip(key)}" in ${pointer || "the message"}`;
      found.push({ pointer: at, rule: "unknown_field", message, value: clip(key) });
      continue;
    }
    const { message: type } = field;
    if (type === undefined) continue;
    if (field.fieldKind === "message") collectKeys(type, member, at, found);
    else if (typeof member === "object" && member !== null && isCountable(Object.keys(member).length, at, found)) {
      for (const [name, item] of Object.entries(member)) collectKeys(type, item, at + toPointer(name), found);
    }
  }
}

const FIELDS = new WeakMap<DescMessage, ReadonlyMap<string, DescField>>();

/** Fields by both names that JSON has for them. */
function fieldsOf(desc: DescMessage): ReadonlyMap<string, DescField> {
  let fields = FIELDS.get(desc);
  if (fields === undefined) {
    fields = new Map(desc.fields.flatMap((field) => [[field.name, field] as const, [field.jsonName, field] as const]));
    FIELDS.set(desc, fields);
  }
  return fields;
}

/** The first unknown field number of each message in a decoded one, and lists too large to look through. */
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
    const { message: type } = field;
    if (type === undefined || !reflected.isSet(field)) continue;
    const at = pointer + toPointer(field.name);
    const value: unknown = reflected.get(field);
    if (field.fieldKind === "message") collectNumbers(type, (value as Reflected).message, at, found);
    else {
      const children = value as ReadonlyMap<unknown, Reflected>;
      if (!isCountable(children.size, at, found)) continue;
      for (const [key, child] of children.entries())
        collectNumbers(type, child.message, at + toPointer(String(key)), found);
    }
  }
}

interface Reflected {
  readonly message: Message;
}

function isCountable(count: number, pointer: string, found: Violation[]): boolean {
  if (count <= LIMITS.members) return true;
  const message = `${pointer} has ${count} members, the limit of any list or object is ${LIMITS.members}`;
  found.push({ pointer, rule: "limit_exceeded", message, value: String(count) });
  return false;
}
