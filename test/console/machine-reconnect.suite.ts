/** A machine is watched over the death of its server. */
import { expect, test } from "vitest";
import { startServer } from "../e2e/server.ts";
import { PATIENCE, type Stage } from "./stage.ts";

const CONFIGURATION = {
  name: "machine-reconnect",
  starting_state: "off",
  states: ["off", "on"],
  transitions: [
    { from: "off", to: "on", event: "flip" },
    { from: "on", to: "off", event: "flip" },
  ],
};
const MACHINES = "/api/v1/statemachines";

/** Kills the server of the stage, which must not serve any other suite. */
export function machineReconnectSuite(stage: () => Stage): void {
  test("who watches a machine is told that the server is away, and misses nothing when it is back", async () => {
    const { server, open, call } = stage();
    await call("POST", "/api/v1/configurations", CONFIGURATION);
    await call("POST", MACHINES, { config_id: "machine-reconnect:v1", id: "m" });
    const flip = (): Promise<unknown> => call("POST", `${MACHINES}/machine-reconnect/m/events`, { event: "flip" });
    const page = await open("/machines/machine-reconnect/m");
    const connection = page.getByRole("status", { name: "Connection" });
    await expect.poll(() => connection.textContent(), PATIENCE).toBe("live");
    await flip();
    const lead = page.locator(".lead");
    await expect.poll(() => lead.textContent(), PATIENCE).toContain("on revision 1");
    await server.kill();
    await expect.poll(() => connection.textContent(), PATIENCE).toBe("connecting again");
    expect(await lead.textContent()).toContain("on revision 1");
    const again = await startServer({ stateDir: server.stateDir, port: server.port });
    try {
      for (let i = 0; i < 4; i++) await flip();
      await expect.poll(() => lead.textContent(), PATIENCE).toContain("on revision 5");
      await expect.poll(() => connection.textContent(), PATIENCE).toBe("live");
      const headings = page.getByRole("table", { name: "History" }).locator("tbody th");
      expect(await headings.allTextContents()).toEqual(["5", "4", "3", "2", "1"]);
      // And is told of what comes after it as before.
      await flip();
      await expect.poll(() => lead.textContent(), { timeout: 5_000 }).toContain("off revision 6");
    } finally {
      await again.stop();
    }
    await page.close();
  });
}
