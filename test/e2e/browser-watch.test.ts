/** The example page in a real Chromium: it is told of what others do, sends events, and resumes after a cut. */
import packaged from "@sparticuz/chromium";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer, type Server } from "./server.ts";

const PATIENCE = { timeout: 20_000 };

let server: Server;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  server = await startServer({ script: "example:watch" });
  browser = await chromium.launch({
    executablePath: await packaged.executablePath(),
    args: [...packaged.args, "--disable-background-networking"],
    headless: true,
  });
  page = await browser.newPage();
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(`http://localhost:${server.port + 1}`);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function send(event: string): Promise<void> {
  const response = await fetch(`${server.url}/api/v1/statemachines/watched-orders/order-1/events`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ event }),
  });
  expect(response.status).toBe(200);
}

const state = (): Promise<string | null> => page.textContent("#state");
/** What the page has been told, oldest first: revision and event. */
const told = async (): Promise<string[]> => {
  const items = await page.$$eval("#history li", (found) =>
    found.map((item) => `${item.children[0]?.textContent} ${item.children[1]?.textContent}`),
  );
  return items.toReversed();
};

test("it shows the order, and sends an event when a button is pressed", async () => {
  await expect.poll(state, PATIENCE).toBe("start");
  await expect.poll(() => page.textContent("#connection"), PATIENCE).toBe("watching");
  await page.click("button:text('pay')");
  await expect.poll(state, PATIENCE).toBe("paid");
  expect(await told()).toEqual(["1 pay"]);
  expect(await page.isDisabled("button:text('pay')")).toBe(true);
});

test("it shows what others do", async () => {
  await send("ship");
  await expect.poll(state, PATIENCE).toBe("shipped");
  expect(await told()).toEqual(["1 pay", "2 ship"]);
});

test("it shows a change whole, also when what may happen next cannot be asked at first", async () => {
  await page.route("**/ListAllowedEvents*", (route) => route.abort(), { times: 1 });
  await send("return");
  await expect.poll(state, PATIENCE).toBe("returned");
  expect(await page.isEnabled("button:text('replace')")).toBe(true);
  expect(await told()).toEqual(["1 pay", "2 ship", "3 return"]);
});

test("cut off while others go on, it resumes and has missed nothing", async () => {
  await page.context().setOffline(true);
  await expect.poll(() => page.textContent("#connection"), PATIENCE).toBe("connecting again");
  for (const event of ["replace", "ship", "return"]) await send(event);
  expect(await told()).toEqual(["1 pay", "2 ship", "3 return"]);
  await page.context().setOffline(false);
  const all = ["1 pay", "2 ship", "3 return", "4 replace", "5 ship", "6 return"];
  await expect.poll(told, PATIENCE).toEqual(all);
  await send("replace");
  await expect.poll(told, PATIENCE).toEqual([...all, "7 replace"]);
  await expect.poll(state, PATIENCE).toBe("paid");
});

test("it fits a telephone, in the light and in the dark", async () => {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 360, height: 800 });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    const folder = process.env["DETENT_PICTURES"];
    if (folder) await page.screenshot({ path: `${folder}/browser-watch-${colorScheme}.png` });
  }
});

test("cut off while the order ends, it shows how it ended", async () => {
  await page.context().setOffline(true);
  await expect.poll(() => page.textContent("#connection"), PATIENCE).toBe("connecting again");
  await send("cancel");
  const path = `${server.url}/api/v1/statemachines/watched-orders/order-1`;
  expect((await fetch(path, { method: "DELETE" })).status).toBe(204);
  await page.context().setOffline(false);
  await expect.poll(() => page.textContent("#connection"), PATIENCE).toBe("the order is gone");
  expect((await told()).slice(-2)).toEqual(["8 cancel", "9 deletion"]);
  expect([await state(), await page.$$("#events button")]).toEqual(["gone", []]);
  expect(complaints).toEqual([]);
});
