/** Jobs in the console: tried first, then done, with their report. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { PATIENCE, type Stage } from "./stage.ts";

const NAME = "jobs-orders";
const states = ["pending", "paid", "shipped"];
const transitions = [
  { from: "pending", to: "paid", event: "pay" },
  { from: "paid", to: "shipped", event: "ship" },
];
const FIRST = { name: NAME, version: "v1", starting_state: "pending", states, transitions };
const SECOND = {
  ...FIRST,
  version: "v2",
  states: ["pending", "settled", "shipped"],
  transitions: [
    { from: "pending", to: "settled", event: "pay" },
    { from: "settled", to: "shipped", event: "ship" },
  ],
};

export function jobsSuite(stage: () => Stage): void {
  let isReady = false;
  const prepare = async (): Promise<void> => {
    if (isReady) return;
    isReady = true;
    const { call } = stage();
    for (const configuration of [FIRST, SECOND]) await call("POST", "/api/v1/configurations", configuration);
    const made = Array.from({ length: 12 }, (_, i) => ({ config_id: `${NAME}:v1`, id: `j-${i}` }));
    await Promise.all(made.map((machine) => call("POST", "/api/v1/statemachines", machine)));
    const events = made.slice(0, 8).map(({ id }) => ({ configuration: NAME, id, event: "pay" }));
    await call("POST", "/api/v1/statemachines:send-events", { events });
    const counted = `/api/v1/statemachines:count?configuration=${NAME}&state=paid`;
    await expect.poll(async () => (await call<{ total: number }>("GET", counted)).total, PATIENCE).toBe(8);
  };

  const stateOf = async (id: string): Promise<string> => {
    const path = `/api/v1/statemachines/${NAME}/${id}`;
    return (await stage().call<{ statemachine: { state: string } }>("GET", path)).statemachine.state;
  };

  /** Goes there without loading the page anew, which would forget the key. */
  const openAs = async (scopes: readonly string[], to: string): Promise<Page> => {
    const body = { name: `jobs-${scopes.join("-").replaceAll(":", "-")}`, scopes };
    const { secret } = await stage().call<{ secret: string }>("POST", "/api/v1/keys", body);
    const page = await stage().open("/", { key: secret });
    await page.evaluate(
      `history.pushState(null, "", ${JSON.stringify(to)}), void dispatchEvent(new PopStateEvent("popstate"))`,
    );
    return page;
  };

  const finished = async (page: Page): Promise<void> => {
    await page.locator(".lead .badge", { hasText: "finished" }).waitFor();
  };

  test("an event is sent to many: a dry run changes nothing, the real run does, and both report", async () => {
    await prepare();
    const page = await stage().open("/jobs");
    await page.getByRole("link", { name: "New job" }).click();
    await page.getByLabel("Configuration").selectOption(NAME);
    await page.getByText("12 machines match now.").waitFor();
    await page.getByLabel("Event", { exact: false }).last().waitFor();
    await page.getByRole("combobox", { name: "Event" }).selectOption("ship");
    await page.getByRole("button", { name: "Dry run", exact: true }).click();
    await finished(page);
    expect(await page.textContent("main")).toContain("nothing was changed");
    expect(await page.getByRole("row").filter({ hasText: "NO_TRANSITION" }).count()).toBe(4);
    expect(await stateOf("j-0")).toBe("paid");
    await page.getByRole("button", { name: "Run it for real" }).click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.textContent()).toContain("8 machines would have succeeded");
    await dialog.getByRole("button", { name: "Run it", exact: true }).click();
    await page.getByRole("heading", { name: "Progress" }).waitFor();
    await finished(page);
    expect(await stateOf("j-0")).toBe("shipped");
    const refused = page.getByRole("row").filter({ hasText: "NO_TRANSITION" });
    expect(await refused.count()).toBe(4);
    await refused.first().getByRole("link").first().click();
    await expect.poll(() => new URL(page.url()).pathname, PATIENCE).toMatch(/^\/machines\/jobs-orders\/j-\d+$/);
    await page.close();
  });

  test("machines are migrated, and their states mapped, by keyboard alone", async () => {
    await prepare();
    const page = await stage().open(`/new-job?configuration=${NAME}&version=v1&state=pending`);
    await page.getByText("4 machines match now.").waitFor();
    await page.getByRole("radio", { name: "Send an event" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.getByRole("combobox", { name: "To version" }).focus();
    await page.keyboard.type("v2");
    await page.getByRole("group", { name: "States that v2 does not have" }).waitFor();
    await page.getByRole("combobox", { name: "paid" }).focus();
    await page.keyboard.type("settled");
    await page.getByRole("textbox", { name: "Machines a second" }).focus();
    await page.keyboard.press("Enter");
    await finished(page);
    await page.getByRole("button", { name: "Run it for real" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Run it", exact: true }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Progress" }).waitFor();
    await finished(page);
    const path = `/api/v1/statemachines/${NAME}/j-9`;
    const { statemachine } = await stage().call<{ statemachine: { config_id: string } }>("GET", path);
    expect(statemachine.config_id).toBe(`${NAME}:v2`);
    await page.close();
  });

  test("a job is paused, resumed and cancelled", async () => {
    await prepare();
    const body = { filter: { configuration: NAME }, send: { event: "pay" }, dry_run: true, rate: 1 };
    const { id } = await stage().call<{ id: string }>("POST", "/api/v1/jobs", body);
    const page = await stage().open(`/jobs/${id}`);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.locator(".badge", { hasText: "paused" }).waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    await page.locator(".badge", { hasText: "running" }).waitFor();
    await page.getByRole("button", { name: "Cancel the job" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel the job" }).click();
    await page.locator(".badge", { hasText: "cancelled" }).waitFor();
    expect(await page.getByRole("button", { name: "Resume" }).count()).toBe(0);
    await page.close();
  });

  test("what is missing or no rate is told at its field, and nothing is made", async () => {
    await prepare();
    const page = await stage().open(`/new-job?configuration=${NAME}`);
    await page.getByRole("textbox", { name: "Machines a second" }).fill("0");
    await page.getByRole("button", { name: "Dry run", exact: true }).click();
    await page.getByText("Choose an event.").waitFor();
    await page.getByText("Enter a whole number from 1 to 1,000.").waitFor();
    expect(new URL(page.url()).pathname).toBe("/new-job");
    await page.close();
  });

  test("answers that take longer than the time between two looks are shown", async () => {
    await prepare();
    const body = { filter: { configuration: NAME }, send: { event: "pay" }, dry_run: true, rate: 1 };
    const { id } = await stage().call<{ id: string }>("POST", "/api/v1/jobs", body);
    const page = await stage().open("/jobs");
    await page.route("**/detent.v1.JobService/GetJob*", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await route.continue().catch(() => undefined);
    });
    await page.locator(`a[href="/jobs/${id}"]`).click();
    await page.locator(".lead .badge", { hasText: "running" }).waitFor();
    await stage().call("POST", `/api/v1/jobs/${id}/pause`);
    await page.locator(".lead .badge", { hasText: "paused" }).waitFor({ timeout: 10_000 });
    await stage().call("POST", `/api/v1/jobs/${id}/cancel`);
    await page.close();
  });

  test("a job whose creation was not answered is created once, however often it is asked for", async () => {
    await prepare();
    const details = "the answer was lost";
    const page = await stage().open(`/new-job?configuration=${NAME}&state=settled`);
    await page.getByRole("combobox", { name: "Event" }).selectOption("ship");
    await page.getByLabel("Details").fill(details);
    const call = "**/detent.v1.JobService/CreateJob";
    await page.route(call, async (route) => {
      await route.fetch();
      await route.abort();
    });
    await page.getByRole("button", { name: "Dry run", exact: true }).click();
    await page.getByRole("alert").waitFor();
    await page.unroute(call);
    await page.getByRole("button", { name: "Dry run", exact: true }).click();
    await finished(page);
    const { jobs } = await stage().call<{ jobs: { send?: { details?: string } }[] }>("GET", "/api/v1/jobs");
    expect(jobs.filter(({ send }) => send?.details === details)).toHaveLength(1);
    await page.close();
  });

  test("a deletion asks for the name of the configuration after its dry run, too", async () => {
    await prepare();
    const body = { filter: { configuration: NAME, state: "settled" }, delete: {}, dry_run: true };
    const { id } = await stage().call<{ id: string }>("POST", "/api/v1/jobs", body);
    const page = await stage().open(`/jobs/${id}`);
    await page.getByRole("button", { name: "Run it for real" }).click();
    const dialog = page.getByRole("dialog");
    const run = dialog.getByRole("button", { name: "Run it", exact: true });
    await run.focus();
    await page.keyboard.press("Enter");
    expect(await run.getAttribute("title")).toBe(`Type ${NAME} first.`);
    await dialog.getByLabel(`Type ${NAME} to confirm`).fill(NAME);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Progress" }).waitFor();
    await page.close();
  });

  test("a key without the scope sees what it may not do, and why", async () => {
    const page = await openAs(["machines:read"], "/jobs");
    await page.getByText("Jobs need the scope ops.").waitFor();
    const create = page.getByRole("button", { name: "New job" });
    expect(await create.getAttribute("aria-disabled")).toBe("true");
    expect(await create.getAttribute("title")).toContain("ops");
    await page.close();
    const other = await openAs(["ops", "configurations:read", "machines:read"], `/new-job?configuration=${NAME}`);
    const dryRun = other.getByRole("button", { name: "Dry run", exact: true });
    await expect.poll(() => dryRun.getAttribute("title"), PATIENCE).toContain("events:send");
    await other.close();
  });

  test("a key that may not read configurations enters their names", async () => {
    await prepare();
    const page = await openAs(["ops", "events:send"], `/new-job?configuration=${NAME}&state=settled`);
    await page.getByRole("textbox", { name: "Event" }).fill("ship");
    await page.getByRole("button", { name: "Dry run", exact: true }).click();
    await finished(page);
    await page.close();
  });

  test("a deletion without a dry run asks for the name of the configuration", async () => {
    await prepare();
    const page = await stage().open(`/new-job?configuration=${NAME}&state=shipped&action=delete`);
    await page.getByText("8 machines match now.").waitFor();
    await page.getByRole("button", { name: "Run without a dry run" }).click();
    const dialog = page.getByRole("dialog");
    const run = dialog.getByRole("button", { name: "Run it", exact: true });
    await run.focus();
    await page.keyboard.press("Enter");
    expect(await run.getAttribute("aria-disabled")).toBe("true");
    await dialog.getByLabel(`Type ${NAME} to confirm`).fill(NAME);
    await run.click();
    await finished(page);
    const gone = await fetch(`${stage().server.url}/api/v1/statemachines/${NAME}/j-0`);
    expect(gone.status).toBe(410);
    await gone.text();
    await page.close();
  });
}
