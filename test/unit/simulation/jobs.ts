/** What tests of jobs have in common: machines, a job for them, its end. */
import type { JobView } from "../../../src/jobs/calls.ts";
import type { MachineAddress } from "../../../src/machine/calls.ts";
import { EVERY_SCOPE } from "../../../src/auth/scope.ts";
import type { Principal } from "../../../src/auth/principal.ts";
import * as jobs from "../../../src/service/jobs.ts";
import { JobYard } from "./job-yard.ts";
import { addressOf, createMachine, event, LOOP } from "./machines.ts";
import { World } from "./world.ts";

export const OPERATOR: Principal = { tenant: "t", actor: "operator", scopes: EVERY_SCOPE };
export const MACHINES = 60;
const NEXT = {
  ...LOOP,
  version: "v2",
  states: [...LOOP.states, "c"],
  transitions: [...LOOP.transitions, { from: "c", to: "a", event: "go" }],
};

export const range = (length: number, first = 0): number[] => Array.from({ length }, (_, index) => index + first);

/** Machines in state `a`, but every third, which is in `b`. */
export async function yardOf(
  seed: number,
  machines = MACHINES,
  policy: { readonly retention?: object } = {},
): Promise<{ world: World; yard: JobYard; ids: string[] }> {
  const world = new World(seed);
  const yard = new JobYard(world);
  const insert = world.index.prepare(
    "INSERT INTO configurations (tenant, name, version, source, created_at) VALUES ('t', 'loop', ?, ?, 1)",
  );
  for (const source of [LOOP, NEXT]) insert.run(source.version, JSON.stringify({ ...source, ...policy }));
  const ids = range(machines).map((index) => `m${String(index).padStart(3, "0")}`);
  await world.clock.until(Promise.all(ids.map((id) => createMachine(world, addressOf(id), { ...LOOP, ...policy }))));
  for (const [index, id] of ids.entries()) if (index % 3 === 0) world.send(addressOf(id), event("first"));
  await pass(world, 10_000);
  return { world, yard, ids };
}

export const pass = (world: World, ms: number): Promise<void> => world.clock.run(world.clock.now + ms);

export function create(yard: JobYard, world: World, input: Omit<jobs.CreateJobInput, "filter">, state?: string) {
  return world.clock.until(
    jobs.createJob(yard.house, OPERATOR, { filter: { configuration: "loop", state }, ...input }),
  );
}

export async function end(yard: JobYard, world: World, { id }: JobView): Promise<jobs.JobAnswer> {
  for (const _attempt of range(2_000)) {
    const found = await world.clock.until(
      jobs.getJob(yard.house, OPERATOR, { id, pageSize: 1_000 }).catch(() => undefined),
    );
    if (found !== undefined && found.job.finishedAt !== undefined) return found;
    await pass(world, 2_000);
  }
  throw new Error("the job does not end");
}

/** The changes that a job made, of one machine. */
export function affected(world: World, address: MachineAddress, job: JobView): number {
  const sql = "SELECT count(*) AS n FROM transitions WHERE event_id = ?";
  return Number(world.storageOf(address).prepare(sql).get(`detent:job:${job.id}:${job.createdAt}`)?.["n"]);
}

export function revisionOf(world: World, id: string): number {
  return Number(world.storageOf(addressOf(id)).prepare("SELECT max(revision) AS n FROM transitions").get()?.["n"]);
}
