/**
 * JSON from outside -> values of a known shape: types, unknown fields, both cases of keys, whichever door it comes
 * through. Nothing here may fail on a body of a million members, nor answer each of them.
 */
import * as z from "zod";
import { toPointer } from "./engine/finding.ts";
import { LIMITS } from "./engine/limits.ts";
import { clip } from "./engine/names.ts";
import { invalid, MOST_LISTED, type Violation } from "./errors.ts";
import { isObject } from "./json.ts";

export type Payload = z.core.ParsePayload;

/** Stops at a list or an object with too many members. */
function refuseCrowd(value: unknown, context: Payload): unknown {
  const count = typeof value === "object" && value !== null ? Object.keys(value).length : 0;
  if (count <= LIMITS.members) return value;
  const message = `has ${count} members, the limit of any list or object is ${LIMITS.members}`;
  context.issues.push({ code: "custom", message, params: { rule: "limit_exceeded" }, input: count });
  return z.NEVER;
}

/** An object with these fields and no others, whose keys may come in camelCase as well. */
export function shape<F extends z.core.$ZodLooseShape>(fields: F) {
  const toSnakeCase = (value: unknown, context: Payload): unknown => {
    const checked = refuseCrowd(value, context);
    if (!isObject(checked)) return checked;
    return Object.fromEntries(
      Object.entries(checked).map(([key, member]) => {
        const snake = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
        // Sent in both cases, the camelCase one is left as it is and so refused as unknown.
        const isRenamed = snake !== key && Object.hasOwn(fields, snake) && !Object.hasOwn(checked, snake);
        return [isRenamed ? snake : key, member];
      }),
    );
  };
  return z.pipe(z.transform(toSnakeCase), z.strictObject(fields));
}

export function list<T extends z.ZodType>(item: T) {
  return z.pipe(z.transform(refuseCrowd), z.array(item));
}

function toMap(value: unknown, context: Payload): unknown {
  const checked = refuseCrowd(value, context);
  return isObject(checked) ? new Map(Object.entries(checked)) : checked;
}

/** An object with any keys; z.record would lose one named `__proto__`. */
export function record<T extends z.ZodType>(member: T) {
  const members = z.pipe(z.transform(toMap), z.map(z.string(), member, "must be a JSON object"));
  return z.pipe(
    members,
    z.transform((map) => Object.fromEntries(map)),
  );
}

/** Open JSON, passed through as parsed. */
export const object = z.custom<Record<string, unknown>>(isObject, {
  message: "must be a JSON object",
  params: { rule: "invalid_type" },
});
export const text = z.string();
/** RFC 3339, whose `t` and `z` may be lower-case. */
export const time = z.pipe(
  z.transform((value) => (typeof value === "string" ? value.toUpperCase() : value)),
  z.iso.datetime({ offset: true }),
);

/** `value` in this shape; INVALID_ARGUMENT or LIMIT_EXCEEDED with what is wrong, `whole` being its name. */
export function parseShape<S extends z.ZodType>(schema: S, value: unknown, whole: string): z.output<S> {
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
