/**
 * `npm start`, `npm run dev` and the examples: the whole service on this machine, without an account, a network or a
 * question asked. Applies the catalog's migrations, then hands over to wrangler. Knows nothing of what is served.
 *
 * `--live` reloads open pages when the sources change; `--with CONFIG` serves another Worker beside it, on the same local
 * queues; `--page DIR` serves a page of its own at the next port, which may call the service. Environment: `PORT` (default
 * 8787), `DETENT_STATE_DIR` (storage; default `.wrangler/state`).
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { servePage } from "./page.ts";
import { ensureSecrets } from "./own-secrets.ts";

const root = join(import.meta.dirname, "../..");
const wrangler = join(dirname(createRequire(import.meta.url).resolve("wrangler/package.json")), "bin", "wrangler.js");
const port = process.env["PORT"] || "8787";
const { values: options } = parseArgs({
  options: { live: { type: "boolean" }, with: { type: "string" }, page: { type: "string" } },
});
const pagePort = Number(port) + 1;
const stateDir = process.env["DETENT_STATE_DIR"];
const storage = stateDir ? ["--persist-to", stateDir] : [];

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

let stopping = false;

/** Runs wrangler to its end and returns its exit code; signals sent to this process reach it. */
async function runWrangler(args: string[]): Promise<number> {
  const child = spawn(process.execPath, [wrangler, ...args], {
    cwd: root,
    // No standard input and CI=1: wrangler asks nothing, in a terminal neither.
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false" },
  });
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
    for (const signal of SIGNALS) process.off(signal, forward);
  }
}

async function main(): Promise<number> {
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    console.error(`PORT must be a number from 1 to 65535, not "${port}".`);
    return 2;
  }
  const migrated = await runWrangler(["d1", "migrations", "apply", "detent", "--local", ...storage]);
  if (migrated !== 0 || stopping) return migrated;
  const { envFile } = await ensureSecrets(stateDir || join(root, ".wrangler/state"));
  console.log(`Detent: http://localhost:${port}`);
  const stopPage = options.page && (await servePage(join(root, options.page), pagePort, `http://localhost:${port}`));
  if (options.page) console.log(`The page: http://localhost:${pagePort}`);
  try {
    return await runDev(envFile);
  } finally {
    if (stopPage) await stopPage();
  }
}

function runDev(envFile: string): Promise<number> {
  return runWrangler([
    "dev",
    // The first is served at the port; all of them share queues and storage.
    ...["wrangler.toml", options.with].flatMap((config) => (config === undefined ? [] : ["--config", config])),
    "--ip",
    // Requests without a credential are let in below, so nobody but this machine may reach it.
    "127.0.0.1",
    "--port",
    port,
    "--env-file",
    envFile,
    "--var",
    "DETENT_ANONYMOUS_TENANT:dev",
    "--var",
    "DETENT_EVENTS_TENANT:dev",
    // A page of another port is another origin, by either name of this machine.
    ...(options.page ? ["--var", `DETENT_CORS_ORIGINS:http://localhost:${pagePort},http://127.0.0.1:${pagePort}`] : []),
    "--show-interactive-dev-session=false",
    // wrangler watches the sources either way; only `npm run dev` also reloads open pages.
    ...(options.live ? ["--live-reload"] : []),
    ...storage,
  ]);
}

process.exitCode = await main();
