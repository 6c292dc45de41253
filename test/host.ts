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
import { unstable_splitSqlQuery as splitSqlQuery } from "wrangler";
import { findFreePort } from "./free-port.ts";

const root = join(import.meta.dirname, "..");
const BUILD_WITHIN_MS = 60_000;

// Not the hoisted one by chance: the miniflare (and so the workerd) that the pinned wrangler brings.
const fromWrangler = createRequire(createRequire(import.meta.url).resolve("wrangler"));
const { Miniflare, convertV4MiniflareOptions } = fromWrangler("miniflare") as typeof MiniflareModule;

export interface Host {
  origin: string;
  stop(): Promise<void>;
}

interface Subject {
  name: "floor" | "detent";
  /** The wrangler configuration to build, from the repository's root. */
  config: string;
  /** What wrangler calls the built main module. */
  bundle: string;
  /** Miniflare options: what the configuration binds. */
  options: Pick<MiniflareModule.V4WorkerOptions, "bindings" | "d1Databases" | "durableObjects">;
}

const FLOOR: Subject = {
  name: "floor",
  config: "test/bench/floor.toml",
  bundle: "floor-worker.js",
  options: { durableObjects: { FLOORS: { className: "FloorObject", useSQLite: true } } },
};

const DETENT: Subject = {
  name: "detent",
  config: "wrangler.toml",
  bundle: "worker.js",
  options: {
    bindings: { DETENT_ANONYMOUS_TENANT: "dev" },
    d1Databases: { CATALOG: "detent" },
    durableObjects: {
      MACHINES: { className: "MachineObject", useSQLite: true },
      INDEX_WRITERS: { className: "IndexWriterObject", useSQLite: true },
    },
  },
};

export const SUBJECTS = { floor: FLOOR, detent: DETENT };

/** Builds the subject as a deployment would and serves it; everything it writes is under `dir`. */
export async function startHost(subject: Subject, dir: string, signal: AbortSignal): Promise<Host> {
  const outDir = join(dir, subject.name, "bundle");
  const storage = join(dir, subject.name, "storage");
  await mkdir(storage, { recursive: true });
  await build(subject, outDir, signal);
  signal.throwIfAborted();

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
    }),
  );
  const stop = (): Promise<void> => miniflare.dispose();
  try {
    await miniflare.ready;
    if (subject === DETENT) await applyMigrations(await miniflare.getD1Database("CATALOG"));
  } catch (error) {
    await stop();
    throw error;
  }
  return { origin: `http://127.0.0.1:${port}`, stop };
}

async function build(subject: Subject, outDir: string, signal: AbortSignal): Promise<void> {
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
  const dir = join(root, "migrations");
  const files = (await readdir(dir)).filter((file) => file.endsWith(".sql")).toSorted();
  for (const file of files) {
    const statements = splitSqlQuery(await readFile(join(dir, file), "utf8"));
    await database.batch(statements.map((statement) => database.prepare(statement)));
  }
}
