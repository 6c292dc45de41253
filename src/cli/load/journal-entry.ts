/**
 * What a journal says of some lines: how entries are put together, and which are to be believed. A journal is a file on
 * somebody's disk: what does not hold in it is as if it were not there. Pure.
 */
import * as v from "valibot";
import { LineSet, toRanges, type LineRange } from "./line-set.ts";
import type { LineFailure } from "./tally.ts";

/** What became of some lines; `done` has blank ones, too. */
export interface JournalEntry {
  readonly done: readonly LineRange[];
  readonly applied: number;
  readonly duplicates: number;
  readonly failures: readonly LineFailure[];
}

/** Of failures, whose messages are what is long in an entry. */
const MOST_FAILURES = 500;
const MOST_MESSAGE_CHARACTERS = 256 * 1024;

const COUNT = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const LINE = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const ENTRY = v.object({
  done: v.array(v.tuple([LINE, LINE])),
  applied: COUNT,
  duplicates: COUNT,
  failures: v.array(
    v.object({ line: LINE, outcome: v.picklist(["refused", "invalid"]), reason: v.string(), message: v.string() }),
  ),
});

/**
 * Takes the first of `pending` out and puts them together: as many as make an entry of some hundred KiB at most, besides
 * what a single one has.
 */
export function takeMerged(pending: JournalEntry[]): JournalEntry | undefined {
  let [failures, characters, count] = [0, 0, 0];
  for (const entry of pending) {
    failures += entry.failures.length;
    characters += entry.failures.reduce((sum, { message }) => sum + message.length, 0);
    if (count > 0 && (failures > MOST_FAILURES || characters > MOST_MESSAGE_CHARACTERS)) break;
    count += 1;
  }
  return count === 0 ? undefined : merge(pending.splice(0, count));
}

/** Entries of a load of which each line counts once. */
export class EntryCheck {
  readonly #lastLine: number;
  readonly #done = new LineSet();

  /** `lastLine` is the number of the last line of the file. */
  constructor(lastLine: number) {
    this.#lastLine = lastLine;
  }

  /**
   * The entry that `value` is; undefined where it has another shape, speaks of lines that the file does not have, or of one
   * that an earlier entry has decided. What it says is asked again then, under the same ids.
   */
  read(value: unknown): JournalEntry | undefined {
    const parsed = v.safeParse(ENTRY, value);
    if (!parsed.success) return undefined;
    const { done, applied, duplicates, failures } = parsed.output;
    let [size, last] = [0, 0];
    for (const [from, to] of done) {
      if (from <= last || to < from || to > this.#lastLine) return undefined;
      size += to - from + 1;
      last = to;
    }
    if (applied + failures.length > size || duplicates > applied) return undefined;
    const lines = listLines(done);
    if (lines.some((line) => this.#done.has(line))) return undefined;
    const own = new Set(lines);
    // Each failure is of a line of its own, and of this entry's.
    if (failures.some(({ line }) => !own.delete(line))) return undefined;
    for (const line of lines) this.#done.add(line);
    return parsed.output;
  }
}

/** The numbers in some ranges. */
export function listLines(ranges: readonly LineRange[]): number[] {
  return ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
}

function merge(entries: readonly JournalEntry[]): JournalEntry {
  const sum = (count: (entry: JournalEntry) => number) => entries.reduce((total, entry) => total + count(entry), 0);
  return {
    done: toRanges(entries.flatMap(({ done }) => listLines(done))),
    applied: sum(({ applied }) => applied),
    duplicates: sum(({ duplicates }) => duplicates),
    failures: entries.flatMap(({ failures }) => failures),
  };
}
