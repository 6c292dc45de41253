/**
 * What every target of the fuzz has in common: many inputs, of which each is accepted or refused in the house's words.
 * Anything else (a TypeError, a stack that ends, INTERNAL, a hang, NaN, a polluted prototype) fails with the input that
 * did it, made small. How many were accepted and how many reasons were seen has floors: a fuzz whose inputs all die at
 * the first check tests nothing.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { DetentError } from "../../../src/errors.ts";
import { within } from "../../../src/within.ts";
import { Watchdog } from "./watchdog.ts";

/** DETENT_FUZZ_RUNS=20: twenty times as many. */
const TIMES = Number(process.env["DETENT_FUZZ_RUNS"] ?? 1);
const RUNS = 20_000 * TIMES;
/** Of one input. The slowest that were seen take some 100 ms; a busy machine is not to be taken for a hang. */
const MOST_CPU_MS = 5_000;
/** Far longer than any answer takes: nothing here waits for anything but the processor. */
const PATIENCE_MS = 30_000;
/** Of what a refusal says: it is read by people. */
const LONGEST_MESSAGE = 4_000;
/** What an engine says of its own failures; in a refusal it is a bug that was caught and passed on. */
const BUG =
  /maximum call stack|cannot (?:read|set|convert|destructure|mix)|is not (?:a function|iterable|defined|an object)|invalid (?:array|string) length|\[object object\]|unexpected token|private (?:field|member)/i;

/** The outcome of an input that was taken. */
export const ACCEPTED = "accepted";

export interface Target<T> {
  /** A claim, since it is the name of the test. */
  readonly name: string;
  readonly inputs: fc.Arbitrary<T>;
  /** Feeds one input and answers ACCEPTED, or why not in a few words; a DetentError that is thrown is a refusal, too. */
  readonly feed: (input: T) => string | Promise<string>;
  /** The input as text for whoever looks for the bug. */
  readonly describe: (input: T) => string;
  /** Of the usual number: where each has several messages, or the same have been fed to another target. */
  readonly share?: number;
  /** The smallest share that is to be accepted. */
  readonly accepted: number;
  /** So many different refusals are to be seen. */
  readonly reasons: number;
}

/** Registers the test of a target. */
export function fuzz<T>(target: Target<T>): void {
  const runs = RUNS * (target.share ?? 1);
  test(`${target.name}: ${runs} inputs`, { timeout: 600_000 * Math.max(1, TIMES) }, async () => {
    const seen = new Map<string, number>();
    const builtIns = countBuiltIns();
    const watchdog = new Watchdog(target.name);
    const before = process.threadCpuUsage();
    let isHanging = false;
    const feed = async (input: T): Promise<void> => {
      // The first that takes too long is told as it is: to wait for each smaller one would take all day.
      if (isHanging) return;
      watchdog.pat();
      const startedAt = performance.now();
      const outcome = await within(PATIENCE_MS, "the target", outcomeOf(target, input)).catch((error: unknown) => {
        isHanging = performance.now() - startedAt > MOST_CPU_MS;
        throw error;
      });
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      if (countBuiltIns() !== builtIns) throw new Error("a prototype is polluted");
    };
    try {
      const property = fc.asyncProperty(target.inputs, async (input) => {
        try {
          await feed(input);
        } catch (error) {
          throw new Error(`${describeError(error)}\nThe input: ${clip(target.describe(input))}`, { cause: error });
        }
      });
      await fc.assert(property, { numRuns: runs });
    } finally {
      watchdog.dismiss();
    }
    const { user, system } = process.threadCpuUsage(before);
    report(target.name, seen, (user + system) / 1_000);
    expect(total(seen)).toBe(runs);
    expect((seen.get(ACCEPTED) ?? 0) / runs, "share accepted").toBeGreaterThanOrEqual(target.accepted);
    expect(seen.size - 1, "different refusals").toBeGreaterThanOrEqual(target.reasons);
  });
}

async function outcomeOf<T>({ feed }: Target<T>, input: T): Promise<string> {
  const before = process.threadCpuUsage();
  let outcome: string;
  try {
    outcome = await feed(input);
  } catch (error) {
    outcome = refusalOf(error);
  }
  const { user, system } = process.threadCpuUsage(before);
  const ms = (user + system) / 1_000;
  if (ms > MOST_CPU_MS) throw new Error(`it took ${ms} ms`);
  return outcome;
}

/** The reason and the first broken rule of a refusal; throws for what is none. */
export function refusalOf(error: unknown): string {
  if (!(error instanceof DetentError)) throw error;
  const { reason, message, violations } = error;
  if (reason === "INTERNAL" || reason === "UNAVAILABLE") throw new Error(`${reason}: ${message}`, { cause: error });
  refuseBugs(message);
  for (const violation of violations) refuseBugs(violation.message);
  if (isStackOverflow(error.cause)) throw new Error("the stack overflowed, and that was caught", { cause: error });
  const [first] = violations;
  return first === undefined ? reason : `${reason} ${first.rule}`;
}

/** Throws for a text that speaks of a bug, or of no end. */
export function refuseBugs(text: string): void {
  if (BUG.test(text)) throw new Error(`a bug was passed on as a refusal: ${clip(text)}`);
  if (text.length > LONGEST_MESSAGE) throw new Error(`a message of ${text.length} characters: ${clip(text)}`);
}

/** Throws for a value in which something is no JSON: NaN, an infinite number, undefined in a list. */
export function refuseNaN(value: unknown): void {
  if (typeof value === "number" && !Number.isFinite(value)) throw new Error(`a result has ${value}`);
  if (typeof value === "bigint" || typeof value === "symbol") throw new Error(`a result has a ${typeof value}`);
  if (value instanceof Date && Number.isNaN(value.getTime())) throw new Error("a result has no date");
  if (Array.isArray(value) && value.includes(undefined)) throw new Error("a result has undefined in a list");
  if (typeof value !== "object" || value === null) return;
  for (const member of value instanceof Map ? value.values() : Object.values(value)) refuseNaN(member);
}

/** What of a message is the same for all inputs: without what it quotes and counts. */
export function gistOf(message: string): string {
  return message
    .replaceAll(/"(?:[^"\\]|\\.)*"/gs, '""')
    .replaceAll(/'[^']*'/gs, "''")
    .replaceAll(/\d+/g, "0")
    .slice(0, 60);
}

function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes("call stack");
}

/** Members of what everything inherits from. */
function countBuiltIns(): number {
  return [Object, Array, Function, String, Number, Map].reduce(
    (count, type) => count + Reflect.ownKeys(type.prototype as object).length + Reflect.ownKeys(type).length,
    0,
  );
}

function total(seen: ReadonlyMap<string, number>): number {
  return [...seen.values()].reduce((sum, count) => sum + count, 0);
}

function report(name: string, seen: ReadonlyMap<string, number>, ms: number): void {
  const all = total(seen);
  const accepted = (100 * (seen.get(ACCEPTED) ?? 0)) / all;
  const common = [...seen].filter(([outcome]) => outcome !== ACCEPTED).toSorted(([, a], [, b]) => b - a);
  const shown = common.slice(0, 40).map(([outcome, count]) => `${count} ${outcome}`);
  const seconds = (ms / 1_000).toFixed(1);
  console.log(
    `${name}: ${all} inputs, ${accepted.toFixed(1)} % accepted, ${common.length} refusals, ${seconds} s: ${shown.join("; ")}`,
  );
}

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function clip(text: string): string {
  return text.length > 4_000 ? `${text.slice(0, 4_000)}… (${text.length} characters)` : text;
}
