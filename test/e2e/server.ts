/**
 * A server as a newcomer starts it, in a process group and a storage directory of its own.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findLeaks } from "../canary.ts";
import { findFreePort } from "../free-port.ts";

const root = join(import.meta.dirname, "../..");

/** Starting takes about 5 s; a cold and busy machine needs several times that. */
const READY_WITHIN_MS = 90_000;
const STOP_WITHIN_MS = 10_000;

export interface Server {
  url: string;
  port: number;
  /** Where the storage is; pass it to `startServer` to start again on it. */
  stateDir: string;
  /** Everything printed so far. */
  output(): string;
  /** Ends the server as Ctrl-C does and removes its storage, unless the caller named the directory. */
  stop(): Promise<void>;
  /** Kills the whole process group at once, as a power cut would; the storage stays. */
  kill(): Promise<void>;
}

/** Runs `npm start`, or the script named, and waits until /health says READY. */
export async function startServer(
  options: {
    stateDir?: string;
    port?: number;
    script?: "start" | "dev" | "example" | "example:orders" | "example:watch";
  } = {},
): Promise<Server> {
  const port = options.port ?? (await findFreePort());
  const stateDir = options.stateDir ?? (await mkdtemp(join(tmpdir(), "detent-e2e-")));
  const child = spawn("npm", ["run", "--silent", options.script ?? "start"], {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PORT: String(port), DETENT_STATE_DIR: stateDir },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  const exited = once(child, "exit");
  const signalGroup = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // The group is gone already.
    }
  };
  // A failing test run must not leave servers behind.
  const killOnExit = (): void => signalGroup("SIGKILL");
  process.once("exit", killOnExit);

  const kill = async (): Promise<void> => {
    signalGroup("SIGKILL");
    await exited;
    process.off("exit", killOnExit);
    const leaks = findLeaks(output);
    if (leaks.length > 0) throw new Error(`the log has what it must not have:\n${leaks.join("\n")}`);
  };
  const stop = async (): Promise<void> => {
    signalGroup("SIGTERM");
    await Promise.race([exited, sleep(STOP_WITHIN_MS, undefined, { ref: false })]);
    await kill();
    if (options.stateDir === undefined) await rm(stateDir, { recursive: true, force: true, maxRetries: 5 });
  };

  const url = `http://127.0.0.1:${port}`;
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!(await isReady(url))) {
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (ended || performance.now() > deadline) {
      await stop();
      throw new Error(`the server ${ended ? "ended" : "was not READY in time"}:\n${output}`);
    }
    await sleep(100);
  }
  return { url, port, stateDir, output: () => output, stop, kill };
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) });
    const body = await response.json<{ state?: string }>();
    return response.ok && body.state === "READY";
  } catch {
    return false;
  }
}
