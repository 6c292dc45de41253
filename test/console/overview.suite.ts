/** The frame and the overview. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { Api } from "./api.ts";
import { readRootKey } from "./seed-keys.ts";
import { PATIENCE, type Stage } from "./stage.ts";

const CONFIGURATION = {
  name: "overview",
  starting_state: "start",
  states: ["start", "end"],
  transitions: [{ from: "start", to: "end", event: "go" }],
};

export function overviewSuite(stage: () => Stage): void {
  test("the frame leads to every page, and says who is there", async () => {
    const page = await stage().open("/");
    await page.getByRole("navigation", { name: "Console" }).getByRole("link", { name: "Machines" }).click();
    await expect.poll(() => new URL(page.url()).pathname, PATIENCE).toBe("/machines");
    expect(await page.textContent(".account")).toContain("anonymous");
    await page.close();
  });

  test("events are counted as they are decided, with the reasons of those that were refused", async () => {
    const { call, open } = stage();
    await call("POST", "/api/v1/configurations", CONFIGURATION);
    await call("POST", "/api/v1/statemachines", { config_id: "overview:v1", id: "one" });
    const page = await open("/");
    const figure = async (name: string): Promise<string> =>
      (await page.locator(".figure", { hasText: name }).locator("b").textContent()) ?? "";
    await expect.poll(() => figure("Accepted a minute"), PATIENCE).toMatch(/\d/);
    const event = { configuration: "overview", id: "one", event: "go" };
    await call("POST", "/api/v1/statemachines:send-events", { events: [event, event] });
    await expect.poll(async () => Number.parseFloat(await figure("Accepted a minute")), PATIENCE).toBeGreaterThan(0);
    await expect.poll(async () => Number.parseFloat(await figure("Refused a minute")), PATIENCE).toBeGreaterThan(0);
    expect(await figure("Index lag")).toMatch(/^[\d,]+ ms$/);
    await page.getByRole("link", { name: "NO_TRANSITION" }).waitFor();
    const card = page.getByRole("region", { name: "overview", exact: true });
    await expect.poll(() => card.textContent(), { timeout: 25_000 }).toContain("end");
    await page.close();
  });

  test("who has nothing yet is told on each page how to begin, by a command that works", async () => {
    const { server, open } = stage();
    const root = await readRootKey(server.stateDir);
    const api = new Api(server.url);
    await api.call("/api/v1/tenants", { key: root, body: { name: "beginner" } });
    const scopes = ["configurations:read", "configurations:write", "machines:read", "machines:write", "ops"];
    const body = { name: "first", tenant: "beginner", scopes };
    const { secret } = await api.call<{ secret: string }>("/api/v1/keys", { key: root, body });
    const page = await open("/", { key: secret });
    for (const name of ["Configurations", "Machines", "Overview"]) {
      await page.getByRole("navigation", { name: "Console" }).getByRole("link", { name, exact: true }).click();
      await page.getByRole("heading", { level: 1, name }).waitFor();
      await page.getByText("There are no configurations yet.").waitFor();
    }
    const command = await page.locator(".empty pre").innerText();
    expect(command).not.toContain(secret);
    const env = { ...process.env, DETENT_KEY: secret };
    const { stdout } = await promisify(execFile)("sh", ["-c", `${command} -s`], { env });
    expect(JSON.parse(stdout)).toMatchObject({ name: "orders", version: "v1", warnings: [] });
    await page.getByRole("region", { name: "orders", exact: true }).waitFor();
    await page.close();
  });

  test("a key is told what it may not see, instead of being kept waiting for it", async () => {
    const body = { name: "overview", scopes: ["configurations:read"] };
    const { secret } = await stage().call<{ secret: string }>("POST", "/api/v1/keys", body);
    const page = await stage().open("/", { key: secret });
    await page.getByText("Its machines are not shown: The credential lacks the scope machines:read.").first().waitFor();
    await page.getByText("The credential lacks the scope ops.").first().waitFor();
    expect(await page.locator(".loading").count()).toBe(0);
    await page.close();
  });
}
