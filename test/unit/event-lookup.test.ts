/** Look-up of a receipt: through its machine, or by configuration and event id through the index. */
import { expect, test } from "vitest";
import { EVERY_SCOPE } from "../../src/auth/scope.ts";
import { getEvent } from "../../src/service/event-lookup.ts";
import { createHouse } from "./simulation/house.ts";
import { addressOf, createMachine, event, LOOP } from "./simulation/machines.ts";
import { World } from "./simulation/world.ts";

const ADDRESS = addressOf("m");
const ANN = { tenant: ADDRESS.tenant, actor: "ann", scopes: EVERY_SCOPE };

/** A machine that an event and then a timer have moved, and how often D1 was asked since. */
async function movedMachine() {
  const world = new World();
  const transitions = [...LOOP.transitions, { from: "b", to: "a", event: "back", after: "PT1M" }];
  await world.clock.until(createMachine(world, ADDRESS, { ...LOOP, transitions }));
  world.send(ADDRESS, event("e1"));
  await world.clock.run(world.clock.now + 120_000);
  const house = createHouse(world);
  let reads = 0;
  const counting = { ...house, catalog: (tenant: string) => ((reads += 1), house.catalog(tenant)) };
  const lookUp = (id: string, eventId: string) =>
    world.clock.until(getEvent(counting, ANN, { configuration: ADDRESS.configuration, id, eventId }));
  return { lookUp, reads: () => reads };
}

test("a sender's event is found both ways", async () => {
  const { lookUp } = await movedMachine();
  expect(await lookUp("m", "e1")).toMatchObject({ event: "go" });
  expect(await lookUp("", "e1")).toMatchObject({ event: "go", machine: { id: "m" } });
});

test("an id that machines make is found through its machine only, and the index is not asked", async () => {
  const { lookUp, reads } = await movedMachine();
  expect(await lookUp("m", "timer:1:4")).toMatchObject({ event: "back", originator: "timer" });
  for (const id of ["timer:1:4", "timer:", "detent:created", "detent:migration:2"]) {
    await expect(lookUp("", id)).rejects.toMatchObject({ reason: "EVENT_NOT_FOUND" });
  }
  expect(reads()).toBe(0);
  await expect(lookUp("", "timers")).rejects.toMatchObject({ reason: "EVENT_NOT_FOUND" });
  expect(reads()).toBe(1);
});
