/**
 * A load: lines are read a window ahead, sent as the plan says, and journaled when they are decided. Memory is bounded by the
 * window, however long the file.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Door } from "../door.ts";
import { Caller, type Decision } from "./caller.ts";
import { InvalidLine, readItem } from "./item.ts";
import type { Journal, Journaled } from "./journal.ts";
import { isBlank, type TextLine } from "./lines.ts";
import { toRanges } from "./line-set.ts";
import type { Pace } from "./pace.ts";
import { Plan, type Unit } from "./plan.ts";
import type { Source } from "./source.ts";
import type { LineFailure } from "./tally.ts";

/** How far beyond the first undecided line is read: enough to fill calls, few enough to be held in memory. */
export const WINDOW_LINES = 5_000;
const WINDOW_BYTES = 32 * 1024 * 1024;

export interface LoadOptions {
  readonly source: Source;
  readonly door: Door;
  readonly journal: Journal;
  /** What was done before; goes on to be counted. */
  readonly journaled: Journaled;
  readonly concurrency: number;
  readonly pace: Pace;
  readonly giveUpAfterMs: number;
  readonly stopsOnError: boolean;
  /** Aborted by the user: what is under way is awaited, nothing else is begun. */
  readonly signal: AbortSignal;
  readonly onTrouble: (message: string) => void;
}

/** How a load ended: complete; or before, by the user, by a line that failed, or by what all lines would meet. */
export type Ended =
  | { readonly kind: "complete" | "interrupted" | "stopped" }
  | { readonly kind: "failed"; readonly failure: unknown };

export class Load {
  readonly #options: LoadOptions;
  readonly #plan = new Plan();
  readonly #stop = new AbortController();
  readonly #caller: Caller;
  #failure: unknown;
  #underWay = 0;
  #lastRead = 0;
  /** Read and not decided. */
  #bytes = 0;
  /** Nothing more is read: a line is invalid, and the load ends at the first that fails. */
  #isCut = false;
  #blank: number[] = [];
  /** Somebody waits for a call to end. */
  #wake: () => void = () => undefined;

  constructor(options: LoadOptions) {
    this.#options = options;
    const { door, giveUpAfterMs, onTrouble } = options;
    this.#caller = new Caller({
      door,
      giveUpAfterMs,
      onTrouble,
      stop: this.#stop.signal,
      pause: (ms) => sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined),
      onDecided: (decisions) => this.#record(decisions),
    });
  }

  /** Runs it to its end. What is decided by then is in the journal. */
  async run(): Promise<Ended> {
    const { signal, source, journal } = this.#options;
    const interrupt = (): void => this.#end();
    signal.addEventListener("abort", interrupt);
    if (signal.aborted) interrupt();
    const lines = source.walk();
    let isComplete = false;
    try {
      isComplete = await this.#work(lines);
    } catch (error) {
      this.#fail(error);
    } finally {
      signal.removeEventListener("abort", interrupt);
      await this.#settle();
      await lines.return(undefined);
    }
    if (this.#blank.length > 0 && this.#failure === undefined) this.#record([]);
    await journal.flush();
    if (this.#failure !== undefined) return { kind: "failed", failure: this.#failure };
    if (isComplete) return { kind: this.#isCut ? "stopped" : "complete" };
    return { kind: signal.aborted ? "interrupted" : "stopped" };
  }

  /** Answers whether everything that was to be read is decided. */
  async #work(lines: AsyncGenerator<TextLine>): Promise<boolean> {
    const { concurrency, pace } = this.#options;
    let isOver = false;
    while (!this.#stop.signal.aborted) {
      if (!isOver) isOver = await this.#fill(lines);
      const unit = this.#underWay < concurrency ? this.#plan.take(pace.most) : undefined;
      if (unit !== undefined) {
        await pace.wait(unit.length, this.#stop.signal);
        if (!this.#stop.signal.aborted) void this.#start(unit);
      } else if (isOver && this.#plan.isEmpty) return true;
      else await this.#ended();
    }
    return false;
  }

  /** Reads until the window is full; answers whether nothing more is to be read. */
  async #fill(lines: AsyncGenerator<TextLine>): Promise<boolean> {
    const { source, journaled } = this.#options;
    const { done } = journaled;
    while (this.#bytes <= WINDOW_BYTES && this.#lastRead < done.watermark + WINDOW_LINES) {
      if (this.#stop.signal.aborted) return false;
      const { value: line } = await lines.next();
      if (line === undefined) return true;
      this.#lastRead = line.number;
      if (done.has(line.number)) continue;
      if (isBlank(line)) {
        this.#blank.push(line.number);
        done.add(line.number);
        continue;
      }
      this.#read(line, source.sha256);
      if (this.#isCut) return true;
    }
    return false;
  }

  #read(line: TextLine, identity: string): void {
    try {
      const item = readItem(line, identity);
      this.#bytes += item.bytes;
      this.#plan.add(item);
    } catch (error) {
      if (!(error instanceof InvalidLine)) throw error;
      const { message } = error;
      this.#note([line.number], 0, 0, [{ line: line.number, outcome: "invalid", reason: "INVALID_LINE", message }]);
      this.#isCut = this.#options.stopsOnError;
    }
  }

  async #start(unit: Unit): Promise<void> {
    this.#underWay += 1;
    try {
      await this.#caller.call(unit);
    } catch (error) {
      this.#fail(error);
    }
    this.#underWay -= 1;
    this.#plan.release(unit);
    this.#wake();
  }

  #record(decisions: readonly Decision[]): void {
    const failures = decisions.flatMap((decision) => ("failure" in decision ? [decision.failure] : []));
    const duplicates = decisions.filter((decision) => "isDuplicate" in decision && decision.isDuplicate).length;
    const lines = decisions.map(({ item }) => item.line);
    for (const { item } of decisions) this.#bytes -= item.bytes;
    this.#note(lines, decisions.length - failures.length, duplicates, failures);
    if (failures.length > 0 && this.#options.stopsOnError) this.#end();
  }

  #note(lines: readonly number[], applied: number, duplicates: number, failures: readonly LineFailure[]): void {
    const { journal, journaled } = this.#options;
    journal.add({ done: toRanges([...lines, ...this.#blank]), applied, duplicates, failures });
    this.#blank = [];
    for (const line of lines) journaled.done.add(line);
    journaled.tally.add(applied, duplicates, failures);
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#end();
  }

  #end(): void {
    this.#stop.abort();
    this.#wake();
  }

  async #ended(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  async #settle(): Promise<void> {
    while (this.#underWay > 0) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}
