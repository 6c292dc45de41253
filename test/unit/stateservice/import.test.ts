/** Charts imported and counted up in a deployment that fails: nothing twice, nothing half, whatever is sent again. */
import { expect, test } from "vitest";
import { dump, load } from "js-yaml";
import { DetentError } from "../../../src/errors.ts";
import type { House } from "../../../src/service/house.ts";
import { getConfiguration } from "../../../src/service/configurations.ts";
import { getMachine } from "../../../src/service/machines.ts";
import { countUp, importChart, type ImportChartInput } from "../../../src/service/stateservice.ts";
import { EVERY_SCOPE } from "../../../src/auth/scope.ts";
import { createHouse } from "../simulation/house.ts";
import { World } from "../simulation/world.ts";
import { COLORS, counterOf, rawOf, readChart, timedOf } from "./charts.ts";

const PRINCIPAL = { tenant: "dev", actor: "anonymous", scopes: EVERY_SCOPE };
const ADDRESS = { configuration: "colors", id: "m" };
const MINUTE_MS = 60_000;

async function inWorld(chart: unknown, options: Partial<ImportChartInput> = {}) {
  const world = new World();
  const house = createHouse(world);
  const import_ = async (more: Partial<ImportChartInput> = {}, other: unknown = chart, through: House = house) => {
    const input = { ...ADDRESS, chart: await readChart(dump(other)), ...options, ...more };
    return await world.clock.until(importChart(through, PRINCIPAL, input));
  };
  const put = (state: string, eventId?: string) =>
    world.clock.until(countUp(house, PRINCIPAL, { ...ADDRESS, state, eventId }));
  const read = async () => (await world.clock.until(getMachine(house, PRINCIPAL, ADDRESS))).machine;
  return { world, house, import_, put, read };
}

const reasonOf = async (work: Promise<unknown>): Promise<string> =>
  await work.then(
    () => "",
    (error: unknown) => (error instanceof DetentError ? error.reason : String(error)),
  );

test("an equal chart reuses the configuration, wherever it stands; the same machine is not made twice", async () => {
  const { import_ } = await inWorld(rawOf(["a", "b"]));
  expect((await import_()).machine).toMatchObject({ configId: "colors:v1", state: "a", revision: 0 });
  const later = { current_state: "b", states: [counterOf("a", "b", 1), { name: "b" }] };
  const other = await import_({ id: "n" }, later);
  expect(other.machine).toMatchObject({ configId: "colors:v1", state: "b", data: '{"a":{"count":1}}' });
  expect(await reasonOf(import_())).toBe("MACHINE_EXISTS");
});

test("another chart needs another version", async () => {
  const { import_ } = await inWorld(rawOf(["a", "b"]));
  await import_();
  const longer = rawOf(["a", "b", "c"]);
  const refused = import_({ id: "n" }, longer);
  await expect(refused).rejects.toThrow("give this one another ?version=");
  expect(await reasonOf(refused)).toBe("CONFIGURATION_EXISTS");
  expect((await import_({ id: "n", version: "v2" }, longer)).machine.configId).toBe("colors:v2");
});

test("the same times in another zone are another chart", async () => {
  const { import_ } = await inWorld({
    current_state: "a",
    states: [timedOf("a", "b", "3000-01-01T12:00:00"), { name: "b" }],
  });
  await import_();
  expect(await reasonOf(import_({ id: "n", timeZone: "Europe/Paris" }))).toBe("CONFIGURATION_EXISTS");
  // Both are UTC in winter.
  expect((await import_({ id: "n", timeZone: "Europe/London" })).machine.configId).toBe("colors:v1");
});

test("what cannot be made leaves nothing behind", async () => {
  const { world, house, import_ } = await inWorld(rawOf(["a", "b"]));
  expect(await reasonOf(import_({ id: "." }))).toBe("INVALID_ARGUMENT");
  expect(await reasonOf(import_({ timeZone: "Mars/Base" }))).toBe("INVALID_ARGUMENT");
  expect(await reasonOf(import_({ version: "?" }))).toBe("INVALID_ARGUMENT");
  expect(await reasonOf(import_({ configuration: "1" }))).toBe("INVALID_ARGUMENT");
  const found = world.clock.until(getConfiguration(house, PRINCIPAL, "colors:v1"));
  expect(await reasonOf(found)).toBe("CONFIGURATION_NOT_FOUND");
});

test("an import that ended after the configuration, or before the index had the machine, is completed by a repeat", async () => {
  const { world, house, import_ } = await inWorld(rawOf(["a", "b"]));
  const broken: House = {
    ...house,
    machine: (address) => ({ ...house.machine(address), create: () => Promise.reject(new Error("gone")) }),
  };
  expect(await reasonOf(import_({}, undefined, broken))).toBe("UNAVAILABLE");
  world.indexFailure = "down";
  expect(await reasonOf(import_())).toBe("UNAVAILABLE");
  world.indexFailure = undefined;
  expect((await import_()).machine).toMatchObject({ state: "a", revision: 0 });
  expect(await reasonOf(import_())).toBe("MACHINE_EXISTS");
});

test("of many at once as many are taken as lead to the target, and the rest change nothing", async () => {
  const { import_, put, read } = await inWorld({
    current_state: "a",
    states: [counterOf("a", "b", 0, 3), counterOf("b", "c"), { name: "c" }],
  });
  await import_();
  const taken = await Promise.all(Array.from({ length: 10 }, () => put("a")));
  expect(taken.filter(Boolean)).toHaveLength(3);
  expect(await read()).toMatchObject({ state: "b", revision: 3, data: '{"a":{"count":3},"b":{"count":0}}' });
});

test("a repeat under the same id counts once, and is answered as it was", async () => {
  const { import_, put, read } = await inWorld(rawOf(["a", "b", "c"]));
  await import_();
  expect(await put("a", "k1")).toBe(true);
  expect(await put("a", "k1")).toBe(true);
  expect(await put("b", "k1")).toBe(false);
  expect(await read()).toMatchObject({ state: "b", revision: 1 });
});

test("what is not possible is refused: only where the machine had to decide is it recorded", async () => {
  const { world, import_, put, read } = await inWorld(rawOf(["a", "b"]));
  await import_();
  for (const state of ["b", "nowhere", ""]) expect(await put(state)).toBe(false);
  await put("a");
  expect(await put("a")).toBe(false);
  expect(await put("b")).toBe(false);
  await world.clock.run(world.clock.now + MINUTE_MS);
  expect(await read()).toMatchObject({ state: "b", revision: 1, final: true });
  expect(world.notifications.map(({ data }) => [data["reason"], data["from"]])).toEqual([["NO_TRANSITION", "b"]]);
});

test("a machine that is not there is no refusal", async () => {
  const { put } = await inWorld(rawOf(["a", "b"]));
  expect(await reasonOf(put("a"))).toBe("CONFIGURATION_NOT_FOUND");
});

test("times pass by themselves, in a row when they are past, and cannot be counted up", async () => {
  const minutes = (count: number): string =>
    new Date(new World().clock.now + count * MINUTE_MS).toISOString().slice(0, 19);
  const states = [
    timedOf("a", "b", minutes(-5)),
    timedOf("b", "c", minutes(-9)),
    timedOf("c", "d", minutes(5)),
    { name: "d" },
  ];
  const { world, import_, put, read } = await inWorld({ current_state: "a", states });
  await import_();
  await world.clock.run(world.clock.now + 1_000);
  expect(await read()).toMatchObject({ state: "c", revision: 2 });
  expect(await put("c")).toBe(false);
  await world.clock.run(world.clock.now + 4 * MINUTE_MS);
  expect(await read()).toMatchObject({ state: "c", revision: 2 });
  await world.clock.run(world.clock.now + 2 * MINUTE_MS);
  expect(await read()).toMatchObject({ state: "d", revision: 3, final: true });
});

test("the chart of the README is walked to its end", async () => {
  const { import_, put, read } = await inWorld(load(COLORS));
  await import_();
  expect([await put("green_state"), await put("green_state"), await put("red_state"), await put("blue_state")]).toEqual(
    [true, false, true, false],
  );
  expect(await read()).toMatchObject({ state: "blue_state", revision: 2 });
});
