/**
 * JSON from outside -> values of a known shape: types, unknown fields, both cases of keys, whichever door it comes
 * through. Nothing here may fail on a body of a million members, nor answer each of them.
 */
import * as z from "zod/mini";
import { toPointer } from "./engine/finding.ts";
import type { JsonValue } from "./engine/json.ts";
import { LIMITS } from "./engine/limits.ts";
import { clip, quote } from "./engine/names.ts";
import { describe, show } from "./engine/schema/assertions.ts";
import { invalid, MOST_LISTED, type Violation } from "./errors.ts";
import { isObject } from "./json.ts";

type Told = Pick<z.core.$ZodRawIssue, "input">;

/** Says what a value must be, and what it is instead. */
export function mustBe(what: string): (issue: Told) => string {
  return ({ input }) => `must be ${what}, but is ${input === undefined ? "absent" : describe(input as JsonValue)}`;
}

const TYPES: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  array: "an array",
  object: "a JSON object",
  map: "a JSON object",
};

/** Of everything for which a shape has no words of its own. */
function demandOf(issue: z.core.$ZodRawIssue): string {
  if (issue.code === "invalid_type") return TYPES[issue.expected] ?? issue.expected;
  if (issue.code === "invalid_value") return issue.values.map((value) => quote(String(value))).join(" or ");
  if (issue.code === "too_small") return `at least ${issue.minimum}`;
  if (issue.code === "too_big") return `at most ${issue.maximum}`;
  return "of another form";
}

// By itself the small zod says "Invalid input" of everything.
z.config({ localeError: (issue) => mustBe(demandOf(issue))(issue) });

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

/**
 * A query with these parameters and no others. Of a parameter that is a record each member is a parameter of its own:
 * `label.K=V` is the member K of `label`.
 */
export function query<F extends z.core.$ZodLooseShape, R extends z.core.$ZodLooseShape>(fields: F, records: R) {
  const gather = (value: unknown, context: Payload): unknown => {
    if (!isObject(value)) return value;
    const gathered = new Map<string, [string, unknown][]>();
    const others = Object.entries(value).filter(([key, member]) => {
      const dot = key.indexOf(".");
      const name = dot < 0 ? key : key.slice(0, dot);
      if (!Object.hasOwn(records, name)) return true;
      if (dot >= 0) gathered.set(name, [...(gathered.get(name) ?? []), [key.slice(dot + 1), member]]);
      else {
        const message = `is given as ${name}.NAME`;
        context.issues.push({
          code: "custom",
          message,
          params: { rule: "unknown_field" },
          path: [name],
          input: member,
        });
      }
      return false;
    });
    const members = Array.from(gathered, ([name, entries]) => [name, Object.fromEntries(entries)] as const);
    return Object.fromEntries([...others, ...members]);
  };
  return z.pipe(z.transform(gather), shape({ ...fields, ...records }));
}

export function list<T extends z.ZodMiniType>(item: T) {
  return z.pipe(z.transform(refuseCrowd), z.array(item));
}

function toMap(value: unknown, context: Payload): unknown {
  const checked = refuseCrowd(value, context);
  return isObject(checked) ? new Map(Object.entries(checked)) : checked;
}

/** An object with any keys; z.record would lose one named `__proto__`. */
export function record<T extends z.ZodMiniType>(member: T) {
  const members = z.pipe(z.transform(toMap), z.map(z.string(), member));
  return z.pipe(
    members,
    z.transform((map) => Object.fromEntries(map)),
  );
}

/** Open JSON, passed through as parsed. */
export const object = z.custom<Record<string, unknown>>(isObject, {
  error: mustBe("a JSON object"),
  params: { rule: "invalid_type" },
});
export const text = z.string();
const DATE_TIME = z.iso.datetime({ offset: true });
/** RFC 3339, whose `t` and `z` may be lower-case. */
export const time = z
  .stringFormat("date-time", (value) => DATE_TIME.safeParse(value.toUpperCase()).success, {
    error: mustBe("a time of RFC 3339, like 2026-11-24T09:30:00Z"),
  })
  .check(z.toUpperCase());

/** `value` in this shape; INVALID_ARGUMENT or LIMIT_EXCEEDED with what is wrong, `whole` being its name. */
export function parseShape<S extends z.ZodMiniType>(schema: S, value: unknown, whole: string): z.output<S> {
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
  return [input === undefined ? violation : { ...violation, value: show(input as JsonValue) }];
}
