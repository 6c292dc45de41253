/**
 * `npm start`, `npm run dev` and the examples: the whole service on this machine, without an account, a network or a
 * question asked. Applies the catalog's migrations, then hands over to wrangler. Knows nothing of what is served.
 *
 * `--live` reloads open pages when the sources change; `--with CONFIG` runs another Worker in it, on the same local queues;
 * `--beside CONFIG` serves one at the next port, on the same queues; `--transitions` tells every change on the queue of that
 * name; `--page DIR` serves a page of its own at the next port, which may call the service. Environment: `PORT` (default
 * 8787), `DETENT_STATE_DIR` (storage, and whom it shares queues with; default `.wrangler/state`, and what runs on this machine).
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { servePage } from "./page.ts";
import { writeConfigWithTransitions } from "./own-config.ts";
import { ensureSecrets } from "./own-secrets.ts";

const root = join(import.meta.dirname, "../..");
const wrangler = join(dirname(createRequire(import.meta.url).resolve("wrangler/package.json")), "bin", "wrangler.js");
const port = process.env["PORT"] || "8787";
const { values: options } = parseArgs({
  options: {
    live: { type: "boolean" },
    with: { type: "string" },
    beside: { type: "string" },
    transitions: { type: "boolean" },
    page: { type: "string" },
  },
});
const nextPort = Number(port) + 1;
const ownDir = process.env["DETENT_STATE_DIR"];
const stateDir = ownDir || join(root, ".wrangler/state");
const storage = ["--persist-to", stateDir];

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

let stopping = false;

/** Runs wrangler to its end and returns its exit code; signals sent to this process reach it, and `abort` ends it. */
async function runWrangler(args: string[], abort?: AbortSignal): Promise<number> {
  const child = spawn(process.execPath, [wrangler, ...args], {
    cwd: root,
    // No standard input and CI=1: wrangler asks nothing, in a terminal neither.
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      CI: "1",
      WRANGLER_SEND_METRICS: "false",
      // Where servers find each other's queues. One with a storage of its own is nobody's neighbour.
      ...(ownDir && { WRANGLER_REGISTRY_PATH: join(ownDir, "registry") }),
    },
  });
  const end = (): void => void child.kill("SIGTERM");
  abort?.addEventListener("abort", end);
  const forward = (signal: NodeJS.Signals): void => {
    stopping = true;
    child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, forward);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => resolve(stopping ? 0 : (code ?? 1)));
    });
  } finally {
    abort?.removeEventListener("abort", end);
    for (const signal of SIGNALS) process.off(signal, forward);
  }
}

/** Servers that need each other: when one ends, all do. Answers the exit code of the one that ended first. */
async function runTogether(...servers: readonly ((abort: AbortSignal) => Promise<number>)[]): Promise<number> {
  const abort = new AbortController();
  const codes: number[] = [];
  const ends = servers.map(async (run) => {
    try {
      codes.push(await run(abort.signal));
    } finally {
      abort.abort();
    }
  });
  await Promise.all(ends);
  return codes[0] ?? 0;
}

async function main(): Promise<number> {
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    console.error(`PORT must be a number from 1 to 65535, not "${port}".`);
    return 2;
  }
  const migrated = await runWrangler(["d1", "migrations", "apply", "detent", "--local", ...storage]);
  if (migrated !== 0 || stopping) return migrated;
  const { envFile } = await ensureSecrets(stateDir);
  const config = options.transitions ? await writeConfigWithTransitions(root, stateDir) : "wrangler.toml";
  console.log(`Detent: http://localhost:${port}`);
  const stopPage = options.page && (await servePage(join(root, options.page), nextPort, `http://localhost:${port}`));
  if (options.page) console.log(`The page: http://localhost:${nextPort}`);
  const { beside } = options;
  if (beside) console.log(`The Worker beside it: http://localhost:${nextPort}`);
  try {
    const serve = (abort: AbortSignal): Promise<number> => runDetent(config, envFile, abort);
    return await runTogether(serve, ...(beside ? [(abort: AbortSignal) => runBeside(beside, abort)] : []));
  } finally {
    if (stopPage) await stopPage();
  }
}

/** What every server here is told: this machine alone reaches it, and it asks nothing. */
function serverAt(serverPort: string): string[] {
  return ["--ip", "127.0.0.1", "--port", serverPort, "--show-interactive-dev-session=false", ...storage];
}

function runDetent(config: string, envFile: string, abort: AbortSignal): Promise<number> {
  const args = [
    "dev",
    // The first is served at the port; all of them share queues and storage.
    ...[config, options.with].flatMap((file) => (file === undefined ? [] : ["--config", file])),
    // Requests without a credential are let in below, so nobody but this machine may reach it.
    ...serverAt(port),
    "--env-file",
    envFile,
    "--var",
    "DETENT_ANONYMOUS_TENANT:dev",
    "--var",
    "DETENT_EVENTS_TENANT:dev",
    // A page of another port is another origin, by either name of this machine.
    ...(options.page ? ["--var", `DETENT_CORS_ORIGINS:http://localhost:${nextPort},http://127.0.0.1:${nextPort}`] : []),
    // wrangler watches the sources either way; only `npm run dev` also reloads open pages.
    ...(options.live ? ["--live-reload"] : []),
  ];
  return runWrangler(args, abort);
}

/** Of several Workers in one server only the first is reached from outside; so this one has a server of its own. */
function runBeside(config: string, abort: AbortSignal): Promise<number> {
  // The two begin at once, and would both find the debugger's usual port free.
  const debuggerPort = ["--inspector-port", "0"];
  return runWrangler(["dev", "--config", config, ...serverAt(String(nextPort)), ...debuggerPort], abort);
}

process.exitCode = await main();
