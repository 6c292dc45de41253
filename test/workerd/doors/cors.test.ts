/** Browsers of listed origins may call every door; others may not. */
import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";

const ALLOWED = "https://app.example.com";
const PATHS = [
  "/api/v1/configurations",
  "/detent.v1.MachineService/SendEvent",
  "/statemachine.v1beta.StatemachineService/SendEvent",
];
const fetchDoor = (path: string, init: RequestInit): Promise<Response> =>
  (exports as unknown as { default: Fetcher }).default.fetch(`http://localhost${path}`, init);

const preflight = (path: string, origin: string): Promise<Response> =>
  fetchDoor(path, {
    method: "OPTIONS",
    headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type" },
  });

test.each(PATHS)("a preflight of a listed origin is allowed, with every header callers send: %s", async (path) => {
  const { status, headers } = await preflight(path, ALLOWED);
  expect(status).toBe(204);
  expect(headers.get("access-control-allow-origin")).toBe(ALLOWED);
  expect(headers.get("access-control-allow-headers")?.split(/, ?/)).toEqual([
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "prefer",
    "traceparent",
    "connect-protocol-version",
    "connect-timeout-ms",
    "x-grpc-web",
    "x-user-agent",
    "grpc-timeout",
  ]);
});

test.each(PATHS)("a preflight of another origin is not: %s", async (path) => {
  const { headers } = await preflight(path, "https://evil.example.com");
  expect(headers.get("access-control-allow-origin")).toBeNull();
});

test("an answer and an error expose what clients read", async () => {
  for (const path of ["/api/v1/configurations", "/nowhere"]) {
    const { headers } = await fetchDoor(path, { headers: { origin: ALLOWED } });
    expect(headers.get("access-control-allow-origin")).toBe(ALLOWED);
    expect(headers.get("access-control-expose-headers")?.split(/, ?/)).toEqual([
      "etag",
      "location",
      "request-id",
      "retry-after",
      "grpc-status",
      "grpc-message",
      "grpc-status-details-bin",
    ]);
  }
});
