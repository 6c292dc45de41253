/** A watch of a server that cannot be reached, does not let it in, or says nothing. */
import { expect, test } from "vitest";
import type { Retry } from "../../../src/client/index.ts";
import { until } from "../../until.ts";
import { denyStream, failureOf, json, openStream, standIn } from "./stand-in.ts";

const ADDRESS = { configuration: "orders", id: "1" };
const WITHIN_MS = 20_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

test("a credential that is never good ends a watch, however long it takes to come and to be refused", async () => {
  const server = await standIn((response) => void setTimeout(() => denyStream(response), 1_050));
  const credential = async (): Promise<string> => {
    await pause(1_050);
    return "bad";
  };
  const watched = server.clientWith({ credential }).watch(ADDRESS, { afterRevision: 0 });
  expect(await failureOf(watched.next())).toMatchObject({ reason: "UNAUTHENTICATED" });
  expect(server.seen).toHaveLength(2);
});

test("credentials that are always others and never good end a watch, with a wait between two", async () => {
  const server = await standIn(denyStream);
  const heard: Retry[] = [];
  let nr = 0;
  const client = server.clientWith({ credential: () => `bad-${nr++}`, onRetry: (retry) => void heard.push(retry) });
  expect(await failureOf(client.watch(ADDRESS).next())).toMatchObject({ reason: "UNAUTHENTICATED" });
  expect(server.seen).toHaveLength(6);
  expect(heard.map(({ method, attempt, error }) => [method, attempt, error.reason])).toEqual(
    [1, 2, 3, 4, 5].map((attempt) => ["detent.v1.MachineService.WatchMachine", attempt, "UNAUTHENTICATED"]),
  );
});

test("a watch of a quiet machine outlives tokens that end before its first heartbeat", async () => {
  const server = await standIn((response, nr) => {
    const stream = openStream(response);
    if (nr < 7) setTimeout(() => stream.end({ error: { code: "unauthenticated", message: "expired" } }), 1_050);
    else stream.send({ revision: 1, change: { revision: 1, kind: "event" } });
  });
  let nr = 0;
  const watched = server.clientWith({ credential: () => `token-${nr++}` }).watch(ADDRESS, { afterRevision: 0 });
  expect((await watched.next()).value).toMatchObject({ revision: 1 });
  await watched.return();
});

test("a watch that does not get through tells each try, and waits for as long as it is asked to", async () => {
  const server = await standIn(json('{"code":"unavailable"}', 503, { "retry-after": "3600" }));
  const heard: Retry[] = [];
  const stop = new AbortController();
  const client = server.clientWith({ onRetry: (retry) => void heard.push(retry) });
  const next = client.watch(ADDRESS, { signal: stop.signal }).next();
  await until(
    WITHIN_MS,
    () => heard.length,
    (count) => count > 0,
  );
  await pause(300);
  stop.abort();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(heard).toMatchObject([{ attempt: 1, error: { reason: "UNAVAILABLE" } }]);
  expect(heard[0]?.waitMs).toBeGreaterThanOrEqual(3_600_000);
  expect(server.seen).toHaveLength(1);
});

test("a silence that is never too long is one; none at all is refused", async () => {
  const server = await standIn((response) => openStream(response).send({ revision: 1 }));
  const stop = new AbortController();
  const next = server.clientWith().watch(ADDRESS, { silenceMs: Infinity, signal: stop.signal }).next();
  await pause(500);
  stop.abort();
  await next;
  expect(server.seen).toHaveLength(1);
  for (const silenceMs of [0, -1, Number.NaN]) {
    const failure = await failureOf(server.clientWith().watch(ADDRESS, { silenceMs }).next());
    expect(failure.message).toBe(`silenceMs must be more than 0, but is ${silenceMs}`);
  }
});
