/** The loop of a watch, with a clock and lines of its own: whatever lines lose, repeat or break, nothing is missed or told twice. */
import { array, assert, asyncProperty, constantFrom } from "fast-check";
import { expect, test } from "vitest";
import { DetentError } from "../../src/errors.ts";
import type { HistoryItem, MachineCalls, Reply } from "../../src/machine/calls.ts";
import { refuseCrowd, tagOf, type LineListener, type WatchLine } from "../../src/machine/watching.ts";
import type { Principal } from "../../src/auth/principal.ts";
import type { House } from "../../src/service/house.ts";
import { EVERY_SCOPE } from "../../src/auth/scope.ts";
import { watchMachine, type WatchMessage } from "../../src/service/watch.ts";
import { Clock } from "./simulation/clock.ts";
import { createHouse } from "./simulation/house.ts";
import { addressOf, createMachine, creation, event, LOOP } from "./simulation/machines.ts";
import { World } from "./simulation/world.ts";

const range = (length: number, first = 0): number[] => Array.from({ length }, (_, index) => index + first);

function changeOf(revision: number, kind = "event"): HistoryItem {
  const text = { eventId: `e${revision}`, event: "go", from: "a", to: "b", originator: "", actor: "", details: "" };
  return { revision, kind, ...text, timestamp: revision, data: "{}" };
}

const GONE = { ok: false, reason: "MACHINE_GONE", message: "" } as const;
const HOUR_MS = 60 * 60 * 1_000;

/** A machine of which only the changes are known, and its lines. */
class Stage {
  readonly clock = new Clock();
  readonly gone = new AbortController();
  /** By revision, the creation first. */
  changes: HistoryItem[] = [changeOf(0, "creation")];
  lines: { listener: LineListener; isOpen: boolean; pings: number }[] = [];
  answersPings = true;
  changesOnOpen = false;
  /** How the next lines are refused, or fail. */
  refusals: (Reply<never> | Error)[] = [];
  reads = 0;
  /** Lines that were asked for. */
  asked = 0;
  /** Lines and reads that are asked for now are answered at this time. */
  answeredAt = 0;
  /** The oldest change that is kept. */
  oldest = 0;

  get isGone(): boolean {
    return this.changes.at(-1)?.kind === "deletion";
  }

  get revision(): number {
    return this.changes.length - 1;
  }

  get house(): House {
    const machine = {
      changes: async (_address: unknown, call: { after: number; limit: number }) => {
        await this.clock.sleep(Math.max(0, this.answeredAt - this.clock.now));
        return this.#read(call);
      },
    };
    return {
      ...createHouse(new World()),
      now: () => this.clock.now,
      random: () => 0.5,
      after: (ms, work) => this.clock.after(ms, work),
      recheck: () =>
        this.isRevoked ? Promise.reject(new DetentError("UNAUTHENTICATED", "revoked")) : Promise.resolve(),
      machine: () => machine as unknown as MachineCalls,
      watch: async (_address, _call, listener) => {
        this.asked += 1;
        await this.clock.sleep(Math.max(1, this.answeredAt - this.clock.now));
        const refusal = this.isGone ? GONE : this.refusals.shift();
        if (refusal instanceof Error) throw refusal;
        if (refusal !== undefined) return refusal;
        const line = { listener, isOpen: true, pings: 0 };
        this.lines.push(line);
        const { revision } = this;
        // Between the machine's answer and whoever waits for it.
        if (this.changesOnOpen) this.change();
        const opened: WatchLine = {
          revision,
          ping: () => {
            line.pings += 1;
            if (this.answersPings) listener.answered();
          },
          close: () => {
            line.isOpen = false;
          },
        };
        return { ok: true, value: opened };
      },
    };
  }

  #read({ after, limit }: { after: number; limit: number }) {
    this.reads += 1;
    if (after + 1 < this.oldest) {
      return { ok: false, reason: "OUT_OF_RANGE", message: "pruned" } as const;
    }
    const value = { items: this.changes.slice(after + 1, after + 1 + limit), revision: this.revision };
    return { ok: true, value } as const;
  }

  /** The machine changes; open lines hear of it, unless they are deaf. */
  change({ kind = "event", isHeard = true, bytes = 1 } = {}): void {
    const change = changeOf(this.changes.length, kind);
    this.changes.push(change);
    if (!isHeard) return;
    for (const { listener, isOpen } of this.lines) if (isOpen) listener.heard(change, bytes);
  }

  isRevoked = false;

  async watch(afterRevision?: number, principal: Partial<Principal> = {}): Promise<Seen> {
    const asked = { configuration: "c", id: "m", afterRevision, signal: this.gone.signal };
    const whole = { tenant: "t", actor: "k", scopes: EVERY_SCOPE, ...principal };
    const seen = new Seen();
    const messages = await this.clock.until(watchMachine(this.house, whole, asked));
    seen.running = seen.read(messages);
    return seen;
  }

  pass(ms: number): Promise<void> {
    return this.clock.run(this.clock.now + ms);
  }
}

class Seen {
  readonly messages: WatchMessage[] = [];
  /** "open", "ended", or the reason. */
  end = "open";
  running: Promise<void> | undefined;

  async read(messages: AsyncIterable<WatchMessage>): Promise<void> {
    try {
      for await (const message of messages) this.messages.push(message);
      this.end = "ended";
    } catch (error) {
      this.end = error instanceof DetentError ? error.reason : String(error);
    }
  }

  get changes(): number[] {
    return this.messages.flatMap(({ change }) => change?.revision ?? []);
  }

  get heartbeats(): number[] {
    return this.messages.flatMap(({ change, revision }) => (change === undefined ? [revision] : []));
  }
}

test("from now on: at once where it begins, then each change as it comes, without reading", async () => {
  const stage = new Stage();
  stage.change();
  const seen = await stage.watch();
  await stage.pass(10);
  expect(seen.messages).toEqual([{ revision: 1 }]);
  stage.change();
  await stage.pass(10);
  expect(seen.messages.slice(1)).toEqual([{ revision: 2, change: stage.changes[2] }]);
  expect(stage.reads).toBe(0);
});

test("from a revision: what was missed is read, then it goes on live", async () => {
  const stage = new Stage();
  for (const _ of range(250)) stage.change();
  const seen = await stage.watch(-1);
  await stage.pass(10);
  stage.change();
  await stage.pass(10);
  expect(seen.changes).toEqual(range(252));
  expect(seen.heartbeats).toEqual([]);
  expect(stage.reads).toBe(6);
});

test("from now on: what comes between the beginning and the first message is told", async () => {
  const stage = new Stage();
  stage.changesOnOpen = true;
  const seen = await stage.watch();
  await stage.pass(10);
  expect(seen.messages.map(({ revision }) => revision)).toEqual([0, 1]);
});

test("a line that breaks whenever it is opened is opened twice a second at most", async () => {
  const stage = new Stage();
  const seen = await stage.watch(0);
  for (const _ of range(1_000)) {
    for (const line of stage.lines) {
      if (line.isOpen) line.listener.lost();
      line.isOpen = false;
    }
    await stage.pass(10);
  }
  expect(stage.lines.length).toBeGreaterThan(5);
  expect(stage.lines.length).toBeLessThanOrEqual(21);
  stage.change();
  await stage.pass(2_000);
  expect(seen.changes).toEqual([1]);
});

test("what is pushed twice is told once, and what was not pushed is read", async () => {
  const stage = new Stage();
  const seen = await stage.watch(0);
  stage.change();
  stage.lines[0]?.listener.heard(changeOf(1), 1);
  await stage.pass(10);
  stage.change({ isHeard: false });
  stage.change();
  await stage.pass(10);
  expect(seen.changes).toEqual([1, 2, 3]);
  expect(stage.reads).toBe(1);
});

test.each([
  ["many", { count: 1_000, bytes: 1 }],
  ["large", { count: 100, bytes: 100_000 }],
])("a caller that is slow while %s changes come has all of them in the end", async (_what, { count, bytes }) => {
  const stage = new Stage();
  const asked = { configuration: "c", id: "m", afterRevision: 0, signal: stage.gone.signal };
  const principal = { tenant: "t", actor: "k", scopes: EVERY_SCOPE };
  const messages = await stage.clock.until(watchMachine(stage.house, principal, asked));
  const revisions: number[] = [];
  for (const _ of range(count)) stage.change({ bytes });
  const reading = (async () => {
    for await (const { revision } of messages) if (revisions.push(revision) === count) return;
  })();
  await stage.clock.until(reading);
  expect(revisions).toEqual(range(count, 1));
  expect(stage.reads).toBeGreaterThan(0);
});

test("after 15 s of silence comes a heartbeat, and a change puts it off", async () => {
  const stage = new Stage();
  const seen = await stage.watch(0);
  await stage.pass(14_900);
  expect(seen.messages).toEqual([]);
  stage.change();
  await stage.pass(14_900);
  expect(seen.heartbeats).toEqual([]);
  await stage.pass(200);
  expect(seen.heartbeats).toEqual([1]);
  await stage.pass(15_000);
  expect(seen.heartbeats).toEqual([1, 1]);
});

test("a watch ends after about five minutes, and leaves no line and no timer", async () => {
  const stage = new Stage();
  const seen = await stage.watch(0);
  await stage.pass(269_000);
  expect(seen.end).toBe("open");
  await stage.pass(62_000);
  expect(seen.end).toBe("ended");
  expect(stage.lines.map(({ isOpen }) => isOpen)).toEqual([false]);
  const { now } = stage.clock;
  await stage.clock.run();
  expect(stage.clock.now).toBe(now);
});

test("a watch ends in time although changes never cease", async () => {
  const stage = new Stage();
  const seen = await stage.watch(0);
  for (const _ of range(340)) {
    stage.change();
    await stage.pass(1_000);
  }
  expect(seen.end).toBe("ended");
  expect(seen.changes).toEqual(range(seen.changes.length, 1));
});

test("the end of the credential ends the watch", async () => {
  const stage = new Stage();
  const seen = await stage.watch(0, { expiresAt: stage.clock.now + 60_000 });
  await stage.pass(59_000);
  expect(seen.end).toBe("open");
  await stage.pass(2_000);
  expect(seen.end).toBe("UNAUTHENTICATED");
});

test("a caller that goes away ends the watch at once", async () => {
  const stage = new Stage();
  const seen = await stage.watch(0);
  await stage.pass(10);
  stage.gone.abort();
  await stage.pass(0);
  expect(seen.end).toBe("ended");
  expect(stage.lines[0]?.isOpen).toBe(false);
});

test("a line that breaks is opened again, and what came meanwhile is told", async () => {
  const stage = new Stage();
  const seen = await stage.watch(0);
  stage.change();
  await stage.pass(10);
  const [line] = stage.lines;
  if (line !== undefined) line.isOpen = false;
  line?.listener.lost();
  stage.change();
  await stage.pass(1_000);
  stage.change();
  await stage.pass(10);
  expect(stage.lines.length).toBe(2);
  expect(seen.changes).toEqual([1, 2, 3]);
});

test("a line that is dead without a word is found out, and what it did not tell is told", async () => {
  const stage = new Stage();
  const seen = await stage.watch(0);
  stage.answersPings = false;
  stage.change({ isHeard: false });
  await stage.pass(31_000);
  expect(stage.lines.map(({ isOpen }) => isOpen)).toEqual([false, true]);
  expect(seen.changes).toEqual([1]);
});

test("a machine that cannot be reached is tried again, and given up as UNAVAILABLE", async () => {
  const stage = new Stage();
  const seen = await stage.watch(0);
  stage.refusals = range(5).map(() => new Error("down"));
  stage.lines[0]?.listener.lost();
  await stage.pass(10_000);
  expect(seen.end).toBe("open");
  stage.change();
  await stage.pass(10);
  expect(seen.changes).toEqual([1]);
  stage.refusals = range(6).map(() => new Error("down"));
  stage.lines.at(-1)?.listener.lost();
  await stage.pass(10_000);
  expect(seen.end).toBe("UNAVAILABLE");
});

test("behind the end of the machine comes MACHINE_GONE, also when the line broke before", async () => {
  for (const [isHeard, after] of [true, false].flatMap((heard) => [[heard, 0] as const, [heard, undefined] as const])) {
    const stage = new Stage();
    const seen = await stage.watch(after);
    await stage.pass(10);
    stage.change({ isHeard });
    stage.change({ kind: "deletion", isHeard });
    if (!isHeard) stage.lines[0]?.listener.lost();
    await stage.pass(1_000);
    expect(seen.changes).toEqual([1, 2]);
    expect(seen.end).toBe("MACHINE_GONE");
  }
});

test("what was pruned before it was told ends the watch: a gap is never silent", async () => {
  const stage = new Stage();
  const seen = await stage.watch(0);
  for (const _ of range(5)) stage.change({ isHeard: false });
  stage.oldest = 4;
  stage.change();
  await stage.pass(1_000);
  expect(seen.changes).toEqual([]);
  expect(seen.end).toBe("OUT_OF_RANGE");
});

test("a caller who takes nothing holds no line beyond the end of the watch, nor beyond his own", async () => {
  const ends = [(stage: Stage) => stage.pass(331_000), async (stage: Stage) => stage.gone.abort()];
  for (const end of ends) {
    const stage = new Stage();
    const asked = { configuration: "c", id: "m", afterRevision: 0, signal: stage.gone.signal };
    const principal = { tenant: "t", actor: "k", scopes: EVERY_SCOPE };
    await stage.clock.until(watchMachine(stage.house, principal, asked));
    expect(stage.lines.map(({ isOpen }) => isOpen)).toEqual([true]);
    await end(stage);
    expect(stage.lines.map(({ isOpen }) => isOpen)).toEqual([false]);
  }
});

test("a machine that never answers is unavailable after ten seconds; a line that it opens later is closed", async () => {
  const stage = new Stage();
  const startedAt = stage.clock.now;
  stage.answeredAt = startedAt + HOUR_MS;
  await expect(stage.watch(0)).rejects.toMatchObject({ reason: "UNAVAILABLE" });
  expect(stage.clock.now - startedAt).toBe(10_000);
  await stage.pass(2 * HOUR_MS);
  expect(stage.lines.map(({ isOpen }) => isOpen)).toEqual([false]);
});

test("calls that are never answered keep no heartbeat for long, and are given up", async () => {
  const stage = new Stage();
  const seen = await stage.watch(0);
  stage.answeredAt = stage.clock.now + HOUR_MS;
  stage.lines[0]?.listener.lost();
  await stage.pass(25_000);
  expect(seen.heartbeats).toEqual([0]);
  await stage.pass(60_000);
  expect(seen.end).toBe("UNAVAILABLE");
});

test("a read that is not answered is asked again", async () => {
  const stage = new Stage();
  const seen = await stage.watch(0);
  stage.answeredAt = stage.clock.now + 60_000;
  // The second tells that the first was missed.
  stage.change({ isHeard: false });
  stage.change();
  await stage.pass(25_000);
  expect(seen.changes).toEqual([]);
  stage.answeredAt = 0;
  await stage.pass(25_000);
  expect(seen.changes).toEqual([1, 2]);
});

test("a credential that expires while a caller takes its time over a page ends the watch there", async () => {
  const stage = new Stage();
  for (const _ of range(5)) stage.change();
  const asked = { configuration: "c", id: "m", afterRevision: 0, signal: stage.gone.signal };
  const principal = { tenant: "t", actor: "k", scopes: EVERY_SCOPE, expiresAt: stage.clock.now + 60_000 };
  const messages = await stage.clock.until(watchMachine(stage.house, principal, asked));
  const told: number[] = [];
  const read = async (): Promise<void> => {
    for await (const { revision } of messages) {
      told.push(revision);
      await stage.clock.sleep(25_000);
    }
  };
  await expect(stage.clock.until(read())).rejects.toMatchObject({ reason: "UNAUTHENTICATED" });
  expect(told).toEqual([1, 2, 3]);
});

test("of a machine that is gone, who was cut off before is told all that is left, in pages, and then that it is gone", async () => {
  const stage = new Stage();
  for (const _ of range(120)) stage.change();
  stage.change({ kind: "deletion" });
  const seen = await stage.watch(7);
  await stage.pass(10_000);
  expect(seen.changes).toEqual(range(114, 8));
  expect([stage.asked, stage.reads]).toEqual([1, 3]);
  expect(seen.end).toBe("MACHINE_GONE");
  await expect(stage.watch()).rejects.toMatchObject({ reason: "MACHINE_GONE" });
  await expect(stage.watch(121)).rejects.toMatchObject({ reason: "MACHINE_GONE" });
  expect(stage.lines).toEqual([]);
});

test("of a machine that is gone its changes are told for a minute, its end for as long as it is known to be gone", async () => {
  const world = new World(6);
  const address = addressOf("m");
  await world.clock.until(createMachine(world, address));
  for (const index of range(3)) world.send(address, event(`e${index}`));
  world.machine(address).delete(address, { actor: "a" });
  const told = (after: number) => {
    const reply = world.machine(address).changes(address, { after, limit: 10 });
    return reply.ok ? reply.value.items.map(({ revision }) => revision) : reply.reason;
  };
  const pass = (ms: number): Promise<void> => world.clock.run(world.clock.now + ms);
  await pass(50_000);
  expect([-1, 2, 3, 4].map(told)).toEqual([range(5), [3, 4], [4], []]);
  await pass(20_000);
  expect([-1, 2, 3, 4].map(told)).toEqual(["MACHINE_GONE", "MACHINE_GONE", [4], []]);
  await pass(31 * 24 * HOUR_MS);
  expect(told(3)).toBe("MACHINE_NOT_FOUND");
});

test("what is read at a time is bounded by its size, whatever each change carries", async () => {
  const world = new World(5);
  const address = addressOf("m");
  await world.clock.until(createMachine(world, address));
  for (const index of range(12)) {
    world.send(address, { ...event(`e${index}`), data: JSON.stringify({ text: "x".repeat(60 * 1_024) }) });
  }
  const reply = world.machine(address).changes(address, { after: 0, limit: 50 });
  expect(reply).toMatchObject({ ok: true, value: { revision: 12 } });
  expect(reply.ok && reply.value.items.map(({ revision }) => revision)).toEqual([1, 2, 3, 4]);
});

test.each([true, false])(
  "a watch ends within 15 s of its key, whether there is much to tell or nothing: %s",
  async (isBusy) => {
    const stage = new Stage();
    const seen = await stage.watch();
    await stage.pass(20_000);
    stage.isRevoked = true;
    for (let second = 0; second < 15; second += 1) {
      if (isBusy) stage.change();
      await stage.pass(1_000);
    }
    expect(seen.end).toBe("UNAUTHENTICATED");
  },
);

test("the watches of two who have a long name in common are counted apart", () => {
  const key = `token:k/${"長".repeat(60)}`;
  expect(tagOf({ key: `${key}1` })).not.toBe(tagOf({ key: `${key}2` }));
  for (const tag of [tagOf({ key }), tagOf({ key: `${key}1` })]) expect(tag.length).toBeLessThanOrEqual(256);
});

test("a caller who is gone before the line is open leaves no line", async () => {
  const stage = new Stage();
  const asked = { configuration: "c", id: "m", afterRevision: 0, signal: stage.gone.signal };
  const principal = { tenant: "t", actor: "k", scopes: EVERY_SCOPE };
  const opening = watchMachine(stage.house, principal, asked);
  stage.gone.abort();
  await stage.clock.until(opening);
  expect(stage.lines.map(({ isOpen }) => isOpen)).toEqual([false]);
});

test.each([
  ["999 of the machine, 99 of the key", { ofKey: 99, ofMachine: 999 }, undefined],
  ["100 of the key", { ofKey: 100, ofMachine: 100 }, "100"],
  ["1,000 of the machine, none of the key", { ofKey: 0, ofMachine: 1_000 }, "1000"],
  ["both", { ofKey: 100, ofMachine: 1_000 }, "1000"],
])("the limit that stands in the way of one more beside %s is named", (_open, open, limit) => {
  const refusal = refuseCrowd(open);
  if (limit === undefined) expect(refusal).toBeUndefined();
  else expect(refusal).toMatchObject({ reason: "RATE_LIMITED", metadata: { limit } });
});

test("a refusal at the beginning is thrown before anything is told", async () => {
  const stage = new Stage();
  stage.refusals = [{ ok: false, reason: "OUT_OF_RANGE", message: "to come" }];
  await expect(stage.watch(7)).rejects.toMatchObject({ reason: "OUT_OF_RANGE" });
  await expect(stage.watch(-2)).rejects.toMatchObject({ reason: "INVALID_ARGUMENT" });
  await expect(stage.watch(0.5)).rejects.toMatchObject({ reason: "INVALID_ARGUMENT" });
});

test("whatever lines lose, repeat, reorder or break: exactly the changes, in order", async () => {
  const act = constantFrom("change", "deaf change", "repeat", "stale", "break", "cut", "fail", "wait");
  await assert(
    asyncProperty(array(act, { maxLength: 60 }), async (acts) => {
      const stage = new Stage();
      let seen = await stage.watch(-1);
      const changes: number[] = [];
      for (const what of acts) {
        const open = stage.lines.filter(({ isOpen }) => isOpen);
        if (what === "change") stage.change();
        if (what === "deaf change") stage.change({ isHeard: false });
        if (what === "repeat") for (const { listener } of open) listener.heard(changeOf(stage.revision), 1);
        if (what === "stale") for (const { listener } of open) listener.heard(changeOf(0, "creation"), 1);
        if (what === "fail") stage.refusals.push(new Error("down"));
        if (what === "break") for (const { listener } of open) listener.lost();
        if (what === "wait") await stage.pass(20_000);
        if (what === "cut") {
          await stage.pass(0);
          changes.push(...seen.changes);
          stage.refusals = [];
          seen = await stage.watch(changes.at(-1) ?? -1);
        }
        await stage.pass(3);
      }
      stage.refusals = [];
      // The last change is heard: from it everything before is known to be missing.
      stage.change();
      await stage.pass(40_000);
      changes.push(...seen.changes);
      expect(changes).toEqual(range(stage.revision + 1));
    }),
    { numRuns: 100 },
  );
});

test("what a machine tells its watchers is its history, its creation aside", async () => {
  const world = new World(1);
  const address = addressOf("m");
  const timed = {
    ...LOOP,
    transitions: [...LOOP.transitions, { from: "b", to: "a", event: "late", after: "PT10S" }],
  };
  await world.clock.until(createMachine(world, address, timed));
  world.send(address, event("1"));
  await world.clock.run(world.clock.now + 11_000);
  world.send(address, event("r", "never"));
  world.send(address, event("d", "go"));
  world.send(address, event("d", "go"));
  world.send(address, { ...event("dry"), isDryRun: true });
  const machine = world.machine(address);
  machine.override(address, { state: "a", comment: "why", actor: "op", expectedRevision: 3 });
  const v2 = JSON.stringify({ ...timed, version: "v2" });
  machine.migrate(address, { version: "v2", source: v2, stateMap: new Map(), actor: "op" });
  await world.clock.until(machine.sendAll(address, [event("x"), event("y"), event("never", "never")]));
  const history = machine.changes(address, { after: 0, limit: 100 });
  expect(history.ok && history.value.items.map(({ kind }) => kind)).toEqual([
    "event",
    "event",
    "event",
    "override",
    "migration",
    "event",
    "event",
  ]);
  expect(world.watched).toEqual(history.ok && history.value.items);
  machine.delete(address, { actor: "op" });
  expect(world.watched.at(-1)).toMatchObject({ revision: 8, kind: "deletion", from: "a", to: "", actor: "op" });
  expect(machine.changes(address, { after: 6, limit: 100 })).toMatchObject({
    ok: true,
    value: { items: [{ revision: 7 }, { revision: 8, kind: "deletion" }], revision: 8 },
  });
  expect(machine.changes(address, { after: 8, limit: 100 })).toMatchObject({ ok: true, value: { items: [] } });
  await world.clock.run(world.clock.now + 60_000);
  expect(machine.changes(address, { after: 6, limit: 100 })).toMatchObject({ ok: false, reason: "MACHINE_GONE" });
});

test("of a change that was not stored nobody is told", async () => {
  const world = new World(2);
  const address = addressOf("m");
  await world.clock.until(createMachine(world, address));
  world.diskIsFull = true;
  expect(() => world.send(address, event("1"))).toThrow("disk full");
  world.diskIsFull = false;
  expect(world.watched).toEqual([]);
  world.send(address, event("2"));
  expect(world.watched.map(({ eventId }) => eventId)).toEqual(["2"]);
});

test("a machine that is created by its first event tells both, page by page", async () => {
  const world = new World(3);
  const address = addressOf("m");
  await world.clock.until(world.machine(address).sendAll(address, [{ ...event("1"), create: creation() }]));
  for (const index of range(5)) world.send(address, event(`e${index}`));
  const machine = world.machine(address);
  const seen: HistoryItem[] = [];
  for (let after = -1; ;) {
    const page = machine.changes(address, { after, limit: 2 });
    if (!page.ok) throw new Error(page.message);
    expect(page.value.revision).toBe(6);
    if (page.value.items.length === 0) break;
    seen.push(...page.value.items);
    after = page.value.items.at(-1)?.revision ?? after;
  }
  expect(seen.map(({ revision }) => revision)).toEqual(range(7));
  expect(seen[0]).toMatchObject({ kind: "creation", from: "", to: "a", data: "{}" });
  expect(machine.watch(address, { key: "k", after: 7 })).toMatchObject({ ok: false, reason: "OUT_OF_RANGE" });
  expect(machine.watch(address, { key: "k", after: 6 })).toMatchObject({ ok: true, value: 6 });
});

test("of a live machine whose history was pruned, only what has no gap is told", async () => {
  const dayMs = 24 * 60 * 60 * 1_000;
  const world = new World(4);
  const address = addressOf("m");
  await world.clock.until(createMachine(world, address, { ...LOOP, retention: { history: "P7D" } }));
  const pass = (days: number): Promise<void> => world.clock.run(world.clock.now + days * dayMs);
  const both = (after: number) => {
    const machine = world.machine(address);
    return [machine.watch(address, { key: "k", after }), machine.changes(address, { after, limit: 10 })];
  };
  const refused = { ok: false, reason: "OUT_OF_RANGE" };
  for (const index of range(3)) world.send(address, event(`old${index}`));
  await pass(6);
  world.send(address, event("young"));
  await pass(2);
  for (const after of [-1, 0, 2]) expect(both(after), `${after}`).toMatchObject([refused, refused]);
  expect(both(3)).toMatchObject([{ value: 4 }, { value: { items: [{ revision: 4, eventId: "young" }] } }]);
  // Of the newest the row stays, as what the machine is; what happened then is known no more.
  await pass(7);
  expect(both(3)).toMatchObject([refused, refused]);
  expect(both(4)).toMatchObject([{ value: 4 }, { value: { items: [] } }]);
  // It could not be gone on from before that, so it is not named as kept.
  expect(both(3)[0]).toMatchObject({ metadata: { oldest_revision: "5", revision: "4" } });
  world.send(address, event("next"));
  expect(both(3)).toMatchObject([refused, refused]);
  expect(both(4)).toMatchObject([{ value: 5 }, { value: { items: [{ revision: 5, eventId: "next" }] } }]);
});
