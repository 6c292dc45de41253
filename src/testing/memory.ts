/**
 * Machines in memory: the product's own machine on SQLite, with a clock that stands still until it is told to go on.
 * What is made up is the platform, never what a machine does.
 */
import type { DatabaseSync } from "node:sqlite";
import type { ConfigurationSource } from "../engine/configuration.ts";
import { MemoryMachine } from "./memory-machine.ts";
import { TargetError } from "./target-error.ts";
import type { Target } from "./target.ts";
import { UsageError } from "./usage-error.ts";

export interface MemoryOptions {
  /** What the clock of every machine says at first, RFC 3339. Default: 2026-01-01T00:00:00Z. */
  readonly startAt?: string;
}

/** The same in every run, so that what depends on the time is, too. */
const START_AT = "2026-01-01T00:00:00Z";

/** Machines in this process; each has a database and a clock of its own. Needs Node.js 22.13 for node:sqlite. */
export function inMemory({ startAt = START_AT }: MemoryOptions = {}): Target {
  const startMs = Date.parse(startAt);
  if (Number.isNaN(startMs))
    throw new UsageError(`startAt must be a time like ${START_AT}, but is ${JSON.stringify(startAt)}`);
  return {
    async open(configuration: ConfigurationSource, signal?: AbortSignal) {
      const openDatabase = await findSqlite();
      const source = JSON.stringify(configuration);
      let count = 0;
      return {
        hasTestClock: true,
        patienceMs: 0,
        newMachine: () => {
          count += 1;
          const id = `test-${count}`;
          return new MemoryMachine({ configuration, source, id, startMs, openDatabase, signal });
        },
      };
    },
    findConfiguration(configId) {
      const message = `in memory there is no stored configuration ${JSON.stringify(configId)}: give the configuration itself or its file, or a service as the target`;
      return Promise.reject(new UsageError(message));
    },
  };
}

/** The module is looked for only where it is used: what tests against a service runs without it. */
async function findSqlite(): Promise<() => DatabaseSync> {
  try {
    const sqlite = await import("node:sqlite");
    return () => new sqlite.DatabaseSync(":memory:");
  } catch (cause) {
    const message = `a machine in memory needs node:sqlite, which Node.js has from 22.13 on; this is ${process.version}`;
    throw new TargetError(message, { cause });
  }
}
