/** Schemas as they were written: which members are schemas themselves, and what a reference means. */

/** A schema that is an object. */
export type SchemaSource = { readonly [keyword: string]: unknown };

const SINGLE =
  "not if then else items additionalProperties propertyNames contains contentSchema unevaluatedProperties unevaluatedItems".split(
    " ",
  );
const LISTS = ["allOf", "anyOf", "oneOf", "prefixItems"];
const MAPS = ["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"];

export function isSource(value: unknown): value is SchemaSource {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Own members only: a property may be named `constructor`. */
export function memberOf(source: object, name: string): unknown {
  return Object.hasOwn(source, name) ? (source as SchemaSource)[name] : undefined;
}

/** The schemas in a list or an object of schemas. */
export function schemasOf(value: unknown): readonly unknown[] {
  return typeof value === "object" && value !== null ? Object.values(value) : [];
}

/** What a `$ref` refers to, and a name for it; undefined: nothing, which an upload refuses. */
export function findReference(root: SchemaSource, text: string): { target: unknown; name: string } | undefined {
  const id = memberOf(root, "$id");
  const fragment = typeof id === "string" && id !== "" && text.startsWith(id) ? text.slice(id.length) : text;
  if (fragment === "" || fragment === "#") return { target: root, name: "" };
  const pointer = decodeURIComponent(fragment.slice(1));
  if (!pointer.startsWith("/")) {
    const target = findAnchor(root, pointer);
    return target && { target, name: pointer };
  }
  const tokens = pointer
    .slice(1)
    .split("/")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
  const target = tokens.reduce<unknown>(
    (value, token) => (typeof value === "object" && value !== null ? memberOf(value, token) : undefined),
    root,
  );
  return target === undefined ? undefined : { target, name: tokens.at(-1) ?? "" };
}

/** The schema that has an `$anchor`. Only schemas are asked: a `const` may hold anything. */
function findAnchor(source: unknown, anchor: string): SchemaSource | undefined {
  if (!isSource(source)) return undefined;
  if (memberOf(source, "$anchor") === anchor) return source;
  const inside = [
    ...SINGLE.map((name) => memberOf(source, name)),
    ...[...LISTS, ...MAPS].flatMap((name) => schemasOf(memberOf(source, name))),
  ];
  for (const schema of inside) {
    const found = findAnchor(schema, anchor);
    if (found) return found;
  }
  return undefined;
}
