/**
 * The jobs of a simulated world: their objects on SQLite, a queue that loses, repeats and reorders, and workers that may be
 * gone at any time. The product's own logic runs in it.
 */
import { DatabaseSync } from "node:sqlite";
import { deleteJob, listJobs, storeJob } from "../../../src/catalog/jobs.ts";
import { listMachines } from "../../../src/catalog/machine-list.ts";
import { TenantDb } from "../../../src/catalog/tenant-db.ts";
import type { ChunkRef, JobCalls, JobView } from "../../../src/jobs/calls.ts";
import { Job } from "../../../src/jobs/job.ts";
import type { SqlValue } from "../../../src/machine/deps.ts";
import type { House } from "../../../src/service/house.ts";
import { workOnChunk } from "../../../src/service/job-work.ts";
import { createHouse } from "./house.ts";
import type { World } from "./world.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;

interface Home {
  readonly sqlite: DatabaseSync;
  alarmAt: number | undefined;
  cancelAlarm: (() => void) | undefined;
  job: Job | undefined;
  isWaking: boolean;
}

/** What the queue does to a message. */
export interface QueueHabit {
  /** Shares of messages. */
  readonly lost: number;
  readonly repeated: number;
  /** The longest that one is under way. */
  readonly delayMs: number;
}

export class JobYard {
  house: { -readonly [K in keyof House]: House[K] };
  queue: QueueHabit = { lost: 0, repeated: 0, delayMs: 50 };
  /** Messages that were delivered. */
  delivered = 0;
  readonly #world: World;
  readonly #homes = new Map<string, Home>();
  /** Rises with every kill: what was running then reaches nobody any more. */
  #life = 0;

  constructor(world: World) {
    this.#world = world;
    this.house = { ...createHouse(world), job: (tenant, id) => this.#callsOf(tenant, id) };
  }

  /** The whole process is gone, jobs, workers and machines alike; what the queue holds stays. */
  kill(): void {
    this.#life += 1;
    for (const home of this.#homes.values()) {
      home.job = undefined;
      if (home.isWaking) this.#setAlarm(home, home.alarmAt ?? this.#world.clock.now);
      home.isWaking = false;
    }
    this.#world.kill();
  }

  /** The storage of a job's object. */
  storageOf(tenant: string, id: string): DatabaseSync {
    return this.#homeOf(tenant, id).sqlite;
  }

  /** What the catalog lists. */
  async listed(tenant: string): Promise<JobView[]> {
    const found = await this.#world.clock.until(listJobs(new TenantDb(this.#world.d1, tenant), undefined, 100));
    return found.map((job) => JSON.parse(job) as JobView);
  }

  #homeOf(tenant: string, id: string): Home {
    const name = `${tenant}/${id}`;
    let home = this.#homes.get(name);
    if (home === undefined) {
      const sqlite = new DatabaseSync(":memory:");
      home = { sqlite, alarmAt: undefined, cancelAlarm: undefined, job: undefined, isWaking: false };
      this.#homes.set(name, home);
    }
    return home;
  }

  #jobOf(home: Home): Job {
    const world = this.#world;
    const { sqlite } = home;
    return (home.job ??= new Job({
      sql: { exec: (query, ...values) => sqlite.prepare(query).all(...values) as Record<string, SqlValue>[] },
      transaction: (work) => {
        const alarmBefore = home.alarmAt;
        sqlite.exec("BEGIN");
        try {
          const result = work();
          sqlite.exec("COMMIT");
          return result;
        } catch (error) {
          sqlite.exec("ROLLBACK");
          this.#setAlarm(home, alarmBefore);
          throw error;
        }
      },
      now: () => world.clock.now,
      random: () => world.chance.next(),
      setAlarm: (at) => this.#setAlarm(home, at),
      deleteAll: () => {
        for (const { name } of sqlite.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()) {
          sqlite.exec(`DROP TABLE ${String(name)}`);
        }
        this.#setAlarm(home, undefined);
        return Promise.resolve();
      },
      listMachines: ({ tenant, filter }, after, limit) => {
        const position = after === undefined ? undefined : { id: after, updatedAt: 0 };
        const query = { ...filter, order: "id", after: position, limit } as const;
        return this.#whileAlive(listMachines(new TenantDb(world.d1, tenant), query));
      },
      send: (refs) =>
        this.#whileAlive(
          world.faults.through(() => {
            for (const ref of refs) this.#enqueue(ref);
          }),
        ),
      tell: (view) => this.#whileAlive(storeJob(new TenantDb(world.d1, view.tenant), view, JSON.stringify(view))),
      forget: (spec) => this.#whileAlive(deleteJob(new TenantDb(world.d1, spec.tenant), spec)),
      keepMs: () => 30 * DAY_MS,
      log: (severity, message) => void world.logged.push(`${severity}: ${message}`),
    }));
  }

  #enqueue(ref: ChunkRef): void {
    const { clock, chance } = this.#world;
    const { lost, repeated, delayMs } = this.queue;
    if (chance.next() < lost) return;
    const copies = chance.next() < repeated ? 1 + chance.below(3) : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      clock.after(chance.below(delayMs), () => {
        this.delivered += 1;
        // A worker that failed has its message again; here the job sends it.
        void workOnChunk(this.house, ref).catch(() => {});
      });
    }
  }

  #callsOf(tenant: string, id: string): JobCalls {
    const home = this.#homeOf(tenant, id);
    const reach = <T>(work: (job: Job) => T | Promise<T>): Promise<T> =>
      this.#whileAlive(this.#world.faults.through(() => work(this.#jobOf(home))).then((answer) => answer));
    return {
      create: (spec, isFull) => reach((job) => job.create(spec, isFull)),
      read: () => reach((job) => job.read()),
      refusals: (after, limit) => reach((job) => job.refusals(after, limit)),
      pause: () => reach((job) => job.pause()),
      resume: () => reach((job) => job.resume()),
      cancel: () => reach((job) => job.cancel()),
      erase: () => reach((job) => job.erase()),
      forgetMachine: (machine) => reach((job) => job.forgetMachine(machine)),
      take: (chunk) => reach((job) => job.take(chunk)),
      report: (chunk, lease, results) => reach((job) => job.report(chunk, lease, results)),
    };
  }

  async #whileAlive<T>(work: Promise<T>): Promise<T> {
    const life = this.#life;
    const settled = await work.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    if (life !== this.#life) return await new Promise<never>(() => {});
    if ("error" in settled) throw settled.error;
    return settled.value;
  }

  #setAlarm(home: Home, at: number | undefined): void {
    const { clock } = this.#world;
    home.cancelAlarm?.();
    home.alarmAt = at;
    home.cancelAlarm =
      at === undefined ? undefined : clock.after(at - clock.now, () => void (home.isWaking || this.#wake(home)));
  }

  async #wake(home: Home): Promise<void> {
    const life = this.#life;
    home.alarmAt = undefined;
    home.isWaking = true;
    await this.#jobOf(home).wake();
    if (life !== this.#life) return;
    home.isWaking = false;
    if (home.alarmAt !== undefined && home.alarmAt <= this.#world.clock.now) this.#setAlarm(home, home.alarmAt);
  }
}
