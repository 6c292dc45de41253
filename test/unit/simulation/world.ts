/**
 * A deployment in one process and in no time: machines on SQLite, index-writers, D1 on SQLite, queues that remember what
 * they took. The product's own logic runs in it; what is made up is the platform, so that it can fail as often as one likes.
 */
import { DatabaseSync } from "node:sqlite";
import { isDeepStrictEqual } from "node:util";
import type { FailedEvent, IndexEntry } from "../../../src/catalog/index-entry.ts";
import { IndexWriter } from "../../../src/catalog/index-writer.ts";
import { forgetNotifications, writeIndex } from "../../../src/catalog/machine-index.ts";
import type { CreateCall, HistoryItem, MachineAddress, SendCall, SendReply } from "../../../src/machine/calls.ts";
import type { MachineDeps, RetentionSettings, SqlValue } from "../../../src/machine/deps.ts";
import { Machine } from "../../../src/machine/machine.ts";
import { RejectedError } from "../../../src/queue-sender.ts";
import { Chance } from "./random.ts";
import { Clock } from "./clock.ts";
import { Faults } from "./faults.ts";
import { createD1 } from "./sqlite-d1.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;

/** A CloudEvent, as far as the tests read it. */
export interface Delivered {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly sequence: number;
  readonly data: Record<string, unknown>;
}

/** What a queue took, each message once, in the order of first arrival. Throws where one came again with other content. */
export function firstArrivals(delivered: readonly Delivered[]): Delivered[] {
  const firsts = new Map<string, Delivered>();
  for (const message of delivered) {
    const first = firsts.get(message.id) ?? message;
    if (!isDeepStrictEqual(first, message)) throw new Error(`${message.id} came again with other content`);
    firsts.set(message.id, first);
  }
  return [...firsts.values()];
}

/** What one machine's object is: its storage, its alarm, and the instance that may be gone any time. */
interface Home {
  readonly sqlite: DatabaseSync;
  alarmAt: number | undefined;
  cancelAlarm: (() => void) | undefined;
  machine: Machine | undefined;
  /**
   * The alarm's handler is running: the platform calls it again when it does not come to its end, and lets no other alarm in
   * before it does.
   */
  isWaking: boolean;
  /** Rises with every eviction: what an earlier instance still does reaches nobody. */
  life: number;
}

export class World {
  readonly clock = new Clock();
  readonly chance: Chance;
  readonly faults: Faults;
  readonly d1: D1Database;
  readonly index: DatabaseSync;
  /** The largest value that was bound in a statement of D1, in bytes. */
  readonly bound: { largest: number };
  readonly notifications: Delivered[] = [];
  readonly feed: Delivered[] = [];
  /** What watchers were told, of all machines. */
  readonly watched: HistoryItem[] = [];
  readonly logged: string[] = [];
  retention: RetentionSettings = { outcomesMs: 30 * DAY_MS };
  notificationsPerMinute: number | undefined;
  hasFeed = true;
  /** Why D1 takes no write at the moment, although it reads. */
  indexFailure: string | undefined;
  /** Storage takes no more. */
  diskIsFull = false;
  /** Happens while a message is on its way to the index. */
  whileTelling: (() => void) | undefined;
  /** Messages that a receiver never takes. */
  isPoison: (message: string) => boolean = () => false;
  #writers: IndexWriter[] = [];
  #writersLife = 0;
  readonly #homes = new Map<string, Home>();

  constructor(seed = 1) {
    this.chance = new Chance(seed);
    this.faults = new Faults(this.clock, this.chance);
    const { d1, sqlite, bound } = createD1((work) => this.faults.through(work));
    this.d1 = d1;
    this.bound = bound;
    this.index = sqlite;
    this.#startWriters();
  }

  /** The machine at this address, woken if it sleeps. */
  machine(address: MachineAddress): Machine {
    const home = this.#homeOf(address);
    home.machine ??= new Machine(this.#depsOf(home));
    return home.machine;
  }

  create(address: MachineAddress, call: CreateCall) {
    return this.machine(address).create(address, call);
  }

  /** An event to a machine that exists: its answer waits for nothing. */
  send(address: MachineAddress, call: SendCall): SendReply {
    return this.machine(address).send(address, call) as SendReply;
  }

  /** The storage of a machine's object. */
  storageOf(address: MachineAddress): DatabaseSync {
    return this.#homeOf(address).sqlite;
  }

  alarmOf(address: MachineAddress): number | undefined {
    return this.#homeOf(address).alarmAt;
  }

  /** The platform loses a machine's alarm. */
  loseAlarm(address: MachineAddress): void {
    const home = this.#homeOf(address);
    home.cancelAlarm?.();
    home.alarmAt = undefined;
  }

  /** The object leaves memory, whatever it was doing. */
  evict(address: MachineAddress): void {
    this.#forget(this.#homeOf(address));
  }

  /** The whole process is gone: every object, every index-writer, whatever they were doing. */
  kill(): void {
    for (const home of this.#homes.values()) this.#forget(home);
    this.#startWriters();
  }

  #forget(home: Home): void {
    home.machine = undefined;
    home.life += 1;
    if (home.isWaking) this.#setAlarm(home, home.alarmAt ?? this.clock.now);
    home.isWaking = false;
  }

  #homeOf(address: MachineAddress): Home {
    const name = JSON.stringify(address);
    const known = this.#homes.get(name);
    if (known !== undefined) return known;
    const sqlite = new DatabaseSync(":memory:");
    const home: Home = {
      sqlite,
      alarmAt: undefined,
      cancelAlarm: undefined,
      machine: undefined,
      isWaking: false,
      life: 0,
    };
    this.#homes.set(name, home);
    return home;
  }

  #setAlarm(home: Home, at: number | undefined): void {
    home.cancelAlarm?.();
    home.alarmAt = at;
    home.cancelAlarm =
      at === undefined
        ? undefined
        : this.clock.after(at - this.clock.now, () => {
            if (!home.isWaking) void this.#wake(home);
          });
  }

  async #wake(home: Home): Promise<void> {
    const { life } = home;
    home.machine ??= new Machine(this.#depsOf(home));
    home.alarmAt = undefined;
    home.isWaking = true;
    await home.machine.wake();
    if (home.life !== life) return;
    home.isWaking = false;
    if (home.alarmAt !== undefined && home.alarmAt <= this.clock.now) this.#setAlarm(home, home.alarmAt);
  }

  #depsOf(home: Home): MachineDeps {
    const { life } = home;
    const { sqlite } = home;
    /** An answer to an instance that is gone reaches nobody. */
    const whileAlive = async <T>(work: Promise<T>): Promise<T> => {
      const settled = await work.then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      if (home.life !== life) return await new Promise<never>(() => {});
      if ("error" in settled) throw settled.error;
      return settled.value;
    };
    const deliver = (into: Delivered[], events: readonly string[]): Promise<void> =>
      whileAlive(
        this.faults.through(() => {
          for (const event of events) {
            if (this.isPoison(event)) throw new RejectedError("injected: poison");
            into.push(JSON.parse(event) as Delivered);
          }
        }),
      );
    return {
      sql: { exec: (query, ...values) => sqlite.prepare(query).all(...values) as Record<string, SqlValue>[] },
      transaction: (work) => {
        const alarmBefore = home.alarmAt;
        sqlite.exec("BEGIN");
        try {
          const result = work();
          if (this.diskIsFull) throw new Error("injected: disk full");
          sqlite.exec("COMMIT");
          return result;
        } catch (error) {
          sqlite.exec("ROLLBACK");
          this.#setAlarm(home, alarmBefore);
          throw error;
        }
      },
      now: () => this.clock.now,
      random: () => this.chance.next(),
      setAlarm: (at) => this.#setAlarm(home, at),
      after: (ms, work) => this.clock.after(ms, () => home.life === life && work()),
      deleteAll: () => {
        for (const { name } of sqlite.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()) {
          sqlite.exec(`DROP TABLE ${String(name)}`);
        }
        this.#setAlarm(home, undefined);
        return Promise.resolve();
      },
      retention: () => this.retention,
      notificationsPerMinute: () => this.notificationsPerMinute,
      sendIndex: (entry, urgent) => whileAlive(this.#tell(entry, urgent)),
      sendNotifications: (events) => deliver(this.notifications, events),
      sendFeed: this.hasFeed ? (events) => deliver(this.feed, events) : undefined,
      tellWatchers: (change) => void this.watched.push(change()),
      background: (work) => void work,
      log: (level, message) => void this.logged.push(`${level}: ${message}`),
    };
  }

  async #tell(entry: IndexEntry, urgent: boolean): Promise<void> {
    this.whileTelling?.();
    const writer = this.#writers[entry.id.length % this.#writers.length];
    const result = await writer?.write({ entry }, urgent);
    if (result?.ok === false) throw result.rejected ? new RejectedError(result.cause) : new Error(result.cause);
  }

  /** Stores events that found no machine, as a door does. */
  async recordFailure(failed: FailedEvent): Promise<boolean> {
    return (await this.#writers[0]?.write({ failed }, true))?.ok ?? false;
  }

  #startWriters(): void {
    const life = (this.#writersLife += 1);
    const isAlive = (): boolean => life === this.#writersLife;
    this.#writers = [0, 1].map(
      () =>
        new IndexWriter({
          write: async (entries, failed) => {
            if (this.indexFailure !== undefined) {
              await this.clock.sleep(5);
              throw new Error(this.indexFailure);
            }
            if (entries.some((entry) => this.isPoison(JSON.stringify(entry)))) {
              await this.clock.sleep(1);
              throw new Error("D1_ERROR: string or blob too big: SQLITE_TOOBIG");
            }
            await writeIndex(this.d1, entries, failed);
            // Committed, but whoever asked is gone.
            if (!isAlive()) await new Promise<never>(() => {});
          },
          notify: async (failed) => {
            await this.faults.through(() => {
              for (const { notification } of failed) this.notifications.push(JSON.parse(notification) as Delivered);
            });
            await forgetNotifications(this.d1, failed);
          },
          now: () => this.clock.now,
          after: (ms, work) => this.clock.after(ms, () => isAlive() && work()),
          observer: { committed: () => {}, refused: () => {} },
          background: (work) => void work,
          log: (severity, message) => void this.logged.push(`${severity}: ${message}`),
        }),
    );
  }
}
