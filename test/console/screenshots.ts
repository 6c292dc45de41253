/**
 * `npm run screenshots [DIR]`: every page of the console at 360 and 1,280 px, in the light and in the dark, as PNG files in DIR
 * (default: dist/screenshots). Ends with 1 where a page has failed, broken its policy or scrolls sideways.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pagesOf, type SeededPage } from "./pages.ts";
import { seedIndex } from "./seed-index.ts";
import { seed } from "./seed.ts";
import { excessWidth, settle } from "./settle.ts";
import { setStage } from "./stage.ts";

const WIDTHS = [360, 1_280];
const SCHEMES = ["light", "dark"] as const;

const dir = process.argv[2] ?? join(import.meta.dirname, "../../dist/screenshots");
await rm(dir, { recursive: true, force: true });
await mkdir(dir, { recursive: true });

const stage = await setStage();
const faults: string[] = [];
try {
  const seeded = await seed(stage.server);
  const { configuration } = await seedIndex(stage.server.url, stage.server.stateDir);
  const fleet: SeededPage = { name: "machines-fleet", path: `/machines?configuration=${configuration}` };
  for (const { name, path, key, prepare } of [...pagesOf(seeded), fleet]) {
    for (const width of WIDTHS) {
      const page = await stage.open(path, {
        width,
        height: width < 500 ? 800 : 900,
        ...(key !== undefined && { key }),
      });
      await settle(page);
      await prepare?.(page);
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: join(dir, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
      const excess = await excessWidth(page);
      if (excess > 0) faults.push(`${name} is ${excess} px wider than ${width} px`);
      await page.close();
    }
    console.log(name);
  }
} finally {
  await stage.end();
}
for (const fault of [...faults, ...stage.complaints]) console.error(fault);
process.exitCode = faults.length + stage.complaints.length > 0 ? 1 : 0;
