/** `detent load`: machines and events by the thousand, each applied once, whatever comes between. */
import type { Command } from "commander";
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { parseDuration } from "../../engine/duration.ts";
import { Door } from "../door.ts";
import { answeredNo, usage, type Failure } from "../failure.ts";
import { addLeaf, type Runner, type Session } from "../leaf.ts";
import { findEarlier, Journal, readJournal, type Journaled, type JournalHeader } from "../load/journal.ts";
import { LineSet } from "../load/line-set.ts";
import { Load, type Ended } from "../load/load.ts";
import { Lock } from "../load/lock.ts";
import { Pace } from "../load/pace.ts";
import { formatCount, Progress } from "../load/progress.ts";
import { Report } from "../load/report.ts";
import { Source } from "../load/source.ts";
import { Tally, type LineFailure } from "../load/tally.ts";
import { xdgHome } from "../profiles.ts";
import { readSettings, type Settings, type SettingsFlags } from "../settings.ts";
import { toPrintable } from "../table.ts";

/**
 * Calls at once. A creation waits for the index, for 30 to 250 ms where a disk is slow: fewer calls leave the service idle
 * then, and twice as many were no faster (docs/load.md).
 */
const CONCURRENCY = 32;
const MOST_CONCURRENCY = 256;
/** Failures that are told on stderr; a report has all of them. */
const MOST_TOLD = 10;
/** Trouble is told once, and again when it lasts. */
const TROUBLE_EVERY_MS = 10_000;

interface LoadFlags extends SettingsFlags {
  readonly rate?: string;
  readonly concurrency: string;
  readonly giveUpAfter: string;
  readonly stopOnError?: boolean;
  readonly restart?: boolean;
  readonly report?: string;
}

export function addLoad(program: Command, runner: Runner): void {
  addLeaf<LoadFlags>(program, runner, {
    name: "load <file>",
    summary: "create machines and send events by the thousand, from a file of JSON lines",
    description: `Creates machines and sends events, one for each line of a file ("-": stdin):

  {"create": {"config_id": "orders:v3", "id": "order-1", "data": {"total": 12}}}
  {"send": {"configuration": "orders", "id": "order-1", "event": "accept"}}

Lines of a machine are applied in their order, machines beside each other. Each line is applied once: a load that was
interrupted goes on where it was when the same command is given again. Lines that cannot be applied are told at the end and
hinder no others. Exit code 0: all applied; 1: some were not; 3: the service was away for too long.`,
    examples: [
      ["load orders.ndjson", "all of it, or what is left of it"],
      ["load orders.ndjson --report failed.ndjson", "lines that were not applied, to mend and load again"],
      ["load orders.ndjson --rate 100", "a hundred lines a second at most"],
      ["load orders.ndjson --restart", "from the first line, under the same ids"],
    ],
    json: '`{"lines", "applied", "duplicates", "refused", "invalid", "left", "failures": [{"line", "outcome", "reason", "message"}], "failures_left_out"}`',
    options: (command) =>
      command
        .option("--rate <lines>", "lines a second at most (no limit)")
        .option("--concurrency <calls>", "calls at once", String(CONCURRENCY))
        .option("--give-up-after <duration>", "how long the service may be away, like 90s or PT1H", "10m")
        .option("--stop-on-error", "end at the first line that is not applied")
        .option("--restart", "begin anew, also where the file was changed since; under the same ids, where it was not")
        .option("--report <file>", "write the lines that were not applied, each with the reason"),
    takesItsTime: true,
    run: runLoad,
  });
}

async function runLoad(session: Session<LoadFlags>, file = ""): Promise<void> {
  const { flags, signal } = session;
  const limits = readLimits(flags);
  const settings = await readSettings(flags);
  const source = await Source.open(file, signal);
  try {
    const report = flags.report === undefined ? undefined : await Report.prepare(flags.report, source);
    const journalFile = join(stateDir(), `${nameOf(source, settings)}.journal`);
    const lock = await Lock.take(`${journalFile}.lock`);
    try {
      await loadSource(session, { ...limits, settings, source, report, journalFile });
    } finally {
      await lock.release();
    }
  } finally {
    await source.close();
  }
}

interface Limits {
  readonly pace: Pace;
  readonly concurrency: number;
  readonly giveUpAfterMs: number;
}

/** What is loaded, how fast, and where it is noted. */
interface Job extends Limits {
  readonly settings: Settings;
  readonly source: Source;
  readonly report: Report | undefined;
  readonly journalFile: string;
}

async function loadSource(session: Session<LoadFlags>, job: Job): Promise<void> {
  const { flags, output, signal } = session;
  const { settings, source, report, journalFile, ...limits } = job;
  const { name, path, sha256 } = source;
  const header: JournalHeader = { detent_load: 1, file: path ?? name, sha256, url: settings.url };
  const earlier = flags.restart === true ? undefined : await readJournal(journalFile, header, source.lastLine);
  const journaled = earlier ?? { done: new LineSet(), tally: new Tally() };
  const changed = path === undefined ? [] : await findEarlier(stateDir(), header);
  if (changed.length > 0 && flags.restart === true) await Promise.all(changed.map((each) => rm(each, { force: true })));
  else if (changed.length > 0 && earlier === undefined) throw hasChanged(source);
  tellBeginning(session, source, earlier);

  const journal = await Journal.open(journalFile, header, earlier !== undefined);
  const before = journaled.tally.decided;
  const startedAt = performance.now();
  const progress = new Progress(output, journaled.tally, source.lines);
  let toldAt = -Infinity;
  const onTrouble = (message: string): void => {
    if (performance.now() - toldAt < TROUBLE_EVERY_MS) return;
    toldAt = performance.now();
    progress.say(`${message}; trying again`);
  };
  const stopsOnError = flags.stopOnError === true;
  const door = new Door(settings);
  const load = new Load({ ...limits, source, door, journal, journaled, stopsOnError, signal, onTrouble });
  const onInterrupted = (): void => progress.say("ending; what is under way is awaited");
  signal.addEventListener("abort", onInterrupted, { once: true });
  const ended = await load.run().finally(() => progress.end());
  signal.removeEventListener("abort", onInterrupted);
  await journal.close();
  // It takes its time, and whoever interrupts has none: it is written when the load has gone on to its end.
  if (!signal.aborted) await report?.write(source, journalFile, header, signal);
  if (ended.kind === "complete") await journal.remove();
  const seconds = (performance.now() - startedAt) / 1_000;
  tellEnd(session, source, journaled, { lines: journaled.tally.decided - before, seconds });
  if (ended.kind !== "complete") output.say("the same command goes on from here");
  throwEnd(ended, journaled.tally, signal);
}

function readLimits(flags: LoadFlags): Limits {
  const pace = new Pace(flags.rate === undefined ? Infinity : readNumber("--rate", flags.rate, 1_000_000));
  const concurrency = readNumber("--concurrency", flags.concurrency, MOST_CONCURRENCY);
  const giveUpAfterMs = parseDuration(flags.giveUpAfter);
  if (giveUpAfterMs === undefined) throw usage(`"${flags.giveUpAfter}" is no duration like 90s or PT1H`);
  return { pace, concurrency, giveUpAfterMs };
}

function stateDir(): string {
  return join(xdgHome("XDG_STATE_HOME", ".local/state"), "detent/load");
}

/** By what is loaded and where to; the key stands for its tenant. */
function nameOf({ sha256 }: Source, { url, key = "" }: Settings): string {
  return createHash("sha256")
    .update(JSON.stringify([sha256, url, key]))
    .digest("hex")
    .slice(0, 32);
}

function readNumber(name: string, text: string, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= most) return number;
  throw usage(`${name} is a whole number from 1 to ${most}, not "${text}"`);
}

function tellBeginning({ output }: Session<LoadFlags>, { name, lines }: Source, earlier: Journaled | undefined): void {
  if (earlier !== undefined) {
    const { decided } = earlier.tally;
    output.say(`going on with ${name}: ${formatCount(decided)} of ${formatCount(lines)} lines were done before`);
    return;
  }
  output.say(`${name}: ${formatCount(lines)} lines`);
}

/** Its lines have other ids now: what has been applied of it would be applied again. */
function hasChanged({ name }: Source): Failure {
  return usage(
    `${name} is not what it was when a load of it ended before its end: its lines without ids would be applied again`,
    "load it as it was, to its end, and what is new from a file of its own; or, where every line has an id of its own, load it with --restart",
  );
}

function tellEnd(
  { output }: Session<LoadFlags>,
  { lines }: Source,
  { tally }: Journaled,
  run: { readonly lines: number; readonly seconds: number },
): void {
  const { counts, failures, decided } = tally;
  const { applied, duplicates, refused, invalid } = counts;
  const left = lines - decided;
  const leftOut = refused + invalid - failures.length;
  if (output.isJson) output.data({ lines, ...counts, left, failures, failures_left_out: leftOut }, () => "");
  for (const failure of failures.slice(0, MOST_TOLD)) output.complain(formatFailure(failure));
  const more = refused + invalid - Math.min(failures.length, MOST_TOLD);
  if (more > 0) output.complain(`and ${formatCount(more)} more; --report FILE has them all`);
  const facts = [
    `${formatCount(applied)} of ${formatCount(lines)} lines applied`,
    ...(duplicates > 0 ? [`${formatCount(duplicates)} of them before`] : []),
    ...(refused > 0 ? [`${formatCount(refused)} refused`] : []),
    ...(invalid > 0 ? [`${formatCount(invalid)} invalid`] : []),
    ...(left > 0 ? [`${formatCount(left)} left`] : []),
  ];
  const rate = Math.round(run.lines / Math.max(run.seconds, 0.001));
  output.say(`${facts.join(", ")}; ${run.seconds.toFixed(1)} s, ${formatCount(rate)}/s`);
}

function formatFailure({ line, reason, message }: LineFailure): string {
  return `line ${line}: ${reason}: ${toPrintable(message)}`;
}

/** The exit code, and what went wrong with all of it. */
function throwEnd(ended: Ended, { hasFailures }: Tally, signal: AbortSignal): void {
  if (ended.kind === "failed") throw ended.failure;
  if (ended.kind === "interrupted") throw signal.reason;
  if (hasFailures) throw answeredNo();
}
