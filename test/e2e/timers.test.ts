/**
 * What timers promise through kills, evictions and events that come between: each one's event once or, where its state was
 * left before, never; none early. The built bundle on a bare workerd, with real objects and their alarms, is killed again
 * and again while callers send what they like; some machines sleep, undisturbed, for longer than their objects live.
 *
 * `DETENT_TIMER_MACHINES` says how many machines (100); `npm run test:timers` asks for more, and for more kills.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findFaults } from "../faults/check.ts";
import { CALLERS, Load } from "../faults/load.ts";
import { startSink, type Sink } from "../faults/sink.ts";
import { buildSubject, SUBJECTS } from "../host.ts";
import { startKillableHost, type KillableHost } from "../killable-host.ts";
import { checkCourses, readCourse, type Course } from "../timers/course.ts";
import { CREATION_DATA, LATEST_DUE_MS, LONGEST_MS, TIMED_CONFIGURATION } from "../timers/rules.ts";
import { until } from "../until.ts";

const MACHINES = Number(process.env["DETENT_TIMER_MACHINES"] || 100);
const IS_DEEP = MACHINES > 100;
const KILLS = IS_DEEP ? 12 : Math.min(3, Math.ceil(MACHINES / 25));
/** How long a server lives, at random. */
const LIFE_MS = IS_DEEP ? { least: 2_000, most: 14_000 } : { least: 1_000, most: 6_000 };
/** How long nothing runs, at the most. */
const DOWN_MS = 2_000;
/** Each machine that is awake gets an event so often: often enough to leave states early, seldom enough to stay in some. */
const EVENT_EVERY_MS = 1_000;
/** A quarter of the machines sleep, in as many groups as servers live. */
const SLEEPERS = Math.ceil(MACHINES / 4 / (KILLS + 1));
const AWAKE = MACHINES - SLEEPERS * (KILLS + 1);
/** A machine whose alarm was lost is woken by the sweeper, in rounds of 30 s. */
const SETTLED_WITHIN_MS = 90_000;
const READERS = 8;
const WITHIN_MS = 180_000 + 2 * SETTLED_WITHIN_MS + MACHINES * 100 + KILLS * 30_000;

let dir: string;
let sink: Sink;
let host: KillableHost | undefined;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "detent-timers-"));
  sink = await startSink();
  await buildSubject(SUBJECTS.faults, dir, AbortSignal.timeout(90_000));
});
afterAll(async () => {
  await kill();
  sink.close();
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
});

async function start(): Promise<string> {
  host = await startKillableHost({ subject: "faults", dir, bindings: { SINK: sink.origin } });
  return host.origin;
}

async function kill(): Promise<void> {
  host?.kill();
  await host?.gone();
  host = undefined;
}

const between = ({ least, most }: { least: number; most: number }): number => least + (most - least) * Math.random();

/** An event for one of the machines that are awake; what it is called may be what a timer's event is. */
function pickEvent(awake: readonly string[]) {
  const machine = awake[Math.floor(awake.length * Math.random())] ?? "";
  const chance = Math.random();
  if (chance < 0.35) return { machine, event: "touch" };
  if (chance < 0.6) {
    const due = new Date(Date.now() + between({ least: -5_000, most: LATEST_DUE_MS })).toISOString();
    return { machine, event: "watch", data: chance < 0.4 ? {} : { due } };
  }
  if (chance < 0.7) return { machine, event: "reset" };
  if (chance < 0.75) return { machine, event: "open", data: chance < 0.72 ? {} : { key: "k" } };
  const others = ["begin", "remind", "expire", "tick", "stop", "hurry", "give_up", "wake", "nonsense"];
  return { machine, event: others[Math.floor(others.length * Math.random())] ?? "" };
}

/** Creates machines that go to sleep at once; answers which. */
async function createSleepers(origin: string, load: Load): Promise<string[]> {
  const before = new Set(load.machines);
  await load.create(origin, SLEEPERS);
  const sleepers = [...load.machines].filter((machine) => !before.has(machine));
  await Promise.all(sleepers.map((machine) => load.send(origin, { machine, event: "sleep" })));
  return sleepers;
}

async function readCourses(origin: string, machines: readonly string[]): Promise<Course[]> {
  const left = machines.values();
  const courses: Course[] = [];
  // Readers take turns at one iterator.
  const read = async (): Promise<void> => {
    for (const machine of left) courses.push(await readCourse(origin, machine));
  };
  await Promise.all(Array.from({ length: READERS }, read));
  return courses;
}

/** Of these machines, which nobody has asked since, how many were evicted before their timers woke them. */
async function countEvicted(origin: string, machines: readonly string[]): Promise<number> {
  const made = Object.entries(await (await fetch(`${origin}/faults/made`)).json<Record<string, number>>());
  const timesOf = (machine: string) => made.find(([name]) => name.endsWith(`/${machine}`))?.[1] ?? 0;
  return machines.filter((machine) => timesOf(machine) > 1).length;
}

/** p50, p99 and the latest, in ms. */
function spreadOf(latenesses: readonly number[]) {
  const sorted = latenesses.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: sorted.at(-1) };
}

test(
  `each timer of ${MACHINES} machines does its work once or is cancelled, none early, through ${KILLS} kills`,
  { timeout: WITHIN_MS },
  async () => {
    const awake: string[] = [];
    const pauseMs = (): number => (2 * Math.random() * CALLERS * EVENT_EVERY_MS) / AWAKE;
    const habit = { data: CREATION_DATA, pauseMs, pick: () => pickEvent(awake) };
    const load = new Load({ failing: false, habit });
    let origin = await start();
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify(TIMED_CONFIGURATION);
    expect((await fetch(`${origin}/api/v1/configurations`, { method: "POST", headers, body })).status).toBe(201);
    await load.create(origin, AWAKE);
    awake.push(...load.machines);

    // Callers are there as soon as the server is: what was due while nothing ran comes before what they send.
    load.start(origin);
    let sleepers = await createSleepers(origin, load);
    for (let time = 1; time <= KILLS; time += 1) {
      await load.answers(1, between(LIFE_MS));
      host?.kill();
      await load.stop();
      await kill();
      await sleep(DOWN_MS * Math.random());
      origin = await start();
      load.start(origin);
      sleepers = await createSleepers(origin, load);
    }
    await load.answers(1, between(LIFE_MS));
    await load.stop();
    await load.askAgain(origin);
    expect(load.machines.size).toBe(MACHINES);
    // Reading would wake what is to wake by itself.
    await sleep(LONGEST_MS + 1_000);
    const evicted = await countEvicted(origin, sleepers);

    const check = async () => checkCourses(await readCourses(origin, [...load.machines]));
    const findings = await until(SETTLED_WITHIN_MS, check, ({ missing }) => missing.length === 0);
    expect([...findings.faults, ...findings.missing].slice(0, 20), "wrong in what the machines did").toEqual([]);
    expect(load.unknown, "calls without an answer when nothing is killed").toEqual([]);
    expect(evicted, "machines that were evicted before they were due").toBeGreaterThan(0);
    const untold = await until(
      SETTLED_WITHIN_MS,
      () => findFaults(origin, load, sink),
      (faults) => faults.length === 0,
    );
    expect(untold.slice(0, 20), "wrong in what was answered and told").toEqual([]);
    const { accepted, refused, cancelled } = findings;
    const facts = {
      machines: MACHINES,
      kills: KILLS,
      events: { accepted: load.accepted.size, refused: load.refused.size },
      timers: { accepted: accepted.length, refused: refused.length, cancelled },
      latenessMs: spreadOf([...accepted, ...refused]),
      evicted: `${evicted} of ${sleepers.length}`,
    };
    console.log(JSON.stringify(facts));
  },
);
