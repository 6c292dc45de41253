/** Schemas as lists of fields: name, type, limits, meaning. */
import { escapeHtml, proseHtml } from "../html.ts";
import { lastOf, type Schema } from "./openapi-document.ts";

/** Where a schema of this name stands on the page. */
export function schemaLink(name: string): string {
  return `<a href="#schema-${escapeHtml(name)}">${escapeHtml(name)}</a>`;
}

/** What a value may be, in words. */
export function typeHtml(schema: Schema): string {
  const { $ref, type, items, additionalProperties, format } = schema;
  if ($ref !== undefined) return schemaLink(lastOf($ref));
  if (items !== undefined) return `list of ${typeHtml(items)}`;
  if (typeof additionalProperties === "object") return `object of ${typeHtml(additionalProperties)} by name`;
  if (format === "date-time") return "RFC 3339 time";
  return type === undefined ? "any JSON value" : [type].flat().join(" or ");
}

function limitsOf(schema: Schema): string[] {
  const { minimum, maximum, maxLength, maxItems, maxProperties, pattern, default: byDefault } = schema;
  const choices = schema.enum
    ?.filter((value) => value !== "")
    .map((value) => `<code>${escapeHtml(String(value))}</code>`);
  return [
    ...(choices === undefined ? [] : [`one of ${choices.join(", ")}`]),
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum}`]),
    ...(maxLength === undefined ? [] : [`at most ${maxLength} characters`]),
    ...(maxItems === undefined ? [] : [`at most ${maxItems} entries`]),
    ...(maxProperties === undefined ? [] : [`at most ${maxProperties} entries`]),
    ...(pattern === undefined ? [] : [`matches <code>${escapeHtml(pattern)}</code>`]),
    ...(byDefault === undefined ? [] : [`<code>${escapeHtml(String(byDefault))}</code> when absent`]),
  ];
}

/** Who reads the schema: in a request a field may be required, in an answer it may be absent. */
export type Side = "request" | "answer";

/** One field: a term and what is said about it, with the fields inside it. */
export function fieldHtml(
  name: string,
  schema: Schema,
  side: Side,
  isRequired: boolean,
  description = schema.description,
): string {
  const presence =
    side === "request" ? (isRequired ? ["<strong>required</strong>"] : []) : isRequired ? [] : ["may be absent"];
  const facts = [typeHtml(schema), ...presence, ...limitsOf(schema)];
  return `<dt><code>${escapeHtml(name)}</code> <span class="type">${facts.join(", ")}</span></dt>
<dd>${description === undefined ? "" : proseHtml(description)}${membersHtml(schema, side)}</dd>`;
}

/** The fields of an object, or of the objects in a list or a map; nothing where there are none. */
export function membersHtml(schema: Schema, side: Side): string {
  const { properties, required = [], items, additionalProperties } = schema;
  if (items !== undefined) return membersHtml(items, side);
  if (typeof additionalProperties === "object") return membersHtml(additionalProperties, side);
  if (properties === undefined) return "";
  const fields = Object.entries(properties).map(([name, field]) =>
    fieldHtml(name, field, side, required.includes(name)),
  );
  return `<dl class="fields">\n${fields.join("\n")}\n</dl>`;
}
