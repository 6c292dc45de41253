/** The house of a simulated world: use cases run in it as they do in a deployment. */
import { TenantDb } from "../../../src/catalog/tenant-db.ts";
import { DetentError } from "../../../src/errors.ts";
import { Log } from "../../../src/log.ts";
import type { MachineAddress, MachineCalls } from "../../../src/machine/calls.ts";
import type { House } from "../../../src/service/house.ts";
import type { Delivered, World } from "./world.ts";

/** Calls to machines, to the index and to the queue fail as the world's faults have it. */
export function createHouse(world: World): House {
  let uuids = 0;
  const unused = (): never => {
    throw new Error("not in this world");
  };
  const machine = (address: MachineAddress): MachineCalls => {
    const reach = () => world.machine(address);
    return {
      create: (...args) => world.faults.through(() => reach().create(...args)).then((reply) => reply),
      send: (...args) => world.faults.through(() => reach().send(...args)).then((reply) => reply),
      sendAll: (...args) => world.faults.through(() => reach().sendAll(...args)).then((replies) => replies),
      updateLabels: (...args) => world.faults.through(() => reach().updateLabels(...args)),
      override: (...args) => world.faults.through(() => reach().override(...args)),
      migrate: (...args) => world.faults.through(() => reach().migrate(...args)),
      migrateOnce: (...args) => world.faults.through(() => reach().migrateOnce(...args)),
      delete: (...args) => world.faults.through(() => reach().delete(...args)),
      erase: (...args) => world.faults.through(() => reach().erase(...args)).then((life) => life),
      read: (...args) => world.faults.through(() => reach().read(...args)),
      history: (...args) => world.faults.through(() => reach().history(...args)),
      changes: (...args) => world.faults.through(() => reach().changes(...args)),
      refusals: (...args) => world.faults.through(() => reach().refusals(...args)),
      receipt: (...args) => world.faults.through(() => reach().receipt(...args)),
      state: (...args) => world.faults.through(() => reach().state(...args)),
      allowedEvents: (...args) => world.faults.through(() => reach().allowedEvents(...args)),
      path: (...args) => world.faults.through(() => reach().path(...args)),
      reindex: (...args) => reach().reindex(...args),
    };
  };
  return {
    machine,
    catalog: (tenant) => new TenantDb(world.d1, tenant),
    indexLagMs: unused,
    recordFailures: async (failures) => {
      for (const failed of failures) {
        if (!(await world.recordFailure(failed))) throw new DetentError("UNAVAILABLE", "not stored");
      }
    },
    notify: (events) =>
      world.faults.through(() => {
        for (const event of events) world.notifications.push(JSON.parse(event) as Delivered);
      }),
    indexCounts: unused,
    awaitFeed: unused,
    keepDeadLetters: unused,
    enqueueEvents: unused,
    rebuild: unused,
    job: unused,
    erasure: unused,
    watch: unused,
    quotas: {},
    recheck: () => Promise.resolve(),
    usage: unused,
    spendRequests: () => Promise.resolve(),
    spendEvents: () => Promise.resolve(),
    tenants: unused,
    hashKey: unused,
    signToken: unused,
    retention: { outcomesMs: world.retention.outcomesMs },
    signingKeys: unused,
    checks: [],
    log: new Log("off"),
    random: () => 0.5,
    after: (ms, work) => world.clock.after(ms, work),
    now: () => world.clock.now,
    uuid: () => `uuid-${(uuids += 1)}`,
  };
}
