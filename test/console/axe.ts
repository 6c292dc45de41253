/** What keeps people from using a page, as axe finds it. */
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";

/** WCAG 2.2 A and AA, and what axe calls best practice. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** As much of what axe answers as is read here; its own types bring those of a browser's page along, which Workers do not have. */
interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
  }[];
}

const require = createRequire(import.meta.url);
let source: string | undefined;

/** One line for each violation: the rule, what it asks for, and where it is broken. The page's policy stays as it is. */
export async function findViolations(page: Page): Promise<string[]> {
  source ??= await readFile(require.resolve("axe-core/axe.min.js"), "utf8");
  // The debugger's way in, which no policy of the page governs.
  await page.evaluate(`${source}; undefined`);
  const run = `axe.run(document, { runOnly: ${JSON.stringify(TAGS)}, resultTypes: ["violations"] })`;
  const { violations } = await page.evaluate<AxeResults>(run);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}): ${target.join(" ")}: ${failureSummary ?? ""}`),
  );
}
