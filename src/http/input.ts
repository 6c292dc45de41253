/** Requests -> checked values: content type, size, JSON, case of keys, shape. */
import * as z from "zod";
import { decodeUtf8, parseJson, readBody } from "../body.ts";
import { clip } from "../engine/names.ts";
import { toPointer } from "../engine/finding.ts";
import { DetentError, invalid, type Violation } from "../errors.ts";

const JSON_TYPE = /^application\/(?:[a-z0-9.+-]+\+)?json\s*(?:;|$)/i;

/** The body as `schema` says, keys in snake_case or camelCase. */
export async function readJson<S extends z.ZodType>(request: Request, schema: S): Promise<z.output<S>> {
  const type = request.headers.get("content-type") ?? "";
  if (!JSON_TYPE.test(type)) {
    const sent = type === "" ? "has no content type" : `is "${clip(type)}"`;
    throw new DetentError("UNSUPPORTED_MEDIA_TYPE", `the body must be application/json; it ${sent}`);
  }
  const value = parseJson(decodeUtf8(await readBody(request)));
  return parse(schema, toSnakeCase(schema, value));
}

/** The query as `schema` says; unknown parameters are refused, since ignoring `dry_run` would send an event. */
export function readQuery<S extends z.ZodType>(request: Request, schema: S): z.output<S> {
  const query = new URL(request.url).searchParams;
  const repeated = [...query.keys()].find((key) => query.getAll(key).length > 1);
  if (repeated !== undefined) {
    const message = `the parameter "${clip(repeated)}" is given more than once`;
    throw invalid([{ pointer: toPointer(repeated), rule: "repeated", message }]);
  }
  return parse(schema, toSnakeCase(schema, Object.fromEntries(query)));
}

function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.flatMap(toViolations));
}

function toViolations(issue: z.core.$ZodIssue): Violation[] {
  const path = issue.path.map(String);
  const field = path.join(".") || "the body";
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      pointer: toPointer(...path, key),
      rule: "unknown_field",
      message: `there is no field "${clip(key)}" in ${field}`,
      value: clip(key),
    }));
  }
  const violation = { pointer: toPointer(...path), rule: issue.code, message: `${field}: ${issue.message}` };
  const { input } = issue;
  return [
    typeof input === "string" || typeof input === "number" ? { ...violation, value: clip(String(input)) } : violation,
  ];
}

/** Renames camelCase keys where the schema has the snake_case one; what the schema leaves open stays as sent. */
function toSnakeCase(schema: unknown, value: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return toSnakeCase(schema.unwrap(), value);
  if (schema instanceof z.ZodArray && Array.isArray(value))
    return value.map((item) => toSnakeCase(schema.element, item));
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if (schema instanceof z.ZodRecord) {
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, toSnakeCase(schema.valueType, member)]),
    );
  }
  if (!(schema instanceof z.ZodObject)) return value;
  const shape: Record<string, unknown> = schema.shape;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const snake = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      // Sent in both cases, the camelCase one is left as it is and so refused as unknown.
      const name = Object.hasOwn(shape, snake) && !(snake !== key && Object.hasOwn(value, snake)) ? snake : key;
      return [name, Object.hasOwn(shape, name) ? toSnakeCase(shape[name], member) : member];
    }),
  );
}
