/** What machines refused, what found no machine, and what the events queue gave up on. */
import { beforeAll, expect, test } from "vitest";
import { putDeadLetters } from "./dead-letters.ts";
import { PATIENCE, type Stage } from "./stage.ts";

const CONFIGURATION = "failing-orders";
const HOSTILE = "<img src=x onerror=alert(1)> \u202Egnp.exe";

export function failuresSuite(stage: () => Stage): void {
  const send = async (machine: string, event: object): Promise<void> => {
    // A refused event is answered with an error, which is what is wanted here.
    await stage()
      .call("POST", `/api/v1/statemachines/${CONFIGURATION}/${encodeURIComponent(machine)}/events`, event)
      .catch(() => undefined);
  };

  beforeAll(async () => {
    await stage().call("POST", "/api/v1/configurations", {
      name: CONFIGURATION,
      version: "v1",
      starting_state: "pending",
      states: ["pending", "accepted", "finished"],
      transitions: [
        { from: "pending", to: "accepted", event: "accept" },
        { from: "accepted", to: "finished", event: "finish" },
      ],
    });
    for (const id of ["one", "two", HOSTILE]) {
      await stage().call("POST", "/api/v1/statemachines", { config_id: `${CONFIGURATION}:v1`, id });
    }
    const data = { note: "<script>alert(1)</script>" };
    await send("one", { event_id: "failing-1", event: "finish", originator: "shop", details: "because of tea", data });
    // The order of the feed is that in which the index has heard of them.
    await stage().call("GET", `/api/v1/failures?configuration=${CONFIGURATION}&wait=PT20S`);
    await send("nobody", { event_id: "failing-2", event: "accept" });
  });

  test("refused and failed events are listed, newest first, with their reasons, and what was sent is shown on demand", async () => {
    const page = await stage().open(`/failures?configuration=${CONFIGURATION}`);
    const entries = page.getByRole("list", { name: "Failures" }).locator(".entry");
    await expect.poll(() => entries.count(), PATIENCE).toBe(2);
    const texts = await entries.allTextContents();
    expect(texts[0]).toContain("MACHINE_NOT_FOUND");
    expect(texts[1]).toMatch(/refused.*finish.*NO_TRANSITION/);
    expect(texts[1]).toContain("shop");

    const refused = entries.nth(1);
    expect(await refused.getByRole("link", { name: "NO_TRANSITION" }).getAttribute("href")).toBe(
      "/errors/NO_TRANSITION",
    );
    const links = refused.getByRole("link", { name: `${CONFIGURATION}/one` });
    expect(await links.getAttribute("href")).toBe(`/machines/${CONFIGURATION}/one`);
    // There is nothing to lead to where there is no machine.
    expect(await entries.nth(0).getByRole("link").allTextContents()).toEqual(["MACHINE_NOT_FOUND"]);

    await refused.getByText("Details and data").click();
    await expect.poll(() => refused.textContent(), PATIENCE).toContain("because of tea");
    expect(await refused.textContent()).toContain("<script>alert(1)</script>");
    expect(await refused.textContent()).toContain("failing-1");
    await page.close();
  });

  test("the reason that is chosen stands in the address, and the list is of it alone", async () => {
    const page = await stage().open(`/failures?configuration=${CONFIGURATION}`);
    await page.getByLabel("Reason").selectOption("NO_TRANSITION");
    expect(new URL(page.url()).searchParams.get("reason")).toBe("NO_TRANSITION");
    await page.reload();
    const entries = page.getByRole("list", { name: "Failures" }).locator(".entry");
    await expect.poll(() => entries.allTextContents(), PATIENCE).toEqual([expect.stringContaining("NO_TRANSITION")]);
    await page.close();
  });

  test("a configuration without failures says so, and one that is entered is shown", async () => {
    const page = await stage().open("/failures?since=all");
    await page.getByLabel("Configuration").fill("failing-nothing");
    await page.keyboard.press("Enter");
    await page.getByText("Nothing of this configuration has failed.").waitFor();
    expect(new URL(page.url()).searchParams.get("configuration")).toBe("failing-nothing");
    await page.close();
  });

  test("an instant is a cursor: what came within the time that is chosen is there", async () => {
    const page = await stage().open(`/failures?configuration=${CONFIGURATION}&since=10m`);
    const entries = page.getByRole("list", { name: "Failures" }).locator(".entry");
    await expect.poll(() => entries.count(), PATIENCE).toBeGreaterThanOrEqual(2);
    await page.close();
    const later = await stage().open(`/failures?configuration=${CONFIGURATION}&after=${Date.now() + 60_000}`);
    await later.getByText("Nothing of this configuration has failed in this time.").waitFor();
    await later.close();
  });

  test("new ones come by themselves, unless that is switched off; and names of any text are text", async () => {
    const still = await stage().open(`/failures?configuration=${CONFIGURATION}`);
    await still.getByLabel("Follow new ones").uncheck();
    expect(new URL(still.url()).searchParams.get("live")).toBe("off");
    const of = (page: typeof still) => page.getByRole("list", { name: "Failures" }).locator(".entry");
    await expect.poll(() => of(still).count(), PATIENCE).toBeGreaterThanOrEqual(2);
    const before = await of(still).count();
    // Opened later, it also looks later: what it shows, the other one would have shown.
    const following = await stage().open(`/failures?configuration=${CONFIGURATION}`, { width: 360 });
    await of(following).first().waitFor();
    await send(HOSTILE, { event_id: "failing-3", event: HOSTILE, originator: HOSTILE });
    await expect.poll(() => of(following).first().textContent(), PATIENCE).toContain(HOSTILE);
    expect(await following.locator("main img").count()).toBe(0);
    expect(
      await following.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
    ).toBe(0);
    await still.waitForTimeout(500);
    expect(await of(still).count()).toBe(before);
    await following.close();
    await still.close();
  });

  test("dead letters are redriven, those that are chosen or all, and their events are applied", async () => {
    const letters = ["one", "two"].map((id) => ({
      configuration: CONFIGURATION,
      machineId: id,
      eventId: `late-${id}`,
      contentType: "json" as const,
      body: JSON.stringify({
        config: CONFIGURATION,
        id,
        event: { event_id: `late-${id}`, transition: { event: "accept" } },
      }),
    }));
    await putDeadLetters(stage().server.stateDir, letters);
    const page = await stage().open("/dead-letters");
    const entries = page
      .getByRole("list", { name: "Dead letters" })
      .locator(".entry")
      .filter({ hasText: CONFIGURATION });
    await expect.poll(() => entries.count(), PATIENCE).toBe(2);
    await entries.nth(0).getByText("The message").click();
    expect(await entries.nth(0).textContent()).toContain('"event_id": "late-one"');

    // Nothing is chosen yet: the button says so and does nothing.
    const redriveSelected = page.getByRole("button", { name: "Redrive selected" });
    expect(await redriveSelected.getAttribute("aria-disabled")).toBe("true");
    await page.getByLabel("late-one").check();
    await redriveSelected.click();
    expect(await page.getByRole("dialog").textContent()).toContain("1 dead letter");
    await page.getByRole("dialog").getByRole("button", { name: "Redrive", exact: true }).click();
    await page.getByText("1 dead letter redriven.").waitFor();
    await expect.poll(() => entries.allTextContents(), PATIENCE).toEqual([expect.stringContaining("late-two")]);

    await page.getByRole("button", { name: "Redrive all" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Redrive", exact: true }).press("Enter");
    await page.getByText(/^\d+ dead letters? redriven\.$/).waitFor();
    await expect.poll(() => entries.count(), PATIENCE).toBe(0);
    for (const id of ["one", "two"]) {
      const state = async () =>
        (await stage().call<{ statemachine: { state: string } }>("GET", `/api/v1/statemachines/${CONFIGURATION}/${id}`))
          .statemachine.state;
      await expect.poll(state, { timeout: 30_000 }).toBe("accepted");
    }
    await page.close();
  });
}
