/**
 * Watchers who are cut off again and again, of machines that sleep between bursts of events, in a server that is killed
 * once: each ends with exactly the changes, in order. Through Connect, gRPC-web and Server-Sent Events.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createCaller } from "../doors/caller.ts";
import type { Json } from "../doors/json.ts";
import { watcherOf, type Told, type Watching } from "../doors/watcher.ts";
import { startSink, type Sink } from "../faults/sink.ts";
import { buildSubject, SUBJECTS } from "../host.ts";
import { startKillableHost, type KillableHost } from "../killable-host.ts";
import { until } from "../until.ts";

const MACHINES = 20;
const WATCHERS = 200;
const EVENTS = 5_000;
const BURSTS = 2;
const CALLERS = 16;
/** Longer than it takes until a machine has nothing to do, 5 s, and an object without calls leaves memory, 10 s. */
const REST_MS = 20_000;
/** A connection that is cut counts as open until something is sent on it, within 15 s. */
const CUT_WITHIN_MS = 12_000;
/** Before somebody who was refused asks again. */
const PATIENCE_MS = 1_000;
const SETTLED_WITHIN_MS = 60_000;

const CONFIGURATION = {
  name: "watched",
  starting_state: "closed",
  states: ["closed", "open"],
  transitions: [
    { from: "closed", to: "open", event: "flip" },
    { from: "open", to: "closed", event: "flip" },
  ],
};

/** Nobody is cut off, and so nobody comes back. */
let isQuiet = false;
let dir: string;
let sink: Sink;
let host: KillableHost | undefined;
let caller: ReturnType<typeof createCaller>;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "detent-watchers-"));
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
  caller = createCaller(host.origin, (request) => fetch(request));
}

async function kill(): Promise<void> {
  host?.kill();
  await host?.gone();
  host = undefined;
}

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
const machineOf = (watcher: number): string => `m${watcher % MACHINES}`;

function open(watcher: number, after: number | undefined): Watching {
  const machine = machineOf(watcher);
  const { connectJson, connectBinary, grpcWeb } = caller;
  const transport = [connectJson, connectBinary, grpcWeb][Math.floor(watcher / MACHINES) % 4];
  return transport === undefined
    ? watcherOf.sse(caller.send, "watched", machine, after)
    : watcherOf.rpc(transport, "watched", machine, after);
}

/** Somebody who comes back as often as he is cut off, always with the last revision that he has. */
class Watcher {
  readonly changes: Told[] = [];
  cuts = 0;
  /** The first revision that it should have. */
  first = 0;
  readonly #number: number;
  #last: number | undefined;
  #isOver = false;
  #watching: Watching | undefined;

  /** Every third begins from now on, the others with the creation. */
  constructor(number: number) {
    this.#number = number;
    this.#last = number % 3 === 0 ? undefined : -1;
  }

  get last(): number {
    return this.#last ?? -1;
  }

  async run(): Promise<void> {
    while (!this.#isOver) {
      this.#watching = open(this.#number, this.#last);
      const timer = setInterval(() => this.#cut(), Math.random() * CUT_WITHIN_MS);
      try {
        for await (const message of this.#watching.messages) this.#hear(message);
      } catch (error) {
        // The server is killed, or too many are open; whatever else is wrong shows in what is missing.
        if (!/fetch failed|terminated|UNAVAILABLE|RATE_LIMITED|closed|premature|missing/i.test(String(error)))
          throw error;
        await sleep(PATIENCE_MS);
      }
      clearInterval(timer);
      await sleep(Math.random() * 50);
    }
  }

  stop(): void {
    this.#isOver = true;
    this.#watching?.cut();
  }

  #cut(): void {
    if (isQuiet) return;
    this.cuts += 1;
    this.#watching?.cut();
  }

  #hear(message: Told): void {
    if (message.kind !== undefined) this.changes.push(message);
    else if (this.#last === undefined) this.first = message.revision + 1;
    this.#last = message.revision;
  }
}

/** Sends a burst's events, again under the same id until they are answered. */
async function send(burst: number): Promise<void> {
  const events = range(EVENTS).filter((index) => index % BURSTS === burst);
  const ask = async (index: number): Promise<void> => {
    const machine = index % MACHINES;
    const body = { event: "flip", event_id: `e${index}`, data: { index } };
    for (;;) {
      const answered = await caller.sendJson(`/api/v1/statemachines/watched/m${machine}/events`, body).then(
        ({ status }) => status,
        () => 0,
      );
      if (answered === 200) return;
      await sleep(50);
    }
  };
  const ahead = async (): Promise<void> => {
    for (let index = events.shift(); index !== undefined; index = events.shift()) await ask(index);
  };
  await Promise.all(range(CALLERS).map(ahead));
}

async function historyOf(machine: string): Promise<Json[]> {
  const history: Json[] = [];
  for (let token = ""; ;) {
    const path = `/api/v1/statemachines/watched/${machine}/history?page_size=1000&page_token=${token}`;
    const { body } = await caller.sendJson(path);
    history.push(...body.history);
    token = body.next_page_token;
    if (token === "") return history;
  }
}

test(
  `${WATCHERS} watchers over ${MACHINES} machines and ${EVENTS} events, evicted and cut at random: each ends with exactly the changes`,
  { timeout: 180_000 + SETTLED_WITHIN_MS },
  async () => {
    await caller.sendJson("/api/v1/configurations", CONFIGURATION);
    for (const index of range(MACHINES)) {
      await caller.sendJson("/api/v1/statemachines", { config_id: "watched", id: `m${index}` });
    }
    const watchers = range(WATCHERS).map((number) => new Watcher(number));
    const running = Promise.all(watchers.map((watcher) => watcher.run()));
    for (const burst of range(BURSTS)) {
      const sending = send(burst);
      if (burst === 0) {
        await sleep(300);
        await kill();
        await start();
      }
      await sending;
      isQuiet = true;
      await sleep(burst < BURSTS - 1 ? REST_MS : 0);
      isQuiet = false;
    }
    const made = await (await caller.send("/faults/made")).json<Record<string, number>>();
    const histories = new Map<string, Json[]>();
    for (const index of range(MACHINES)) histories.set(`m${index}`, await historyOf(`m${index}`));
    const sent = [...histories.values()].reduce((sum, history) => sum + history.length, 0);
    expect(sent).toBe(EVENTS);
    const newest = (number: number): number => histories.get(machineOf(number))?.length ?? 0;
    const isSettled = (): boolean => watchers.every(({ last }, number) => last >= newest(number));
    await Promise.race([until(SETTLED_WITHIN_MS, isSettled, Boolean), running]);
    for (const watcher of watchers) watcher.stop();
    await running;

    for (const [number, { changes, first }] of watchers.entries()) {
      const history = histories.get(machineOf(number)) ?? [];
      const all = [
        { revision: 0, kind: "creation", from: "", to: "closed", eventId: "" },
        ...history.map(({ revision, kind, event_id: eventId, transition: { from, to } }) => {
          return { revision, kind, from, to, eventId };
        }),
      ];
      expect(changes, `watcher ${number}`).toEqual(all.filter(({ revision }) => revision >= first));
    }
    const evictions = Object.values(made).reduce((sum, count) => sum + count - 1, 0);
    expect(evictions).toBeGreaterThan(0);
    const cuts = watchers.reduce((sum, watcher) => sum + watcher.cuts, 0);
    expect(cuts).toBeGreaterThan(WATCHERS);
    console.log(JSON.stringify({ evictions, cuts }));
  },
);
