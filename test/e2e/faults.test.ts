/**
 * What survives when everything around the machines fails for a while: everything. The built bundle on a bare workerd,
 * with real objects, D1 and index-writers; a share of the writes to D1 and of the sends to the queues fails, from a seed:
 * not done, done and said not to be, too many requests, no answer at all.
 *
 * `DETENT_FAULTS` says how many at least (1,000).
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findFaults, findUntold } from "../faults/check.ts";
import { CONFIGURATION, Load, NOBODY } from "../faults/load.ts";
import { startSink, type Sink } from "../faults/sink.ts";
import { buildSubject, SUBJECTS } from "../host.ts";
import { startKillableHost, type KillableHost } from "../killable-host.ts";
import { until } from "../until.ts";

const FAULTS = Number(process.env["DETENT_FAULTS"] || 1_000);
const MACHINES = 200;
const SEED = 3;
const SHARE = 0.5;
const FAULTY_FOR_MS = 60_000 + 60 * FAULTS;
/** A stream that has failed waits for up to a minute; one that was never answered, ten seconds more. */
const SETTLED_WITHIN_MS = 120_000;

let dir: string;
let sink: Sink;
let host: KillableHost | undefined;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "detent-faults-"));
  sink = await startSink();
  await buildSubject(SUBJECTS.faults, dir, AbortSignal.timeout(90_000));
  // In a process of its own: what it logs of a thousand failures stays there.
  host = await startKillableHost({ subject: "faults", dir, bindings: { SINK: sink.origin } });
});
afterAll(async () => {
  host?.kill();
  await host?.gone();
  sink.close();
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
});

async function post<T>(path: string, body: object): Promise<T> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch((host?.origin ?? "") + path, init);
  expect(response.ok).toBe(true);
  return await response.json<T>();
}

/** Sets the share of calls that fail from now on and answers how many have failed. */
async function setTrouble(trouble: { seed?: number; share: number }): Promise<number> {
  return (await post<{ count: number }>("/faults/trouble", trouble)).count;
}

/** What is still wrong when time is up; the first of it. */
async function settle(find: () => Promise<string[]>): Promise<string[]> {
  const faults = await until(SETTLED_WITHIN_MS, find, (found) => found.length === 0);
  return faults.slice(0, 20);
}

test(
  `nothing is lost, doubled or left untold by ${FAULTS} failures of D1 and the queues`,
  { timeout: FAULTY_FOR_MS + 2 * SETTLED_WITHIN_MS + 60_000 },
  async () => {
    const origin = host?.origin ?? "";
    const load = new Load({ failing: true });
    await post("/api/v1/configurations", CONFIGURATION);
    await load.create(origin, MACHINES);
    await setTrouble({ seed: SEED, share: SHARE });
    load.start(origin);
    const enough = (count: number): boolean => count >= FAULTS;
    const count = await until(FAULTY_FOR_MS, () => setTrouble({ share: SHARE }), enough);
    await load.stop();
    await setTrouble({ share: 0 });
    expect(count).toBeGreaterThanOrEqual(FAULTS);
    const unanswered = load.unknown.filter((call) => call.kind === "event" && call.machine !== NOBODY);
    expect(unanswered, "events to machines that exist, which need neither D1 nor a queue").toEqual([]);

    expect(await settle(() => findUntold(origin, load, sink)), "left untold by machines that nobody asks").toEqual([]);
    await load.askAgain(origin);
    expect(load.unknown, "calls without an answer when nothing fails").toEqual([]);
    expect(await settle(() => findFaults(origin, load, sink)), "wrong in the end").toEqual([]);
    const { accepted, refused, failed } = load;
    console.log(JSON.stringify({ faults: count, accepted: accepted.size, refused: refused.size, failed: failed.size }));
  },
);
