/** The page of a machine. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { PATIENCE, type Stage } from "./stage.ts";

const ORDERS = {
  name: "machine-orders",
  starting_state: "open",
  states: ["open", "paid", "review", "shipped", "cancelled"],
  transitions: [
    { from: "open", to: "paid", event: "pay", guard: "event.data.amount >= data.total" },
    { from: "paid", to: "shipped", event: "ship", after: "PT3H" },
    { from: "paid", to: "review", event: "flag", guard: "data.total > 100.0" },
    { from: "review", to: "paid", event: "clear" },
    { from: "*", to: "cancelled", event: "cancel" },
  ],
  state_options: { paid: { schema: { properties: { amount: { type: "number" } } } } },
  event_options: {
    pay: {
      schema: {
        type: "object",
        required: ["amount"],
        additionalProperties: false,
        properties: {
          amount: { type: "number", minimum: 0, description: "In euros." },
          method: { enum: ["card", "transfer"] },
          note: { type: "string" },
        },
      },
    },
  },
};
const RENAMED = {
  ...ORDERS,
  version: "v2",
  states: ["open", "settled", "shipped"],
  transitions: [
    { from: "open", to: "settled", event: "pay" },
    { from: "settled", to: "shipped", event: "ship" },
  ],
  state_options: {},
};
const MACHINES = "/api/v1/statemachines";
/** A change is to be seen so soon after the answer to its event. */
const AT_ONCE = { timeout: 1_000, interval: 20 };

/** Markup, a text that runs from right to left, quotes, and no space where a line could be broken. */
const HOSTILE = `<img src=x onerror=alert(1)>"'\u202eעברית`;

interface Stated {
  readonly statemachine: { readonly state: string; readonly revision: number; readonly data: unknown };
}

export function machineSuite(stage: () => Stage): void {
  const path = (id: string, configuration = ORDERS.name): string =>
    `/machines/${encodeURIComponent(configuration)}/${encodeURIComponent(id)}`;
  const read = async (id: string): Promise<Stated["statemachine"]> =>
    (await stage().call<Stated>("GET", `${MACHINES}/${ORDERS.name}/${id}`)).statemachine;
  const send = async (id: string, event: string, data?: object): Promise<void> => {
    await stage().call("POST", `${MACHINES}/${ORDERS.name}/${id}/events`, { event, ...(data && { data }) });
  };
  const create = async (id: string, total = 42.5): Promise<void> => {
    await upload(ORDERS);
    await stage().call("POST", MACHINES, { config_id: `${ORDERS.name}:v1`, id, data: { total } });
  };
  const upload = async (configuration: object): Promise<void> => {
    await stage()
      .call("POST", "/api/v1/configurations", configuration)
      .catch((error: unknown) => {
        // Whichever test is first has uploaded it.
        if (!String(error).includes(": 409 ")) throw error;
      });
  };
  const openMachine = async (id: string): Promise<Page> => {
    const page = await stage().open(path(id));
    await live(page).waitFor();
    return page;
  };
  const live = (page: Page) => page.getByRole("status", { name: "Connection" }).getByText("live");
  const lead = async (page: Page): Promise<string> => (await page.locator(".lead").textContent()) ?? "";
  const event = (page: Page, name: string) =>
    page.getByRole("region", { name: "What may happen next" }).getByRole("button", { name, exact: true });
  const dialog = (page: Page) => page.getByRole("dialog");
  /** What is said of a button that cannot be pressed. */
  const reasonOf = async (button: ReturnType<typeof event>): Promise<string | null> => {
    expect(await button.getAttribute("aria-disabled")).toBe("true");
    const id = await button.getAttribute("aria-describedby");
    return await button.page().locator(`[id="${id}"]`).textContent();
  };

  test("an order lives its whole life by mouse", async () => {
    await create("mouse");
    const page = await openMachine("mouse");
    await event(page, "pay").click();
    await dialog(page).getByLabel("amount").fill("50");
    await dialog(page).getByLabel("method").selectOption("card");
    await dialog(page).getByRole("button", { name: "Send", exact: true }).click();
    await expect.poll(() => lead(page), PATIENCE).toContain("paid revision 1");
    await expect.poll(() => page.locator("main").textContent(), PATIENCE).toContain("from open to paid, revision 1");
    expect((await read("mouse")).data).toEqual({ total: 42.5, amount: 50 });
    await event(page, "ship").click();
    await dialog(page).getByRole("button", { name: "Send", exact: true }).click();
    await expect.poll(() => lead(page), PATIENCE).toContain("final");
    const rows = page.getByRole("region", { name: "History" }).locator("tbody tr");
    await expect.poll(() => rows.allTextContents(), PATIENCE).toHaveLength(2);
    expect((await rows.allTextContents()).map((text) => text.slice(0, 20))).toEqual([
      expect.stringContaining("2ship"),
      expect.stringContaining("1pay"),
    ]);
    await page.close();
  });

  test("and by keyboard alone", async () => {
    await create("keys");
    const page = await openMachine("keys");
    const tabTo = async (name: string): Promise<void> => {
      const passed: string[] = [];
      for (let presses = 0; presses < 60; presses++) {
        await page.keyboard.press("Tab");
        const focused = await page.evaluate<string>(
          "(document.activeElement?.labels?.[0] ?? document.activeElement)?.textContent ?? ''",
        );
        if (focused.startsWith(name)) return;
        passed.push(focused.slice(0, 20));
      }
      throw new Error(`Tab does not lead to ${name}, but to ${passed.join(", ")}`);
    };
    await tabTo("pay");
    await page.keyboard.press("Enter");
    await dialog(page).getByLabel("amount").waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => dialog(page).count(), PATIENCE).toBe(0);
    // The focus is back where it was.
    await page.keyboard.press("Enter");
    await dialog(page).waitFor();
    await tabTo("amount");
    await page.keyboard.type("50");
    await tabTo("method");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await tabTo("note");
    await page.keyboard.type("thanks");
    await page.keyboard.press("Enter");
    await expect.poll(() => lead(page), PATIENCE).toContain("paid");
    await tabTo("ship");
    await page.keyboard.press("Enter");
    await dialog(page).waitFor();
    await tabTo("Send");
    await page.keyboard.press("Enter");
    await expect.poll(() => lead(page), PATIENCE).toContain("shipped");
    expect(await read("keys")).toMatchObject({ state: "shipped", revision: 2 });
    await page.close();
  });

  test("a change made elsewhere is there within a second, all of it at once", async () => {
    await create("live", 200);
    const page = await openMachine("live");
    await send("live", "pay", { amount: 300, note: "by curl" });
    await expect.poll(() => lead(page), AT_ONCE).toContain("revision 1");
    expect(await lead(page)).toContain("paid");
    expect(await page.getByRole("region", { name: "Data", exact: true }).textContent()).toContain("300");
    expect(await page.getByRole("region", { name: "Timers" }).textContent()).toContain("shippedin ");
    expect(await page.getByRole("region", { name: "History" }).locator("tbody tr").count()).toBe(1);
    expect(await event(page, "flag").getAttribute("aria-disabled")).toBeNull();
    expect(await reasonOf(event(page, "pay"))).toContain("NO_TRANSITION");
    await expect.poll(() => page.locator(".diagram svg").textContent(), PATIENCE).toContain("✓ pay");
    await page.close();
  });

  test("events in quick succession all come, and none twice", async () => {
    await create("quick", 200);
    const page = await openMachine("quick");
    await send("quick", "pay", { amount: 300 });
    for (let i = 0; i < 10; i++) {
      await send("quick", "flag");
      await send("quick", "clear");
    }
    await expect.poll(() => lead(page), AT_ONCE).toContain("revision 21");
    const headings = page.getByRole("region", { name: "History" }).locator("tbody th");
    expect(await headings.allTextContents()).toEqual(Array.from({ length: 21 }, (_, i) => String(21 - i)));
    await page.close();
  });

  test("a long history is read page by page, and the path that is drawn says how far back it goes", async () => {
    await upload({
      name: "machine-long",
      starting_state: "a",
      states: ["a", "b"],
      transitions: [
        { from: "a", to: "b", event: "start" },
        { from: "b", to: "b", event: "again" },
      ],
    });
    await stage().call("POST", MACHINES, { config_id: "machine-long:v1", id: "m" });
    const address = { configuration: "machine-long", id: "m" };
    for (const first of ["start", "again", "again"]) {
      await stage().call("POST", "/detent.v1.MachineService/SendEvents", {
        events: Array.from({ length: 100 }, (_, i) => ({ ...address, event: i === 0 ? first : "again" })),
      });
    }
    const page = await stage().open(path("m", "machine-long"));
    const headings = page.getByRole("table", { name: "History" }).locator("tbody th");
    await expect.poll(() => headings.count(), PATIENCE).toBe(100);
    const main = page.locator("main");
    expect(await main.textContent()).toContain("The path is that of the newest 100 of 300 changes.");
    await page.getByRole("button", { name: "Load more" }).click();
    await expect.poll(() => headings.count(), PATIENCE).toBe(200);
    await expect.poll(() => page.locator(".diagram svg").textContent(), PATIENCE).toContain("✓ again");
    expect(await page.locator(".diagram svg").textContent()).not.toContain("✓ start");
    await page.getByRole("button", { name: "Show the path of 300" }).click();
    await expect.poll(() => page.locator(".diagram svg").textContent(), PATIENCE).toContain("✓ start");
    expect(await headings.count()).toBe(200);
    await page.getByRole("button", { name: "Load more" }).click();
    await expect
      .poll(() => headings.allTextContents(), PATIENCE)
      .toEqual(Array.from({ length: 300 }, (_, i) => String(300 - i)));
    expect(await main.textContent()).toContain("300 of 300 changes");
    await page.close();
  });

  test("a guard's no is told, and a dry run changes nothing", async () => {
    await create("dry");
    const page = await openMachine("dry");
    await event(page, "pay").click();
    await dialog(page).getByLabel("amount").fill("1");
    await dialog(page).getByRole("button", { name: "Try it (dry run)" }).click();
    await expect.poll(() => dialog(page).textContent(), PATIENCE).toContain("It would be refused");
    expect(await dialog(page).textContent()).toContain("GUARD_REJECTED");
    await dialog(page).getByLabel("amount").fill("50");
    await dialog(page).getByRole("button", { name: "Try it (dry run)" }).click();
    await expect.poll(() => dialog(page).textContent(), PATIENCE).toContain("from open to paid, revision 1");
    expect(await read("dry")).toMatchObject({ state: "open", revision: 0 });
    expect(await lead(page)).toContain("revision 0");
    await page.close();
  });

  test("a refusal is told with its reason and request id, and is among the refused events", async () => {
    await create("refused");
    const page = await openMachine("refused");
    await event(page, "pay").click();
    await dialog(page).getByLabel("amount").fill("1");
    await dialog(page).getByRole("button", { name: "Send", exact: true }).click();
    await expect.poll(() => dialog(page).getByRole("alert").textContent(), PATIENCE).toContain("GUARD_REJECTED");
    expect(await dialog(page).getByRole("alert").textContent()).toContain("Request id");
    await page.keyboard.press("Escape");
    await page.getByRole("navigation", { name: "History" }).getByRole("link", { name: "Refused" }).click();
    const row = page.getByRole("table", { name: "Refused events" }).locator("tbody tr");
    await expect.poll(() => row.textContent(), PATIENCE).toContain("GUARD_REJECTED");
    expect(new URL(page.url()).searchParams.get("tab")).toBe("refused");
    await page.close();
  });

  test("what is entered wrongly is told at its field, and nothing is sent", async () => {
    await create("wrong");
    const page = await openMachine("wrong");
    await event(page, "pay").click();
    await dialog(page).getByLabel("amount").fill("many");
    await dialog(page).getByRole("button", { name: "Send", exact: true }).click();
    await expect.poll(() => dialog(page).locator(".field-error").textContent(), PATIENCE).toContain("Enter a number");
    expect(await dialog(page).getByLabel("amount").getAttribute("aria-invalid")).toBe("true");
    await dialog(page).getByRole("button", { name: "As JSON" }).click();
    await dialog(page).getByLabel("Data of the event as JSON").fill('{"amount": 50, "more": 1}');
    await dialog(page).getByRole("button", { name: "Send", exact: true }).click();
    await expect.poll(() => dialog(page).getByRole("alert").textContent(), PATIENCE).toContain("SCHEMA_REJECTED");
    expect((await read("wrong")).revision).toBe(0);
    await page.close();
  });

  test("an event is not sent to a machine that has moved on", async () => {
    await create("moved", 200);
    await send("moved", "pay", { amount: 300 });
    const page = await openMachine("moved");
    await event(page, "ship").click();
    await send("moved", "flag");
    await send("moved", "clear");
    await expect.poll(() => dialog(page).textContent(), PATIENCE).toContain("at revision 3 now");
    await dialog(page).getByRole("button", { name: "Send", exact: true }).click();
    await expect.poll(() => dialog(page).textContent(), PATIENCE).toContain("REVISION_MISMATCH");
    expect((await read("moved")).state).toBe("paid");
    await page.close();
  });

  test("timers count down", async () => {
    await upload({
      name: "machine-timed",
      starting_state: "a",
      states: ["a", "b"],
      transitions: [{ from: "a", to: "b", event: "ring", after: "PT50S" }],
    });
    await stage().call("POST", MACHINES, { config_id: "machine-timed:v1", id: "t" });
    const page = await stage().open(path("t", "machine-timed"));
    const due = page.getByRole("table", { name: "Timers" }).locator("tbody td").nth(1);
    const seconds = async (): Promise<number> => Number(/^in (\d+) s$/.exec((await due.textContent()) ?? "")?.[1]);
    const first = await seconds();
    expect(first).toBeLessThanOrEqual(50);
    await expect.poll(seconds, PATIENCE).toBeLessThan(first - 1);
    await page.close();
  });

  test("an earlier revision is shown as it was, and nothing can be done to it", async () => {
    await create("then", 200);
    await send("then", "pay", { amount: 300 });
    await send("then", "flag");
    const page = await openMachine("then");
    await page.getByRole("link", { name: "Revision 1: the machine as it was" }).click();
    await expect.poll(() => lead(page), PATIENCE).toContain("paid revision 1");
    expect(await page.getByRole("status").allTextContents()).toContainEqual(
      expect.stringContaining("As it was at revision 1"),
    );
    expect(await reasonOf(event(page, "clear"))).toContain("go back to now");
    expect(await reasonOf(page.getByRole("button", { name: "Override…" }))).toContain("go back to now");
    await page.getByRole("button", { name: "Previous revision" }).click();
    await expect.poll(() => lead(page), PATIENCE).toContain("open revision 0");
    expect(await page.getByRole("region", { name: "Data", exact: true }).textContent()).not.toContain("300");
    expect(new URL(page.url()).searchParams.get("revision")).toBe("0");
    await page.reload();
    await expect.poll(() => lead(page), PATIENCE).toContain("open revision 0");
    await page.getByLabel("Revision", { exact: true }).fill("9");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.getByRole("alert").textContent(), PATIENCE).toContain("OUT_OF_RANGE");
    await page.getByRole("button", { name: "Back to now" }).click();
    await expect.poll(() => lead(page), PATIENCE).toContain("review revision 2");
    await page.close();
  });

  test("labels are set, changed and taken off", async () => {
    await create("labels");
    await stage().call("PATCH", `${MACHINES}/${ORDERS.name}/labels`, { labels: { region: "eu", old: "1" } });
    const page = await openMachine("labels");
    await page.getByRole("button", { name: "Edit labels" }).click();
    await dialog(page).getByRole("button", { name: "Take off label 1" }).click();
    await dialog(page).getByLabel("Value 1").fill("us");
    await dialog(page).getByRole("button", { name: "Add a label" }).click();
    await dialog(page).getByLabel("Name 2").fill("tier");
    await dialog(page).getByLabel("Value 2").fill("gold");
    await page.keyboard.press("Enter");
    const labels = page.getByRole("list", { name: "Labels" }).getByRole("listitem");
    await expect.poll(() => labels.allTextContents(), PATIENCE).toEqual(["region: us", "tier: gold"]);
    expect(await read("labels")).toMatchObject({ labels: { region: "us", tier: "gold" }, revision: 0 });
    await page.close();
  });

  test("an operator overrides the state, and says why", async () => {
    await create("override");
    const page = await openMachine("override");
    await page.getByRole("button", { name: "Override…" }).click();
    await dialog(page).getByRole("button", { name: "Override", exact: true }).click();
    await expect
      .poll(() => dialog(page).locator(".field-error").allTextContents(), PATIENCE)
      .toEqual(["Choose a state.", "Say why."]);
    await dialog(page).getByLabel("State").selectOption("review");
    await dialog(page).getByLabel("Comment").fill("paid in cash");
    await dialog(page).getByRole("button", { name: "Override", exact: true }).click();
    await expect.poll(() => lead(page), PATIENCE).toContain("review revision 1");
    const row = page.getByRole("table", { name: "History" }).locator("tbody tr");
    expect(await row.textContent()).toContain("paid in cash");
    expect(await row.textContent()).toContain("override");
    await page.close();
  });

  test("a machine is migrated, and what becomes of its state is asked", async () => {
    await create("migrate");
    await upload(RENAMED);
    await send("migrate", "pay", { amount: 50 });
    const page = await openMachine("migrate");
    await page.getByRole("button", { name: "Migrate…" }).click();
    await expect.poll(async () => await dialog(page).getByLabel("State paid becomes").count(), PATIENCE).toBe(1);
    expect(await reasonOf(dialog(page).getByRole("button", { name: "Migrate", exact: true }))).toContain("Say first");
    await dialog(page).getByLabel("State paid becomes").selectOption("settled");
    await dialog(page).getByRole("button", { name: "Try it (dry run)" }).click();
    await expect.poll(() => dialog(page).textContent(), PATIENCE).toContain("machine-orders:v2 in settled");
    expect(await read("migrate")).toMatchObject({ state: "paid", revision: 1 });
    await dialog(page).getByRole("button", { name: "Migrate", exact: true }).click();
    await expect.poll(() => lead(page), PATIENCE).toContain("settled revision 2");
    await page.close();
  });

  test("a machine is deleted only when its id was typed, and whoever watches is told", async () => {
    await create("doomed");
    const page = await openMachine("doomed");
    const other = await openMachine("doomed");
    await page.getByRole("button", { name: "Delete…" }).click();
    const remove = dialog(page).getByRole("button", { name: "Delete", exact: true });
    expect(await reasonOf(remove)).toContain("Type the id");
    await dialog(page).getByLabel("Id of the machine").fill("doomed");
    await remove.click();
    for (const watcher of [page, other]) {
      await expect.poll(() => watcher.locator("main").textContent(), PATIENCE).toContain("The machine is gone.");
      expect(await lead(watcher)).toContain("no longer watched");
      expect(await reasonOf(event(watcher, "pay"))).toBe("The machine is gone.");
      await watcher.close();
    }
    const again = await stage().open(path("doomed"));
    await expect.poll(() => again.getByRole("alert").textContent(), PATIENCE).toContain("MACHINE_GONE");
    await again.close();
  });

  test("a key that may only read sees everything and can do nothing", async () => {
    await create("read-only");
    const { secret } = await stage().call<{ secret: string }>("POST", "/api/v1/keys", {
      name: "machine-reader",
      scopes: ["configurations:read", "machines:read"],
    });
    const page = await stage().open("/", { key: secret });
    // A key is kept in memory: another address is gone to without loading the page anew.
    const to = JSON.stringify(path("read-only"));
    await page.evaluate(`history.pushState(null, "", ${to}), void dispatchEvent(new PopStateEvent("popstate"))`);
    await live(page).waitFor();
    await expect.poll(() => page.locator(".diagram svg").count(), PATIENCE).toBe(1);
    for (const name of ["pay", "cancel"]) expect(await reasonOf(event(page, name))).toContain("events:send");
    for (const [name, scope] of [
      ["Override…", "ops"],
      ["Migrate…", "machines:write"],
      ["Delete…", "machines:write"],
      ["Edit labels", "machines:write"],
    ] as const) {
      expect(await reasonOf(page.getByRole("button", { name }))).toContain(scope);
    }
    await page.close();
  });

  test("names of any kind are text, and break no layout", async () => {
    const long = "x".repeat(128);
    await upload({
      name: "machine-hostile",
      starting_state: HOSTILE,
      states: [HOSTILE, long],
      transitions: [
        { from: HOSTILE, to: long, event: HOSTILE },
        { from: HOSTILE, to: long, event: long },
      ],
    });
    await stage().call("POST", MACHINES, {
      config_id: "machine-hostile:v1",
      id: HOSTILE,
      data: { [HOSTILE]: HOSTILE },
      labels: { "<b>": "</script>" },
    });
    const page = await stage().open(path(HOSTILE, "machine-hostile"), { width: 360 });
    await live(page).waitFor();
    expect(await page.locator("h1").textContent()).toBe(HOSTILE);
    expect(await lead(page)).toContain(HOSTILE);
    expect(await page.locator("main img").count()).toBe(0);
    await event(page, HOSTILE).click();
    await dialog(page).getByRole("button", { name: "Send", exact: true }).click();
    await expect.poll(() => lead(page), PATIENCE).toContain(long);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    await page.close();
  });
}
