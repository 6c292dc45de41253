/**
 * A house in one process in which every call is answered at once: the machines, the catalog and its rows are the
 * product's own. What no target asks about (jobs, the rebuild) answers that there is nothing.
 */
import { beginRebuild } from "../../../src/upkeep/rebuild.ts";
import type { FeedWait } from "../../../src/catalog/feed-wait.ts";
import { Log } from "../../../src/log.ts";
import { EVERY_SCOPE } from "../../../src/auth/scope.ts";
import type { Principal } from "../../../src/auth/principal.ts";
import type { House } from "../../../src/service/house.ts";
import { createHouse } from "../simulation/house.ts";
import { creation } from "../simulation/machines.ts";
import { World } from "../simulation/world.ts";
import { CONFIGURATIONS, ORDERS } from "./samples.ts";

export const PRINCIPAL: Principal = { tenant: "t", actor: "fuzz", scopes: EVERY_SCOPE };
/** Machines that there are, of the configuration `orders`. */
export const MACHINES = ["order-1", "order-2", "ордер 3", "__proto__"];

const key = crypto.subtle.importKey(
  "raw",
  new TextEncoder().encode("secret"),
  { name: "HMAC", hash: "SHA-256" },
  false,
  ["sign", "verify"],
);

interface FuzzHouse {
  readonly house: House;
  /** Lines of the log that tell of a bug or an outage, which no input may cause. */
  readonly complaints: string[];
  /** Lets what the last input has left under way come to its end: a machine that was erased may be created again. */
  readonly pass: () => Promise<void>;
}

/** With a few machines, whose events and rows are in the index. */
async function openHouse(): Promise<FuzzHouse> {
  const world = new World();
  world.faults.through = (work) => Promise.resolve().then(work);
  const insert = world.index.prepare(
    "INSERT INTO configurations (tenant, name, version, source, created_at) VALUES ('t', ?, ?, ?, 1)",
  );
  for (const source of CONFIGURATIONS) {
    const full = { version: "v1", ...source };
    insert.run(full.name ?? "", full.version, JSON.stringify(full));
  }
  for (const id of MACHINES) {
    const address = { tenant: "t", configuration: "orders", id };
    const data = '{"amount":5}';
    await world.clock.until(Promise.resolve(world.create(address, { ...creation(ORDERS), data })));
    for (const name of ["accept", "never", "again"]) {
      const event = { eventId: `e-${name}`, event: name, data: "{}", details: "", originator: "", actor: "fuzz" };
      await world.clock.until(Promise.resolve(world.send(address, event)));
    }
  }
  await world.clock.run(world.clock.now + 10_000);
  const complaints: string[] = [];
  const keep = (line: string): void => void complaints.push(line);
  const none = { ok: false, problem: "unknown" } as const;
  const house: House = {
    ...createHouse(world),
    indexLagMs: () => Promise.resolve(0),
    indexCounts: () => Promise.resolve([]),
    recordFailures: () => Promise.resolve(),
    notify: () => Promise.resolve(),
    keepDeadLetters: () => Promise.resolve(),
    enqueueEvents: () => Promise.resolve(),
    awaitFeed: () =>
      ({ begin: () => Promise.resolve(), next: () => Promise.resolve("over"), end: () => {} }) as unknown as FeedWait,
    watch: () => Promise.resolve({ ok: false, reason: "RATE_LIMITED", message: "nobody watches here" }),
    job: () => ({
      create: () => Promise.resolve(none),
      read: () => Promise.resolve(none),
      refusals: () => Promise.resolve([]),
      pause: () => Promise.resolve(none),
      resume: () => Promise.resolve(none),
      cancel: () => Promise.resolve(none),
      take: () => Promise.resolve(undefined),
      report: () => Promise.resolve(),
      erase: () => Promise.resolve(),
      forgetMachine: () => Promise.resolve(),
    }),
    rebuild: () => ({
      start: () => Promise.resolve(beginRebuild(0)),
      progress: () => Promise.resolve(undefined),
      erase: () => Promise.resolve(),
    }),
    signingKeys: async () => [await key],
    log: new Log("warn", {}, { debug: () => {}, info: () => {}, warn: keep, error: keep }),
  };
  return { house, complaints, pass: () => world.clock.run(world.clock.now + 1_000) };
}

const INPUTS_OF_HOUSE = 1_000;
let inputs = 0;
let current: Promise<FuzzHouse> | undefined;

/** The house of the next input: a new one now and then, since what is accepted is kept in memory. */
export async function nextHouse(): Promise<FuzzHouse> {
  if (inputs % INPUTS_OF_HOUSE === 0) current = openHouse();
  inputs += 1;
  const house = await (current ??= openHouse());
  await house.pass();
  return house;
}
