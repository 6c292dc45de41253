/**
 * What callers of the entry give, looked at once: inside, it is taken as it comes. Each check throws a TypeError that names the
 * argument, the rule and what is there instead. Of data only the outside is looked at: it may be large, and is asked about often.
 */
import type { Snapshot } from "./allowed-events.ts";
import type { Configuration, ConfigurationSource } from "./configuration.ts";
import { readConfiguration } from "./configuration-format.ts";
import type { Finding } from "./finding.ts";
import { quote } from "./names.ts";
import type { Timer } from "./timer.ts";

/** Throws unless `value` is compiled: a source, or the whole of a compilation, has nothing to step by. */
export function checkCompiled(value: Configuration): void {
  if (isPlainObject(value) && typeof value.unhandledIn === "function") return;
  fail("configuration", "the `configuration` that compileConfiguration answers where it is `ok`", value);
}

/** A time in epoch ms. */
export function checkTime(name: string, value: number): void {
  if (!Number.isFinite(value)) fail(name, "a finite number of milliseconds since 1970", value);
}

/** Throws unless `value` is an object as JSON has them: no list, no null, nothing with a class. */
export function checkObject(name: string, value: object): void {
  if (!isPlainObject(value)) fail(name, "a plain object", value);
}

/** Throws unless each of these, named as a part of `whole`, is a text. */
export function checkTexts(whole: string, texts: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(texts)) {
    if (typeof value !== "string") fail(`${whole}.${name}`, "a text", value);
  }
}

export function checkSnapshot(snapshot: Snapshot): void {
  checkObject("snapshot", snapshot);
  const { state, revision, data } = snapshot;
  checkTexts("snapshot", { state });
  checkCount("snapshot.revision", revision);
  checkObject("snapshot.data", data);
}

export function checkTimer(timer: Timer): void {
  checkObject("timer", timer);
  const { position, event, dueAt } = timer;
  checkTexts("timer", { event });
  checkCount("timer.position", position);
  checkTime("timer.dueAt", dueAt);
}

function checkCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) fail(name, "a whole number from 0", value);
}

/** The source in the right form, or what of it is over a limit: that may be in the right form all the same. */
type FormReading =
  | { readonly ok: true; readonly source: ConfigurationSource }
  | { readonly ok: false; readonly findings: Finding[] };

/** Reads a source that is said to be in the form of a configuration. Throws a TypeError where it is not. */
export function readForm(source: ConfigurationSource): FormReading {
  const reading = readConfiguration(source);
  if (reading.ok) return reading;
  const wrong = reading.violations.find(({ rule }) => rule !== "limit_exceeded");
  if (wrong !== undefined) {
    throw new TypeError(`${wrong.message}; readConfiguration tells all that is not in the form of a configuration`);
  }
  const findings = reading.violations.map(({ pointer, message }): Finding => {
    return { severity: "error", code: "limit_exceeded", pointer, message: `${message}.` };
  });
  return { ok: false, findings };
}

function fail(name: string, rule: string, value: unknown): never {
  throw new TypeError(`${name}: must be ${rule}, but is ${describe(value)}`);
}

/** Of any realm; the prototypes of classes have one themselves. */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** In a few words, whatever it is. */
function describe(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "a list";
  if (typeof value !== "object" || value === null) return String(value);
  if (isPlainObject(value)) return "an object";
  const kind = Object.prototype.toString.call(value).slice("[object ".length, -1);
  return kind === "Object" ? "an object of a class" : `an object of the kind ${quote(kind)}`;
}
