/**
 * JSON from outside -> values of a known shape: types, unknown fields, both cases of keys, whichever door it comes
 * through. Nothing here may fail on a body of a million members, nor answer each of them.
 *
 * The message that a schema is given says what its value must be: "a string".
 */
import * as v from "valibot";
import { countDays } from "./engine/expression/calendar.ts";
import { toPointer } from "./engine/finding.ts";
import type { JsonValue } from "./engine/json.ts";
import { LIMITS } from "./engine/limits.ts";
import { clip, quote } from "./engine/names.ts";
import { describe, show } from "./engine/schema/assertions.ts";
import { invalid, MOST_LISTED, type Violation } from "./errors.ts";
import { isObject } from "./json.ts";

/** Refuses by the rule named what is at `path`, seen from the value that is checked; `input` is shown beside it. */
export type Refuse = (path: readonly (string | number)[], rule: string, message: string, input?: unknown) => void;

/** A check by rules of our own, of a value that has its shape; what other fields it was sent with is refused anyhow. */
export function rules<T>(check: (value: T, refuse: Refuse) => void) {
  return v.rawCheck<T>(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    check(dataset.value, (path, rule, message, input) => {
      const steps = path.map((key) => stepTo(key, "value")) as [v.IssuePathItem, ...v.IssuePathItem[]];
      // An issue has no place for a rule; what was expected, the message says.
      addIssue({ expected: rule, message, input, path: steps });
    });
  });
}

/** Of a step in a path only the key is read, and whether the fault is the key itself or what it holds. */
function stepTo(key: string | number, origin: "key" | "value"): v.IssuePathItem {
  return { type: "unknown", origin, input: undefined, key, value: undefined };
}

/** Anything, but no list or object with too many members. */
const bounded = v.pipe(
  v.unknown(),
  rules((value, refuse) => {
    const count = Array.isArray(value) ? value.length : isObject(value) ? Object.keys(value).length : 0;
    if (count <= LIMITS.members) return;
    const message = `has ${count} members, the limit of any list or object is ${LIMITS.members}`;
    refuse([], "limit_exceeded", message, count);
  }),
);

/** Open JSON, passed through as parsed. */
export const object = v.custom<Record<string, unknown>>(isObject, "a JSON object");
export const text = v.string("a string");
/** Neither NaN nor infinite. */
export const number = v.custom<number>(Number.isFinite, "a number");
/** As far as doubles count one by one. */
export const integer = v.pipe(
  number,
  v.custom<number>(Number.isInteger, "a whole number"),
  atLeast(Number.MIN_SAFE_INTEGER),
  atMost(Number.MAX_SAFE_INTEGER),
);
const TIME = "a time of RFC 3339, like 2026-11-24T09:30:00Z";
/** RFC 3339, whose `t` and `z` may be lower-case. */
export const time = v.pipe(v.string(TIME), v.check(isTime, TIME), v.toUpperCase());

export function atLeast(least: number) {
  return v.minValue<number, number, string>(least, `at least ${least}`);
}

export function atMost(most: number) {
  return v.maxValue<number, number, string>(most, `at most ${most}`);
}

/** One of these texts. */
export function oneOf<const T extends readonly string[]>(values: T) {
  return v.picklist(values, values.map(quote).join(" or "));
}

const DATE_TIME =
  /^(\d{4})-(0[1-9]|1[0-2])-(\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

function isTime(value: string): boolean {
  const [year = 0, month = 0, day = 0] = (DATE_TIME.exec(value) ?? []).slice(1).map(Number);
  return day > 0 && day <= countDays(year, month);
}

/** An object with these fields and no others, whose keys may come in camelCase as well. */
export function shape<F extends v.ObjectEntries>(fields: F) {
  const unsent = Object.entries(fields).flatMap(([name, { type }]) =>
    type.endsWith("optional") ? [] : [[name, undefined]],
  );
  const toSnakeCase = (given: Record<string, unknown>): unknown => {
    const renamed = Object.entries(given).map(([key, member]) => {
      const snake = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      // Sent in both cases, the camelCase one is left as it is and so refused as unknown.
      const isRenamed = snake !== key && Object.hasOwn(fields, snake) && !Object.hasOwn(given, snake);
      return [isRenamed ? snake : key, member];
    });
    // What is absent and has to be there is undefined: its own schema says what it must be.
    return Object.fromEntries([...unsent, ...renamed]);
  };
  const open = v.object(fields);
  // v.strictObject would name but the first of the others.
  const closed = v.lazy((given): v.GenericSchema<unknown, v.InferOutput<typeof open>> => {
    const others = Object.keys(given as object).filter((key) => !Object.hasOwn(fields, key));
    return others.length === 0 ? open : v.pipe(open, refuseKeys(others));
  });
  return v.pipe(bounded, object, v.transform(toSnakeCase), closed);
}

function refuseKeys<T>(keys: readonly string[]) {
  return v.rawCheck<T>(({ addIssue }) => {
    for (const key of keys.slice(0, MOST_LISTED)) addIssue({ input: key, path: [stepTo(key, "key")] });
  });
}

/**
 * A query with these parameters and no others. Of a parameter that is a record each member is a parameter of its own:
 * `label.K=V` is the member K of `label`.
 */
export function query<F extends v.ObjectEntries, R extends v.ObjectEntries>(fields: F, records: R) {
  const refuseWhole = rules<unknown>((value, refuse) => {
    for (const name of Object.keys(records)) {
      if (!isObject(value) || !Object.hasOwn(value, name)) continue;
      refuse([name], "unknown_field", `is given as ${name}.NAME`, value[name]);
    }
  });
  const gather = (value: unknown): unknown => {
    if (!isObject(value)) return value;
    const gathered = new Map<string, [string, unknown][]>();
    const others = Object.entries(value).filter(([key, member]) => {
      const name = key.slice(0, Math.max(0, key.indexOf(".")));
      if (!Object.hasOwn(records, name)) return true;
      gathered.set(name, [...(gathered.get(name) ?? []), [key.slice(name.length + 1), member]]);
      return false;
    });
    const members = Array.from(gathered, ([name, entries]) => [name, Object.fromEntries(entries)] as const);
    return Object.fromEntries([...others, ...members]);
  };
  return v.pipe(v.unknown(), refuseWhole, v.transform(gather), shape({ ...fields, ...records }));
}

export function list<T extends v.GenericSchema>(item: T) {
  return v.pipe(
    bounded,
    v.lazy(() => v.array(untilEnough(item), "an array")),
  );
}

/** A member's schema in one list or object: when as much is wrong as is told of, the rest is not looked at. */
function untilEnough<T extends v.GenericSchema>(member: T) {
  let found = 0;
  const counted = v.pipe(
    member,
    v.rawCheck(({ dataset }) => {
      found += dataset.issues?.length ?? 0;
    }),
  );
  return v.lazy(() => (found < MOST_LISTED ? counted : (v.unknown() as unknown as typeof counted)));
}

/** An object with any keys; v.record would lose one named `__proto__`. */
export function record<T extends v.GenericSchema>(member: T) {
  return v.pipe(
    bounded,
    object,
    v.transform((value) => new Map(Object.entries(value))),
    v.lazy(() => v.map(text, untilEnough(member))),
    v.transform((members) => Object.fromEntries(members)),
  );
}

/** `value` in this shape; INVALID_ARGUMENT or LIMIT_EXCEEDED with what is wrong, `whole` being its name. */
export function parseShape<S extends v.GenericSchema>(schema: S, value: unknown, whole: string): v.InferOutput<S> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  throw invalid(parsed.issues.slice(0, MOST_LISTED).map((issue) => toViolation(issue, whole)));
}

/** The rule that is broken, where that is none of types. */
const RULES: Readonly<Record<string, string>> = {
  check: "invalid_format",
  regex: "invalid_format",
  picklist: "invalid_value",
  union: "invalid_union",
  min_value: "too_small",
  max_value: "too_big",
};

function toViolation(issue: v.BaseIssue<unknown>, whole: string): Violation {
  const { type, expected, message, input, path = [] } = issue;
  const keys = path.map(({ key }) => String(key));
  const pointer = toPointer(...keys);
  const nameOf = (some: readonly string[]): string => some.map(clip).join(".") || whole;
  const field = nameOf(keys);
  if (path.at(-1)?.origin === "key") {
    const key = clip(keys.at(-1) ?? "");
    const refusal = `there is no field "${key}" in ${nameOf(keys.slice(0, -1))}`;
    return { pointer, rule: "unknown_field", message: refusal, value: key };
  }
  const shown = input === undefined ? {} : { value: show(input as JsonValue) };
  if (type === "raw_check") return { pointer, rule: expected ?? "", message: `${field}: ${message}`, ...shown };
  const rule = RULES[type] ?? "invalid_type";
  if (rule === "invalid_type" && input === undefined)
    return { pointer, rule: "required", message: `${field} is required` };
  const found = input === undefined ? "absent" : describe(input as JsonValue);
  return { pointer, rule, message: `${field}: must be ${message}, but is ${found}`, ...shown };
}
