/**
 * A built bundle on `workerd` without the dev proxy in front: load goes straight to the Worker's own socket, storage is
 * on disk, and nothing listens outside loopback.
 */
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import type * as MiniflareModule from "miniflare";
import { findFreePort } from "./free-port.ts";
import { SECRETS } from "./secrets.ts";

const root = join(import.meta.dirname, "..");
const BUILD_WITHIN_MS = 60_000;

// Not the hoisted one by chance: the miniflare (and so the workerd) that the pinned wrangler brings.
const fromWrangler = createRequire(createRequire(import.meta.url).resolve("wrangler"));
const { Miniflare, convertV4MiniflareOptions } = fromWrangler("miniflare") as typeof MiniflareModule;

export interface Host {
  origin: string;
  stop(): Promise<void>;
}

/** What a configuration binds. */
type Serving = Pick<
  MiniflareModule.V4WorkerOptions,
  "assets" | "bindings" | "d1Databases" | "durableObjects" | "queueConsumers" | "queueProducers"
>;

interface Subject {
  name: "floor" | "detent" | "faults" | "lag";
  /** The wrangler configuration to build, from the repository's root. */
  config: string;
  /** What wrangler calls the built main module. */
  bundle: string;
  options: Serving;
}

const FLOOR: Subject = {
  name: "floor",
  config: "test/bench/floor.toml",
  bundle: "floor-worker.js",
  options: { durableObjects: { FLOORS: { className: "FloorObject", useSQLite: true } } },
};

/** As in wrangler.toml. */
const DETENT: Subject = {
  name: "detent",
  config: "wrangler.toml",
  bundle: "worker.js",
  options: {
    // Thousands of events a second: a line for each would be measured, too.
    bindings: { ...SECRETS, DETENT_ANONYMOUS_TENANT: "dev", DETENT_EVENTS_TENANT: "dev", DETENT_LOG_LEVEL: "warn" },
    d1Databases: { CATALOG: "detent" },
    durableObjects: {
      MACHINES: { className: "MachineObject", useSQLite: true },
      INDEX_WRITERS: { className: "IndexWriterObject", useSQLite: true },
      SWEEPERS: { className: "SweeperObject", useSQLite: true },
      REBUILDS: { className: "RebuildObject", useSQLite: true },
      ERASURES: { className: "ErasureObject", useSQLite: true },
      JOBS: { className: "JobObject", useSQLite: true },
      LIMITERS: { className: "LimiterObject", useSQLite: true },
    },
    queueProducers: { EVENTS: "events", JOB_CHUNKS: "jobs", NOTIFICATIONS: "notifications" },
    queueConsumers: {
      events: { maxBatchSize: 100, maxBatchTimeout: 1, maxRetries: 10, deadLetterQueue: "events-dlq" },
      jobs: { maxBatchSize: 1, maxRetries: 3 },
      "events-dlq": { maxBatchSize: 100, maxBatchTimeout: 1, maxRetries: 100, retryDelay: 60 },
    },
  },
};

/** With the files beside it, and so behind two more Workers of the local runtime, which load is spared. */
const COMPLETE: Subject = {
  ...DETENT,
  options: {
    ...DETENT.options,
    assets: {
      directory: join(root, "src/http/assets"),
      binding: "ASSETS",
      routerConfig: { has_user_worker: true, invoke_user_worker_ahead_of_assets: true },
    },
  },
};

/** Detent with its outgoing queues outside and ways into the others: test/faults/worker.ts. */
const FAULTS: Subject = {
  ...DETENT,
  name: "faults",
  config: "test/faults/wrangler.toml",
  options: {
    ...DETENT.options,
    // Of each refused event a message is expected, however many there are.
    bindings: { ...DETENT.options.bindings, DETENT_NOTIFICATIONS_PER_MINUTE: "" },
    queueProducers: { EVENTS: "events", JOB_CHUNKS: "jobs", DEAD_LETTERS: "events-dlq" },
  },
};

/** Detent with an index-writer that notes how far the index is behind: test/bench/lag-worker.ts. */
const LAG: Subject = { ...DETENT, name: "lag", config: "test/bench/lag.toml", bundle: "lag-worker.js" };

export const SUBJECTS = { floor: FLOOR, detent: DETENT, complete: COMPLETE, faults: FAULTS, lag: LAG };

/** Builds the subject as a deployment would and serves it; everything it writes is under `dir`. */
export async function startHost(subject: Subject, dir: string, signal: AbortSignal): Promise<Host> {
  await buildSubject(subject, dir, signal);
  signal.throwIfAborted();
  return await serveSubject(subject, dir);
}

/** Serves what was built in `dir`, on the storage that is there; `bindings` are added to the subject's own. */
export async function serveSubject(
  subject: Subject,
  dir: string,
  bindings: Readonly<Record<string, string>> = {},
): Promise<Host> {
  const outDir = bundleDirOf(subject, dir);
  const storage = join(dir, subject.name, "storage");
  const isNew = (await mkdir(storage, { recursive: true })) !== undefined;
  const port = await findFreePort();
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      name: subject.name,
      host: "127.0.0.1",
      port: 0,
      logRequests: false,
      cf: false,
      telemetry: { enabled: false },
      resourcePersistencePath: storage,
      compatibilityDate: "2026-10-01",
      compatibilityFlags: ["nodejs_compat"],
      modulesRoot: outDir,
      modules: [{ type: "ESModule", path: join(outDir, subject.bundle) }],
      unsafeDirectSockets: [{ host: "127.0.0.1", port }],
      ...subject.options,
      bindings: { ...subject.options.bindings, ...bindings },
    }),
  );
  const stop = (): Promise<void> => miniflare.dispose();
  try {
    await miniflare.ready;
    const hasCatalog = subject.options.d1Databases !== undefined;
    // Reaching into a running server takes half a second, so what is there is taken to be migrated.
    if (isNew && hasCatalog) await applyMigrations(await miniflare.getD1Database("CATALOG"));
  } catch (error) {
    await stop();
    throw error;
  }
  return { origin: `http://127.0.0.1:${port}`, stop };
}

function bundleDirOf(subject: Subject, dir: string): string {
  return join(dir, subject.name, "bundle");
}

/** Builds the subject as a deployment would, for `serveSubject` on the same `dir`. */
export async function buildSubject(subject: Subject, dir: string, signal: AbortSignal): Promise<void> {
  const outDir = bundleDirOf(subject, dir);
  const wrangler = join(root, "node_modules/wrangler/bin/wrangler.js");
  const args = [wrangler, "deploy", "--dry-run", "--config", subject.config, "--outdir", outDir];
  const env = { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false", WRANGLER_LOG_PATH: outDir };
  try {
    await promisify(execFile)(process.execPath, args, { cwd: root, env, signal, timeout: BUILD_WITHIN_MS });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${subject.name} does not build:\n${stdout}${stderr}`, { cause: error });
  }
}

type Database = Awaited<ReturnType<InstanceType<typeof Miniflare>["getD1Database"]>>;

async function applyMigrations(database: Database): Promise<void> {
  // Loading wrangler takes a second, and only a new database needs it.
  const { unstable_splitSqlQuery: splitSqlQuery } = await import("wrangler");
  const dir = join(root, "migrations");
  const files = (await readdir(dir)).filter((file) => file.endsWith(".sql")).toSorted();
  for (const file of files) {
    const statements = splitSqlQuery(await readFile(join(dir, file), "utf8"));
    await database.batch(statements.map((statement) => database.prepare(statement)));
  }
}
