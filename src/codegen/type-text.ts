/** TypeScript types as values, and as text. Knows nothing of schemas or configurations. */
import { commentOf, literalOf } from "./text.ts";

/** A type. `name` is any text that needs no brackets: an identifier, a keyword, a literal. */
export type Type =
  | { readonly kind: "name"; readonly text: string }
  | { readonly kind: "union"; readonly members: readonly Type[] }
  | { readonly kind: "intersection"; readonly members: readonly Type[] }
  | { readonly kind: "array"; readonly item: Type }
  | {
      readonly kind: "tuple";
      readonly items: readonly { readonly type: Type; readonly isOptional: boolean }[];
      readonly rest: Type | undefined;
    }
  | { readonly kind: "object"; readonly members: readonly Member[]; readonly index: Type | undefined };

/** A property. */
export interface Member {
  readonly name: string;
  readonly isOptional: boolean;
  readonly type: Type;
  /** For people. */
  readonly description?: string | undefined;
}

export const nameType = (text: string): Type => ({ kind: "name", text });
export const NEVER = nameType("never");
export const JSON_VALUE = nameType("JsonValue");
export const JSON_OBJECT = nameType("JsonObject");

/** As oxfmt and others break lines. */
const WIDTH = 120;

/** Either of `types`, without what says nothing more. */
export function unionOf(types: readonly Type[]): Type {
  const members = distinct(types.flatMap((type) => (type.kind === "union" ? type.members : [type])));
  if (members.includes(JSON_VALUE)) return JSON_VALUE;
  const possible = members.filter((member) => member !== NEVER);
  return possible.length > 1 ? { kind: "union", members: possible } : (possible[0] ?? NEVER);
}

/** All of `types`, without what says nothing more. */
export function intersectionOf(types: readonly Type[]): Type {
  const members = distinct(types.flatMap((type) => (type.kind === "intersection" ? type.members : [type])));
  if (members.includes(NEVER)) return NEVER;
  const saying = members.filter((member) => member !== JSON_VALUE);
  const more = saying.filter((member) => member !== JSON_OBJECT);
  const left = more.length > 0 ? more : saying;
  return left.length > 1 ? { kind: "intersection", members: left } : (left[0] ?? JSON_VALUE);
}

function distinct(types: readonly Type[]): Type[] {
  return [...new Map(types.map((type) => [flat(type), type])).values()];
}

/** `type` as it stands behind `before` characters on a line that is indented by `indent`. */
export function printType(type: Type, indent: string, before: number): string {
  const line = flat(type);
  if (!hasComment(type) && indent.length + before + line.length + 1 <= WIDTH) return line;
  const inner = `${indent}  `;
  if (type.kind === "union") {
    const members = type.members.map((member) => bracket(member, isChoice, printType(member, inner, 2)));
    return members.map((member) => `\n${inner}| ${member}`).join("");
  }
  if (type.kind === "intersection") {
    return type.members.map((member) => bracket(member, isChoice, printType(member, indent, before))).join(" & ");
  }
  if (type.kind === "array") {
    return `readonly ${bracket(type.item, isCompound, printType(type.item, indent, before + 9))}[]`;
  }
  if (type.kind === "tuple") return `readonly [\n${printItems(type, inner)}${indent}]`;
  return type.kind === "object" ? `{\n${printMembers(type, inner)}${indent}}` : line;
}

function bracket(type: Type, needsIt: (type: Type) => boolean, text: string): string {
  return needsIt(type) ? `(${text})` : text;
}

function printItems({ items, rest }: Extract<Type, { kind: "tuple" }>, indent: string): string {
  const lines = items.map(({ type, isOptional }) => {
    const text = printType(type, indent, 0);
    return `${indent}${isOptional ? `${bracket(type, isCompound, text)}?` : text},\n`;
  });
  if (rest) lines.push(`${indent}...${bracket(rest, isCompound, printType(rest, indent, 3))}[],\n`);
  return lines.join("");
}

function printMembers({ members, index }: Extract<Type, { kind: "object" }>, indent: string): string {
  const lines = members.map((member) => {
    const head = headOf(member);
    const text = printType(member.type, indent, head.length + 1);
    const comment = member.description === undefined ? "" : commentOf(member.description, indent);
    return `${comment}${indent}${head}${text.startsWith("\n") ? "" : " "}${text};\n`;
  });
  if (index) lines.push(`${indent}${INDEX} ${printType(index, indent, INDEX.length + 1)};\n`);
  return lines.join("");
}

const INDEX = "readonly [name: string]:";

function headOf({ name, isOptional }: Member): string {
  return `readonly ${/^[A-Za-z_]\w*$/.test(name) ? name : literalOf(name)}${isOptional ? "?" : ""}:`;
}

/** On one line. */
function flat(type: Type): string {
  if (type.kind === "name") return type.text;
  if (type.kind === "union" || type.kind === "intersection") {
    const members = type.members.map((member) => bracket(member, isChoice, flat(member)));
    return members.join(type.kind === "union" ? " | " : " & ");
  }
  if (type.kind === "array") return `readonly ${flatBracketed(type.item)}[]`;
  if (type.kind === "tuple") {
    const items = type.items.map((item) => (item.isOptional ? `${flatBracketed(item.type)}?` : flat(item.type)));
    return `readonly [${[...items, ...(type.rest ? [`...${flatBracketed(type.rest)}[]`] : [])].join(", ")}]`;
  }
  const members = type.members.map((member) => `${headOf(member)} ${flat(member.type)}`);
  if (type.index) members.push(`${INDEX} ${flat(type.index)}`);
  return members.length > 0 ? `{ ${members.join("; ")} }` : "{}";
}

function flatBracketed(type: Type): string {
  return bracket(type, isCompound, flat(type));
}

/** Whether it needs brackets beside another type. */
function isChoice({ kind }: Type): boolean {
  return kind === "union" || kind === "intersection";
}

/** Whether it needs brackets inside another type, where a `readonly` stands before it or a `[]` or `?` behind. */
function isCompound(type: Type): boolean {
  return isChoice(type) || type.kind === "array" || type.kind === "tuple";
}

function hasComment(type: Type): boolean {
  if (type.kind === "name") return false;
  if (type.kind === "object" && type.members.some(({ description }) => description !== undefined)) return true;
  return partsOf(type).some(hasComment);
}

function partsOf(type: Exclude<Type, { kind: "name" }>): readonly Type[] {
  if (type.kind === "union" || type.kind === "intersection") return type.members;
  if (type.kind === "array") return [type.item];
  const last = type.kind === "tuple" ? type.rest : type.index;
  const parts = type.kind === "tuple" ? type.items : type.members;
  return [...parts.map((part) => part.type), ...(last ? [last] : [])];
}

/** The names and literals that `type` is made of. */
export function textsOf(type: Type): readonly string[] {
  return type.kind === "name" ? [type.text] : partsOf(type).flatMap(textsOf);
}
