/** The documentation as a newcomer has it: its cURL lines typed into a shell, its page looked at in a real Chromium. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import packaged from "@sparticuz/chromium";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import served from "../../src/http/assets/openapi.json" with { type: "json" };
import type { Json } from "../doors/json.ts";
import { startServer, type Server } from "./server.ts";

const { paths, tags } = served as Json;
const operations = new Map(
  Object.values<Json>(paths).flatMap((methods) =>
    Object.values<Json>(methods).map((operation) => [operation.operationId as string, operation] as const),
  ),
);
const ids: string[] = tags.flatMap((tag: Json) => tag["x-operations"]);

let server: Server;
let browser: Browser;
/** Of a key that there is. */
let keyId: string;
beforeAll(async () => {
  server = await startServer();
  const made = await fetch(`${server.url}/api/v1/keys`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "of the examples", scopes: ["machines:read"] }),
  });
  keyId = (await made.json<{ key: { id: string } }>()).key.id;
  browser = await chromium.launch({
    executablePath: await packaged.executablePath(),
    args: [...packaged.args, "--disable-background-networking"],
    headless: true,
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test("every operation has an example", () => {
  expect(ids.toSorted()).toEqual([...operations.keys()].toSorted());
  for (const id of ids) expect(operations.get(id)["x-codeSamples"], id).toHaveLength(1);
});

describe("the cURL lines, in the order of the page", () => {
  test.each(ids)("%s", async (id) => {
    const { "x-codeSamples": samples, responses } = operations.get(id);
    const isStream = responses[200]?.content?.["text/event-stream"] !== undefined;
    // A stream is left after a second, which cURL calls an error of its own (28).
    const flags = isStream ? "-m 1 || [ $? = 28 ]" : "";
    const line = `${samples[0].source} -o /dev/null -w '%{http_code}' ${flags}`
      .replaceAll("http://localhost:8787", server.url)
      .replace(".wrangler/state", server.stateDir)
      // The id of a key is nobody's to choose.
      .replace(/(?<=\/keys\/)[0-9A-Za-z]{16}/, keyId);
    const run = async () => (await promisify(execFile)("bash", ["-euo", "pipefail", "-c", line])).stdout;
    const answers = Object.entries<Json>(responses).filter(([, response]) => response.$ref === undefined);
    // What comes from the index may take a moment.
    await expect
      .poll(run, { timeout: 5_000 })
      .toMatch(new RegExp(`^(?:${answers.map(([status]) => status).join("|")})$`));
  });
});

describe("the page", () => {
  let page: Page;
  const complaints: string[] = [];
  beforeAll(async () => {
    page = await browser.newPage();
    page.on("console", (message) => complaints.push(message.text()));
    page.on("requestfailed", (request) => complaints.push(request.url()));
    await page.goto(`${server.url}/api/docs`);
  });

  test("is let in by its own policy, with its style", async () => {
    expect(complaints).toEqual([]);
    expect(await page.evaluate("getComputedStyle(document.querySelector('.route')).borderLeftWidth")).toBe("4px");
  });

  test.each([
    [360, "light"],
    [360, "dark"],
    [1_280, "light"],
    [1_280, "dark"],
  ] as const)("fits %i pixels, in the %s look", async (width, colorScheme) => {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    const ground = await page.evaluate("getComputedStyle(document.body).backgroundColor");
    expect(ground).toBe(colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(22, 22, 22)");
  });

  test("the keyboard skips the contents first, and reaches what scrolls", async () => {
    await page.goto(`${server.url}/api/docs`);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip the contents");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("main");
    const isReached =
      "[...document.querySelectorAll('pre')].every((one) => one.tabIndex === 0 && one.ariaLabel !== '')";
    expect(await page.evaluate(isReached)).toBe(true);
  });
});
