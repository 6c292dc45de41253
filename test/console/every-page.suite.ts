/** What holds on every page of a seeded tenant. */
import { expect, test } from "vitest";
import { findViolations } from "./axe.ts";
import { pagesOf } from "./pages.ts";
import type { Seeded } from "./seed.ts";
import { excessWidth, settle } from "./settle.ts";
import type { Stage } from "./stage.ts";

export function everyPageSuite(stage: () => Stage, seeded: () => Seeded): void {
  test("no page keeps anybody from using it, on a telephone in the dark neither", { timeout: 180_000 }, async () => {
    const faults: string[] = [];
    for (const { name, path, key, prepare } of pagesOf(seeded())) {
      const page = await stage().open(path, key === undefined ? {} : { key });
      await settle(page);
      await prepare?.(page);
      for (const width of [1_280, 360]) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme: width === 360 ? "dark" : "light" });
        for (const violation of await findViolations(page)) faults.push(`${name} at ${width}: ${violation}`);
        const excess = await excessWidth(page);
        if (excess > 0) faults.push(`${name} at ${width} is ${excess} px too wide`);
      }
      await page.close();
    }
    expect(faults).toEqual([]);
  });

  test("every page says in its heading and in its title where its reader is", async () => {
    const titles = new Set<string>();
    for (const { path } of pagesOf(seeded()).filter(({ key, prepare }) => !key && !prepare)) {
      const page = await stage().open(path);
      await settle(page);
      const heading = await page.locator("main h1").textContent();
      expect([path, await page.title()]).toEqual([path, `${heading} · Detent`]);
      titles.add(await page.title());
      await page.close();
    }
    expect(titles.size).toBeGreaterThan(10);
  });
}
