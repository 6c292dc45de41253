/** Ten thousand machines of one configuration: found, counted and leafed through as if they were few. */
import { expect, test } from "vitest";
import { FLEET, fleetIdOf } from "./seed-index.ts";
import { settle } from "./settle.ts";
import type { Stage } from "./stage.ts";

export function fleetSuite(stage: () => Stage): void {
  test("ten thousand machines are counted, leafed through, and narrowed by a label", async () => {
    const page = await stage().open(`/machines?configuration=${FLEET.name}`);
    await page.getByText("10,000 machines match").waitFor();
    await page.getByRole("link", { name: fleetIdOf(0), exact: true }).waitFor();
    await page.getByRole("button", { name: "Next page" }).click();
    await page.getByRole("link", { name: fleetIdOf(50), exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get("page_token")).not.toBe("");
    await page.goto(`${stage().server.url}/machines?configuration=${FLEET.name}&label=depot%3Dnorth`);
    await page.getByText("2,500 machines match").waitFor();
    await page.close();
  });

  test("the overview has them by state", async () => {
    const page = await stage().open("/");
    await settle(page);
    const card = page.getByRole("region", { name: FLEET.name });
    expect(await card.textContent()).toContain("10,000 machines");
    await page.close();
  });
}
