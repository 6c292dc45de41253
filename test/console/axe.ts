/** What axe finds wrong with a page, for people who cannot see it or use no mouse. */
import axe, { type AxeResults } from "axe-core";
import type { Page } from "playwright-core";

/** The rules of WCAG 2.2 AA, and what axe holds to be good practice. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * Runs it on the page as it is now: one line for each element that breaks a rule. axe comes by the debugger's protocol, which no
 * content security policy refuses, into a world of its own: it sees the document and none of the page's own scripts, nor they it.
 */
export async function findAccessibilityFaults(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  try {
    const { frameTree } = await session.send("Page.getFrameTree");
    const world = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id, worldName: "axe" });
    const { executionContextId: contextId } = world;
    const evaluate = async (expression: string): Promise<unknown> => {
      const way = { expression, contextId, awaitPromise: true, returnByValue: true };
      const { result, exceptionDetails } = await session.send("Runtime.evaluate", way);
      if (exceptionDetails) throw new Error(`axe: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
      return result.value;
    };
    await evaluate(`${axe.source}; undefined`);
    const options = { runOnly: TAGS, resultTypes: ["violations"] };
    const { violations } = (await evaluate(`axe.run(document, ${JSON.stringify(options)})`)) as AxeResults;
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, failureSummary = "" }) => `${id}: ${help}: ${html}\n${failureSummary}`),
    );
  } finally {
    await session.detach();
  }
}
