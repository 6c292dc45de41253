/** Compares a value with what it has to be like, and says where it is not. */
import { isObject } from "../json.ts";

/** More than anybody reads at once. */
const MOST_DIFFERENCES = 10;
const LONGEST_SHOWN = 400;

/** How `actual` differs from what `expected` asks for, a line each; none: it is like that. `path` is its name. */
export function listDifferences(expected: unknown, actual: unknown, path: string, isExact = false): string[] {
  const found: string[] = [];
  compare(expected, actual, path, { isExact, found });
  return found.slice(0, MOST_DIFFERENCES);
}

interface Comparison {
  readonly isExact: boolean;
  readonly found: string[];
}

function compare(expected: unknown, actual: unknown, path: string, comparison: Comparison): void {
  const { isExact, found } = comparison;
  const differ = (wish: string): void => {
    found.push(`${path} is ${show(actual)}, expected ${wish}`);
  };
  if (typeof expected === "function") {
    const matches = expected as (value: unknown) => unknown;
    // A function that answers nothing has made up its mind by not throwing.
    if (matches(actual) === false) differ(`what ${show(expected)} takes`);
  } else if (expected instanceof RegExp) {
    if (typeof actual !== "string" || actual.search(expected) < 0) differ(`a text like ${String(expected)}`);
  } else if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) differ(show(expected));
    else for (const [i, item] of expected.entries()) compare(item, actual[i], `${path}[${i}]`, comparison);
  } else if (isObject(expected)) {
    if (!isObject(actual)) {
      differ(show(expected));
      return;
    }
    for (const [key, member] of Object.entries(expected)) {
      compare(member, Object.hasOwn(actual, key) ? actual[key] : undefined, nameOf(path, key), comparison);
    }
    for (const key of isExact ? Object.keys(actual) : []) {
      if (!Object.hasOwn(expected, key))
        found.push(`${nameOf(path, key)} is ${show(actual[key])}, expected not to be there`);
    }
  } else if (expected !== actual && !(expected === undefined && actual === undefined)) {
    differ(expected === undefined ? "not to be there" : show(expected));
  }
}

function nameOf(path: string, key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

/** A value on one line, of bounded length. */
export function show(value: unknown): string {
  if (value === undefined) return "absent";
  if (value instanceof Error) return value.message;
  const shown = textOf(value);
  return shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}…` : shown;
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value, (_key, member: unknown) => readable(member)) ?? String(value);
  } catch {
    // What is compared may be anything that a test has made, also what refers to itself.
    return String(value);
  }
}

function readable(member: unknown): unknown {
  if (typeof member === "function") return `a function ${member.name}`.trimEnd();
  return member instanceof RegExp || typeof member === "bigint" ? String(member) : member;
}
