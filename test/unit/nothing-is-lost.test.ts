/**
 * What leaves a machine while everything around it fails: D1 and the queues refuse, hang, do the work and say they did
 * not; objects are evicted and processes killed. When it is quiet again, nothing is missing.
 */
import { expect, test } from "vitest";
import type { MachineAddress } from "../../src/machine/calls.ts";
import { addressOf, createMachine, event, indexedOf, truthOf } from "./simulation/machines.ts";
import { firstArrivals, World, type Delivered } from "./simulation/world.ts";

const SEEDS = Number(process.env["DETENT_FAULT_SEEDS"] ?? 12);
const MACHINES = 8;
const EVENTS = 250;
/** A stream that failed waits so long at most until it tries again. */
const LONGEST_BACKOFF_MS = 60_000;
const MINUTE_MS = 60_000;
/** In every other run a machine tells of so many refused events a minute one by one, and of the others together. */
const MOST_TOLD = 2;

/** First arrivals of one machine, in the order they came in. */
function arrivalsOf(delivered: readonly Delivered[], { configuration, id }: MachineAddress): Delivered[] {
  return firstArrivals(delivered.filter(({ subject }) => subject === `${configuration}/${id}`));
}

/** Ids of refused events that are told of one by one, and numbers of those that are told of together. */
function expectTold(world: World, address: MachineAddress): (string | number)[] {
  const query = "SELECT event_id AS id, at FROM outcomes WHERE kind = 'refused' ORDER BY seq";
  const refused = world.storageOf(address).prepare(query).all() as { id: string; at: number }[];
  const told: (string | number)[] = [];
  while (refused.length > 0) {
    const endsAt = (refused[0]?.at ?? 0) + MINUTE_MS;
    const minute = refused.splice(0, refused.filter(({ at }) => at < endsAt).length);
    const most = world.notificationsPerMinute ?? minute.length;
    told.push(...minute.slice(0, most).map(({ id }) => id));
    if (minute.length > most) told.push(minute.length - most);
  }
  return told;
}

const range = (length: number, first = 0): number[] => Array.from({ length }, (_, index) => index + first);

/** Sends events by chance, with repeats, evictions and kills in between, while calls fail. */
async function runThroughFaults(seed: number): Promise<{ world: World; addresses: MachineAddress[] }> {
  const world = new World(seed);
  const { chance, clock } = world;
  const addresses = range(MACHINES).map((index) => addressOf(`m${index}`));
  const isCapped = seed % 2 === 0;
  if (isCapped) world.notificationsPerMinute = MOST_TOLD;
  world.faults.share = 0.3;
  await clock.until(Promise.all(addresses.map((address) => createMachine(world, address))));
  for (const index of range(EVENTS)) {
    const address = chance.pick(addresses);
    const call = event(`e${index}`, chance.next() < 0.3 ? "never" : "go");
    expect(world.send(address, call)).toMatchObject({ ok: true });
    if (chance.next() < 0.1) expect(world.send(address, call)).toMatchObject({ ok: true, value: { duplicate: true } });
    if (chance.next() < 0.05) world.evict(chance.pick(addresses));
    if (chance.next() < 0.02) world.kill();
    await clock.run(clock.now + chance.below(isCapped ? 1_200 : 400));
  }
  // The faults go on for a while after the last event, and end.
  await clock.run(clock.now + 60_000);
  world.faults.share = 0;
  await clock.run(clock.now + LONGEST_BACKOFF_MS + 10_000);
  return { world, addresses };
}

let faults = 0;
let summaries = 0;

test.each(range(SEEDS, 1))(
  "seed %i: when it is quiet, the index is true and every message has arrived",
  async (seed) => {
    const { world, addresses } = await runThroughFaults(seed);
    faults += world.faults.count;
    for (const address of addresses) {
      const truth = truthOf(world, address);
      expect(indexedOf(world, address)).toEqual(truth);

      const notifications = arrivalsOf(world.notifications, address);
      const told = expectTold(world, address);
      expect(notifications.map(({ data }) => data["event_id"] ?? data["refused"])).toEqual(told);
      expect(notifications.map(({ sequence }) => sequence)).toEqual(range(told.length, 1));
      summaries += told.filter((item) => typeof item === "number").length;

      const changes = arrivalsOf(world.feed, address);
      expect(changes.map(({ sequence }) => sequence)).toEqual(range(truth.revision + 1));
      expect(changes.map(({ data }) => data["event_id"])).toEqual([undefined, ...truth.accepted]);
      expect(world.alarmOf(address) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(world.clock.now);
    }
  },
);

test("at least 1,000 faults were injected, and many a minute had too many refused events", () => {
  expect(faults).toBeGreaterThanOrEqual(1_000);
  expect(summaries).toBeGreaterThan(SEEDS);
});
