/** The list of machines, and the creation of one. */
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { HOSTILE_IDS, IMAGE } from "./hostile.ts";
import { excessWidth } from "./settle.ts";
import { PATIENCE, type Stage } from "./stage.ts";

const NAME = "machines-parcels";
const PARCELS = {
  name: NAME,
  starting_state: "packed",
  states: ["packed", "sent", "lost"],
  transitions: [
    { from: "packed", to: "sent", event: "send" },
    { from: "sent", to: "lost", event: "lose" },
  ],
};
const WEIGHED = {
  ...PARCELS,
  version: "v2",
  initial_states: ["packed", "sent"],
  state_options: {
    packed: {
      schema: {
        type: "object",
        properties: { weight: { type: "number", minimum: 0 }, town: { type: "string" } },
        required: ["town"],
      },
    },
  },
};
const MACHINES = "/api/v1/statemachines";
const COUNT = 120;

interface Stated {
  readonly statemachine: { readonly state: string };
}

const idOf = (i: number): string => `parcel-${String(i).padStart(3, "0")}`;
const LIST = `/machines?configuration=${NAME}`;

const idsOf = (page: Page): Promise<string[]> => page.locator(".machine-list th[scope=row]").allTextContents();
const waitForIds = async (page: Page, ids: readonly string[]): Promise<void> =>
  await expect.poll(() => idsOf(page), PATIENCE).toEqual(ids);
const range = (from: number, to: number, step = 1): string[] =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => idOf(from + i * step));
const queryOf = (page: Page): Record<string, string> => Object.fromEntries(new URL(page.url()).searchParams);

/** Goes to an address without loading the page anew, which would forget the key. */
async function goTo(page: Page, to: string): Promise<void> {
  await page.evaluate(
    `history.pushState(null, "", ${JSON.stringify(to)}), void dispatchEvent(new PopStateEvent("popstate"))`,
  );
}

export function machinesSuite(stage: () => Stage): void {
  const create = async (machine: object): Promise<unknown> => await stage().call("POST", MACHINES, machine);

  beforeAll(async () => {
    await stage().call("POST", "/api/v1/configurations", PARCELS);
    await stage().call("POST", "/api/v1/configurations", WEIGHED);
    const all = Array.from({ length: COUNT }, (_, i) => i);
    await Promise.all(
      all.map((i) =>
        create({
          config_id: `${NAME}:${i < 90 ? "v1" : "v2"}`,
          id: idOf(i),
          state: i % 3 === 0 ? "sent" : "packed",
          data: { town: "Ulm" },
          labels: { half: i % 2 === 0 ? "even" : "odd", tenth: String(i % 10) },
        }),
      ),
    );
  });

  test("pages lead through all machines, and the browser's way back leads back", async () => {
    const page = await stage().open(LIST);
    const next = page.getByRole("button", { name: "Next page" });
    await waitForIds(page, range(0, 50));
    await next.click();
    await waitForIds(page, range(50, 100));
    const second = page.url();
    await next.click();
    await waitForIds(page, range(100, 120));
    expect(await next.getAttribute("aria-disabled")).toBe("true");
    await page.goBack();
    await waitForIds(page, range(50, 100));
    await page.getByRole("button", { name: "First page" }).click();
    await waitForIds(page, range(0, 50));
    await page.close();
    const other = await stage().open(second.replace(stage().server.url, ""));
    await waitForIds(other, range(50, 100));
    await other.close();
  });

  test("a filter stands in the address, which shows the same to whoever it is given", async () => {
    const page = await stage().open(`${LIST}&page_token=`);
    await waitForIds(page, range(0, 50));
    await page.getByRole("button", { name: "Next page" }).click();
    await waitForIds(page, range(50, 100));
    await page.getByLabel("State", { exact: true }).selectOption("sent");
    await page.getByLabel("Version", { exact: true }).selectOption("v2");
    await page.getByRole("button", { name: "Apply" }).click();
    const matching = range(90, 120, 3);
    // The page belonged to the filter before.
    await waitForIds(page, matching);
    expect(queryOf(page)).toEqual({ configuration: NAME, version: "v2", state: "sent" });
    const job = await page.getByRole("link", { name: "Job for these machines" }).getAttribute("href");
    expect(job).toBe(`/new-job?configuration=${NAME}&version=v2&state=sent`);
    const other = await stage().open(page.url().replace(stage().server.url, ""));
    await waitForIds(other, matching);
    await expect.poll(() => other.getByLabel("State", { exact: true }).inputValue(), PATIENCE).toBe("sent");
    await other.close();
    await page.getByRole("button", { name: "Reset the filter" }).click();
    await waitForIds(page, range(0, 50));
    expect(await page.getByLabel("State", { exact: true }).inputValue()).toBe("");
    await page.close();
  });

  test("labels narrow the list, two of them together, in the order of ids only", async () => {
    const page = await stage().open(`${LIST}&order=-updated_at`);
    await page.locator(".machine-list th[scope=row]").first().waitFor();
    await page.getByText("Time of change, labels").click();
    await page.getByLabel("Label", { exact: true }).fill("half");
    await page.getByLabel("Label", { exact: true }).press("Enter");
    await page.getByText("Write a label as name=value.").waitFor();
    await page.getByLabel("Label", { exact: true }).fill("half=even");
    await page.getByLabel("Second label").fill("tenth=4");
    await page.getByText("Machines of a label are listed by id only.").waitFor();
    expect(await page.locator("option", { hasText: "Newest change first" }).isDisabled()).toBe(true);
    await page.getByLabel("Second label").press("Enter");
    await waitForIds(page, range(4, 120, 10));
    expect(queryOf(page)).toEqual({ configuration: NAME, label: "half=even", label2: "tenth=4" });
    await page.close();
  });

  test("the counts are those of the filter, and each leads to the machines it counts", async () => {
    const page = await stage().open(`${LIST}&version=v1`);
    await page.getByText("90 machines match").waitFor();
    const states = page.getByRole("region", { name: "By state" });
    expect(await states.getByRole("listitem").allTextContents()).toEqual(["packed60", "sent30"]);
    await states.getByRole("link", { name: "sent" }).click();
    await waitForIds(page, range(0, 90, 3));
    expect(queryOf(page)).toEqual({ configuration: NAME, version: "v1", state: "sent" });
    await page.getByText("30 machines match").waitFor();
    await page.close();
  });

  test("the newest change comes first where it is asked for", async () => {
    await create({ config_id: `${NAME}:v1`, id: "zz-newest", labels: { late: "yes" } });
    const page = await stage().open(LIST);
    await page.getByLabel("Order").selectOption("Newest change first");
    await page.getByRole("button", { name: "Apply" }).click();
    await expect.poll(async () => (await idsOf(page))[0], PATIENCE).toBe("zz-newest");
    await stage().call("DELETE", `${MACHINES}/${NAME}/zz-newest`);
    await expect
      .poll(async () => {
        await page.getByRole("button", { name: "Refresh" }).click();
        return (await idsOf(page))[0];
      }, PATIENCE)
      .toMatch(/^parcel-/);
    await page.close();
  });

  test("what cannot be read in an address is told, and nothing is listed by the rest of it", async () => {
    const page = await stage().open(`${LIST}&updated_after=yesterday`);
    await page.getByText("“yesterday” is no date and time.").waitFor();
    expect(await page.locator(".machine-list").count()).toBe(0);
    await page.getByRole("button", { name: "Reset the filter" }).click();
    await waitForIds(page, range(0, 50));
    await page.close();
  });

  test("where nothing matches, the filter is reset; where there is nothing, one is created", async () => {
    const page = await stage().open(`${LIST}&state=lost`);
    await page.getByText("No machine matches.").waitFor();
    await page.getByRole("link", { name: "Reset the filter" }).click();
    await waitForIds(page, range(0, 50));
    await stage().call("POST", "/api/v1/configurations", { ...PARCELS, name: "machines-none" });
    await goTo(page, "/machines?configuration=machines-none");
    await page.getByText("There are no machines yet.").waitFor();
    await page.getByRole("link", { name: "Create the first one here" }).click();
    await expect.poll(() => page.getByLabel("Configuration").inputValue(), PATIENCE).toBe("machines-none");
    await page.close();
  });

  test("a page that was listed with another filter is refused, and the first one is at hand", async () => {
    const page = await stage().open(`${LIST}&page_token=abc.def`);
    await page.getByRole("alert").getByText("INVALID_ARGUMENT").waitFor();
    await page.getByRole("button", { name: "First page" }).click();
    await waitForIds(page, range(0, 50));
    await page.close();
  });

  test("a machine is opened by its id", async () => {
    const page = await stage().open(LIST);
    const id = page.getByLabel("Open by id");
    await id.press("Enter");
    await page.getByText("Enter the id of a machine.").waitFor();
    await id.fill(idOf(77));
    await id.press("Enter");
    await expect.poll(() => page.locator("h1").textContent(), PATIENCE).toBe(idOf(77));
    await page.close();
  });

  test("a machine is created by keyboard alone", async () => {
    const page = await stage().open(`/new-machine?configuration=${NAME}`);
    await page.getByLabel("town").waitFor();
    await page.getByLabel("Id").focus();
    await page.keyboard.type("by-keyboard");
    await page.keyboard.press("Enter");
    // The town is missing: there the focus goes.
    await expect
      .poll(() => page.locator(":focus").getAttribute("id"), PATIENCE)
      .toBe(await page.getByLabel("town").getAttribute("id"));
    await page.keyboard.type("Ulm");
    for (let i = 0; i < 10; i++) {
      await page.keyboard.press("Tab");
      if ((await page.locator(":focus").textContent()) === "Add a label") break;
    }
    await page.keyboard.press("Enter");
    await page.getByLabel("Name of label 1").waitFor();
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.type("tier");
    await page.keyboard.press("Tab");
    await page.keyboard.type("gold");
    await page.keyboard.press("Enter");
    await expect.poll(() => new URL(page.url()).pathname, PATIENCE).toBe(`/machines/${NAME}/by-keyboard`);
    const { statemachine } = await stage().call<Stated>("GET", `${MACHINES}/${NAME}/by-keyboard`);
    expect(statemachine).toMatchObject({
      config_id: `${NAME}:v2`,
      state: "packed",
      data: { town: "Ulm" },
      labels: { tier: "gold" },
    });
    await stage().call("DELETE", `${MACHINES}/${NAME}/by-keyboard`);
    await page.close();
  });

  test("a machine of an id that is taken is not created, and the one that has it is at hand", async () => {
    const page = await stage().open(`/new-machine?configuration=${NAME}&version=v1`);
    await page.getByLabel("Id").fill(idOf(5));
    await page.getByLabel("State", { exact: true }).selectOption("lost");
    await page.getByRole("button", { name: "Create machine" }).click();
    await page.getByText("MACHINE_EXISTS").waitFor();
    await page.getByRole("link", { name: `open ${idOf(5)}` }).click();
    await expect.poll(() => page.locator("h1").textContent(), PATIENCE).toBe(idOf(5));
    const { statemachine } = await stage().call<Stated>("GET", `${MACHINES}/${NAME}/${idOf(5)}`);
    expect(statemachine.state).toBe("packed");
    await page.close();
  });

  test("data that the state does not take is told at its field", async () => {
    const page = await stage().open(`/new-machine?configuration=${NAME}&version=v2`);
    await page.getByLabel("weight").fill("-1");
    await page.getByLabel("town").fill("Ulm");
    await page.getByRole("button", { name: "Create machine" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByLabel("weight").getAttribute("aria-invalid")).toBe("true");
    expect(await page.getByLabel("town").getAttribute("aria-invalid")).toBeNull();
    const states = await page.getByLabel("State", { exact: true }).locator("option").allTextContents();
    expect(states).toEqual(["packed (starting state)", "packed", "sent"]);
    await page.close();
  });

  test("a key that may only read sees what it may not do, and why", async () => {
    const { secret } = await stage().call<{ secret: string }>("POST", "/api/v1/keys", {
      name: "machines-reader",
      scopes: ["machines:read"],
    });
    const page = await stage().open("/", { key: secret });
    await goTo(page, LIST);
    await waitForIds(page, range(0, 50));
    const reasonOf = async (name: string): Promise<string | null> => {
      const button = page.getByRole("button", { name });
      expect(await button.getAttribute("aria-disabled")).toBe("true");
      return await button.getAttribute("title");
    };
    expect(await reasonOf("New machine")).toContain("machines:write");
    expect(await reasonOf("Job for these machines")).toContain("ops");
    // Without configurations:read there is nothing to choose from: names are entered.
    await page.getByLabel("State", { exact: true }).fill("sent");
    await page.getByLabel("State", { exact: true }).press("Enter");
    await waitForIds(page, range(0, 120, 3));
    await goTo(page, `/new-machine?configuration=${NAME}`);
    await page.getByRole("button", { name: "Create machine" }).waitFor();
    expect(await reasonOf("Create machine")).toContain("machines:write");
    await page.close();
  });

  test("machines of any id are listed as text and opened by it, on a telephone too", async () => {
    const configuration = { ...PARCELS, name: "machines-hostile", starting_state: IMAGE, states: [IMAGE, "x"] };
    await stage().call("POST", "/api/v1/configurations", {
      ...configuration,
      transitions: [{ from: IMAGE, to: "x", event: IMAGE }],
    });
    await Promise.all(
      HOSTILE_IDS.map((id) => create({ config_id: "machines-hostile", id, labels: { [IMAGE]: id, "a=b": "c" } })),
    );
    const page = await stage().open("/machines?configuration=machines-hostile", { width: 360 });
    await expect.poll(async () => (await idsOf(page)).toSorted(), PATIENCE).toEqual([...HOSTILE_IDS].toSorted());
    expect(await excessWidth(page)).toBe(0);
    await page.setViewportSize({ width: 1_280, height: 900 });
    expect(await excessWidth(page)).toBe(0);
    for (const id of HOSTILE_IDS) {
      const at = (await idsOf(page)).indexOf(id);
      await page.locator(".machine-list th[scope=row] a").nth(at).click();
      await expect.poll(() => page.locator("h1").textContent(), PATIENCE).toBe(id);
      await page.goBack();
      await page.locator(".machine-list th[scope=row] a").first().waitFor();
    }
    await page.close();
  });
}
