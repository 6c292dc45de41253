/** A page in a real Chromium, the generated client, gRPC-web, the server as `npm start` runs it. */
import { join } from "node:path";
import packaged from "@sparticuz/chromium";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { startServer } from "./server.ts";

async function send(url: string, path: string, body: object): Promise<object> {
  const response = await fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  if (typeof answer !== "object" || answer === null) throw new Error("the answer is no object");
  return answer;
}

test("a browser walks an order over gRPC-web and gets receipts, the second time as a duplicate", async () => {
  const bundle = await build({
    entryPoints: [join(import.meta.dirname, "browser/page.ts")],
    bundle: true,
    write: false,
    format: "iife",
  });
  const script = bundle.outputFiles[0]?.text ?? "";
  const server = await startServer();
  try {
    const browser = await chromium.launch({
      executablePath: await packaged.executablePath(),
      args: [...packaged.args, "--disable-background-networking"],
      headless: true,
    });
    try {
      const page = await browser.newPage();
      const html = `<!doctype html><title>page</title><script>${script.replaceAll("</script", "<\\/script")}</script>`;
      await page.route("**/page", (route) => route.fulfill({ contentType: "text/html", body: html }));
      await page.goto(`${server.url}/page`);
      const receipts = await page.evaluate(`walkAnOrder(${JSON.stringify(server.url)})`);
      expect(receipts).toEqual([
        { result: "transitioned", revision: 1, duplicate: false },
        { result: "transitioned", revision: 1, duplicate: true },
      ]);
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
});

test("a killed server knows after its restart every receipt it had answered", async () => {
  const first = await startServer();
  const loop = { name: "loop", starting_state: "a", states: ["a"], transitions: [{ from: "a", to: "a", event: "go" }] };
  await send(first.url, "/api/v1/configurations", loop);
  await send(first.url, "/api/v1/statemachines", { config_id: "loop:v1", id: "m" });
  const events = "/api/v1/statemachines/loop/m/events";
  const ids = Array.from({ length: 20 }, (_, index) => `e${index}`);
  const before = await Promise.all(ids.map((event_id) => send(first.url, events, { event: "go", event_id })));
  await first.kill();
  const second = await startServer({ stateDir: first.stateDir });
  try {
    const after = await Promise.all(ids.map((event_id) => send(second.url, events, { event: "go", event_id })));
    expect(after).toEqual(before.map((receipt) => ({ ...receipt, duplicate: true })));
  } finally {
    await second.stop();
  }
});
