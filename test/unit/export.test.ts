/** The bounds of an export: it stops where an invocation may ask for no more, and goes on from there, in the middle of a job too. */
import { expect, test } from "vitest";
import { EVERY_SCOPE } from "../../src/auth/scope.ts";
import type { JobCalls, JobRefusal } from "../../src/jobs/calls.ts";
import { exportTenant, type ExportMessage } from "../../src/service/export.ts";
import type { House } from "../../src/service/house.ts";
import { createHouse } from "./simulation/house.ts";
import { LOOP } from "./simulation/machines.ts";
import { World } from "./simulation/world.ts";

const PRINCIPAL = { tenant: "t", actor: "key:k", scopes: EVERY_SCOPE };
const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

async function houseOf(world: World, more: Partial<House> = {}): Promise<House> {
  const secret = new TextEncoder().encode("secret");
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
    "verify",
  ]);
  return { ...createHouse(world), signingKeys: () => Promise.resolve([key]), ...more };
}

async function read(house: House, after?: string): Promise<ExportMessage[]> {
  const told: ExportMessage[] = [];
  const { signal } = new AbortController();
  for await (const message of await exportTenant(house, PRINCIPAL, { after, signal })) told.push(message);
  return told;
}

const cursorOf = (message: ExportMessage | undefined): string => (message?.type === "cursor" ? message.cursor : "");

test("an export of more than an invocation may read ends with a cursor, and the rest comes from there", async () => {
  const world = new World();
  const insert = world.index.prepare(
    "INSERT INTO configurations (tenant, name, version, source, created_at) VALUES ('t', 'loop', ?, ?, 1)",
  );
  for (const index of range(9_000)) insert.run(`v${index}`, JSON.stringify({ ...LOOP, version: `v${index}` }));
  const house = await houseOf(world);
  const first = await world.clock.until(read(house));
  expect(first.some(({ type }) => type === "end")).toBe(false);
  const rest = await world.clock.until(read(house, cursorOf(first.at(-1))));
  expect(rest.at(-1)).toEqual({ type: "end", counts: { configuration: 9_000, audit: 1 } });
  const versions = [...first, ...rest].flatMap((one) => (one.type === "configuration" ? [one.configuration] : []));
  expect(new Set(versions.map(({ source }) => source.version)).size).toBe(9_000);
  expect(versions).toHaveLength(9_000);
});

test("a job with many refusals is gone on with in their middle", async () => {
  const world = new World();
  const insert = world.index.prepare("INSERT INTO jobs (tenant, created_at, id, job) VALUES ('t', ?, ?, ?)");
  for (const createdAt of [1, 2])
    insert.run(createdAt, `j${createdAt}`, JSON.stringify({ id: `j${createdAt}`, createdAt }));
  const refusals: JobRefusal[] = range(1_200).map((index) => ({
    seq: index + 1,
    id: `m${index}`,
    reason: "r",
    message: "",
  }));
  const house = await houseOf(world, {
    job: () =>
      ({
        refusals: (after: number, limit: number) =>
          Promise.resolve(refusals.filter(({ seq }) => seq > after).slice(0, limit)),
      }) as unknown as JobCalls,
  });
  const whole = await world.clock.until(read(house));
  const jobs = (told: readonly ExportMessage[]) =>
    told.flatMap((one) =>
      one.type === "job" ? one.job.id : one.type === "job_refusal" ? `${one.job}/${one.refusal.id}` : [],
    );
  expect(jobs(whole)).toHaveLength(2 + 2 * 1_200);
  const cuts = whole.flatMap((one, index) => (one.type === "cursor" ? [index] : []));
  expect(cuts.length).toBeGreaterThan(4);
  for (const cut of cuts) {
    const rest = await world.clock.until(read(house, cursorOf(whole[cut])));
    expect([...jobs(whole.slice(0, cut)), ...jobs(rest)]).toEqual(jobs(whole));
    expect(rest.at(-1)).toEqual(whole.at(-1));
  }
});

test("an entry of the audit log whose writing was not heard of is written once", async () => {
  const world = new World();
  const batch = world.d1.batch.bind(world.d1);
  let isHeard = false;
  world.d1.batch = async <T>(statements: D1PreparedStatement[]) => {
    const results = await batch<T>(statements);
    if (isHeard) return results;
    isHeard = true;
    throw new Error("Network connection lost");
  };
  const told = await world.clock.until(read(await houseOf(world)));
  expect(told.at(-1)).toEqual({ type: "end", counts: { audit: 1 } });
});
