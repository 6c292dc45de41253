/** What `$ref` refers to, and that nobody goes round in circles. */
import { readPointer } from "../finding.ts";
import { LIMITS } from "../limits.ts";
import { quote } from "../names.ts";
import type { Place, SchemaNode } from "./node.ts";
import { appliedInPlace, appliedTogether } from "./parts.ts";
import { isRecord, type SchemaReader } from "./reader.ts";

/** Gives every reference its target; reports those that have none here. */
export function resolveReferences(
  reader: SchemaReader,
  source: Readonly<Record<string, unknown>>,
  root: SchemaNode,
): void {
  const id = typeof source["$id"] === "string" ? source["$id"] : "";
  for (const { place, reference } of reader.references) {
    const { text } = reference;
    // The schema may call itself by its own name.
    const fragment = id !== "" && (text === id || text.startsWith(`${id}#`)) ? text.slice(id.length) : text;
    if (fragment === "" || fragment === "#") reference.target = root;
    else if (!fragment.startsWith("#")) {
      const rule = 'a schema refers to itself only: "#", "#/..." or "#anchor"';
      reader.report(place, `The $ref ${quote(text)} is refused: ${rule}.`);
    } else {
      const target = findTarget(reader, source, fragment.slice(1));
      if (target) reference.target = target;
      else reader.report(place, `The $ref ${quote(text)} refers to no subschema of this schema.`);
    }
  }
}

function findTarget(reader: SchemaReader, source: object, fragment: string): SchemaNode | undefined {
  const text = decodePercent(fragment);
  if (text === undefined) return undefined;
  if (!text.startsWith("/")) return reader.anchors.get(text);
  const tokens = readPointer(text);
  let container: unknown = source;
  for (const token of tokens.slice(0, -1)) {
    if (typeof container !== "object" || container === null || !Object.hasOwn(container, token)) return undefined;
    container = (container as Record<string, unknown>)[token];
  }
  const last = tokens.at(-1);
  if (last === undefined || !(isRecord(container) || Array.isArray(container))) return undefined;
  return reader.memberOf(container, last);
}

function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/**
 * Reports schemas that apply each other to the same value for ever, or too many times: evaluation recurses along them, and
 * only a part of the value makes it end.
 */
export function checkChains(reader: SchemaReader): void {
  const lengths = new Map<SchemaNode, number>();
  const path: SchemaNode[] = [];
  for (const node of reader.drafts.keys()) {
    if (measureChain(reader, node, lengths, path) === undefined) return;
  }
}

/** How many schemas apply from `node` on, itself included; undefined when they are too many, which has been reported. */
function measureChain(
  reader: SchemaReader,
  node: SchemaNode,
  lengths: Map<SchemaNode, number>,
  path: SchemaNode[],
): number | undefined {
  const known = lengths.get(node);
  if (known !== undefined) return known;
  const loop = path.indexOf(node);
  if (loop >= 0) {
    const place = findReference(reader, path.slice(loop));
    return (
      place && reader.report(place, "This $ref leads back to itself without a step into the value: it never ends.")
    );
  }
  path.push(node);
  const draft = reader.drafts.get(node);
  let length = 1;
  for (const next of draft ? appliedInPlace(draft.parts) : []) {
    // Paths end here, so that this recursion is no deeper than what it allows.
    const rest = path.length > LIMITS.schemaChain ? LIMITS.schemaChain : measureChain(reader, next, lengths, path);
    if (rest === undefined) return undefined;
    length = Math.max(length, 1 + rest);
  }
  path.pop();
  const first = reader.drafts.get(path[0] ?? node);
  if (length > LIMITS.schemaChain && first) {
    const what = "schemas apply one after the other to the same value ($ref, allOf, ...)";
    return reader.report(first.place, `At most ${LIMITS.schemaChain} ${what}; from here there are more.`, true);
  }
  lengths.set(node, length);
  return length;
}

/** The last reference on a loop; there is one, since schemas in schemas are a tree. */
function findReference(reader: SchemaReader, loop: readonly SchemaNode[]): Place | undefined {
  const node = loop.findLast((candidate) => reader.drafts.get(candidate)?.parts.reference);
  const place = node && reader.drafts.get(node)?.place;
  return place && { parent: place, token: "$ref" };
}

/** The names that `properties` lists, here or in a schema that describes the same value. */
export function namesOf(reader: SchemaReader, root: SchemaNode): Set<string> {
  const names = new Set<string>();
  const nodes = new Set([root]);
  // A set hands out what is added while it is walked through, and everything once.
  for (const node of nodes) {
    const parts = reader.drafts.get(node)?.parts;
    for (const name of parts?.properties?.keys() ?? []) names.add(name);
    for (const next of parts ? appliedTogether(parts) : []) nodes.add(next);
  }
  return names;
}
