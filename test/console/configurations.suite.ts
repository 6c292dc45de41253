/** Configurations: the list, a version, a comparison, and the editor. */
import { beforeAll, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { PATIENCE, type Stage } from "./stage.ts";

const NAME = "configurations-orders";
const BASE = {
  name: NAME,
  starting_state: "start",
  states: ["start", "pending", "shipped"],
  transitions: [
    { from: "start", to: "pending", event: "accept" },
    { from: "pending", to: "shipped", event: "ship", guard: "event.data.weight < 30.0" },
  ],
  event_options: { ship: { schema: { type: "object", properties: { weight: { type: "number" } } } } },
};
const SECOND = {
  ...BASE,
  version: "v2",
  states: [...BASE.states, "returned"],
  transitions: [
    BASE.transitions[0],
    { ...BASE.transitions[1], guard: "event.data.weight < 25.0" },
    { from: "shipped", to: "returned", event: "return" },
  ],
};
/** Markup, letters that turn the direction round, and the longest name there may be. */
const HOSTILE = ["<img src=x onerror=alert(1)>", "\u202Eevil\u202C שלום", "w".repeat(128)] as const;

export function configurationsSuite(stage: () => Stage): void {
  beforeAll(async () => {
    const call: Stage["call"] = (...request) => stage().call(...request);
    for (const body of [BASE, SECOND]) await call("POST", "/api/v1/configurations", body);
    for (const [version, id] of [
      ["v1", "one"],
      ["v2", "two"],
      ["v2", "three"],
    ]) {
      await call("POST", "/api/v1/statemachines", { config_id: `${NAME}:${version}`, id });
    }
    await call("POST", `/api/v1/statemachines/${NAME}/two/events`, { event: "accept" });
  });

  test("the list has the newest version and how many machines there are, and leads to it", async () => {
    const page = await stage().open("/configurations");
    const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: NAME, exact: true }) });
    await row.getByRole("link", { name: `3 machines of ${NAME}` }).waitFor(PATIENCE);
    expect(await row.getByRole("cell").first().textContent()).toBe("v2");
    await row.getByRole("link", { name: NAME, exact: true }).click();
    await page.getByRole("heading", { level: 1, name: NAME }).waitFor(PATIENCE);
    await page.close();
  });

  test("a version shows its states with machines, of it or of all, and what it says", async () => {
    const page = await stage().open(`/configurations/${NAME}`);
    const countsOf = async (): Promise<string[]> =>
      await page.getByRole("table", { name: "States" }).locator("tbody td.number").allTextContents();
    await expect.poll(countsOf, PATIENCE).toEqual(["1", "1", "0", "0"]);
    await expect.poll(async () => await page.locator(".picture svg").count(), PATIENCE).toBe(1);
    await page.getByRole("button", { name: "all versions" }).click();
    await expect.poll(countsOf, PATIENCE).toEqual(["2", "1", "0", "0"]);
    expect(new URL(page.url()).searchParams.get("machines")).toBe("all");

    await page.getByLabel("Version", { exact: true }).selectOption("v1");
    await expect.poll(() => new URL(page.url()).searchParams.get("version"), PATIENCE).toBe("v1");
    await expect.poll(countsOf, PATIENCE).toEqual(["2", "1", "0"]);
    const transitions = page.getByRole("table", { name: "Transitions" });
    expect(await transitions.textContent()).toContain("event.data.weight < 30.0");
    const link = page.getByRole("link", { name: "2 machines in start" });
    expect(await link.getAttribute("href")).toBe(`/machines?configuration=${NAME}&state=start`);

    await page.getByRole("button", { name: "YAML" }).click();
    await expect
      .poll(async () => await page.getByRole("region", { name: `Source of ${NAME}:v1` }).textContent(), PATIENCE)
      .toContain("starting_state: start\n");
    await page.close();
  });

  test("what is not there is told in the service's words", async () => {
    const page = await stage().open("/configurations/configurations-nowhere");
    await page.getByRole("alert").getByText("CONFIGURATION_NOT_FOUND").waitFor(PATIENCE);
    await page.close();
  });

  test("two versions are compared by what they mean, in words", async () => {
    const page = await stage().open(`/configurations/${NAME}/compare`);
    const table = page.getByRole("table", { name: "Differences" });
    await table.waitFor(PATIENCE);
    expect(await rowsOf(page)).toEqual([
      "+ added|State returned|absent|present",
      "≠ changed|Transition pending → shipped on ship|guard: event.data.weight < 30.0|guard: event.data.weight < 25.0",
      "+ added|Transition shipped → returned on return|absent|present",
    ]);
    await expect.poll(async () => await page.locator(".picture svg").count(), PATIENCE).toBe(2);
    await page.getByRole("button", { name: "Swap the two" }).click();
    await expect.poll(async () => (await rowsOf(page))[0], PATIENCE).toBe("− removed|State returned|present|absent");
    expect(new URL(page.url()).search).toBe("?from=v2&to=v1");
    await page.close();
  });

  test("a new version is written and saved with the keyboard alone", async () => {
    const page = await stage().open(`/new-configuration?from=${NAME}:v2`);
    const text = page.getByLabel("Configuration", { exact: true });
    await text.waitFor(PATIENCE);
    expect(await text.inputValue()).toContain("version: v3\n");
    await text.focus();
    await page.keyboard.press("ControlOrMeta+End");
    await page.keyboard.type("unhandled: ignore\n");
    await page.getByRole("status").filter({ hasText: "Valid" }).waitFor(PATIENCE);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page
      .getByRole("status")
      .filter({ hasText: `${NAME}:v3 is saved.` })
      .waitFor(PATIENCE);
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(`/configurations/${NAME}?version=v3`);
    const stored = await stage().call<{ unhandled: string }>("GET", `/api/v1/configurations/${NAME}:v3`);
    expect(stored.unhandled).toBe("ignore");
    await page.close();
  });

  test("a finding has its line, its button puts the cursor there, and a broken text keeps the picture", async () => {
    const page = await stage().open(`/new-configuration?from=${NAME}:v2`);
    const text = page.getByLabel("Configuration", { exact: true });
    await text.waitFor(PATIENCE);
    const written = await text.inputValue();
    await text.fill(written.replace("to: returned", "to: nowhere"));
    const line = written.slice(0, written.indexOf("to: returned")).split("\n").length;
    const finding = page.getByRole("listitem").filter({ hasText: "to_unknown" });
    await finding.waitFor(PATIENCE);
    expect(await page.getByRole("button", { name: /^Save/ }).getAttribute("aria-disabled")).toBe("true");
    await finding.getByRole("button", { name: `Line ${line}, column` }).click();
    const selected = await page.evaluate(
      "const { value, selectionStart, selectionEnd } = document.activeElement; value.slice(selectionStart, selectionEnd)",
    );
    expect(selected).toBe("to: nowhere");
    await expect.poll(async () => await page.locator(".picture").textContent(), PATIENCE).toContain("nowhere");

    await text.fill("name: [broken\n");
    await page.getByRole("listitem").filter({ hasText: "syntax" }).waitFor(PATIENCE);
    expect(await page.locator(".picture").textContent()).toContain("nowhere");

    await text.fill(`${written}unhandledd: defer\n`);
    await page.getByRole("listitem").filter({ hasText: 'there is no field "unhandledd"' }).waitFor(PATIENCE);
    await page.close();
  });

  test("what is written outlives a click elsewhere, and turns from YAML to JSON and back", async () => {
    const page = await stage().open("/new-configuration");
    const text = page.getByLabel("Configuration", { exact: true });
    await text.fill("name: configurations-draft\nstarting_state: a\nstates: [a, b]\n");
    await page.getByRole("navigation", { name: "Console" }).getByRole("link", { name: "Configurations" }).click();
    await page.getByRole("link", { name: "New configuration" }).click();
    await expect.poll(async () => await text.inputValue(), PATIENCE).toContain("configurations-draft");
    await page.getByRole("button", { name: "JSON", exact: true }).click();
    await expect.poll(async () => await text.inputValue(), PATIENCE).toMatch(/^\{\n {2}"name": "configurations-draft"/);
    await page.getByRole("button", { name: "YAML", exact: true }).click();
    await expect.poll(async () => await text.inputValue(), PATIENCE).toMatch(/^name: configurations-draft\n/);
    await page.getByRole("button", { name: "Start over" }).click();
    expect(await text.inputValue()).toContain("name: orders\n");
    await page.close();
  });

  test("a version that is taken is told apart by its content, and the next free one is offered", async () => {
    const page = await stage().open("/new-configuration?format=json");
    const text = page.getByLabel("Configuration", { exact: true });
    const save = page.getByRole("button", { name: /^Save/ });
    await text.fill(JSON.stringify({ ...BASE, version: "v1" }));
    await save.click();
    await page.getByText("is stored already, with the same content").waitFor(PATIENCE);
    await text.fill(JSON.stringify({ ...BASE, version: "v1", unhandled: "defer" }));
    await page.getByRole("status").filter({ hasText: "Valid" }).waitFor(PATIENCE);
    await save.click();
    await page.getByText("is stored already, with other content").waitFor(PATIENCE);
    await page.getByRole("button", { name: "Take the next free version" }).click();
    await expect.poll(async () => await text.inputValue(), PATIENCE).toMatch(/"version": "v[3-9]"/);
    await page.close();
  });

  test("a file is taken as it is", async () => {
    const page = await stage().open("/new-configuration");
    await page.getByLabel("Take it from a file").setInputFiles({
      name: "orders.json",
      mimeType: "application/json",
      buffer: Buffer.from(JSON.stringify(BASE, null, 1).replaceAll("\n", "\r\n")),
    });
    const text = page.getByLabel("Configuration", { exact: true });
    await expect.poll(async () => await text.inputValue(), PATIENCE).toBe(JSON.stringify(BASE, null, 1));
    await page.getByRole("status").filter({ hasText: "Valid" }).waitFor(PATIENCE);
    await page.close();
  });

  test("a version is deprecated after a question, and says so", async () => {
    await stage().call("POST", "/api/v1/configurations", { ...BASE, name: "configurations-old" });
    const page = await stage().open("/configurations/configurations-old");
    await page.getByRole("button", { name: "Deprecate" }).click();
    const dialog = page.getByRole("dialog", { name: "Deprecate configurations-old:v1?" });
    await dialog.waitFor(PATIENCE);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Deprecate" }).click();
    await dialog.getByRole("button", { name: "Deprecate configurations-old:v1" }).click();
    await page.getByRole("status").filter({ hasText: "configurations-old:v1 is deprecated" }).waitFor(PATIENCE);
    const machine = page.getByRole("button", { name: "New machine" });
    await machine.waitFor(PATIENCE);
    expect(await machine.getAttribute("title")).toBe("A deprecated version takes no new machines.");
    await page.close();
  });

  test("who may only read is told why nothing can be saved", async () => {
    const { secret } = await stage().call<{ secret: string }>("POST", "/api/v1/keys", {
      name: "configurations-reader",
      scopes: ["configurations:read"],
    });
    const page = await stage().open(`/new-configuration?from=${NAME}:v1`, { key: secret });
    await page.getByRole("status").filter({ hasText: "Valid" }).waitFor(PATIENCE);
    const save = page.getByRole("button", { name: /^Save/ });
    expect(await save.getAttribute("title")).toBe("The credential lacks the scope configurations:write.");
    await save.press("Enter");
    await page.getByRole("link", { name: `${NAME}:v1` }).click();
    await page.getByRole("heading", { level: 1, name: NAME }).waitFor(PATIENCE);
    const deprecate = page.getByRole("button", { name: "Deprecate" });
    await deprecate.waitFor(PATIENCE);
    expect(await deprecate.getAttribute("aria-disabled")).toBe("true");
    await page.close();
  });

  test("events are tried on what is stored, and nothing comes of it", async () => {
    const page = await stage().open(`/configurations/${NAME}?version=v2`);
    await page.getByLabel("Event 1", { exact: true }).selectOption("accept");
    await page.getByRole("button", { name: "Add an event" }).click();
    await page.getByLabel("Event 2", { exact: true }).selectOption("ship");
    const data = page.getByLabel("Data of event 2");
    await data.fill("{weight: 26}");
    await data.press("Enter");
    await page.getByText("This is no JSON").waitFor(PATIENCE);
    await data.fill('{"weight": 26}');
    await data.press("Enter");
    const rows = page.getByRole("table", { name: "What would happen" }).locator("tbody tr");
    await expect.poll(async () => await rows.count(), PATIENCE).toBe(2);
    expect(await rows.nth(0).textContent()).toContain("transitionedstartpending");
    expect(await rows.nth(1).textContent()).toContain("GUARD_REJECTED");
    await page.close();
  });

  test("names of any kind are text, and break no page", async () => {
    const [markup, turned, long] = HOSTILE;
    await stage().call("POST", "/api/v1/configurations", {
      name: "configurations-hostile",
      starting_state: markup,
      states: HOSTILE,
      transitions: [
        { from: markup, to: turned, event: '"><script>alert(1)</script>' },
        { from: turned, to: long, event: long },
      ],
    });
    for (const path of [
      "/configurations/configurations-hostile",
      "/new-configuration?from=configurations-hostile:v1",
    ]) {
      const page = await stage().open(path, { width: 360 });
      await expect.poll(async () => await page.locator(".picture svg").count(), PATIENCE).toBe(1);
      expect(await page.locator("main img, main script").count()).toBe(0);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
      if (path.startsWith("/configurations")) {
        expect(await page.getByRole("table", { name: "States" }).textContent()).toContain(markup);
      }
      await page.close();
    }
  });

  test("a configuration of 500 states opens, with its picture", async () => {
    const states = Array.from({ length: 500 }, (_, i) => `state-${i}`);
    await stage().call("POST", "/api/v1/configurations", {
      name: "configurations-large",
      starting_state: "state-0",
      states,
      transitions: states.slice(1).map((to, i) => ({ from: states[i], to, event: "go" })),
    });
    const page = await stage().open("/configurations/configurations-large");
    await page.getByRole("heading", { name: "500 states" }).waitFor(PATIENCE);
    await expect.poll(async () => await page.locator(".picture [data-state]").count(), PATIENCE).toBe(500);
    const table = page.getByRole("region", { name: "States" });
    expect(await table.count()).toBeLessThanOrEqual(1);
    await page.getByRole("button", { name: "Show all 500" }).click();
    await expect
      .poll(async () => await page.getByRole("table", { name: "States" }).locator("tbody tr").count(), PATIENCE)
      .toBe(500);
    await page.close();
  });
}

/** The rows of the table of differences. */
async function rowsOf(page: Page): Promise<string[]> {
  const rows = page.getByRole("table", { name: "Differences" }).locator("tbody tr");
  return (await rows.all()).length === 0
    ? []
    : await rows.evaluateAll((all) =>
        all.map((row) => [...row.children].map((cell) => cell.textContent.trim()).join("|")),
      );
}
