import { countCodePoints, countUtf8Bytes, LIMITS } from "./limits.ts";

/** Why a name or an id is refused. */
export interface NameProblem {
  readonly rule: "empty" | "pattern" | "characters" | "limit_exceeded" | "reserved";
  /** A sentence that names the limit and the value. */
  readonly message: string;
}

const CONFIGURATION_NAME = /^[A-Za-z][A-Za-z0-9._-]*$/;
const VERSION = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const QUOTED_CODE_POINTS = 64;

/** Checks the name of a configuration: `[A-Za-z][A-Za-z0-9._-]{0,62}`. */
export function checkConfigurationName(value: string): NameProblem | undefined {
  return checkPattern("configuration name", value, CONFIGURATION_NAME, LIMITS.configurationName);
}

/** Checks the version of a configuration: `[A-Za-z0-9][A-Za-z0-9._-]{0,62}`. */
export function checkVersion(value: string): NameProblem | undefined {
  return checkPattern("version", value, VERSION, LIMITS.version);
}

/** Checks the id of a machine or of an event. */
export function checkId(value: string): NameProblem | undefined {
  if (value === "") return { rule: "empty", message: "An id must not be empty." };
  const tooLong = checkLength("id", value, LIMITS.idCodePoints);
  if (tooLong) return tooLong;
  const bytes = countUtf8Bytes(value);
  if (bytes > LIMITS.idBytes) {
    return {
      rule: "limit_exceeded",
      message: `An id is at most ${LIMITS.idBytes} bytes of UTF-8; ${quote(value)} has ${bytes}.`,
    };
  }
  if (CONTROL.test(value)) {
    return { rule: "characters", message: `An id has no control characters; ${quote(value)} does.` };
  }
  if (!value.isWellFormed()) return loneSurrogate("id", value);
  // URL parsers resolve both as path segments, so such a machine could not be addressed.
  if (value === "." || value === "..") {
    return { rule: "reserved", message: `An id must not be ${quote(value)}.` };
  }
  return undefined;
}

/** Whether only machines make such event ids, for what they do themselves; very many make the same, `timer:1:0` say. */
export function isReservedEventId(value: string): boolean {
  return /^(?:timer|detent):/.test(value);
}

/** Checks the name of a state or of an event; any text is fine, apart from its length. */
export function checkStateOrEventName(value: string): NameProblem | undefined {
  if (value === "") return { rule: "empty", message: "A state or event name must not be empty." };
  const tooLong = checkLength("state or event name", value, LIMITS.stateOrEventName);
  if (tooLong) return tooLong;
  return value.isWellFormed() ? undefined : loneSurrogate("state or event name", value);
}

/**
 * `value` in quotes for a message: on one line, well-formed, and cut to 64 code points, since it may
 * be anything that somebody sent.
 */
export function quote(value: string): string {
  return JSON.stringify(clip(value));
}

/** `value` well-formed and cut to 64 code points. */
export function clip(value: string): string {
  // Twice as many code units always hold enough code points; the rest is not worth splitting.
  const points = Array.from(value.slice(0, 2 * QUOTED_CODE_POINTS + 2));
  const cut = points.length > QUOTED_CODE_POINTS;
  const text = cut ? `${points.slice(0, QUOTED_CODE_POINTS).join("")}…` : value;
  return text.toWellFormed();
}

function checkPattern(noun: string, value: string, pattern: RegExp, limit: number): NameProblem | undefined {
  if (value === "") return { rule: "empty", message: `A ${noun} must not be empty.` };
  const tooLong = checkLength(noun, value, limit);
  if (tooLong) return tooLong;
  if (pattern.test(value)) return undefined;
  const first = pattern === VERSION ? "a letter or a digit" : "a letter";
  return {
    rule: "pattern",
    message:
      `A ${noun} is ${first} followed by letters, digits, ".", "_" or "-", ` +
      `at most ${limit} characters in all; ${quote(value)} is not.`,
  };
}

function checkLength(noun: string, value: string, limit: number): NameProblem | undefined {
  const count = value.length <= limit ? value.length : countCodePoints(value);
  if (count <= limit) return undefined;
  const article = noun === "id" ? "An" : "A";
  return {
    rule: "limit_exceeded",
    message: `${article} ${noun} has at most ${limit} characters; ${quote(value)} has ${count}.`,
  };
}

function loneSurrogate(noun: string, value: string): NameProblem {
  const article = noun === "id" ? "An" : "A";
  return {
    rule: "characters",
    message: `${article} ${noun} is well-formed Unicode; ${quote(value)} has a lone surrogate.`,
  };
}
