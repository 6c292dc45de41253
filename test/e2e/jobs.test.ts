/**
 * Jobs on real objects and a real queue that delivers everything three times, in a server that is killed again and again:
 * each machine is affected once, and the report adds up.
 *
 * `DETENT_JOB_MACHINES` says how many machines (1,000); `npm run test:jobs` takes more.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startSink, type Sink } from "../faults/sink.ts";
import { buildSubject, SUBJECTS } from "../host.ts";
import { startKillableHost, type KillableHost } from "../killable-host.ts";
import { until } from "../until.ts";
import type { Json } from "../doors/json.ts";

const MACHINES = Number(process.env["DETENT_JOB_MACHINES"] || 1_000);
const KILLS = 2;
const CALLERS = 16;
const WITHIN_MS = 120_000 + 100 * MACHINES;

/** Every fifth machine has a guard in its way, every tenth is where the filter does not look. */
const CONFIGURATION = {
  name: "jobs",
  starting_state: "open",
  states: ["open", "held", "closed"],
  transitions: [
    { from: "open", to: "closed", event: "close", guard: "data.may" },
    { from: "closed", to: "open", event: "open" },
    { from: "held", to: "closed", event: "close" },
  ],
};

const isHeld = (index: number): boolean => index % 10 === 9;
const may = (index: number): boolean => index % 5 !== 0;

let dir: string;
let sink: Sink;
let host: KillableHost | undefined;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "detent-jobs-"));
  sink = await startSink();
  await buildSubject(SUBJECTS.faults, dir, AbortSignal.timeout(90_000));
  await start();
});
afterAll(async () => {
  await kill();
  sink.close();
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
});

async function start(): Promise<void> {
  host = await startKillableHost({ subject: "faults", dir, bindings: { SINK: sink.origin } });
}

async function kill(): Promise<void> {
  host?.kill();
  await host?.gone();
  host = undefined;
}

async function ask(path: string, body?: object): Promise<Json> {
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(`${host?.origin}/api/v1/${path}`, body && init);
  const text = await response.text();
  expect(response.status, text).toBeLessThan(300);
  return JSON.parse(text);
}

/** The answers for each index, a few at a time. */
async function forAll<T>(work: (index: number) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let index = next++; index < MACHINES; index = next++) answers[index] = await work(index);
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return answers;
}

/** The job once it has reached what is wanted. */
function reach(id: string, isReached: (job: Json) => boolean): Promise<Json> {
  return until(WITHIN_MS, () => ask(`jobs/${id}?page_size=1`), isReached);
}

const done = ({ progress }: Json): number =>
  progress.succeeded + progress.unchanged + progress.refused + progress.skipped;

async function refusalsOf(id: string): Promise<Json[]> {
  const refusals: Json[] = [];
  for (let token = ""; ;) {
    const page = await ask(`jobs/${id}?page_size=1000&page_token=${token}`);
    refusals.push(...page.refusals);
    token = page.next_page_token;
    if (token === "") return refusals;
  }
}

test(
  `a job over ${MACHINES} machines survives ${KILLS} kills and repeated batches: each is affected once, the report adds up`,
  { timeout: WITHIN_MS },
  async () => {
    await ask("configurations", CONFIGURATION);
    await forAll((index) =>
      ask("statemachines", {
        config_id: "jobs",
        id: `m${index}`,
        state: isHeld(index) ? "held" : "open",
        data: { may: may(index) },
      }),
    );
    const filter = { configuration: "jobs", state: "open" };
    const { id } = await ask("jobs", { filter, send: { event: "close" }, rate: 1_000 });
    for (let time = 1; time <= KILLS; time += 1) {
      await reach(id, (job) => done(job) > ((time - 0.5) * MACHINES) / (KILLS + 1));
      await kill();
      await start();
    }
    const job = await reach(id, ({ status }) => status === "finished");
    const open = Array.from({ length: MACHINES }, (_, index) => index).filter((index) => !isHeld(index));
    const refusing = open.filter((index) => !may(index));
    expect(job.progress).toEqual({
      expected: open.length,
      found: open.length,
      succeeded: open.length - refusing.length,
      unchanged: 0,
      refused: refusing.length,
      skipped: 0,
    });
    const refusals = await refusalsOf(id);
    expect(refusals.length).toBe(refusing.length);
    expect(new Set(refusals.map((refusal) => refusal.id))).toEqual(new Set(refusing.map((index) => `m${index}`)));
    expect(new Set(refusals.map(({ reason }) => reason))).toEqual(new Set(["GUARD_REJECTED"]));

    const histories = await forAll((index) => ask(`statemachines/jobs/m${index}/history`));
    const expected = Array.from({ length: MACHINES }, (_, index) =>
      may(index) && !isHeld(index) ? [`detent:job:${id}:${Date.parse(job.created_at)}`] : [],
    );
    expect(histories.map(({ history }) => history.map((entry: Json) => entry.event_id))).toEqual(expected);
    const refused = await forAll((index) => ask(`statemachines/jobs/m${index}/history?refused=true`));
    expect(refused.map(({ receipts }) => receipts.length)).toEqual(
      histories.map((_, index) => (may(index) || isHeld(index) ? 0 : 1)),
    );

    const ended = await ask("jobs", { filter: { configuration: "jobs" }, delete: {}, rate: 1_000 });
    const { progress } = await reach(ended.id, ({ status }) => status === "finished");
    expect(progress).toMatchObject({ found: MACHINES, succeeded: MACHINES });
    const isEmpty = ({ statemachines }: Json): boolean => statemachines.length === 0;
    const listed = await until(10_000, () => ask("statemachines?configuration=jobs"), isEmpty);
    expect(listed.statemachines).toEqual([]);
  },
);
