/**
 * `npm run bench`: events a second of Detent's SendEvent against a floor that does one insert and one update per call,
 * both as built bundles near the metal, in interleaved rounds.
 *
 *   --rounds N    rounds, 1 to 50 (5); fewer than 5 only show that it runs
 *   --requests N  requests per round and subject, 100 to 100,000 (4,000)
 *   --json FILE   write the result there as well; it is always the last line of stdout
 *   --assert      exit 1 when the ratio is below 0.6
 *   --floor-only  leave Detent out
 */
import { rmSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Host, startHost, SUBJECTS } from "../host.ts";
import type { LoadPlan, LoadResult } from "./load.ts";
import { createMachines, eventsPath, machineIds, MACHINES, REQUEST_TIMEOUT_MS, runLoad } from "./machines.ts";

const LEAST_RATIO = 0.6;
const CALLERS = 32;
const WARM_UP_REQUESTS = 1_000;
const ALL_WITHIN_MS = 900_000;
/** What a round leaves behind (index writes) must not run into the other subject's round. */
const SETTLE_MS = 1_000;

type SubjectName = keyof typeof SUBJECTS;

interface Served {
  name: SubjectName;
  plan: LoadPlan;
  rounds: LoadResult[];
}

interface Summary {
  eventsPerSecond: { median: number; min: number; max: number };
  p50: number;
  p99: number;
  errors: number;
  rounds: LoadResult[];
}

const floorPath = (id: string): string => `/event/${id}`;

function readNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new Error(`--${name} must be a whole number from ${min} to ${max}, got "${text}"`);
}

function planFor(host: Host, path: (id: string) => string, requests: number): LoadPlan {
  return {
    origin: host.origin,
    paths: machineIds.map(path),
    body: JSON.stringify({ event: "go" }),
    expect: '"transitioned"',
    callers: CALLERS,
    requests,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
  };
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

const rate = (round: LoadResult): number => (round.requests / round.ms) * 1_000;

function summarize({ rounds }: Served): Summary {
  const rates = rounds.map(rate);
  return {
    eventsPerSecond: { median: median(rates), min: Math.min(...rates), max: Math.max(...rates) },
    p50: median(rounds.map((round) => round.p50)),
    p99: median(rounds.map((round) => round.p99)),
    errors: rounds.reduce((sum, round) => sum + round.errors, 0),
    rounds,
  };
}

function row(...cells: string[]): void {
  console.log(cells.map((cell) => cell.padStart(11)).join(""));
}

function print(summaries: Partial<Record<SubjectName, Summary>>): void {
  row("", "events/s", "min", "max", "p50 ms", "p99 ms", "errors");
  for (const [name, summary] of Object.entries(summaries)) {
    const { median: middle, min, max } = summary.eventsPerSecond;
    const latencies = [summary.p50, summary.p99].map((value) => value.toFixed(1));
    row(name, ...[middle, min, max].map((value) => value.toFixed(0)), ...latencies, String(summary.errors));
  }
}

async function main(signal: AbortSignal): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "5" },
      requests: { type: "string", default: "4000" },
      json: { type: "string" },
      assert: { type: "boolean", default: false },
      "floor-only": { type: "boolean", default: false },
    },
  });
  const rounds = readNumber("rounds", values.rounds, 1, 50);
  const requests = readNumber("requests", values.requests, 100, 100_000);
  if (values.assert && values["floor-only"]) throw new Error("--assert needs Detent: leave --floor-only out");

  const dir = await mkdtemp(join(tmpdir(), "detent-bench-"));
  // On a signal miniflare ends its workerd and then this process, before any `finally`.
  process.once("exit", () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
  const hosts: Host[] = [];
  try {
    const start = async (name: SubjectName): Promise<Host> => {
      const host = await startHost(SUBJECTS[name], dir, signal);
      hosts.push(host);
      return host;
    };
    const served: Served[] = [];
    const floor = await start("floor");
    served.push({ name: "floor", plan: planFor(floor, floorPath, requests), rounds: [] });
    if (!values["floor-only"]) {
      const detent = await start("detent");
      await createMachines(detent.origin, signal);
      served.push({ name: "detent", plan: planFor(detent, eventsPath, requests), rounds: [] });
    }

    for (const { name, plan } of served) {
      const warmUp = await runLoad({ ...plan, requests: WARM_UP_REQUESTS }, signal);
      if (warmUp.errors > 0) throw new Error(`${name}: ${warmUp.errors} errors, the first: ${warmUp.firstError}`);
    }
    for (let round = 1; round <= rounds; round += 1) {
      // Each goes first in turn, so that neither always inherits the other's warm caches or write-back.
      for (const subject of round % 2 === 1 ? served : served.toReversed()) {
        await sleep(SETTLE_MS, undefined, { signal });
        // Objects that idled during the other's round are woken outside the measurement.
        await runLoad({ ...subject.plan, requests: MACHINES }, signal);
        const result = await runLoad(subject.plan, signal);
        subject.rounds.push(result);
        console.log(`round ${round} ${subject.name.padEnd(6)} ${rate(result).toFixed(0)} events/s`);
      }
    }
    await report(served, values.json, values.assert);
  } finally {
    await Promise.allSettled(hosts.map((host) => host.stop()));
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function report(served: Served[], file: string | undefined, isAsserted: boolean): Promise<void> {
  const summaries = Object.fromEntries(served.map((subject) => [subject.name, summarize(subject)]));
  print(summaries);
  const errors = served.flatMap(({ rounds }) => rounds.flatMap((round) => round.firstError ?? []));
  const { floor, detent } = summaries;
  let ratio: { median: number; min: number; max: number } | undefined;
  if (floor && detent) {
    const perRound = detent.rounds.map((round, index) => rate(round) / rate(floor.rounds[index] ?? round));
    const ofMedians = detent.eventsPerSecond.median / floor.eventsPerSecond.median;
    ratio = { median: ofMedians, min: Math.min(...perRound), max: Math.max(...perRound) };
    const [least, most] = [ratio.min.toFixed(2), ratio.max.toFixed(2)];
    console.log(`ratio ${ratio.median.toFixed(2)} of the floor (single rounds ${least} to ${most})`);
    if (isAsserted && ratio.median < LEAST_RATIO) {
      console.error(`the ratio is below ${LEAST_RATIO}`);
      process.exitCode = 1;
    }
  }
  if (errors.length > 0) {
    console.error(`replies that were no accepted transition, the first: ${errors[0]}`);
    process.exitCode = 1;
  }
  const json = JSON.stringify({ machines: MACHINES, callers: CALLERS, ...summaries, ratio });
  if (file !== undefined) await writeFile(file, `${json}\n`);
  console.log(json);
}

const interrupted = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.once(name, () => interrupted.abort(new Error(`ended by ${name}`)));
}
try {
  await main(AbortSignal.any([interrupted.signal, AbortSignal.timeout(ALL_WITHIN_MS)]));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
