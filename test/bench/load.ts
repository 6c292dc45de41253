/**
 * The callers, in a process of their own: a fixed number of POSTs over keep-alive connections. Reads a LoadPlan as its
 * only argument and prints a LoadResult.
 */
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface LoadPlan {
  origin: string;
  /** Taken in turn. */
  paths: string[];
  body: string;
  /** A reply without this text, or not 200, is an error. */
  expect: string;
  callers: number;
  requests: number;
  /** Requests a second at the most; absent: as many as the callers manage. */
  rate?: number;
  /** A request that takes longer is an error. */
  requestTimeoutMs: number;
}

export interface LoadResult {
  requests: number;
  ms: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  errors: number;
  firstError?: string;
}

async function run(plan: LoadPlan): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: plan.callers });
  const { hostname, port } = new URL(plan.origin);
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(plan.body) };

  const post = (path: string): Promise<string | undefined> =>
    new Promise((resolve) => {
      const outgoing = request(
        { agent, hostname, port, path, method: "POST", headers, timeout: plan.requestTimeoutMs },
        (reply) => {
          let text = "";
          reply.setEncoding("utf8");
          reply.on("data", (chunk: string) => {
            text += chunk;
          });
          reply.on("error", (error) => resolve(String(error)));
          reply.on("end", () => {
            const good = reply.statusCode === 200 && text.includes(plan.expect);
            resolve(good ? undefined : `${reply.statusCode} ${text.slice(0, 500)}`);
          });
        },
      );
      outgoing.on("timeout", () => outgoing.destroy(new Error("timeout")));
      outgoing.on("error", (error) => resolve(String(error)));
      outgoing.end(plan.body);
    });

  const latencies: number[] = [];
  let next = 0;
  let errors = 0;
  let firstError: string | undefined;
  const caller = async (): Promise<void> => {
    while (next < plan.requests) {
      const path = plan.paths[next % plan.paths.length] ?? "/";
      const dueAt = plan.rate === undefined ? begin : begin + (next * 1_000) / plan.rate;
      next += 1;
      const wait = dueAt - performance.now();
      if (wait > 0) await sleep(wait);
      const start = performance.now();
      const failure = await post(path);
      latencies.push(performance.now() - start);
      if (failure !== undefined) {
        errors += 1;
        firstError ??= failure;
      }
    }
  };

  const begin = performance.now();
  await Promise.all(Array.from({ length: plan.callers }, caller));
  const ms = performance.now() - begin;
  agent.destroy();

  const sorted = Float64Array.from(latencies).toSorted();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { requests: plan.requests, ms, p50: at(0.5), p99: at(0.99), errors, ...(firstError && { firstError }) };
}

process.stdout.write(`${JSON.stringify(await run(JSON.parse(process.argv[2] ?? "") as LoadPlan))}\n`);
