/** What survives a power cut: everything that was answered. */
import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { startServer } from "./server.ts";

async function send(url: string, path: string, body: object): Promise<object> {
  const response = await fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  if (typeof answer !== "object" || answer === null) throw new Error("the answer is no object");
  return answer;
}

test("a killed server knows after its restart every receipt it had answered", async () => {
  const first = await startServer();
  const loop = { name: "loop", starting_state: "a", states: ["a"], transitions: [{ from: "a", to: "a", event: "go" }] };
  await send(first.url, "/api/v1/configurations", loop);
  await send(first.url, "/api/v1/statemachines", { config_id: "loop:v1", id: "m" });
  const events = "/api/v1/statemachines/loop/m/events";
  const ids = Array.from({ length: 20 }, (_, index) => `e${index}`);
  const before = await Promise.all(ids.map((event_id) => send(first.url, events, { event: "go", event_id })));
  await first.kill();
  const second = await startServer({ stateDir: first.stateDir });
  try {
    const after = await Promise.all(ids.map((event_id) => send(second.url, events, { event: "go", event_id })));
    expect(after).toEqual(before.map((receipt) => ({ ...receipt, duplicate: true })));
  } finally {
    await second.stop();
    await rm(first.stateDir, { recursive: true, force: true, maxRetries: 5 });
  }
});
