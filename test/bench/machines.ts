/** The machines that benchmarks send events to, and the callers that send them. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { LoadPlan, LoadResult } from "./load.ts";

export const MACHINES = 100;
export const REQUEST_TIMEOUT_MS = 10_000;
const ROUND_WITHIN_MS = 120_000;

export const machineIds = Array.from({ length: MACHINES }, (_, index) => `m${index}`);

/** Where the events of a machine are sent to. */
export const eventsPath = (id: string): string => `/api/v1/statemachines/bench/${id}/events`;

/** Runs the plan's callers in a process of their own. */
export async function runLoad(plan: LoadPlan, signal: AbortSignal): Promise<LoadResult> {
  const args = [join(import.meta.dirname, "load.ts"), JSON.stringify(plan)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { signal, timeout: ROUND_WITHIN_MS });
  return JSON.parse(stdout) as LoadResult;
}

/** One configuration, two states, back and forth: every event is accepted whatever the callers' order. */
export async function createMachines(origin: string, signal: AbortSignal): Promise<void> {
  const post = async (path: string, body: unknown): Promise<void> => {
    const response = await fetch(origin + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
    const text = await response.text();
    if (response.status !== 201) throw new Error(`POST ${path}: ${response.status} ${text}`);
  };
  await post("/api/v1/configurations", {
    name: "bench",
    version: "v1",
    states: ["a", "b"],
    starting_state: "a",
    transitions: [
      { from: "a", to: "b", event: "go" },
      { from: "b", to: "a", event: "go" },
    ],
  });
  for (const id of machineIds) await post("/api/v1/statemachines", { config_id: "bench:v1", id });
}
