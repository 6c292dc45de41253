/** The frame and the overview. */
import { expect, test } from "vitest";
import { PATIENCE, type Stage } from "./stage.ts";

export function overviewSuite(stage: () => Stage): void {
  test("the frame leads to every page, and says who is there", async () => {
    const page = await stage().open("/");
    await page.getByRole("navigation", { name: "Console" }).getByRole("link", { name: "Machines" }).click();
    await expect.poll(() => new URL(page.url()).pathname, PATIENCE).toBe("/machines");
    expect(await page.textContent(".account")).toContain("anonymous");
    await page.close();
  });
}
