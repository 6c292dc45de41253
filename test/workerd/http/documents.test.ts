/** The description of the routes, as the worker serves it; every example in it works, in its order. */
import { describe, expect, test } from "vitest";
import document from "../../../src/http/assets/openapi.json";
import { OPERATIONS } from "../../../src/http/openapi/operations.ts";
import type { Description } from "../../../src/http/openapi/description.ts";
import { fillPath } from "../../../src/http/openapi/sample-command.ts";
import { ROUTES } from "../../../src/http/app.ts";
import { checkAnswer } from "../../doors/answer-check.ts";
import { ROOT_KEY } from "../../secrets.ts";
import { send } from "../doors/caller.ts";

/** A request that has come through a proxy: the anonymous tenant is not for it. */
const REMOTE = { "x-forwarded-for": "192.0.2.1" };

test("the document is served to who has no credential", async () => {
  const response = await send("/api/openapi.json", { headers: REMOTE });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.json()).toEqual(document);
});

test("the page is served to who has no credential, and its policy lets in its own style and nothing else", async () => {
  const response = await send("/api/docs", { headers: REMOTE });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  const style = /<style>([^]*)<\/style>/.exec(await response.text())?.[1];
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
  const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
  const policy = response.headers.get("content-security-policy") ?? "";
  expect(policy.split("; ")).toContain(`style-src 'sha256-${hash}'`);
  expect(policy.split("; ")).toContain("default-src 'none'");
});

test.each(["/api/openapi.json", "/api/docs"])("%s is not sent again to who has it", async (path) => {
  const first = await send(path);
  await first.text();
  const etag = first.headers.get("etag") ?? "";
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
    const again = await send(path, { headers: { "if-none-match": known } });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe("");
  }
  const other = await send(path, { headers: { "if-none-match": '"other"' } });
  expect(other.status).toBe(200);
  await other.text();
});

describe("the examples, in the order of the document", () => {
  const examples = Object.entries<Description>(OPERATIONS).flatMap(([id, { example, answers }]) => {
    const route = ROUTES.find(({ operation }) => operation === id);
    return example === undefined || route === undefined ? [] : [{ id, route, example, answers }];
  });

  test.each(examples)("$id", async ({ route, example, answers }) => {
    const { headers = {}, body, status = Number(Object.keys(answers)[0]) } = example;
    // The id of a key is nobody's to choose.
    const path = fillPath(route.path, example).replace(/(?<=\/keys\/)[0-9A-Za-z]{16}/, await keyId);
    const root = route.access === "root" && { authorization: `Bearer ${ROOT_KEY}` };
    const init = {
      method: route.method,
      headers: { ...headers, ...root, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    // What comes from the index may take a moment.
    await expect.poll(() => statusOf(route.method, path, init), { timeout: 5_000 }).toBe(status);
  });

  const keyId = (async () => {
    const body = JSON.stringify({ name: "of the examples", scopes: ["machines:read"] });
    const headers = { "content-type": "application/json" };
    const made = await send("/api/v1/keys", { method: "POST", headers, body });
    return (await made.json<{ key: { id: string } }>()).key.id;
  })();

  async function statusOf(method: string, path: string, init: RequestInit): Promise<number> {
    const response = await send(path, init);
    if (/event-stream|ndjson/.test(response.headers.get("content-type") ?? "")) {
      await response.body?.cancel();
      return response.status;
    }
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") && path !== "/api/openapi.json";
    if (isJson) checkAnswer(method, path, response, JSON.parse(text));
    return response.status;
  }
});
