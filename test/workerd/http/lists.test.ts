/** Lists of machines: pages, orders, filters, tokens; and how v1beta lists them however many there are. */
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { beforeAll, describe, expect, test } from "vitest";
import { ConfigurationService } from "../../../src/gen/detent/v1/configuration_service_pb.ts";
import { MachineService } from "../../../src/gen/detent/v1/machine_service_pb.ts";
import { StatemachineService } from "../../../src/gen/statemachine/v1beta/statemachine_pb.ts";
import { sortByRarity } from "../../../src/catalog/machine-filter.ts";
import { streamConfigurations } from "../../../src/service/configurations.ts";
import { listMachines, streamMachines } from "../../../src/service/machine-list.ts";
import type { Json } from "../../doors/json.ts";
import { connectBinary, grpcWeb, sendJson } from "../doors/caller.ts";
import { CATALOG, createHouse, DEV, seedMachines, seedManyMachines, STRANGER, type MachineRow } from "../seed.ts";
import { CONFIGURATIONS, configuration, expectProblem, MACHINES, orders } from "./orders.ts";

/** When the first of the seeded machines changed. */
const SINCE = Date.parse("2026-11-01T00:00:00Z");
const STATES = ["start", "pending", "done"];

/** Changes share instants, three by three, and are in no order of ids; every fifth machine is gone. */
const ROWS: MachineRow[] = Array.from({ length: 60 }, (_, index) => ({
  id: `m${(index * 7) % 60}`,
  version: index % 4 === 0 ? "v2" : "v1",
  state: STATES[(index * 5) % 3] ?? "",
  updatedAt: SINCE + Math.floor(index / 3) * 1_000,
  retiredAt: index % 5 === 0 ? SINCE : null,
  labels: { customer: `${index % 4}`, ...(index % 3 === 0 && { "a.b=c/\u00fc": '"1" & 2' }) },
}));
const LIVING = ROWS.filter(({ retiredAt }) => retiredAt === null);

let name = "";

beforeAll(async () => {
  name = await configuration();
  expect((await sendJson(CONFIGURATIONS, { ...orders(name), version: "v2" })).status).toBe(201);
  await seedMachines(DEV.tenant, name, ROWS);
  const strangers = ROWS.map((row) => ({ ...row, retiredAt: null }));
  await seedMachines(STRANGER.tenant, name, [...strangers, { ...strangers[0]!, id: "strange" }]);
});

async function walk(query: string, size = 7): Promise<Json[]> {
  const found: Json[] = [];
  let token = "";
  do {
    const { status, body } = await sendJson(`${MACHINES}?${query}&page_size=${size}&page_token=${token}`);
    expect(status).toBe(200);
    expect(body.statemachines.length).toBeLessThanOrEqual(size);
    found.push(...body.statemachines);
    token = body.next_page_token;
    expect(found.length).toBeLessThanOrEqual(ROWS.length);
  } while (token !== "");
  return found;
}

const byId = (a: MachineRow, b: MachineRow): number => (a.id < b.id ? -1 : 1);
const byTime = (a: MachineRow, b: MachineRow): number => a.updatedAt - b.updatedAt || byId(a, b);

const ORDERS = [
  ["", byId],
  ["id", byId],
  ["updated_at", byTime],
  ["-updated_at", (a: MachineRow, b: MachineRow) => byTime(b, a)],
] as const;

const at = (second: number): string => new Date(SINCE + second * 1_000).toISOString();

const FILTERS: readonly [query: string, matches: (row: MachineRow) => boolean][] = [
  ["", () => true],
  ["&state=pending", ({ state }) => state === "pending"],
  ["&version=v1", ({ version }) => version === "v1"],
  ["&version=v2&state=done", ({ version, state }) => version === "v2" && state === "done"],
  [`&updated_after=${at(4)}`, ({ updatedAt }) => updatedAt > SINCE + 4_000],
  [`&updated_before=${at(15)}`, ({ updatedAt }) => updatedAt < SINCE + 15_000],
  [
    `&updated_after=${at(4)}&updated_before=${at(15)}`,
    ({ updatedAt }) => updatedAt > SINCE + 4_000 && updatedAt < SINCE + 15_000,
  ],
  [
    `&updated_after=${at(2)}&version=v1&state=pending`,
    ({ updatedAt, version, state }) => updatedAt > SINCE + 2_000 && version === "v1" && state === "pending",
  ],
  ["&state=nowhere", () => false],
];

describe.each(ORDERS)("order=%s", (order, compare) => {
  test.each(FILTERS)("%s: each machine once, in order, none that is gone", async (query, matches) => {
    const expected = LIVING.filter(matches).toSorted(compare);
    for (const size of [1, 7, expected.length || 1]) {
      const found = await walk(`configuration=${name}&order=${order}${query}`, size);
      expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    }
  });
});

const STRANGE = encodeURIComponent("a.b=c/\u00fc");
const STRANGE_VALUE = encodeURIComponent('"1" & 2');
const hasStrange = ({ labels }: MachineRow): boolean => Object.keys(labels ?? {}).length > 1;

describe("by label", () => {
  test.each<readonly [query: string, matches: (row: MachineRow) => boolean]>([
    ["&label.customer=1", ({ labels }) => labels?.["customer"] === "1"],
    ["&label.of=dev", () => true],
    [`&label.${STRANGE}=${STRANGE_VALUE}`, hasStrange],
    [
      `&label.${STRANGE}=${STRANGE_VALUE}&label.customer=2`,
      (row) => hasStrange(row) && row.labels?.["customer"] === "2",
    ],
    ["&label.of=dev&state=pending", ({ state }) => state === "pending"],
    ["&label.customer=0&version=v2", ({ labels, version }) => labels?.["customer"] === "0" && version === "v2"],
    [`&label.of=dev&updated_after=${at(4)}`, ({ updatedAt }) => updatedAt > SINCE + 4_000],
    ["&label.of=stranger", () => false],
    ["&label.customer=", () => false],
    ["&label.=dev", () => false],
    ["&label.__proto__=dev", () => false],
    ["&label.Customer=1", () => false],
  ])("%s: each machine once, in order of ids, none that is gone", async (query, matches) => {
    const expected = LIVING.filter(matches).toSorted(byId);
    for (const size of [1, 7]) {
      const found = await walk(`configuration=${name}${query}`, size);
      expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    }
  });

  test("the rarer of two labels is sought by, wherever the page begins", async () => {
    const many = `c${crypto.randomUUID()}`;
    const rows = Array.from({ length: 2_000 }, (_, index) => ({
      id: `m${index}`,
      version: "v1",
      state: "start",
      updatedAt: 1,
      retiredAt: null,
      labels: index % 1_000 === 0 ? { a: "common", z: "rare" } : { a: "common" },
    }));
    await seedMachines(DEV.tenant, many, rows);
    const common = { name: "a", value: "common" };
    const rare = { name: "z", value: "rare" };
    const db = createHouse().catalog(DEV.tenant);
    expect(await sortByRarity(db, many, [common, rare])).toEqual([rare, common]);
    expect(await sortByRarity(db, many, [rare, common])).toEqual([rare, common]);
    const found = await walk(`configuration=${many}&label.a=common&label.z=rare`, 1);
    expect(found.map(({ id }) => id)).toEqual(["m0", "m1000"]);
  });
});

test("a machine in a list: everything but data and history", async () => {
  const { body } = await sendJson(`${MACHINES}?configuration=${name}&version=v2&state=done&page_size=1`);
  const [row] = LIVING.filter(({ version, state }) => version === "v2" && state === "done").toSorted(byId);
  expect(body.statemachines).toEqual([
    {
      id: row?.id,
      statemachine: {
        config_id: `${name}:v2`,
        state: "done",
        labels: { of: DEV.tenant, ...row?.labels },
        revision: 3,
        final: true,
        created_at: "1970-01-01T00:00:01.000Z",
        updated_at: new Date(row?.updatedAt ?? 0).toISOString(),
      },
    },
  ]);
});

test("final is what the machine's own version says", async () => {
  const loop = { ...orders(name), version: "v3" };
  loop.transitions.push({ from: "done", to: "start", event: "again" });
  expect((await sendJson(CONFIGURATIONS, loop)).status).toBe(201);
  const row = { id: "v3-done", version: "v3", state: "done", updatedAt: 1, retiredAt: null };
  await seedMachines(DEV.tenant, name, [row]);
  const found = await walk(`configuration=${name}&state=done`);
  await CATALOG.prepare("DELETE FROM machines WHERE id = 'v3-done'").run();
  const finals = found.map(({ statemachine }) => [statemachine.config_id, statemachine.final]);
  expect(new Set(finals.map(String))).toEqual(new Set([`${name}:v1,true`, `${name}:v2,true`, `${name}:v3,false`]));
  const open = await walk(`configuration=${name}&state=pending`);
  expect(open.every(({ statemachine }) => statemachine.final === false)).toBe(true);
});

test("a machine is listed once it is created, and moves with its events", async () => {
  const own = await configuration();
  await sendJson(MACHINES, { config_id: own, id: "m", labels: { a: "b" } });
  const [created] = await walk(`configuration=${own}`);
  expect(created).toMatchObject({ id: "m", statemachine: { state: "start", labels: { a: "b" }, revision: 0 } });
});

describe("detent.v1 lists the same", () => {
  test.each([
    ["Connect", connectBinary],
    ["gRPC-web", grpcWeb],
  ])("%s", async (_name, transport) => {
    const machines = createClient(MachineService, transport);
    const seconds = BigInt(SINCE / 1_000);
    const filter = {
      configuration: name,
      order: "-updated_at",
      updatedAfter: { seconds: seconds + 4n, nanos: 0 },
      updatedBefore: { seconds: seconds + 15n, nanos: 0 },
    };
    const found: string[] = [];
    let pageToken = "";
    do {
      const page = await machines.listMachines({ ...filter, pageSize: 7, pageToken });
      found.push(...page.statemachines.map(({ id, statemachine }) => `${id} ${statemachine?.configId}`));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    const query = `configuration=${name}&order=-updated_at&updated_after=${at(4)}&updated_before=${at(15)}`;
    const expected = (await walk(query)).map(({ id, statemachine }) => `${id} ${statemachine.config_id}`);
    expect(found).toEqual(expected);
    expect(found.length).toBeGreaterThan(7);
  });

  test("a broken timestamp is refused", async () => {
    const machines = createClient(MachineService, connectBinary);
    const updatedAfter = { seconds: 0n, nanos: -1 };
    await expect(machines.listMachines({ configuration: name, updatedAfter })).rejects.toMatchObject({
      code: Code.InvalidArgument,
    });
  });
});

test("a refused time is shown as it was sent", async () => {
  const { body } = await sendJson(`${MACHINES}?configuration=c&updated_after=yesterday`);
  expect(body.errors[0].value).toBe("yesterday");
  const lower = await sendJson(`${MACHINES}?configuration=${name}&updated_after=${at(4).toLowerCase()}`);
  expect(lower.body.statemachines.length).toBe(LIVING.filter(({ updatedAt }) => updatedAt > SINCE + 4_000).length);
});

test("the order that labels do not have is refused by name and value, and too many labels as a limit", async () => {
  const ordered = `${MACHINES}?configuration=c&label.a=b&order=-updated_at`;
  const { errors } = await expectProblem(sendJson(ordered), 400, "INVALID_ARGUMENT", ["/order"]);
  expect(errors[0]).toMatchObject({ rule: "label_order", value: "-updated_at" });
  const many = `${MACHINES}?configuration=c&label.a=b&label.b=c&label.c=d`;
  const problem = await expectProblem(sendJson(many), 400, "LIMIT_EXCEEDED", ["/labels"]);
  expect(problem.errors[0]).toMatchObject({ value: "3" });
});

test.each([
  ["", "/configuration"],
  ["configuration=", "/configuration"],
  ["configuration=a:b", "/configuration"],
  ["configuration=c&order=created_at", "/order"],
  ["configuration=c&version=-", "/version"],
  [`configuration=c&state=${"s".repeat(129)}`, "/state"],
  ["configuration=c&updated_after=yesterday", "/updated_after"],
  ["configuration=c&updated_before=1", "/updated_before"],
  ["configuration=c&page_size=-1", "/page_size"],
  ["configuration=c&page_token=x", "/page_token"],
  ["configuration=c&label=b", "/label"],
  ["configuration=c&label=b&label.a=b", "/label"],
  ["configuration=c&labels.a=b", "/labels.a"],
  ["configuration=c&label.a=b&label.b=c&label.c=d", "/labels"],
  [`configuration=c&label.a=${"b".repeat(4_096)}`, "/labels"],
  ["configuration=c&label.a=b&order=updated_at", "/order"],
  ["configuration=c&label.a=b&label.a=c", "/label.a"],
  ["configuration=c&stat=done", "/stat"],
])("?%s is 400", async (query, pointer) => {
  const { status, body } = await sendJson(`${MACHINES}?${query}`);
  expect([status, body.errors.map((error: Json) => error.pointer)]).toEqual([400, [pointer]]);
});

test("a configuration without machines, or unknown, has an empty list", async () => {
  for (const other of [await configuration(), "nowhere"]) {
    const { body } = await sendJson(`${MACHINES}?configuration=${other}`);
    expect(body).toEqual({ statemachines: [], next_page_token: "", index_lag_ms: 0 });
  }
});

describe("a page token", () => {
  const filter = (): string => `configuration=${name}&order=updated_at&state=pending&page_size=2`;
  const tokenOf = async (): Promise<string> => (await sendJson(`${MACHINES}?${filter()}`)).body.next_page_token;
  const refuse = (query: string, token: string) =>
    expectProblem(sendJson(`${MACHINES}?${query}&page_token=${token}`), 400, "INVALID_ARGUMENT", ["/page_token"]);

  test("goes with the same filters, whatever the page size", async () => {
    const { status } = await sendJson(`${MACHINES}?${filter().replace("=2", "=5")}&page_token=${await tokenOf()}`);
    expect(status).toBe(200);
  });

  test.each([
    ["order", (query: string) => query.replace("order=updated_at", "order=-updated_at")],
    ["state", (query: string) => query.replace("state=pending", "state=start")],
    ["no state", (query: string) => query.replace("&state=pending", "")],
    ["version", (query: string) => `${query}&version=v1`],
    ["updated_after", (query: string) => `${query}&updated_after=${at(0)}`],
    ["updated_before", (query: string) => `${query}&updated_before=${at(0)}`],
    ["configuration", (query: string) => query.replace(name, "other")],
    ["order, with a label", (query: string) => `${query.replace("order=updated_at", "")}&label.of=dev`],
  ])("of another %s is refused", async (_what, change) => {
    await refuse(change(filter()), await tokenOf());
  });

  test.each(["of=stranger", "customer=1", "of=dev&label.customer=1", ""])(
    "of other labels is refused: %s",
    async (other) => {
      const labelled = `configuration=${name}&page_size=2`;
      const token = (await sendJson(`${MACHINES}?${labelled}&label.of=dev`)).body.next_page_token;
      expect((await sendJson(`${MACHINES}?${labelled}&label.of=dev&page_token=${token}`)).status).toBe(200);
      await refuse(other === "" ? labelled : `${labelled}&label.${other}`, token);
    },
  );

  test("whose position was edited is refused", async () => {
    const [key = "", signature = ""] = (await tokenOf()).split(".");
    const edited = btoa(atob(key).replace(/\d:/, "9:")).replaceAll("=", "");
    expect(edited).not.toBe(key);
    await refuse(filter(), `${edited}.${signature}`);
  });

  test("of another tenant is refused", async () => {
    const input = { configuration: name, order: "updated_at", state: "pending", pageSize: 2 };
    const mine = await listMachines(createHouse(), DEV, input);
    const strange = await listMachines(createHouse(), STRANGER, input);
    expect((await sendJson(`${MACHINES}?${filter()}&page_token=${mine.nextPageToken}`)).status).toBe(200);
    await refuse(filter(), strange.nextPageToken);
  });
});

describe("with 100,000 machines", () => {
  const MANY = 100_000;
  const client = createClient(StatemachineService, connectBinary);
  /** Of every ten machines one is in `tenth`: 10,000, as many as GetAllInState answers. */
  const states = ["tenth", ...Array.from({ length: 9 }, () => "rest")];
  let many = "";

  beforeAll(async () => {
    many = `c${crypto.randomUUID()}`;
    await seedManyMachines(DEV.tenant, many, MANY, states);
    await seedMachines(DEV.tenant, many, [
      { id: "gone", version: "v1", state: "tenth", updatedAt: 1, retiredAt: SINCE },
    ]);
    await seedManyMachines(STRANGER.tenant, many, 100, ["tenth"]);
  });

  test("GetAllInState answers 10,000 ids", async () => {
    const { ids } = await client.getAllInState({ config: many, query: { case: "state", value: "tenth" } });
    const expected = Array.from({ length: MANY / 10 }, (_, index) => `m${index * 10}`);
    expect(new Set(ids)).toEqual(new Set(expected));
    expect(ids.length).toBe(expected.length);
  });

  test("GetAllInState of one more is RESOURCE_EXHAUSTED and names StreamAllInstate", async () => {
    await CATALOG.prepare(
      "UPDATE machines SET state = 'tenth' WHERE tenant = 'dev' AND configuration = ? AND id = 'm1'",
    )
      .bind(many)
      .run();
    const failure: unknown = await client
      .getAllInState({ config: many, query: { case: "state", value: "tenth" } })
      .catch((error: unknown) => error);
    expect(ConnectError.from(failure)).toMatchObject({ code: Code.ResourceExhausted });
    expect(ConnectError.from(failure).rawMessage).toContain("StreamAllInstate");
  });

  test("StreamAllInstate streams every one of them, once", async () => {
    const ids = new Set<string>();
    let count = 0;
    for await (const { id } of client.streamAllInstate({ config: many })) {
      ids.add(id);
      count += 1;
    }
    expect([count, ids.size]).toEqual([MANY, MANY]);
    expect(ids.has("gone")).toBe(false);
  });

  test("in reads of 500 rows at most, which begin as they are consumed", async () => {
    const reads = { rows: [] as number[] };
    const house = createHouse(undefined, reads);
    let count = 0;
    for await (const machine of streamMachines(house, DEV, many, "")) {
      expect(machine.configId).toBe(`${many}:v1`);
      count += 1;
      if (count === 1) expect(reads.rows).toEqual([500]);
    }
    expect(count).toBe(MANY);
    expect(Math.max(...reads.rows)).toBe(500);
  });
});

describe("with 2,000 versions", () => {
  const VERSIONS = 2_000;
  const expected = Array.from({ length: VERSIONS }, (_, index) => `v${VERSIONS - index}`);
  let versions = "";

  beforeAll(async () => {
    versions = `c${crypto.randomUUID()}`;
    const { name: _name, version: _version, ...rest } = orders(versions);
    const sql = `
      WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?3)
      INSERT INTO configurations (tenant, name, version, source, created_at)
      SELECT ?1, ?2, 'v' || n, json_set(?4, '$.name', ?2, '$.version', 'v' || n), n FROM numbers`;
    for (const [tenant, count] of [
      [DEV.tenant, VERSIONS],
      [STRANGER.tenant, VERSIONS + 7],
    ]) {
      await CATALOG.prepare(sql).bind(tenant, versions, count, JSON.stringify(rest)).run();
    }
  });

  test("StreamAllConfigurations streams every one, newest first", async () => {
    const client = createClient(StatemachineService, connectBinary);
    const found: string[] = [];
    for await (const { name: of, version, states } of client.streamAllConfigurations({ value: versions })) {
      expect([of, states.length]).toEqual([versions, 3]);
      found.push(version);
    }
    expect(found).toEqual(expected);
  });

  test("in reads of ten sources at most", async () => {
    const reads = { rows: [] as number[] };
    let count = 0;
    for await (const { source } of streamConfigurations(createHouse(undefined, reads), DEV, versions)) {
      expect(source.version).toBe(expected[count]);
      count += 1;
    }
    expect(count).toBe(VERSIONS);
    expect(Math.max(...reads.rows)).toBe(10);
  });

  test("a page of machines of many versions reads their sources ten at a time", async () => {
    const rows = expected.slice(0, 95).map((version) => ({
      id: `of-${version}`,
      version,
      state: "done",
      updatedAt: 1,
      retiredAt: null,
    }));
    await seedMachines(DEV.tenant, versions, rows);
    const reads = { rows: [] as number[] };
    const found = await listMachines(createHouse(undefined, reads), DEV, { configuration: versions, pageSize: 100 });
    expect(found.statemachines.every(({ final }) => final)).toBe(true);
    expect(reads.rows).toEqual([95, ...Array.from({ length: 9 }, () => 10), 5]);
  });

  test("ListConfigurations lists every one", async () => {
    const client = createClient(ConfigurationService, connectBinary);
    const { configurations } = await client.listConfigurations({ configuration: versions });
    expect(configurations.map((found) => found.versions)).toEqual([expected]);
  });
});
