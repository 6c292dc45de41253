/** Asking until everything is decided, of a server that has its troubles. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { Caller, type Decision } from "../../../src/cli/load/caller.ts";
import { readItem, type SendItem } from "../../../src/cli/load/item.ts";
import { Plan, type Unit } from "../../../src/cli/load/plan.ts";
import { Door } from "../../../src/cli/door.ts";

interface Asked {
  readonly path: string;
  readonly key: string | undefined;
  readonly id: string | undefined;
  readonly events: readonly SendItem["body"][];
}

type Answer = (asked: Asked, response: ServerResponse) => void;

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Calls with `unit` a server that gives these answers, the last one for good; tells what it was asked and what came of it. */
async function run(
  unit: Unit,
  answers: readonly Answer[],
  options: { giveUpAfterMs?: number; stop?: AbortSignal } = {},
) {
  const asked: Asked[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { id, events = [] } = (await json(request)) as { id?: string; events?: SendItem["body"][] };
    const one = { path: request.url ?? "", key: request.headers["idempotency-key"]?.toString(), id, events };
    asked.push(one);
    answers[Math.min(asked.length, answers.length) - 1]?.(one, response);
  };
  const listening = createServer((request, response) => void handle(request, response)).listen(0, "127.0.0.1");
  server = listening;
  await new Promise((resolve) => listening.once("listening", resolve));
  const url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  const decided: Decision[] = [];
  const troubles: string[] = [];
  const pauses: number[] = [];
  const caller = new Caller({
    door: new Door({ url, key: undefined }),
    giveUpAfterMs: options.giveUpAfterMs ?? 60_000,
    pause: async (ms) => void pauses.push(ms),
    stop: options.stop ?? new AbortController().signal,
    onDecided: (some) => decided.push(...some),
    onTrouble: (message) => troubles.push(message),
  });
  const failure: unknown = await caller.call(unit).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { asked, decided, troubles, pauses, failure, lines: decided.map(({ item }) => item.line) };
}

function unitOf(...texts: readonly object[]): Unit {
  const plan = new Plan();
  for (const [index, text] of texts.entries()) {
    plan.add(readItem({ number: index + 1, bytes: Buffer.from(JSON.stringify(text)) }, "file"));
  }
  const unit = plan.take();
  if (unit === undefined) throw new Error("there is nothing to send");
  return unit;
}

const events = (count: number): Unit =>
  unitOf(...Array.from({ length: count }, (_, id) => ({ send: { configuration: "c", id: `m${id}`, event: "e" } })));
const machine = unitOf({ create: { config_id: "c:v1", id: "m" } });

const answer = (status: number, body: object | null, headers: Readonly<Record<string, string>> = {}): Answer => {
  return (_, response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  };
};
const problem = (status: number, reason: string, metadata: object = {}): Answer =>
  answer(status, { status, reason, detail: `told ${reason}`, metadata });
const results = (...all: readonly (number | string)[]): Answer =>
  answer(200, {
    results: all.map((each) => {
      if (each === 200) return { status: 200, receipt: { duplicate: false } };
      if (each === "duplicate") return { status: 200, receipt: { duplicate: true } };
      const reason = { 409: "NO_TRANSITION", 500: "INTERNAL", 503: "UNAVAILABLE", 429: "QUOTA_EXCEEDED" }[each];
      return { status: each, problem: { status: each, reason, detail: `told ${reason}` } };
    }),
  });
const created: Answer = (asked, response) => answer(201, { id: asked.id, statemachine: {} })(asked, response);
const notFound: Answer = (_, response) => response.writeHead(404).end("<html>");
const hangUp: Answer = (_, response) => response.socket?.destroy();
const breakOff: Answer = (_, response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "100" }).write('{"results"');
  setTimeout(() => response.socket?.destroy(), 10);
};

test("what nobody decided is asked again, under the same ids, and nothing else is", async () => {
  const ran = await run(events(4), [results(200, 503, "duplicate", 503), hangUp, breakOff, results(409, 200)]);
  expect(ran.failure).toBeUndefined();
  expect(ran.lines).toEqual([1, 3, 2, 4]);
  expect(ran.decided).toMatchObject([
    { isDuplicate: false },
    { isDuplicate: true },
    { failure: { line: 2, outcome: "refused", reason: "NO_TRANSITION", message: "told NO_TRANSITION" } },
    { isDuplicate: false },
  ]);
  const [first, ...again] = ran.asked.map((asked) => asked.events.map(({ event_id: id }) => id));
  const open = [first?.[1], first?.[3]];
  expect(again).toEqual([open, open, open]);
});

test.each([
  ["a machine", machine, created],
  ["events", events(1), results(200)],
])("%s: 503, 502 from between, 429 and a lost answer are waited out", async (_, unit, done) => {
  const between: Answer = (__, response) => response.writeHead(502).end("<html>");
  const busy = [problem(503, "UNAVAILABLE"), between, problem(429, "RATE_LIMITED"), hangUp];
  const ran = await run(unit, [...busy, done]);
  expect(ran).toMatchObject({ failure: undefined, lines: [1] });
  expect(ran.asked).toHaveLength(5);
  expect(new Set(ran.asked.map(({ key }) => key)).size).toBe(1);
  expect(ran.troubles).toHaveLength(4);
});

const receipt = { status: 200, receipt: { duplicate: false } };
test.each([
  ["an answer without the machine", machine, answer(201, {}), created],
  ["another machine", machine, answer(201, { id: "other" }), created],
  ["null", machine, answer(200, null), created],
  ["nothing", machine, (_: Asked, response: ServerResponse) => void response.writeHead(204).end(), created],
  [
    "accepted, not created",
    machine,
    (asked: Asked, response: ServerResponse) => answer(202, { id: asked.id })(asked, response),
    created,
  ],
  ["no results", events(2), answer(200, {}), results(200, 200)],
  ["results that are none", events(2), answer(200, { results: "2" }), results(200, 200)],
  ["too few results", events(2), results(200), results(200, 200)],
  ["too many results", events(2), results(200, 200, 200), results(200, 200)],
  ["a result of nothing", events(2), answer(200, { results: [null, receipt] }), results(200, 200)],
  ["a result without a receipt", events(1), answer(200, { results: [{ status: 200 }] }), results(200)],
  [
    "a page that somebody else answers",
    machine,
    (_: Asked, response: ServerResponse) => void response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
    created,
  ],
])("%s with a status of success decides nothing: it is asked again", async (_, unit, odd, good) => {
  const ran = await run(unit, [odd, odd, good]);
  expect(ran.failure).toBeUndefined();
  expect(ran.asked).toHaveLength(3);
  expect(ran.troubles).toHaveLength(2);
  expect(ran.decided.map((each) => "isDuplicate" in each)).toEqual(unit.map(() => true));
});

test("Retry-After is honoured", async () => {
  const busy = answer(429, { status: 429, reason: "RATE_LIMITED", detail: "slower" }, { "retry-after": "7" });
  expect(await run(machine, [busy, created])).toMatchObject({ lines: [1], pauses: [7_000] });
});

test("a call that is refused as a whole is halved until it is known which line is to blame, in their order", async () => {
  const unit = events(5);
  const blamed = unit[3]?.body.id;
  const strict: Answer = ({ events: sent }, response) =>
    sent.some(({ id }) => id === blamed)
      ? problem(400, "INVALID_ARGUMENT")({ path: "", key: "", id: "", events: [] }, response)
      : results(...sent.map(() => 200))({ path: "", key: "", id: "", events: [] }, response);
  const ran = await run(unit, [strict]);
  expect(ran.lines).toEqual([1, 2, 3, 4, 5]);
  expect(ran.decided.filter((each) => "failure" in each)).toMatchObject([
    { failure: { line: 4, reason: "INVALID_ARGUMENT" } },
  ]);
});

test("of what is halved nothing is sent before what stands in front of it is decided", async () => {
  const ofOne = unitOf(
    ...[1, 2, 3, 4].map((number) => ({ send: { configuration: "c", id: "m", event: `e${number}` } })),
  );
  let isBusy = true;
  const refuseMany: Answer = (asked, response) => {
    if (asked.events.length > 2) return problem(413, "BODY_TOO_LARGE")(asked, response);
    const busy = isBusy;
    isBusy = false;
    return results(...asked.events.map(() => (busy ? 503 : 200)))(asked, response);
  };
  const ran = await run(ofOne, [refuseMany]);
  expect(ran.lines).toEqual([1, 2, 3, 4]);
  expect(ran.asked.map((asked) => asked.events.map(({ event }) => event).join())).toEqual([
    "e1,e2,e3,e4",
    "e1,e2",
    "e1,e2,e3,e4",
    "e1,e2",
    "e3,e4",
  ]);
});

test("an internal error is tried a few times and then is that line's; the others are not held up", async () => {
  const ran = await run(events(2), [results(500, 200), results(500)]);
  expect(ran.lines).toEqual([2, 1]);
  expect(ran.decided[1]).toMatchObject({ failure: { reason: "INTERNAL" } });
  expect(ran.asked.length).toBeGreaterThan(3);
});

test.each([
  ["no credential", machine, problem(401, "UNAUTHENTICATED"), 4],
  ["one that may do nothing of the kind", events(2), problem(403, "PERMISSION_DENIED", { scope: "events:send" }), 4],
  ["a quota that is used up", machine, problem(429, "QUOTA_EXCEEDED"), 3],
  ["the same for events that create", events(2), results(200, 429), 3],
  ["something that is not Detent", machine, notFound, 1],
])("%s ends the load: every line would meet it", async (_, unit, reply, exitCode) => {
  const ran = await run(unit, [reply]);
  expect(ran.failure).toMatchObject({ name: "Failure", exitCode });
  expect(ran.asked).toHaveLength(1);
  expect(ran.decided.every((each) => "isDuplicate" in each)).toBe(true);
});

test("what the credential does not reach is that line's alone", async () => {
  const ran = await run(machine, [problem(403, "PERMISSION_DENIED")]);
  expect(ran).toMatchObject({ failure: undefined, decided: [{ failure: { reason: "PERMISSION_DENIED" } }] });
});

test("a service that is away for too long is given up; nothing counts as decided", async () => {
  const ran = await run(machine, [hangUp], { giveUpAfterMs: 50 });
  expect(ran).toMatchObject({ decided: [], failure: { exitCode: 3 } });
  expect((ran.failure as Error).message).toMatch(/^given up after .*does not answer/);
});

test("a load that stops awaits what is under way and tries nothing again", async () => {
  const stop = new AbortController();
  const slow: Answer = (asked, response) => {
    stop.abort();
    setTimeout(() => results(503, 200)(asked, response), 50);
  };
  const ran = await run(events(2), [slow], { stop: stop.signal });
  expect(ran).toMatchObject({ failure: undefined, lines: [2] });
  expect(ran.asked).toHaveLength(1);
});
