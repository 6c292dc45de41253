/** What ends a call: its deadline and its signal, wherever it is just then. */
import { expect, test } from "vitest";
import { hang, json, standIn, failureOf } from "./stand-in.ts";

const ADDRESS = { configuration: "orders", id: "1" };
const EVENT = { ...ADDRESS, event: "pay", eventId: "mine" };
const never = (): Promise<string> => new Promise(() => undefined);

test("a credential that never comes does not hold a call beyond its deadline, its signal, or the time of an attempt", async () => {
  const { clientWith, seen } = await standIn(json("{}"));
  const { machines, tenants } = clientWith({ credential: never });
  expect(await failureOf(machines.sendEvent(EVENT, { timeoutMs: 50 }))).toMatchObject({
    reason: "DEADLINE_EXCEEDED",
    code: "deadline_exceeded",
    eventId: "mine",
    attempts: 0,
  });
  const signal = AbortSignal.timeout(50);
  expect(await failureOf(machines.sendEvent(EVENT, { signal }))).toMatchObject({
    reason: "CANCELLED",
    code: "canceled",
    eventId: "mine",
    attempts: 0,
  });
  const hasty = clientWith({ credential: never, attemptTimeoutMs: 50 });
  expect(await failureOf(hasty.machines.sendEvent(EVENT))).toMatchObject({ reason: "DEADLINE_EXCEEDED" });
  const exported = tenants.exportTenant({}, { timeoutMs: 50 })[Symbol.asyncIterator]();
  expect(await failureOf(exported.next())).toMatchObject({ reason: "DEADLINE_EXCEEDED" });
  expect(seen).toEqual([]);
});

test("a watch whose credential never comes ends with its signal", async () => {
  const { clientWith, seen } = await standIn(json("{}"));
  const watched = clientWith({ credential: never }).watch(ADDRESS, { signal: AbortSignal.timeout(50) });
  expect(await watched.next()).toEqual({ done: true, value: undefined });
  expect(seen).toEqual([]);
});

test("a credential that never comes for a repeat ends with the deadline, and the ids are told", async () => {
  const { clientWith } = await standIn(json('{"code":"unavailable"}', 503));
  let asked = 0;
  const client = clientWith({ credential: () => (asked++ === 0 ? "first" : never()) });
  expect(await failureOf(client.machines.sendEvent(EVENT, { timeoutMs: 300 }))).toMatchObject({
    reason: "DEADLINE_EXCEEDED",
    eventId: "mine",
    attempts: 1,
  });
});

test("a credential that fails for a repeat tells why the attempt before failed", async () => {
  const { clientWith } = await standIn(json('{"code":"unavailable"}', 503));
  let asked = 0;
  const credential = (): string => {
    if (asked++ === 0) return "first";
    throw new Error("signed out");
  };
  expect(await failureOf(clientWith({ credential }).machines.sendEvent(EVENT))).toMatchObject({
    reason: "UNAVAILABLE",
    code: "unavailable",
    message: "there is no credential: signed out",
    eventId: "mine",
    attempts: 1,
  });
});

test("the deadline of a call ends the attempt that is in flight", async () => {
  const { clientWith, seen } = await standIn(hang);
  const failure = await failureOf(clientWith().machines.sendEvent(EVENT, { timeoutMs: 100 }));
  expect(failure).toMatchObject({ reason: "DEADLINE_EXCEEDED", eventId: "mine", attempts: 1 });
  expect(seen).toHaveLength(1);
});

test("the time that is left is told in whole milliseconds", async () => {
  const { clientWith, seen } = await standIn(json("{}"));
  const { tenants } = clientWith();
  for (const timeoutMs of [5_000.5, 0.1, 2 ** 33]) await tenants.listTenants({}, { timeoutMs }).catch(() => undefined);
  const told = seen.map((headers) => headers["connect-timeout-ms"]);
  expect(told.every((text) => text === undefined || /^[1-9]\d{0,9}$/.test(String(text)))).toBe(true);
  expect(await failureOf(tenants.listTenants({}, { timeoutMs: Number.NaN }))).toMatchObject({
    reason: "INVALID_ARGUMENT",
    message: "timeoutMs must be a number of milliseconds, but is NaN",
    attempts: 0,
  });
});

test.each<[string, unknown]>([
  ["nothing", undefined],
  ["an error of its own", new Error("the user has left")],
  ["a text", "bye"],
])("a caller that ends a call with %s is CANCELLED, in an attempt and between two", async (_name, reason) => {
  const answers = { hang, fail: json('{"code":"unavailable"}', 503) };
  for (const [name, answer] of Object.entries(answers)) {
    const stop = new AbortController();
    const { clientWith } = await standIn((response) => {
      answer(response);
      setTimeout(() => stop.abort(reason), 50);
    });
    const patient = clientWith({ retry: { firstWaitMs: 60_000, longestWaitMs: 60_000 } });
    const failure = await failureOf(patient.machines.sendEvent(EVENT, { signal: stop.signal }));
    expect([name, failure.reason, failure.code, failure.eventId]).toEqual([name, "CANCELLED", "canceled", "mine"]);
  }
});
