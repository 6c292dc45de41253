/** The example of side effects in a consumer, as its README has it: orders that heal, and one that asks for help. */
import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../until.ts";
import { startServer, type Server } from "./server.ts";

const EXAMPLE = join(import.meta.dirname, "../../examples/self-healing-order");
const HEALED_WITHIN_MS = 60_000;

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server.stop();
  await rm(server.stateDir, { recursive: true, force: true, maxRetries: 5 });
});

interface Answer {
  readonly warnings?: unknown;
  readonly to?: string;
  readonly statemachine?: {
    readonly state: string;
    readonly data: object;
    readonly history: readonly { readonly transition: { readonly event: string } }[];
  };
}

async function call(path: string, body?: string): Promise<{ status: number; answer: Answer }> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(server.url + path, body === undefined ? {} : { method: "POST", headers, body });
  return { status: response.status, answer: await response.json<Answer>() };
}

function startConsumer() {
  const child = spawn(process.execPath, [join(EXAMPLE, "index.ts")], {
    env: { ...process.env, DETENT_URL: server.url },
    stdio: "inherit",
  });
  return () => void child.kill("SIGKILL");
}

async function stateOf(id: string): Promise<string> {
  return (await call(`/api/v1/statemachines/self-healing-order/${id}`)).answer.statemachine?.state ?? "";
}

test("orders heal or ask for help, though consumer and server are killed", { timeout: 240_000 }, async () => {
  const created = await call("/api/v1/configurations", await readFile(join(EXAMPLE, "order.json"), "utf8"));
  expect([created.status, created.answer.warnings]).toEqual([201, []]);
  const ids = ["plain-1", "flaky-1", "broke-1"];
  for (const id of ids) {
    await call("/api/v1/statemachines", JSON.stringify({ config_id: "self-healing-order", id }));
    expect((await call(`/api/v1/statemachines/self-healing-order/${id}/events`, '{"event":"order"}')).status).toBe(200);
  }
  const kill = startConsumer();
  await until(
    HEALED_WITHIN_MS,
    () => stateOf("flaky-1"),
    (state) => state === "charge_failed",
  );
  kill();
  const killBoth = [startConsumer(), startConsumer()];
  try {
    await server.kill();
    server = await startServer({ stateDir: server.stateDir, port: server.port });
    const settled = () => Promise.all(ids.map(stateOf));
    const states = await until(HEALED_WITHIN_MS, settled, (found) => found.join() === "paid,paid,needs_attention");
    expect(states).toEqual(["paid", "paid", "needs_attention"]);
  } finally {
    for (const stop of killBoth) stop();
  }
  const { statemachine } = (await call("/api/v1/statemachines/self-healing-order/flaky-1")).answer;
  const story = statemachine?.history.map((item) => item.transition.event);
  expect(story).toEqual(["order", "charge_failed", "retry", "charge_failed", "retry", "charged"]);
  expect(statemachine?.data).toMatchObject({ attempts: 3, payment: "payment flaky-1/5" });
  const retried = await call("/api/v1/statemachines/self-healing-order/broke-1/events", '{"event":"retry"}');
  expect(retried).toMatchObject({ status: 200, answer: { to: "charging" } });
});

test("its picture is what the service draws", async () => {
  const drawn = await fetch(`${server.url}/api/v1/configurations/self-healing-order:v1/diagram.svg`);
  expect(await drawn.text()).toBe(await readFile(join(EXAMPLE, "diagram.svg"), "utf8"));
});
