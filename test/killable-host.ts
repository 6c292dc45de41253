/** A host that can be killed as a power cut would do it: the process that serves, `workerd` and all, in one group. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findLeaks } from "./canary.ts";
import type { HostOrders } from "./host-process.ts";

/** Starting takes about a second; a busy machine needs several times that. */
const READY_WITHIN_MS = 60_000;
const GONE_WITHIN_MS = 10_000;

export interface KillableHost {
  readonly origin: string;
  /** Sends SIGKILL to the whole group, at once. */
  kill(): void;
  /** Settles when nothing of it listens any more: the storage is free for the next one. */
  gone(): Promise<void>;
}

/** Serves what was built in `dir`, on the storage that is there. */
export async function startKillableHost(orders: HostOrders): Promise<KillableHost> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "host-process.ts"), JSON.stringify(orders)], {
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const kill = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // The group is gone already.
    }
  };
  process.once("exit", kill);
  const exited = once(child, "exit").then(() => process.off("exit", kill));

  let output = "";
  let rest = "";
  const leaks: string[] = [];
  const printed = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        output = (output + chunk).slice(-20_000);
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        leaks.push(...findLeaks(lines.join("\n")));
        const line = /^\{"origin":.*\}$/m.exec(output)?.[0];
        if (line !== undefined) resolve(line);
      });
    }
  });
  const late = AbortSignal.timeout(READY_WITHIN_MS);
  const line = await Promise.race([printed, exited, once(late, "abort")]);
  if (typeof line !== "string") {
    kill();
    throw new Error(`the host ${late.aborted ? "was not ready in time" : "ended"}:\n${output}`);
  }
  const { origin } = JSON.parse(line) as { origin: string };
  const gone = async (): Promise<void> => {
    await exited;
    if (leaks.length > 0) throw new Error(`the log has what it must not have:\n${leaks.slice(0, 10).join("\n")}`);
    const deadline = performance.now() + GONE_WITHIN_MS;
    while (await isListening(origin)) {
      if (performance.now() > deadline) throw new Error(`something still listens at ${origin} after a kill`);
      await sleep(10);
    }
  };
  return { origin, kill, gone };
}

async function isListening(origin: string): Promise<boolean> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
