/** Counts of machines: the same machines as in lists, in groups, bounded; and how old they may be. */
import { createClient } from "@connectrpc/connect";
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import type { IndexWriterObject } from "../../../src/catalog/index-writer-object.ts";
import { indexWriterOf, type Bindings } from "../../../src/env.ts";
import { MachineService } from "../../../src/gen/detent/v1/machine_service_pb.ts";
import { countMachines } from "../../../src/service/machine-count.ts";
import type { Json } from "../../doors/json.ts";
import { connectBinary, grpcWeb, sendJson } from "../doors/caller.ts";
import { CATALOG, createHouse, DEV, seedMachines, STRANGER, type MachineRow } from "../seed.ts";
import { configuration, expectProblem, MACHINES } from "./orders.ts";

const bindings = env as unknown as Bindings;
const COUNT = `${MACHINES}:count`;
const SINCE = Date.parse("2026-11-01T00:00:00Z");
const STATES = ["start", "pending", "pending", "done"];

const ROWS: MachineRow[] = Array.from({ length: 60 }, (_, index) => ({
  id: `m${index}`,
  version: index % 5 === 1 ? "v2" : "v1",
  state: STATES[index % 4] ?? "",
  updatedAt: SINCE + index * 1_000,
  retiredAt: index % 6 === 0 ? SINCE : null,
  labels: { customer: `${index % 3}` },
}));
const LIVING = ROWS.filter(({ retiredAt }) => retiredAt === null);
const name = `c${crypto.randomUUID()}`;

beforeAll(async () => {
  await seedMachines(DEV.tenant, name, ROWS);
  await seedMachines(STRANGER.tenant, name, ROWS);
});

const count = async (query: string): Promise<Json> => {
  const { status, body } = await sendJson(`${COUNT}?configuration=${name}${query}`);
  expect(status).toBe(200);
  return body;
};

type Group = "state" | "version";

/** The same, counted here. */
function expected(rows: readonly MachineRow[], groups: readonly Group[]) {
  const counts = new Map<string, { state?: string; version?: string; count: number }>();
  for (const row of rows) {
    const group = Object.fromEntries(groups.map((member) => [member, row[member]]));
    const key = JSON.stringify(group);
    counts.set(key, { ...group, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  const keyOf = ({ state = "", version = "" }) => `${state} ${version}`;
  const sorted = [...counts.values()].toSorted((a, b) => b.count - a.count || (keyOf(a) < keyOf(b) ? -1 : 1));
  return { counts: groups.length > 0 ? sorted : [], total: rows.length, index_lag_ms: 0 };
}

const at = (second: number): string => new Date(SINCE + second * 1_000).toISOString();

const FILTERS: readonly [query: string, matches: (row: MachineRow) => boolean][] = [
  ["", () => true],
  ["&state=pending", ({ state }) => state === "pending"],
  ["&version=v2", ({ version }) => version === "v2"],
  ["&version=v1&state=done", ({ version, state }) => version === "v1" && state === "done"],
  [
    `&updated_after=${at(4)}&updated_before=${at(40)}`,
    ({ updatedAt }) => updatedAt > SINCE + 4_000 && updatedAt < SINCE + 40_000,
  ],
  [`&updated_before=${at(40)}&state=start`, ({ updatedAt, state }) => updatedAt < SINCE + 40_000 && state === "start"],
  ["&label.customer=1", ({ labels }) => labels?.["customer"] === "1"],
  [
    "&label.customer=1&label.of=dev&state=done",
    ({ labels, state }) => labels?.["customer"] === "1" && state === "done",
  ],
  ["&label.customer=9", () => false],
];
const GROUPS: readonly [query: string, groups: readonly Group[]][] = [
  ["", []],
  ["&group_by=", []],
  ["&group_by=state", ["state"]],
  ["&group_by=version", ["version"]],
  ["&group_by=state,version", ["state", "version"]],
  ["&group_by=version,state", ["state", "version"]],
];

describe.each(GROUPS)("%s", (groupBy, groups) => {
  test.each(FILTERS)("%s: largest first, then by name; nobody else's and none that is gone", async (query, matches) => {
    expect(await count(`${query}${groupBy}`)).toEqual(expected(LIVING.filter(matches), groups));
  });
});

test.each([
  ["Connect", connectBinary],
  ["gRPC-web", grpcWeb],
])("%s counts the same", async (_name, transport) => {
  const machines = createClient(MachineService, transport);
  const seconds = BigInt(SINCE / 1_000);
  const filter = { version: "v1", updatedAfter: { seconds: seconds + 4n, nanos: 0 }, labels: { customer: "2" } };
  const answer = await machines.countMachines({ configuration: name, groupBy: ["state"], ...filter });
  const same = await count(`&version=v1&updated_after=${at(4)}&label.customer=2&group_by=state`);
  expect(answer.counts.map(({ state, version, count: of }) => ({ state, version, count: of }))).toEqual(
    same.counts.map((group: Json) => ({ ...group, version: "" })),
  );
  expect([answer.total, answer.indexLagMs]).toEqual([same.total, 0]);
  expect(same.counts.length).toBeGreaterThan(1);
});

test.each([
  ["", "/configuration", "required"],
  ["configuration=c&group_by=states", "/group_by", "one_of"],
  ["configuration=c&group_by=state,", "/group_by", "one_of"],
  ["configuration=c&group_by=state,version,state", "/group_by", "repeated"],
  ["configuration=c&label.a=1&label.b=2&label.c=3", "/labels", "limit_exceeded"],
  ["configuration=c&updated_after=yesterday", "/updated_after", "invalid_format"],
  ["configuration=c&order=id", "/order", "unknown_field"],
  ["configuration=c&page_size=1", "/page_size", "unknown_field"],
])("?%s is 400", async (query, pointer, rule) => {
  const { status, body } = await sendJson(`${COUNT}?${query}`);
  expect(status).toBe(400);
  expect(body.errors).toMatchObject([{ pointer, rule }]);
});

test("a configuration without machines, or unknown, has none of any group", async () => {
  for (const other of [await configuration(), "nowhere"]) {
    const { body } = await sendJson(`${COUNT}?configuration=${other}&group_by=state`);
    expect(body).toEqual({ counts: [], total: 0, index_lag_ms: 0 });
  }
});

test("10,000 groups are answered, one more is a limit", async () => {
  const many = `c${crypto.randomUUID()}`;
  const seed = async (from: number, to: number) => {
    const sql = `
      WITH RECURSIVE n (i) AS (SELECT ?2 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?3)
      INSERT INTO machines (tenant, configuration, id, version, state, revision, change, created_at, updated_at, labels)
      SELECT 'dev', ?1, 'm' || i, 'v' || i, 's' || (i % 500), 0, 0, 1, i, '{}' FROM n`;
    await CATALOG.prepare(sql).bind(many, from, to).run();
  };
  await seed(0, 10_000);
  const input = { configuration: many, groupBy: ["state", "version"] };
  const { counts, total } = await countMachines(createHouse(), DEV, input);
  expect([counts.length, total]).toEqual([10_000, 10_000]);
  await seed(10_000, 10_001);
  const refused = `${COUNT}?configuration=${many}&group_by=version`;
  await expectProblem(sendJson(refused), 400, "LIMIT_EXCEEDED", ["/group_by"]);
  expect((await sendJson(`${COUNT}?configuration=${many}`)).body.total).toBe(10_001);
});

test("lists and counts say how far the index is behind, and wait for no database that is", async () => {
  const address = { tenant: DEV.tenant, configuration: name, id: "late" };
  const writer = indexWriterOf(bindings, address) as unknown as DurableObjectStub<IndexWriterObject>;
  const common = { ...address, version: "v1", state: "start", labels: "{}", revision: 0, change: 1 };
  const row = {
    ...common,
    createdAt: 1,
    updatedAt: 1,
    dueAt: null,
    retiredAt: null,
    isNew: true,
    refusals: [],
    lookups: [],
  };
  const fact = { kind: "created", eventId: "detent:created", revision: 0, version: "v1", event: "" } as const;
  const told = { ...fact, from: "", to: "start", at: Date.now() - 60_000, originator: "", actor: "" };
  const set = (db: unknown) =>
    runInDurableObject(writer, (instance) => void Object.assign(instance, { env: { ...bindings, CATALOG: db } }));
  await set(undefined);
  expect((await writer.write({ ...row, transitions: [told] }, true)).ok).toBe(false);
  for (const path of [MACHINES, COUNT]) {
    const { index_lag_ms: lag } = (await sendJson(`${path}?configuration=${name}`)).body;
    expect(lag).toBeGreaterThanOrEqual(60_000);
    expect(lag).toBeLessThan(120_000);
  }
  await set(bindings.CATALOG);
  expect((await writer.write({ ...row, transitions: [told] }, true)).ok).toBe(true);
  expect((await count("")).index_lag_ms).toBe(0);
  expect((await count("")).total).toBe(LIVING.length + 1);
});
