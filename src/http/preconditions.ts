/** Headers that say under which conditions, and how, a request is to be carried out. */
import { clip } from "../engine/names.ts";
import { invalid } from "../errors.ts";

/** `"<revision>"`, as the ETag shows it. */
export function ifMatch(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const revision = /^"(\d{1,15})"$/.exec(header.trim())?.[1];
  if (revision !== undefined) return Number(revision);
  throw invalid([
    {
      pointer: "/if-match",
      rule: "etag",
      message: 'If-Match must be a revision in quotes, like "7"',
      value: clip(header),
    },
  ]);
}

/** Bare ASCII, or quoted as a structured-field string (RFC 9651). An empty one would make every retry a new event. */
export function idempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const bare = /^[!#-~](?:[ -~]*[!-~])?$/.exec(header.trim())?.[0];
  const quoted = /^"((?:[ !#-[\]-~]|\\["\\])+)"$/.exec(header.trim())?.[1];
  const key = bare ?? quoted?.replace(/\\(["\\])/g, "$1");
  if (key !== undefined) return key;
  const message = "Idempotency-Key must be ASCII, bare or in double quotes, and not empty";
  throw invalid([{ pointer: "/idempotency-key", rule: "idempotency_key", message, value: clip(header) }]);
}

/** A value that header and body may both give, as long as they agree. */
export function onlyOne<T extends string | number>(
  field: string,
  body: T | undefined,
  header: T | undefined,
): T | undefined {
  if (body !== undefined && header !== undefined && body !== header) {
    throw invalid([
      { pointer: `/${field}`, rule: "contradiction", message: `${field} and its header differ`, value: String(body) },
    ]);
  }
  return body ?? header;
}

/** Whether If-None-Match (RFC 9110, section 13.1.2) names this ETag, by which a 304 says as much as an answer. */
export function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes("*") || tags.includes(etag);
}

/** Whether `Prefer: respond-async` (RFC 7240) is among the preferences. */
export function prefersAsync(header: string | undefined): boolean {
  const preferences = (header ?? "").split(",").map((preference) => preference.split(";")[0]?.trim().toLowerCase());
  return preferences.includes("respond-async");
}
