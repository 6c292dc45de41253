/**
 * `npm run reindex`: makes the index of a running server right again, and prints how far it is until it is done.
 * `npm run reindex -- FILE` names machines that the registry has lost: a line each, configuration and id with a space
 * between. A caller like any other: it knows the JSON routes and nothing of the inside.
 *
 * Environment: `DETENT_URL` (default `http://localhost:PORT`), `PORT` (default 8787), `DETENT_KEY` (a credential, where
 * the server wants one).
 */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const base = process.env["DETENT_URL"] || `http://localhost:${process.env["PORT"] || "8787"}`;
const key = process.env["DETENT_KEY"];
const POLL_MS = 500;
/** What one request may name. */
const MACHINES_PER_REQUEST = 100;

interface Progress {
  finished_at?: string;
  walked: number;
  corrected: number;
  removed: number;
  failed: number;
}

class ReindexError extends Error {}

async function call<T>(method: "GET" | "POST", body?: object): Promise<T> {
  const headers = {
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
    ...(body !== undefined && { "content-type": "application/json" }),
  };
  let response: Response;
  try {
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    response = await fetch(`${base}/api/v1/index:rebuild`, init);
  } catch {
    throw new ReindexError(`No server answers at ${base}; DETENT_URL or PORT names another.`);
  }
  const answer = (await response.json()) as T & { detail?: string };
  if (response.ok) return answer;
  throw new ReindexError(`${base} answered ${response.status}: ${answer.detail ?? "no reason"}`);
}

function describe({ walked, corrected, removed, failed }: Progress): string {
  return `${walked} machines looked at: ${corrected} corrected, ${removed} removed, ${failed} could not be reached`;
}

async function walk(): Promise<void> {
  let progress = await call<Progress>("POST");
  let shown = "";
  for (;;) {
    const line = describe(progress);
    if (line !== shown) console.log(line);
    shown = line;
    if (progress.finished_at !== undefined) break;
    await sleep(POLL_MS);
    progress = await call<Progress>("GET");
  }
  console.log("done");
  if (progress.failed > 0) process.exitCode = 1;
}

async function tell(file: string): Promise<void> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new ReindexError(`${file} cannot be read: ${String(error)}`);
  });
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const machines = lines.map((line) => {
    const space = line.indexOf(" ");
    if (space < 1) throw new ReindexError(`${file}: a line is a configuration, a space and an id, not "${line}"`);
    return { configuration: line.slice(0, space), id: line.slice(space + 1) };
  });
  let told = 0;
  for (let from = 0; from < machines.length; from += MACHINES_PER_REQUEST) {
    const answer = await call<{ told: number; missing: { configuration: string; id: string }[] }>("POST", {
      machines: machines.slice(from, from + MACHINES_PER_REQUEST),
    });
    told += answer.told;
    for (const { configuration, id } of answer.missing) console.log(`there is no machine ${configuration} ${id}`);
    console.log(`${told} machines are in the index`);
  }
}

try {
  const [file] = process.argv.slice(2);
  await (file === undefined ? walk() : tell(file));
} catch (error) {
  if (!(error instanceof ReindexError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
