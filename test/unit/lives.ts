/**
 * A machine and a naive model of it, through made-up events, time, evictions, kills and what operators do: after every step
 * they agree. A timer fires once or never, not before its time and not after its state was left; an event that waits is
 * settled once; whoever is to be told is told once.
 */
import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { canonicalJson } from "../../src/json.ts";
import type { MachineView, Refusal, SendCall } from "../../src/machine/calls.ts";
import { configurations, toSource, type ReferenceConfiguration } from "./reference/configuration.ts";
import { canStartIn, eventsOf, expectEntry, transitionsFrom, unhandledIn } from "./reference/engine-model.ts";
import { BEGINNING, fields, type Fields } from "./reference/formula.ts";
import { MachineModel, type ExpectedReceipt } from "./reference/machine-model.ts";
import { addressOf, indexedOf } from "./simulation/machines.ts";
import { firstArrivals, World, type Delivered } from "./simulation/world.ts";

const ADDRESS = addressOf("m");
/** A counterexample is told in time, made as small as it is by then. */
const SHRINKING_MS = 240_000;
const STATES = ["a", "b", "x", "__proto__"];
const EVENTS = ["go", "stop", "constructor"];
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const YEAR_MS = 365 * 24 * HOUR_MS;
/** More than may wait. */
const CROWD = 70;

/**
 * Everything begins on a minute and takes whole minutes, while alarms for what has to leave go off seconds after it: none is
 * at work when a timer is due, so that it fires on the millisecond.
 */
const minutes = fc.constantFrom(0, 0, 0, 1, 1, 10, 30, 90, 24 * 60);

const steps = fc.oneof(
  { weight: 16, arbitrary: fc.record({ kind: fc.constant("send" as const), pick: fc.nat(), data: fields }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("pass" as const), minutes }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("late" as const), minutes, pick: fc.nat(), data: fields }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("repeat", "reuse", "mismatch"), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("evict", "kill") }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("override" as const),
      state: fc.constantFrom(...STATES),
      data: fc.option(fields, { nil: undefined, freq: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("migrate" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("crowd" as const) }) },
);
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

const references = configurations({
  states: STATES,
  events: EVENTS,
  guards: 25,
  timers: 20,
  schemas: 25,
  unhandled: ["defer", "defer", "defer", "ignore", undefined],
});
const cases = fc.record({
  first: references,
  second: references,
  wish: fc.option(fc.constantFrom(...STATES), { nil: undefined, freq: 3 }),
  data: fields,
  /** Refused events that are told of in a minute. */
  most: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined, freq: 2 }),
  steps: fc.array(steps, { minLength: 4, maxLength: 20 }),
  seed: fc.nat(),
});

const seen = new Map<string, number>();
const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);

/** What a call is answered in the end: one that is more than the machine may do is made again, as the doors do. */
function untilFinished<T extends Pick<Refusal, "isUnfinished"> | { readonly ok: true }>(call: () => T): T {
  for (;;) {
    const reply = call();
    if (!("isUnfinished" in reply)) return reply;
    count("unfinished");
  }
}

function same(actual: unknown, wanted: unknown, what: string): void {
  if (isDeepStrictEqual(actual, wanted)) return;
  throw new Error(`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(wanted)}`);
}

class Pair {
  readonly world: World;
  readonly model: MachineModel;
  readonly versions: ReadonlyMap<string, ReferenceConfiguration>;
  #sent = 0;
  #hasCrowded = false;
  readonly #calls: SendCall[] = [];
  readonly #final = new Map<string, string>();

  constructor(world: World, model: MachineModel, versions: ReadonlyMap<string, ReferenceConfiguration>) {
    this.world = world;
    this.model = model;
    this.versions = versions;
  }

  async do(step: Step): Promise<void> {
    const { world, model } = this;
    switch (step.kind) {
      case "send":
        return this.#send(step.pick, step.data);
      case "pass":
        return await this.pass(step.minutes * MINUTE_MS);
      case "late": {
        // Nothing wakes the machine in time but the event.
        world.clock.now += step.minutes * MINUTE_MS;
        model.now = world.clock.now;
        return this.#send(step.pick, step.data);
      }
      case "crowd":
        return this.#sendCrowd();
      case "evict":
        model.hurry = 0;
        return world.evict(ADDRESS);
      case "kill":
        model.hurry = 0;
        return world.kill();
      case "override":
        return this.#override(step.state, step.data);
      case "migrate":
        return this.#migrate();
      case "repeat":
      case "reuse":
      case "mismatch":
        return this.#sendAgain(step.kind, step.pick);
    }
  }

  async pass(ms: number): Promise<void> {
    await this.world.clock.run(this.world.clock.now + ms);
    this.model.pass(this.world.clock.now);
  }

  #send(pick: number, data: Fields): void {
    const { model } = this;
    const { transitions } = model.configuration;
    const here = transitions.filter(({ from }) => from === model.snapshot.state || from === "*");
    const names = [...here.map(({ event }) => event), ...eventsOf(model.configuration), "unknown"];
    this.#sendNamed(names[pick % names.length] ?? "", data);
  }

  /** More than may wait, where they would. */
  #sendCrowd(): void {
    const { configuration, snapshot } = this.model;
    const name = eventsOf(configuration).find(
      (event) => !transitionsFrom(configuration, snapshot.state).some(([, one]) => one.event === event),
    );
    if (this.#hasCrowded || name === undefined || unhandledIn(configuration, snapshot.state) !== "defer") return;
    this.#hasCrowded = true;
    for (let left = CROWD; left > 0; left--) this.#sendNamed(name, {});
  }

  #sendNamed(name: string, data: Fields): void {
    const { model } = this;
    const eventId = `e${(this.#sent += 1)}`;
    const call = { eventId, event: name, data: canonicalJson(data), details: "", originator: "", actor: "test" };
    this.#calls.push(call);
    const reply = untilFinished(() => this.world.send(ADDRESS, call));
    same(reply.ok && receiptOf(reply.value), model.send(eventId, name, data), "answer");
  }

  /** What is no new event changes nothing, but what is due is done first. */
  #sendAgain(kind: "repeat" | "reuse" | "mismatch", pick: number): void {
    const { model, world } = this;
    const call = this.#calls[pick % this.#calls.length];
    if (call === undefined) return;
    model.touch();
    count(kind);
    if (kind === "repeat") {
      const reply = untilFinished(() => world.send(ADDRESS, call));
      same(reply.ok && reply.value.duplicate, true, "duplicate");
      return same(reply.ok && receiptOf(reply.value), model.receipts.get(call.eventId), "answer again");
    }
    const changed =
      kind === "reuse"
        ? { ...call, details: "other" }
        : { ...call, eventId: "never", expectedRevision: model.snapshot.revision + 1 };
    const reply = untilFinished(() => world.send(ADDRESS, changed));
    same(!reply.ok && reply.reason, kind === "reuse" ? "EVENT_ID_REUSED" : "REVISION_MISMATCH", "answer");
  }

  #override(state: string, data: Fields | undefined): void {
    // What is due comes first here, too.
    this.model.touch();
    const { revision: expectedRevision } = this.model.snapshot;
    const call = { state, comment: "c", actor: "ann", expectedRevision };
    const whole = { ...call, ...(data && { data: canonicalJson(data) }) };
    const reply = untilFinished(() => this.world.machine(ADDRESS).override(ADDRESS, whole));
    same(reply.ok, this.model.override(state, data), "override");
    count(`override ${reply.ok}`);
  }

  #migrate(): void {
    const version = this.model.configuration.version === "v1" ? "v2" : "v1";
    const target = this.versions.get(version);
    if (target === undefined) return;
    this.model.touch();
    const source = JSON.stringify(toSource(target));
    const call = { version, source, stateMap: new Map<string, string>(), actor: "ann" };
    const reply = untilFinished(() => this.world.machine(ADDRESS).migrate(ADDRESS, call));
    same(reply.ok, this.model.migrate(target), "migrate");
    count(`migrated to ${this.model.configuration.version === version}`);
  }

  /** What the last turn has left is done. */
  settle(): void {
    const { world, model } = this;
    untilFinished(() => world.machine(ADDRESS).updateLabels(ADDRESS, { labels: {} }));
    model.touch();
  }

  /** `isEnd`: of everything; before that, what is final need not be looked at again. */
  compare(isEnd = false): void {
    const { world, model } = this;
    const machine = world.machine(ADDRESS);
    const view = viewOf(world);
    same(
      { state: view.state, revision: view.revision, data: JSON.parse(view.data) as Fields },
      model.snapshot,
      "machine",
    );
    same(
      view.timers,
      model.timers.map(({ event, to, dueAt }) => ({ event, to, dueAt })),
      "timers",
    );
    same(
      view.history.map(({ eventId }) => eventId),
      model.history.slice(-100),
      "history",
    );
    for (const [id, wanted] of model.receipts) {
      if (!isEnd && this.#final.has(id)) continue;
      const reply = machine.receipt(ADDRESS, id);
      if (!reply.ok) throw new Error(`${id}: ${reply.reason}`);
      same(receiptOf(reply.value), wanted, `receipt of ${id}`);
      const text = JSON.stringify(reply.value);
      if (wanted.result === "deferred") continue;
      same(text, this.#final.get(id) ?? text, `final receipt of ${id}`);
      this.#final.set(id, text);
    }
  }

  /** When it is quiet, everybody has been told everything, once. */
  async end(): Promise<void> {
    const { world, model } = this;
    await this.pass(MINUTE_MS / 2);
    this.compare(true);
    const { refused } = model;
    const { state, revision } = model.snapshot;
    same(indexedOf(world, ADDRESS), { state, revision, accepted: model.history, refused }, "index");
    const notices = firstArrivals(world.notifications);
    same(notices.map(noticeOf), model.notices, "notifications");
    same(
      notices.map(({ sequence }) => sequence),
      notices.map((_, index) => index + 1),
      "sequence of notifications",
    );
    same(
      firstArrivals(world.feed).map(({ sequence }) => sequence),
      Array.from({ length: revision + 1 }, (_, index) => index),
      "feed",
    );
    compareTimes(world);
  }
}

/** Straight from what is stored: in its own state, and not before its time. */
function compareTimes(world: World): void {
  const storage = world.storageOf(ADDRESS);
  const fired = [
    ...storage
      .prepare("SELECT event_id, at, timestamp, revision - 1 AS entered FROM transitions WHERE originator = 'timer'")
      .all(),
    ...storage
      .prepare("SELECT event_id, at, timestamp, revision AS entered FROM outcomes WHERE originator = 'timer'")
      .all(),
  ];
  same(new Set(fired.map((row) => row["event_id"])).size, fired.length, "timers that fired");
  for (const { event_id: id, at, timestamp, entered } of fired) {
    if (Number(at) < Number(timestamp)) throw new Error(`${String(id)} fired before its time`);
    if (!String(id).startsWith(`timer:${String(entered)}:`))
      throw new Error(`${String(id)} fired after its state was left`);
  }
}

function viewOf(world: World): MachineView {
  const reply = world.machine(ADDRESS).read(ADDRESS);
  if (!reply.ok) throw new Error(reply.reason);
  return reply.value;
}

function receiptOf(receipt: {
  result: string;
  reason?: string;
  from: string;
  to?: string;
  revision: number;
}): ExpectedReceipt {
  const { result, reason, from, to, revision } = receipt;
  return { result, reason, from, to, revision };
}

function noticeOf({ type, data }: Delivered): MachineModel["notices"][number] {
  const id = (data["event_id"] ?? "") as string;
  if (type !== "detent.notifications.capped.v1") return { type, id };
  const { refused, from, until } = data as { refused: number; from: string; until: string };
  return { type, id, of: { refused, from: Date.parse(from), until: Date.parse(until) } };
}

async function begin({
  first,
  second,
  wish,
  data,
  most,
  seed,
}: typeof cases extends fc.Arbitrary<infer T> ? T : never) {
  const state = wish !== undefined && canStartIn(first, wish) ? wish : first.startingState;
  const snapshot = { state, revision: 0, data };
  const entry = expectEntry(first, { ...snapshot, event: undefined, now: BEGINNING });
  if ("reason" in entry) return undefined;
  const world = new World(seed);
  world.retention = { outcomesMs: 10 * YEAR_MS };
  world.notificationsPerMinute = most;
  const created = world.create(ADDRESS, {
    version: "v1",
    source: JSON.stringify(toSource(first)),
    data: canonicalJson(data),
    labels: "{}",
    ...(state !== first.startingState && { state }),
  });
  const reply = await world.clock.until(created);
  if (!reply.ok) throw new Error(reply.message);
  const model = new MachineModel(
    first,
    { snapshot, timers: entry.timers, now: BEGINNING, most: most ?? Infinity },
    count,
  );
  const versions = new Map([
    ["v1", first],
    ["v2", { ...second, version: "v2" }],
  ]);
  const pair = new Pair(world, model, versions);
  await pair.pass(BEGINNING + MINUTE_MS - world.clock.now);
  return pair;
}

/**
 * So many made-up lives of a machine, of up to 20 steps each, in which it does what the model does; answers how often which
 * thing happened. `isSplit`: where a turn does so little that it leaves work to the next, which comes before the comparison.
 */
export async function checkLives(runs: number, { isSplit = false } = {}): Promise<ReadonlyMap<string, number>> {
  seen.clear();
  await fc.assert(
    fc.asyncProperty(cases, async (life) => {
      const pair = await begin(life);
      if (pair === undefined) return;
      for (const step of life.steps) {
        await pair.do(step);
        if (isSplit) pair.settle();
        pair.compare();
      }
      await pair.end();
      count("lives");
    }),
    { numRuns: runs, interruptAfterTimeLimit: SHRINKING_MS, markInterruptAsFailure: true },
  );
  return seen;
}
