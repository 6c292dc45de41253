/** Requests -> checked values: content type, size, JSON, case of keys, shape. */
import type * as z from "zod";
import { contentTypeOf, decodeUtf8, parseJson, readBody } from "../body.ts";
import { clip } from "../engine/names.ts";
import { toPointer } from "../engine/finding.ts";
import { DetentError, invalid, MOST_LISTED, type Violation } from "../errors.ts";

const JSON_TYPE = /^application\/(?:[a-z0-9.+-]+\+)?json$/;

/** The body as `schema` says, keys in snake_case or camelCase. */
export async function readJson<S extends z.ZodType>(request: Request, schema: S): Promise<z.output<S>> {
  const type = contentTypeOf(request);
  if (!JSON_TYPE.test(type)) {
    const sent = type === "" ? "has no content type" : `is "${clip(type)}"`;
    throw new DetentError("UNSUPPORTED_MEDIA_TYPE", `the body must be application/json; it ${sent}`);
  }
  const value = parseJson(decodeUtf8(await readBody(request)));
  return parse(schema, value, "the body");
}

/** The query as `schema` says; unknown parameters are refused, since ignoring `dry_run` would send an event. */
export function readQuery<S extends z.ZodType>(request: Request, schema: S): z.output<S> {
  const { search, searchParams } = new URL(request.url);
  try {
    decodeURIComponent(search);
  } catch {
    throw new DetentError("INVALID_ARGUMENT", "the query is not valid percent-encoded UTF-8");
  }
  const keys = [...searchParams.keys()];
  const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
  if (repeated !== undefined) {
    const message = `the parameter "${clip(repeated)}" is given more than once`;
    throw invalid([{ pointer: toPointer(repeated), rule: "repeated", message }]);
  }
  return parse(schema, Object.fromEntries(searchParams), "the query");
}

function parse<S extends z.ZodType>(schema: S, value: unknown, whole: string): z.output<S> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const violations = parsed.error.issues.flatMap((issue) => toViolations(issue, whole));
  throw invalid(violations.slice(0, MOST_LISTED));
}

function toViolations(issue: z.core.$ZodIssue, whole: string): Violation[] {
  const path = issue.path.map(String);
  const field = path.map(clip).join(".") || whole;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.slice(0, MOST_LISTED).map((key) => ({
      pointer: toPointer(...path, key),
      rule: "unknown_field",
      message: `there is no field "${clip(key)}" in ${field}`,
      value: clip(key),
    }));
  }
  if (issue.code === "invalid_type" && issue.input === undefined) {
    return [{ pointer: toPointer(...path), rule: "required", message: `${field} is required` }];
  }
  const rule = issue.code === "custom" ? String(issue.params?.["rule"]) : issue.code;
  const violation = { pointer: toPointer(...path), rule, message: `${field}: ${issue.message}` };
  const { input } = issue;
  return [
    typeof input === "string" || typeof input === "number" ? { ...violation, value: clip(String(input)) } : violation,
  ];
}
