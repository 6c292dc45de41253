/** How the console is served: its files, its policy, and how much of it there is. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { PATHS } from "../../src/console/addresses.ts";
import { settle } from "./settle.ts";
import type { Stage } from "./stage.ts";

/** What a first visit may load, compressed as Cloudflare does it or better, bytes. */
const FIRST_LOAD_BYTES = 120_000;

const CONFIGURATION = {
  name: "serving",
  starting_state: "start",
  states: ["start", "end"],
  transitions: [{ from: "start", to: "end", event: "go" }],
};

export function servingSuite(stage: () => Stage): void {
  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(stage().server.url + path, init);

  test.each(Object.values(PATHS))("%s is the console, for anybody, with its strict policy", async (path) => {
    const response = await get(path.replaceAll(/:\w+/g, "x"));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await response.text()).toContain('<div id="console">');
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(response.headers.get("x-frame-options")).toBe("DENY");
  });

  test("who has the shell is not sent it again, and asks each time", async () => {
    const first = await get("/");
    const etag = first.headers.get("etag") ?? "";
    expect(first.headers.get("cache-control")).toBe("no-cache");
    await first.text();
    const again = await get("/machines", { headers: { "if-none-match": etag } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  });

  test("what the shell loads is kept for good, and named by its content", async () => {
    const names = (await (await get("/")).text()).match(/\/console\/[\w.-]+/g) ?? [];
    expect(names).toHaveLength(3);
    for (const name of names) {
      const response = await get(name);
      expect([name, response.status]).toEqual([name, 200]);
      expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      await response.arrayBuffer();
    }
  });

  describe("what is not there, or not so", () => {
    test.each(["/console/none-ABCDEFGH.js", "/console/shell.html", "/console/shell", "/console/..%2fopenapi.json"])(
      "%s is 404",
      async (path) => {
        const response = await get(path);
        const { reason } = await response.json<{ reason: string }>();
        expect([response.status, reason]).toEqual([404, "NOT_FOUND"]);
      },
    );

    test("the console is read and nothing else", async () => {
      const posted = await get("/machines", { method: "POST" });
      expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
      const asked = await get("/machines", { method: "HEAD" });
      expect([asked.status, await asked.text()]).toEqual([200, ""]);
    });
  });

  test("a first visit loads at most 120 KB, on the fullest pages, too", async () => {
    await stage().call("POST", "/api/v1/configurations", CONFIGURATION);
    await stage().call("POST", "/api/v1/statemachines", { config_id: "serving:v1", id: "first" });
    for (const path of ["/", "/machines/serving/first", "/new-configuration?from=serving:v1"]) {
      const loaded: Promise<number>[] = [];
      const page = await stage().open(path, {
        onResponse: (response) => {
          if (!new URL(response.url()).pathname.startsWith("/api") && response.request().method() === "GET")
            loaded.push(response.body().then((body) => gzipSync(body, { level: 6 }).length));
        },
      });
      await settle(page);
      const sizes = await Promise.all(loaded);
      // The shell, its style and script, and the page.
      expect(sizes.length).toBeGreaterThanOrEqual(4);
      const sum = sizes.reduce((total, size) => total + size, 0);
      expect(sum, `${path} loads ${sum} bytes`).toBeLessThan(FIRST_LOAD_BYTES);
      await page.close();
    }
  });
}
