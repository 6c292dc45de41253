/** Erasing where calls fail, are held up and come late, and objects are evicted: what is gone stays gone, and it ends. */
import { expect, test } from "vitest";
import { EVERY_SCOPE } from "../../src/auth/scope.ts";
import { beginErasure, listUnerased } from "../../src/catalog/erasure.ts";
import { TenantDb } from "../../src/catalog/tenant-db.ts";
import type { MachineCalls } from "../../src/machine/calls.ts";
import type { House } from "../../src/service/house.ts";
import { eraseMachine } from "../../src/service/erasure.ts";
import { continueErasure, FROM_THE_START, type ErasureDeps } from "../../src/upkeep/erasure.ts";
import { createHouse } from "./simulation/house.ts";
import { addressOf, createMachine, creation, event } from "./simulation/machines.ts";
import { World } from "./simulation/world.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
const PRINCIPAL = { tenant: "t", actor: "key:k", scopes: EVERY_SCOPE, keyId: "k" };
const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

function count(world: World, table: string, where: string): number {
  return Number(world.index.prepare(`SELECT count(*) AS n FROM ${table} WHERE ${where}`).get()?.["n"]);
}

/** Tables that an object has. */
function tablesOf(world: World, id: string): unknown[] {
  return world.storageOf(addressOf(id)).prepare("SELECT name FROM sqlite_master").all();
}

/** As often as it takes. */
async function insist(world: World, work: () => Promise<unknown>): Promise<void> {
  for (;;) {
    const tried = work().then(
      () => true,
      () => false,
    );
    if (await Promise.race([tried, world.clock.sleep(60_000).then(() => false)])) return;
  }
}

test("whatever is held up or told twice, nothing of an erased machine comes back", async () => {
  let late = 0;
  for (const seed of range(40)) {
    const world = new World(seed);
    for (const id of ["m", "other"]) await world.clock.until(createMachine(world, addressOf(id)));
    world.faults.share = 0.3;
    const house = createHouse(world);
    for (const index of range(12)) {
      world.send(addressOf("m"), event(`e${index}`, index % 3 ? "go" : "never"));
      if (index === 6) await world.clock.run(world.clock.now + seed * 7);
    }
    // Told while it is erased, and not only while that is tried again.
    if (seed % 4) world.faults.share = 0;
    // An instance that is evicted has calls under way that nobody waits for any more.
    if (seed % 2) world.evict(addressOf("m"));
    await world.clock.until(insist(world, () => eraseMachine(house, PRINCIPAL, "loop", "m")));
    late += world.notifications.length;
    await world.clock.run(world.clock.now + 10 * 60_000);
    for (const table of ["machines", "transitions", "lookups", "failures"]) {
      const id = table === "machines" ? "id" : "machine_id";
      expect(count(world, table, `${id} = 'm'`), `${table}, seed ${seed}`).toBe(0);
      if (table === "machines") expect(count(world, table, "id = 'other'")).toBe(1);
    }
    expect(tablesOf(world, "m")).toEqual([]);
    world.faults.share = 0;
    await world.clock.until(createMachine(world, addressOf("m")));
    expect(count(world, "machines", "id = 'm' AND revision = 0"), `seed ${seed}`).toBe(1);
  }
  expect(late).toBeGreaterThan(0);
}, 120_000);

test("a machine that is created while its id is erased keeps its rows, whatever the clock of the caller says", async () => {
  const world = new World(1);
  const plain = createHouse(world);
  const house: House = {
    ...plain,
    now: () => plain.now() + 5_000,
    machine: (address) => {
      const machine = plain.machine(address);
      const erase: MachineCalls["erase"] = async (...args) => {
        const answer = await machine.erase(...args);
        await world.clock.sleep(1);
        await createMachine(world, addressOf("m"));
        return answer;
      };
      return Object.assign(Object.create(machine) as MachineCalls, { erase });
    },
  };
  await world.clock.until(eraseMachine(house, PRINCIPAL, "loop", "m"));
  expect(count(world, "machines", "id = 'm' AND revision = 0")).toBe(1);
  world.send(addressOf("m"), event("go"));
  await world.clock.run(world.clock.now + 10_000);
  expect(count(world, "machines", "id = 'm' AND revision = 1")).toBe(1);
});

function depsOf(world: World, more: Partial<ErasureDeps> = {}): ErasureDeps {
  return {
    db: new TenantDb(world.d1, "t"),
    machine: (address) => createHouse(world).machine(address),
    job: () => ({ erase: () => Promise.resolve() }),
    forgetRest: () => Promise.resolve(),
    now: () => world.clock.now,
    uuid: () => crypto.randomUUID(),
    ...more,
  };
}

const ENTRY = { id: "a", actor: "root", action: "tenant.erasing", subject: "t", details: "{}" };

async function worldWithTenant(machines: number): Promise<World> {
  const world = new World(3);
  world.index.exec("INSERT INTO tenants (name, created_at) VALUES ('t', 1), ('t2', 1)");
  for (const index of range(machines)) {
    await world.clock.until(createMachine(world, addressOf(`m${index}`)));
    world.send(addressOf(`m${index}`), event("e"));
  }
  const other = { tenant: "t2", configuration: "loop", id: "m0" };
  await world.clock.until(createMachine(world, other));
  await world.clock.run(world.clock.now + 60_000);
  return world;
}

test("a tenant's erasure ends wherever it is interrupted, counts what went, and leaves the others alone", async () => {
  const world = await worldWithTenant(130);
  await world.clock.until(beginErasure(new TenantDb(world.d1, "t"), { ...ENTRY, at: world.clock.now }));
  const begunAt = world.clock.now;
  world.faults.share = 0.05;
  world.faults.kinds = ["before", "after"];
  let progress = FROM_THE_START;
  let isOver = false;
  let failures = 0;
  while (!isOver) {
    try {
      const next = await world.clock.until(continueErasure(depsOf(world), "t", progress));
      isOver = next === undefined;
      progress = next?.progress ?? progress;
      await world.clock.run(world.clock.now + (next?.waitMs ?? 0) + 1);
    } catch {
      failures += 1;
    }
  }
  expect(failures).toBeGreaterThan(0);
  expect(world.clock.now - begunAt).toBeGreaterThanOrEqual(60_000);
  for (const table of ["machines", "transitions", "failures", "keys"])
    expect(count(world, table, "tenant = 't'")).toBe(0);
  expect(count(world, "machines", "tenant = 't2'")).toBe(1);
  for (const index of range(130)) expect(tablesOf(world, `m${index}`)).toEqual([]);
  const row = world.index.prepare("SELECT erased_at, erased_counts FROM tenants WHERE name = 't'").get();
  expect(row?.["erased_at"]).toBeGreaterThan(begunAt);
  expect(JSON.parse(String(row?.["erased_counts"]))).toMatchObject({ machines: 130, transitions: 260 });
  expect(world.index.prepare("SELECT action FROM audit WHERE tenant = 't' ORDER BY action").all()).toEqual([
    { action: "tenant.erased" },
    { action: "tenant.erasing" },
  ]);
  world.faults.share = 0;
  expect(await world.clock.until(listUnerased(world.d1, 10))).toEqual([]);
  // Whatever comes back, the sweeper finds it.
  world.index.exec("INSERT INTO event_counts (tenant, day, events) VALUES ('t', '2026-11-26', 1)");
  expect(await world.clock.until(listUnerased(world.d1, 10))).toEqual(["t"]);
});

test("what comes while a tenant is erased is found by the next walk, and a machine that cannot be reached is waited for", async () => {
  const world = await worldWithTenant(3);
  await world.clock.until(beginErasure(new TenantDb(world.d1, "t"), { ...ENTRY, at: world.clock.now }));
  let isDown = true;
  const deps = depsOf(world, {
    machine: (address) => ({
      erase: async (...args) => {
        if (isDown && address.id === "m1") throw new Error("overloaded");
        const life = await createHouse(world)
          .machine(address)
          .erase(...args);
        // Made anew between its object's end and its row's.
        if (address.id === "m2" && isDown) await world.create(address, creation());
        return life;
      },
    }),
  });
  let progress = FROM_THE_START;
  const goOn = async (): Promise<boolean> => {
    const next = await world.clock.until(continueErasure(deps, "t", progress));
    progress = next?.progress ?? progress;
    await world.clock.run(world.clock.now + (next?.waitMs ?? 0) + 1);
    return next === undefined;
  };
  for (const _time of range(60)) expect(await goOn()).toBe(false);
  expect(world.index.prepare("SELECT id FROM machines WHERE tenant = 't' ORDER BY id").all()).toEqual([
    { id: "m1" },
    { id: "m2" },
  ]);
  isDown = false;
  for (let times = 0; !(await goOn()); times += 1) expect(times).toBeLessThan(20);
  for (const index of range(3)) expect(tablesOf(world, `m${index}`)).toEqual([]);
});

test("a machine that was deleted keeps its address for thirty days, and nothing of what it held", async () => {
  const world = new World();
  const secrets = { ...creation(), data: '{"secret":"canary"}', labels: '{"secret":"canary"}' };
  await world.clock.until(world.create(addressOf("m"), secrets).then((reply) => reply));
  world.send(addressOf("m"), { ...event("e"), data: '{"secret":"canary"}', details: "canary" });
  world.machine(addressOf("m")).delete(addressOf("m"), { actor: "x" });
  await world.clock.run(world.clock.now + 10 * 60_000);
  const storage = world.storageOf(addressOf("m"));
  const kept = ["identity", "transitions", "outcomes"].map((table) => storage.prepare(`SELECT * FROM ${table}`).all());
  expect(kept[0]).toMatchObject([{ id: "m" }]);
  expect(JSON.stringify(kept)).not.toContain("canary");
  world.evict(addressOf("m"));
  expect(world.machine(addressOf("m")).read(addressOf("m"))).toMatchObject({ ok: false, reason: "MACHINE_GONE" });
  await world.clock.run(world.clock.now + 31 * DAY_MS);
  expect(tablesOf(world, "m")).toEqual([]);
});
