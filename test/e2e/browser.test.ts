/** A page in a real Chromium, the generated client, gRPC-web, the server as `npm start` runs it. */
import { join } from "node:path";
import packaged from "@sparticuz/chromium";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { startServer } from "./server.ts";

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
