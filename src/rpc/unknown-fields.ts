/** Refuses unknown fields in binary messages that carry a configuration; JSON refuses them while decoding. */
import type { DescMessage, DescMethod, Message } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { invalid } from "../errors.ts";
import { isStrict } from "./options.ts";

export function refuseUnknownFields(method: DescMethod, message: Message): void {
  if (!isStrict(method.input)) return;
  const found = findUnknown(method.input, message, "");
  if (found === undefined) return;
  const text = `there is no field number ${found.number} in ${found.pointer || "the message"}`;
  throw invalid([{ pointer: found.pointer, rule: "unknown_field", message: text, value: String(found.number) }]);
}

function findUnknown(
  desc: DescMessage,
  message: Message,
  pointer: string,
): { number: number; pointer: string } | undefined {
  const [unknown] = message.$unknown ?? [];
  if (unknown !== undefined) return { number: unknown.no, pointer };
  const reflected = reflect(desc, message);
  for (const field of desc.fields) {
    const at = `${pointer}/${field.name}`;
    if (!reflected.isSet(field)) continue;
    const nested: [string, Message][] = [];
    if (field.fieldKind === "message") nested.push([at, reflected.get(field).message]);
    if (field.fieldKind === "list" && field.listKind === "message") {
      let index = 0;
      for (const item of reflected.get(field))
        nested.push([`${at}/${index++}`, (item as { message: Message }).message]);
    }
    if (field.fieldKind === "map" && field.mapKind === "message") {
      for (const [key, item] of reflected.get(field))
        nested.push([`${at}/${String(key)}`, (item as { message: Message }).message]);
    }
    const type = field.message;
    if (type === undefined) continue;
    for (const [path, child] of nested) {
      const found = findUnknown(type, child, path);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
