/** `npm run example`: the service and a consumer of its notifications, on the same local queues. */
import { expect, test } from "vitest";
import { until } from "../until.ts";
import { startServer } from "./server.ts";

const PRINTED_WITHIN_MS = 30_000;

test("the example prints one line for a refused event, and stops with the service", async () => {
  const server = await startServer({ script: "example" });
  try {
    const post = async (path: string, body: object): Promise<number> => {
      const headers = { "content-type": "application/json" };
      return (await fetch(server.url + path, { method: "POST", headers, body: JSON.stringify(body) })).status;
    };
    const transitions = [{ from: "a", to: "b", event: "go" }];
    await post("/api/v1/configurations", { name: "orders", starting_state: "a", states: ["a", "b"], transitions });
    await post("/api/v1/statemachines", { config_id: "orders", id: "7" });
    expect(await post("/api/v1/statemachines/orders/7/events", { event: "stop" })).toBe(422);
    const line = 'detent.event.refused.v1 orders/7 #1 UNKNOWN_EVENT: orders:v1 has no event "stop"';
    const printed = await until(
      PRINTED_WITHIN_MS,
      () => server.output(),
      (output) => output.includes(line),
    );
    expect(printed).toContain(line);
  } finally {
    await server.stop();
  }
  await expect(fetch(`${server.url}/health`)).rejects.toThrow("fetch failed");
});
