/**
 * What survives kill -9 under load: everything. The built bundle on a bare workerd is killed, workerd and all, again and
 * again while callers wait for answers; afterwards every answer that was given still holds, and everybody who has to hear
 * of it has heard: the index, the feeds, both queues.
 *
 * `DETENT_KILLS` says how often (10); `npm run test:kills` asks for more.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findFaults, findUntold } from "../faults/check.ts";
import { CALLERS, CONFIGURATION, Load } from "../faults/load.ts";
import { startSink, type Sink } from "../faults/sink.ts";
import { buildSubject, SUBJECTS } from "../host.ts";
import { startKillableHost, type KillableHost } from "../killable-host.ts";
import { until } from "../until.ts";

const KILLS = Number(process.env["DETENT_KILLS"] || 10);
const MACHINES = 40;
/** How many answers a server lives for, at the most; some die before they have done anything. */
const MOST_ANSWERS = 600;
/** Now and then one lives longer than it takes a machine's alarm to fire and to store how far it has got. */
const LONG_LIFE = { every: 4, ms: 5_500 };
/** Events without a machine are told by the sweeper when a kill came between: in rounds of 30 s, not before 30 s. */
const IS_DEEP = KILLS > 10;
/** Alarms fire within 5 s; what has failed is tried again within a minute, with waits that grow from 3 s. */
const SETTLED_WITHIN_MS = IS_DEEP ? 150_000 : 40_000;
const WITHIN_MS = 2 * SETTLED_WITHIN_MS + 60_000 + KILLS * 10_000;

let dir: string;
let sink: Sink;
let host: KillableHost | undefined;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "detent-kills-"));
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

/** What is still wrong when time is up; the first of it. */
async function settle(find: () => Promise<string[]>): Promise<string[]> {
  const faults = await until(SETTLED_WITHIN_MS, find, (found) => found.length === 0);
  return faults.slice(0, 20);
}

test(
  `nothing that was answered is lost, doubled or left untold by ${KILLS} kills under load`,
  { timeout: WITHIN_MS },
  async () => {
    const load = new Load({ failing: IS_DEEP });
    let origin = await start();
    const body = JSON.stringify(CONFIGURATION);
    const headers = { "content-type": "application/json" };
    expect((await fetch(`${origin}/api/v1/configurations`, { method: "POST", headers, body })).status).toBe(201);
    await load.create(origin, MACHINES);
    expect(load.machines.size).toBe(MACHINES);

    sink.isTroubled = true;
    const unknown: number[] = [];
    for (let time = 1; time <= KILLS; time += 1) {
      load.start(origin);
      const answers = 1 + Math.floor(Math.random() * MOST_ANSWERS);
      await load.answers(answers, time % LONG_LIFE.every === 0 ? LONG_LIFE.ms : 0);
      const before = load.unknown.length;
      expect(load.inFlight).toBe(CALLERS);
      host?.kill();
      await load.stop();
      unknown.push(load.unknown.length - before);
      await kill();
      origin = await start();
    }
    sink.isTroubled = false;
    expect(Math.min(...unknown), "calls without an answer, at each kill").toBeGreaterThan(0);

    expect(await settle(() => findUntold(origin, load, sink)), "left untold by machines that nobody asks").toEqual([]);
    await load.askAgain(origin);
    expect(load.unknown, "calls without an answer when nothing is killed").toEqual([]);
    expect(await settle(() => findFaults(origin, load, sink)), "wrong in the end").toEqual([]);

    const facts = {
      kills: KILLS,
      unknown: unknown.reduce((sum, count) => sum + count, 0),
      machines: load.machines.size,
      accepted: load.accepted.size,
      refused: load.refused.size,
      failed: load.failed.size,
      repeats: { transitions: sink.transitions.repeats, notifications: sink.notifications.repeats },
    };
    console.log(JSON.stringify(facts));
  },
);
