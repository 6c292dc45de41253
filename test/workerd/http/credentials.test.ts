/** Credentials: what lets a request in, and what needs none. */
import { expect, test } from "vitest";
import { sendJson } from "../doors/caller.ts";
import { CONFIGURATIONS, expectProblem, orders } from "./orders.ts";

test.each([
  ["a bearer token nobody gave out", { authorization: "Bearer nonsense" }],
  ["basic authentication", { authorization: "Basic YTpi" }],
  ["a proxy's X-Forwarded-For", { "x-forwarded-for": "192.0.2.1" }],
  ["a proxy's Forwarded", { forwarded: "for=192.0.2.1" }],
])("401: %s", async (_name, headers) => {
  await expectProblem(sendJson(CONFIGURATIONS, undefined, headers), 401, "UNAUTHENTICATED");
  await expectProblem(sendJson(CONFIGURATIONS, orders(), headers), 401, "UNAUTHENTICATED");
});

test("the health check needs none", async () => {
  const { status, body } = await sendJson("/health", undefined, { authorization: "Bearer nonsense" });
  expect(status).toBe(200);
  expect(body).toMatchObject({ state: "READY" });
});
