/** The feeds: everything once, in order, from any cursor on, and nothing of another tenant. */
import { createClient } from "@connectrpc/connect";
import { beforeAll, describe, expect, test } from "vitest";
import { FeedService } from "../../../src/gen/detent/v1/feed_service_pb.ts";
import type { Receipt } from "../../../src/receipt.ts";
import { listFailures } from "../../../src/service/feeds.ts";
import type { Json } from "../../doors/json.ts";
import { connectBinary, grpcWeb, sendJson } from "../doors/caller.ts";
import { CATALOG, createHouse, DEV, STRANGER, takePositions } from "../seed.ts";
import { expectProblem } from "./orders.ts";

/** Now: the sweeper takes out what is old. */
const AT = Date.now();
const COUNT = 90;
/** Rows go round three configurations; the feeds of all must put them together again. */
const NAMES = ["a", "b", "c"].map((letter) => `${letter}${crypto.randomUUID()}`);
const nameOf = (index: number): string => NAMES[(index * 5) % 3] ?? "";

/** The cursor before everything that is seeded here. */
let start = "";

beforeAll(async () => {
  // A stranger's rows lie between ours, in configurations of the same names.
  const first = await takePositions(2 * COUNT);
  start = String(first - 1);
  const rows = Array.from({ length: 2 * COUNT }, (_, index) => ({
    tenant: index % 2 === 0 ? DEV.tenant : STRANGER.tenant,
    seq: first + index,
    number: Math.floor(index / 2),
    configuration: nameOf(Math.floor(index / 2)),
  }));
  const transitions = CATALOG.prepare(`
    INSERT INTO transitions (tenant, configuration, seq, machine_id, created_at, kind, event_id, revision, version,
                             event, from_state, to_state, at, originator, actor)
    SELECT value->>'tenant', value->>'configuration', value->>'seq', 'm' || (value->>'number'), 1,
           iif(value->>'number' = 0, 'created', iif(value->>'number' = 1, 'deleted', 'changed')),
           'e' || (value->>'number'), value->>'number', 'v1', 'go', 'here', 'there', ?2, 'sender', 'key'
    FROM json_each(?1)`);
  const failures = CATALOG.prepare(`
    INSERT INTO failures (tenant, seq, configuration, machine_id, event_id, at, expires_at, receipt)
    SELECT value->>'tenant', value->>'seq', value->>'configuration', 'm' || (value->>'number'),
           'e' || (value->>'number'), ?2, 2 * ?2, json_set(?3, '$.eventId', 'e' || (value->>'number'))
    FROM json_each(?1)`);
  const json = JSON.stringify(rows);
  await CATALOG.batch([transitions.bind(json, AT), failures.bind(json, AT, JSON.stringify(RECEIPT))]);
});

const RECEIPT: Receipt = {
  eventId: "",
  event: "go",
  configId: "c:v1",
  machine: { configuration: "c", id: "m" },
  result: "failed",
  code: "FsmNotFound",
  reason: "MACHINE_NOT_FOUND",
  message: "no such machine",
  from: "",
  revision: 0,
  at: AT,
  originator: "sender",
  actor: "key",
  duplicate: false,
  details: "secret details",
  data: JSON.stringify({ secret: "x".repeat(60_000) }),
};

const FEEDS = ["transitions", "failures"] as const;

/** Everything from a cursor on, and the last cursor. */
async function read(feed: string, query: string, after: string): Promise<{ items: Json[]; cursor: string }> {
  const items: Json[] = [];
  let cursor = after;
  for (;;) {
    const { status, body } = await sendJson(`/api/v1/${feed}?${query}&after=${cursor}`);
    expect(status).toBe(200);
    if (body[feed].length === 0) {
      expect(body.next_cursor).toBe(cursor);
      return { items, cursor };
    }
    items.push(...body[feed]);
    cursor = body.next_cursor;
    expect(items.length).toBeLessThanOrEqual(COUNT);
  }
}

const numbers = Array.from({ length: COUNT }, (_, index) => index);
const numberOf = (item: Json): number => Number((item.event_id ?? `e${item.revision}`).slice(1));

describe.each(FEEDS)("%s", (feed) => {
  test.each([1, 7, 1000])("of all configurations, %i a page: each once, in order", async (size) => {
    const { items } = await read(feed, `page_size=${size}`, start);
    expect(items.map(numberOf)).toEqual(numbers);
  });

  test("of one configuration", async () => {
    for (const name of NAMES) {
      const { items } = await read(feed, `configuration=${name}&page_size=4`, start);
      expect(items.map(numberOf)).toEqual(numbers.filter((number) => nameOf(number) === name));
    }
  });

  test("a cursor goes on where it was given out, with any configuration", async () => {
    const { body } = await sendJson(`/api/v1/${feed}?page_size=40&after=${start}`);
    const { items } = await read(feed, "", body.next_cursor);
    expect(items.map(numberOf)).toEqual(numbers.slice(40));
    const rest = await read(feed, `configuration=${NAMES[0]}`, body.next_cursor);
    expect(rest.items.map(numberOf)).toEqual(numbers.slice(40).filter((number) => nameOf(number) === NAMES[0]));
  });

  test("a poller at the end keeps its cursor, and gets what comes later", async () => {
    const own = `late${crypto.randomUUID()}`;
    const { cursor } = await read(feed, "", start);
    const row = [DEV.tenant, own, await takePositions(1), feed, AT];
    const sql =
      feed === "transitions"
        ? "INSERT INTO transitions VALUES (?1, ?2, ?3, 'm', 1, 'changed', ?4, 1, 'v1', 'go', 'a', 'b', ?5, '', '')"
        : `INSERT INTO failures (tenant, seq, configuration, machine_id, event_id, at, expires_at, receipt, notification) VALUES (?1, ?3, ?2, 'm', ?4, ?5, 2 * ?5, ?6, NULL)`;
    await CATALOG.prepare(sql)
      .bind(...row, ...(feed === "failures" ? [JSON.stringify({ ...RECEIPT, eventId: feed })] : []))
      .run();
    const { body } = await sendJson(`/api/v1/${feed}?after=${cursor}`);
    await CATALOG.prepare(`DELETE FROM ${feed} WHERE configuration = ?`).bind(own).run();
    expect(body[feed].map((item: Json) => item.event_id)).toEqual([feed]);
    expect(body.next_cursor).toBe(String(row[2]));
  });

  test("no cursor: from the oldest that is kept; a configuration without anything: a cursor all the same", async () => {
    for (const query of ["", "after=", "after=0"]) {
      const { body } = await sendJson(`/api/v1/${feed}?${query}`);
      expect(body[feed].length).toBe(50);
    }
    const { body } = await sendJson(`/api/v1/${feed}?configuration=nothing`);
    expect(body).toEqual({ [feed]: [], next_cursor: "0" });
  });

  test.each([
    ["after=x", "/after"],
    ["after=-1", "/after"],
    ["after=1e3", "/after"],
    ["after=1.5", "/after"],
    ["after=1000000000000000", "/after"],
    ["configuration=a:b", "/configuration"],
    ["page_size=-1", "/page_size"],
    ["page_token=x", "/page_token"],
    ["wait=soon", "/wait"],
    ["wait=-1s", "/wait"],
    ["wait=20", "/wait"],
    ["wait=P1M", "/wait"],
  ])("?%s is 400", async (query, pointer) => {
    await expectProblem(sendJson(`/api/v1/${feed}?${query}`), 400, "INVALID_ARGUMENT", [pointer]);
  });
});

test("a transition has its event, a created or deleted machine has none", async () => {
  const { body } = await sendJson(`/api/v1/transitions?page_size=3&after=${start}`);
  const time = new Date(AT).toISOString();
  const common = { to: "there", at: time, originator: "sender", actor: "key" };
  const row = (kind: string, number: number) => ({
    ...common,
    kind,
    configuration: nameOf(number),
    id: `m${number}`,
    revision: number,
    config_id: `${nameOf(number)}:v1`,
  });
  expect(body.transitions).toEqual([
    row("created", 0),
    row("deleted", 1),
    { ...row("changed", 2), event_id: "e2", event: "go", from: "here" },
  ]);
});

test("a failure is its receipt without data and details", async () => {
  const { body } = await sendJson(`/api/v1/failures?page_size=1&after=${start}`);
  expect(body.failures).toEqual([
    {
      event_id: "e0",
      event: "go",
      config_id: "c:v1",
      machine: { configuration: "c", id: "m" },
      result: "failed",
      code: "FsmNotFound",
      reason: "MACHINE_NOT_FOUND",
      message: "no such machine",
      from: "",
      revision: 0,
      at: new Date(AT).toISOString(),
      originator: "sender",
      actor: "key",
      duplicate: false,
    },
  ]);
});

test("what the sender sent does not even leave the database", async () => {
  const { failures } = await listFailures(createHouse(), DEV, { after: start, pageSize: 1 });
  expect(failures.flatMap(Object.keys)).not.toContain("data");
  expect(failures.flatMap(Object.keys)).not.toContain("details");
});

test.each([
  ["Connect", connectBinary],
  ["gRPC-web", grpcWeb],
])("detent.v1 over %s has the same feeds", async (_name, transport) => {
  const feeds = createClient(FeedService, transport);
  const found: string[] = [];
  let after = start;
  for (;;) {
    const { transitions, nextCursor } = await feeds.listTransitions({ after, pageSize: 40 });
    if (transitions.length === 0) break;
    found.push(...transitions.map(({ id }) => id));
    after = nextCursor;
  }
  expect(found).toEqual(numbers.map((number) => `m${number}`));
  const { transitions } = await feeds.listTransitions({ after: start, pageSize: 3 });
  expect(transitions.map(({ kind, eventId, event, from }) => [kind, eventId, event, from])).toEqual([
    ["created", undefined, undefined, undefined],
    ["deleted", undefined, undefined, undefined],
    ["changed", "e2", "go", "here"],
  ]);
  const one = await feeds.listFailures({ after: start, configuration: NAMES[0] ?? "", pageSize: 1 });
  expect(one.failures).toMatchObject([{ eventId: "e0", reason: "MACHINE_NOT_FOUND", details: "" }]);
  expect(one.failures[0]?.data).toEqual({});
});
