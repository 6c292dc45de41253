/** Options that make no sense are refused when the client is made; answers that are none are told apart. */
import { afterEach, expect, test, vi } from "vitest";
import { createClient, type ClientOptions } from "../../../src/client/index.ts";
import { failureOf, json, standIn } from "./stand-in.ts";

const ADDRESS = { configuration: "orders", id: "1" };
const URL = "https://detent.example.com";

afterEach(() => void vi.unstubAllGlobals());

test.each<[string, Partial<ClientOptions>]>([
  ["retry.attempts must be a finite number from 1 on, but is NaN", { retry: { attempts: Number.NaN } }],
  ["retry.attempts must be a finite number from 1 on, but is 0", { retry: { attempts: 0 } }],
  ["retry.firstWaitMs must be a finite number from 1 on, but is -1", { retry: { firstWaitMs: -1 } }],
  ["retry.longestWaitMs must be a finite number from 1 on, but is Infinity", { retry: { longestWaitMs: Infinity } }],
  ["timeoutMs must be a finite number from 1 on, but is NaN", { timeoutMs: Number.NaN }],
  ["attemptTimeoutMs must be a finite number from 1 on, but is 0", { attemptTimeoutMs: 0 }],
  ['url must be one like https://detent.example.com, but is "localhost:8787"', { url: "localhost:8787" }],
  ['url must be one like https://detent.example.com, but is "/"', { url: "/" }],
  ['url must be one like https://detent.example.com, but is ""', { url: "" }],
  ["url must not have a user or password in it", { url: "https://a:b@detent.example.com" }],
  [
    "a credential is not sent to http://detent.example.com, which is not https",
    { url: "http://detent.example.com", credential: "key" },
  ],
])("%s", (message, options) => {
  const make = () => createClient({ url: URL, ...options });
  expect(make).toThrow(TypeError);
  expect(make).toThrow(message);
});

test("a credential goes over TLS, stays here, goes to the page's own origin, or where it is allowed to", () => {
  const credential = "key";
  for (const url of [URL, "http://localhost:8787", "http://127.0.0.1:1", "http://[::1]:1"]) {
    createClient({ url, credential });
  }
  createClient({ url: "http://detent", credential, allowPlainHttp: true });
  createClient({ url: "http://detent" });
  vi.stubGlobal("location", { href: "http://shop.example.com/page", origin: "http://shop.example.com" });
  createClient({ url: "http://shop.example.com/api", credential });
  createClient({ url: "/", credential });
  expect(() => createClient({ url: "http://other.example.com", credential })).toThrow("not https");
});

test("what is undefined is as if it were absent: a call is not repeated for ever", async () => {
  const { url, seen } = await standIn(json('{"code":"unavailable"}', 503));
  const retry = { attempts: undefined, firstWaitMs: 1, longestWaitMs: undefined } as object;
  const failure = await failureOf(createClient({ url: `${url}/`, retry }).machines.getMachine(ADDRESS));
  expect(failure).toMatchObject({ reason: "UNAVAILABLE", attempts: 6 });
  expect(seen).toHaveLength(6);
});

test.each<[string, Parameters<typeof json>, string, number]>([
  ["a proxy's 500 in JSON", ['{"error":"oops"}', 500], "UNAVAILABLE", 6],
  ["a proxy's 502 that says JSON and is none", ["oops", 502], "UNAVAILABLE", 6],
  ["a proxy's 429 in JSON", ['{"message":"slow down"}', 429], "UNAVAILABLE", 6],
  ["a 200 that is cut off", ['{"receipt":', 200], "UNAVAILABLE", 6],
  ["a 404 in JSON that is nobody's", ['{"error":"oops"}', 404], "UNKNOWN", 1],
  ["a server's own error", ['{"code":"internal","message":"m"}', 500], "UNKNOWN", 1],
])("%s is told apart, and repeated where it may pass", async (_name, answer, reason, attempts) => {
  const { clientWith } = await standIn(json(...answer));
  const failure = await failureOf(clientWith().machines.sendEvent({ ...ADDRESS, event: "pay", eventId: "mine" }));
  expect(failure).toMatchObject({ reason, attempts, eventId: "mine" });
});
