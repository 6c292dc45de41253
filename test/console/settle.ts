/** When a page has nothing more to say. */
import type { Page } from "playwright-core";

/** Waits until nothing is being loaded or drawn any more, in the page's own words. */
export async function settle(page: Page): Promise<void> {
  await page.locator("main h1").waitFor();
  // Not by a function in the page: its policy lets nobody evaluate text.
  const loading = page.locator(".loading").first();
  await loading.waitFor({ state: "detached", timeout: 20_000 });
  // What came may ask for more.
  await page.waitForTimeout(150);
  await loading.waitFor({ state: "detached", timeout: 20_000 });
}

/** How much wider the page is than its window, px; 0: it does not scroll sideways. */
export async function excessWidth(page: Page): Promise<number> {
  return await page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
}
