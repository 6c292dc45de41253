/**
 * The isolation matrix: everything that can be called, by everybody who might. Its rows come from the protos and the
 * router table, so that what is added later is in it: a method that does not say who may call it fails here.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { EVERY_SCOPE, SCOPES, type Scope } from "../../../src/auth/scope.ts";
import { makeKey as makeKeyText } from "../../../src/auth/key-text.ts";
import { Tokens, type TokenClaims } from "../../../src/auth/token.ts";
import { ROOT_KEY, SECRETS } from "../../secrets.ts";
import { ask, call } from "./asking.ts";
import { canaryOf, changeKey, expectOk, makeKey, makeKeysByScope, makeSide, type Side } from "./cast.ts";
import { OPERATIONS_OF_ALL_DOORS, type Operation } from "./operations.ts";
import { chart, type Names } from "./samples.ts";

const isOpen = ({ access }: Operation): boolean => access === "open";
const CLOSED = OPERATIONS_OF_ALL_DOORS.filter((operation) => !isOpen(operation));
const SCOPED = CLOSED.filter(({ access }) => EVERY_SCOPE.has(access as Scope));

const CANARY = canaryOf("owner");

/** Nobody's, and shaped as the ids that there are. */
const NOBODYS: Names = {
  tenant: "nobody",
  configuration: "c-nobody",
  machine: "machine of nobody",
  event: "event of nobody",
  job: "5e5d3a52-7b0b-4d55-8f0e-0d1c4f1f7a10",
  key: "0000000000000000",
  letter: "1700000000000-nobody",
};

let owner: Side;
let stranger: Side;
let keys: Awaited<ReturnType<typeof makeKeysByScope>>;
const bad = new Map<string, string | undefined>();

beforeAll(async () => {
  owner = await makeSide("owner");
  stranger = await makeSide("stranger");
  keys = await makeKeysByScope("owner");
  const [expired, revoked] = [await makeKey("owner"), await makeKey("owner")];
  await changeKey(expired.id, "expires_at = created_at");
  await expectOk(`/api/v1/keys/${revoked.id}/revoke`, ROOT_KEY, { tenant: "owner" });
  bad.set("no key", undefined);
  bad.set("an unknown key", makeKeyText().text);
  bad.set("another secret under an id that is there", makeKeyText(owner.names.key).text);
  bad.set("an expired key", expired.secret);
  bad.set("a revoked key", revoked.secret);
  bad.set("no credential at all", "nonsense");
  bad.set("a token of a revoked key", await signToken(SECRETS.DETENT_TOKEN_SECRET, { key: revoked.id }));
  bad.set("a token of a key of another tenant", await signToken(SECRETS.DETENT_TOKEN_SECRET, { tenant: "stranger" }));
  bad.set("an expired token", await signToken(SECRETS.DETENT_TOKEN_SECRET, { expiresAt: 1_700_000_000 }));
  bad.set("a token of another deployment", await signToken("x".repeat(43), {}));
}, 60_000);

function signToken(secret: string, claims: Partial<TokenClaims>): Promise<string> {
  const { configuration, key } = owner.names;
  const expiresAt = Math.floor(Date.now() / 1_000) + 600;
  const all = { tenant: "owner", key, subject: "", scopes: [...SCOPES], configurations: [configuration], expiresAt };
  return new Tokens([secret]).sign({ ...all, ...claims }, "id");
}

/** A token that may do what tokens can. */
async function makeToken(reach: object): Promise<string> {
  const scopes = ["configurations:read", "machines:read", "machines:write", "events:send"];
  const { token } = await expectOk("/api/v1/tokens", owner.key, { scopes, ...reach });
  return token as string;
}

test("every method and every route says who may call it, and no method is left out", () => {
  expect(OPERATIONS_OF_ALL_DOORS.filter(({ access }) => access === undefined).map(({ name }) => name)).toEqual([]);
  expect(OPERATIONS_OF_ALL_DOORS.filter(isOpen).map(({ name }) => name)).toEqual([
    "CheckHealth",
    "GetErrorPage",
    "GetOpenApi",
    "GetDocs",
    "grpc.health.v1.Health/Check",
    "statemachine.v1beta.StatemachineService/Health",
  ]);
});

test("a route asks for the scope that the method asks for which does the same", () => {
  const byName = new Map(OPERATIONS_OF_ALL_DOORS.map((operation) => [operation.name, operation]));
  const different = OPERATIONS_OF_ALL_DOORS.flatMap(({ name, access, rpc }) => {
    const method = rpc === null ? undefined : byName.get(rpc);
    return method === undefined || method.access === access ? [] : [`${name}: ${access}, ${rpc}: ${method.access}`];
  });
  // The method draws either, and asks for the scope of what is drawn when it knows.
  expect(different).toEqual([
    "GetConfigurationSvg: configurations:read, detent.v1.ConfigurationService/GetDiagram: any",
    "GetConfigurationMermaid: configurations:read, detent.v1.ConfigurationService/GetDiagram: any",
    "GetMachineSvg: machines:read, detent.v1.ConfigurationService/GetDiagram: any",
    "GetMachineMermaid: machines:read, detent.v1.ConfigurationService/GetDiagram: any",
  ]);
});

describe("who has no valid credential", () => {
  test.each(CLOSED)("is told so by $name", async (operation) => {
    for (const [who, credential] of bad) {
      const { status, reason } = await ask(operation, owner.names, credential);
      expect({ who, reason }).toEqual({ who, reason: "UNAUTHENTICATED" });
      if (!(operation.isRpc && operation.isStream)) expect(status, who).toBe(401);
    }
  });

  test.each(OPERATIONS_OF_ALL_DOORS.filter(isOpen))("may call $name", async (operation) => {
    for (const [who, credential] of bad) expect((await ask(operation, owner.names, credential)).status, who).toBe(200);
  });
});

describe("a key without the scope", () => {
  test.each(SCOPED)("may not call $name", async (operation) => {
    const told = await ask(operation, owner.names, keys.without(operation.access as Scope));
    expect(told).toMatchObject({ reason: "PERMISSION_DENIED" });
    expect(told.text).toContain(operation.access);
  });

  test.each(CLOSED.filter(({ access }) => access === "root"))(
    "of the deployment may not call $name",
    async (operation) => {
      expect(await ask(operation, owner.names, owner.key)).toMatchObject({ reason: "PERMISSION_DENIED" });
    },
  );

  test.each(CLOSED.filter(({ access = "any" }) => !["root", "known", "keys:admin"].includes(access)))(
    "of any tenant, which the root key is, may not call $name",
    async (operation) => {
      expect(await ask(operation, owner.names, ROOT_KEY)).toMatchObject({ reason: "PERMISSION_DENIED" });
    },
  );
});

/** These ask for other scopes, too, behind the door. */
const TWO_SCOPES = new Set([
  "CreateJob",
  "detent.v1.JobService/CreateJob",
  "ImportChart",
  "ExportTenant",
  "detent.v1.TenantService/ExportTenant",
]);
/** These take no key but one that may give what is asked for. */
const GIVERS = new Set(["CreateKey", "detent.v1.TenantService/CreateKey"]);

describe("a key with that scope alone", () => {
  test.each(SCOPED.filter(({ name }) => !GIVERS.has(name)))("may call $name", async (operation) => {
    const { reason } = await ask(operation, NOBODYS, keys.only(operation.access as Scope));
    expect(["UNAUTHENTICATED", TWO_SCOPES.has(operation.name) ? "" : "PERMISSION_DENIED"]).not.toContain(reason);
  });
});

/** These make something of that name for whoever calls; what is asked about it afterwards is his own. */
const MAKERS = new Set([
  "ImportChart",
  "CreateConfiguration",
  "detent.v1.ConfigurationService/CreateConfiguration",
  "statemachine.v1beta.StatemachineService/PutConfiguration",
]);
/** These name nothing: two answers differ by what has happened between them. */
const ABOUT_ALL = new Set([
  "ListJobs",
  "detent.v1.JobService/ListJobs",
  "ListDeadLetters",
  "detent.v1.DeadLetterService/ListDeadLetters",
  "GetMetrics",
  // Each is an entry of the audit log, which it tells.
  "ExportTenant",
  // His own failures, of asking for what is not there.
  "ListFailures",
  "detent.v1.FeedService/ListFailures",
]);

describe("another tenant", () => {
  const expectNothing = async (operation: Operation): Promise<void> => {
    const foreign = await ask(operation, owner.names, stranger.key);
    const unknown = await ask(operation, NOBODYS, stranger.key);
    expect(foreign.status).toBe(unknown.status);
    expect(foreign.text).not.toContain(CANARY);
    if (!ABOUT_ALL.has(operation.name)) expect(plain(foreign.text, owner.names)).toBe(plain(unknown.text, NOBODYS));
  };

  test.each(CLOSED.filter(({ name }) => !MAKERS.has(name)))(
    "learns nothing by $name, and cannot tell what is the owner's from what is nobody's",
    expectNothing,
  );

  const ofOneKey = CLOSED.filter(({ name }) => /(?:Get|Reroll|Revoke)Key$/.test(name));
  test.each(ofOneKey)("learns nothing by $name of another's key under his own name", async (operation) => {
    const foreign = await ask(operation, { ...owner.names, tenant: "stranger" }, stranger.key);
    const unknown = await ask(operation, { ...NOBODYS, tenant: "stranger" }, stranger.key);
    expect(foreign).toMatchObject({ status: 404, reason: "NOT_FOUND" });
    expect(plain(foreign.text, owner.names)).toBe(plain(unknown.text, NOBODYS));
  });

  test("finds nothing of the owner's in any list of its own", async () => {
    const { configuration } = owner.names;
    const lists = [
      "/api/v1/configurations",
      `/api/v1/configurations?configuration=${configuration}`,
      `/api/v1/statemachines?configuration=${configuration}`,
      `/api/v1/statemachines?configuration=${configuration}&label.secret=${CANARY}`,
      `/api/v1/statemachines:count?configuration=${configuration}`,
      "/api/v1/transitions",
      `/api/v1/transitions?configuration=${configuration}`,
      "/api/v1/failures",
      "/api/v1/jobs",
      "/api/v1/dead-letters",
      "/api/v1/keys",
      "/api/v1/audit",
      `/api/v1/events/${configuration}/${encodeURIComponent(owner.names.event)}`,
      "/metrics",
    ];
    for (const path of lists) {
      const response = await fetchText(path, stranger.key);
      expect(response, path).not.toContain(CANARY);
      if (path !== "/api/v1/failures") expect(response, path).not.toContain(owner.names.machine);
    }
  });

  test("cannot go on with a page token or a cursor of the owner's", async () => {
    const { configuration, machine } = owner.names;
    const pages = [
      [`/api/v1/statemachines?configuration=${configuration}&page_size=1`, "next_page_token"],
      ["/api/v1/configurations?page_size=1", "next_page_token"],
      ["/api/v1/keys?page_size=1", "next_page_token"],
      ["/api/v1/audit?page_size=1", "next_page_token"],
    ] as const;
    for (const [path, field] of pages) {
      const token = (await call(path, owner.key)).body[field] as string;
      expect(token, path).not.toBe("");
      const next = `${path}&page_token=${encodeURIComponent(token)}`;
      expect((await call(next, owner.key)).status, path).toBe(200);
      expect(await call(next, stranger.key), path).toMatchObject({ status: 400, body: { reason: "INVALID_ARGUMENT" } });
    }
    const at = `/api/v1/statemachines/${configuration}/${encodeURIComponent(machine)}/history?page_size=1`;
    const { next_page_token: token = "" } = (await call(at, owner.key)).body as { next_page_token?: string };
    const next = `${at}&page_token=${encodeURIComponent(token)}`;
    expect((await call(next, stranger.key)).status).toBe(token === "" ? 404 : 400);
    for (const cursor of ["0", "1", "999999999999999"]) {
      expect(await fetchText(`/api/v1/transitions?after=${cursor}`, stranger.key)).not.toContain(owner.names.machine);
    }
  });

  test.each(CLOSED.filter(({ name }) => MAKERS.has(name)))("makes its own by $name", expectNothing);

  test("has left everything as it was", async () => {
    const { configuration, machine, key, job } = owner.names;
    const at = `/api/v1/statemachines/${configuration}/${encodeURIComponent(machine)}`;
    const { body } = await call(at, owner.key);
    expect(body["statemachine"]).toMatchObject({ revision: 1, state: "start", labels: { secret: CANARY } });
    expect((await call(`/api/v1/configurations/${configuration}:v1`, owner.key)).body).not.toHaveProperty(
      "deprecated_at",
    );
    for (const version of ["v2", "v3", "v4"])
      expect((await call(`/api/v1/configurations/${configuration}:${version}`, owner.key)).status).toBe(404);
    expect((await call(`/api/v1/keys/${key}`, owner.key)).body).not.toHaveProperty("revoked_at");
    expect((await call("/api/v1/dead-letters", owner.key)).body["dead_letters"]).toHaveLength(1);
    expect((await call(`/api/v1/jobs/${job}`, owner.key)).body["status"]).not.toBe("cancelled");
  });
});

/** These compute with what they are sent, leave out of their list what is not reached, or tell the caller of itself. */
const HARMLESS = [
  "CheckConfiguration 200 ",
  "GetPrincipal 200 ",
  "ListConfigurations 200 ",
  "detent.v1.ConfigurationService/CheckConfiguration 200 ",
  "detent.v1.ConfigurationService/ListConfigurations 200 ",
  "detent.v1.TenantService/GetPrincipal 200 ",
  "statemachine.v1beta.StatemachineService/GetAllConfigurations 200 ",
];
/** A token for a machine reads its configuration, and is told of no event that it was not another's. */
const OF_THE_CONFIGURATION = [
  ...HARMLESS,
  "FindEvent 404 EVENT_NOT_FOUND",
  "GetConfiguration 200 ",
  "GetConfigurationMermaid 200 ",
  "GetConfigurationSvg 200 ",
  "SimulateConfiguration 200 ",
  "detent.v1.ConfigurationService/GetConfiguration 200 ",
  "detent.v1.ConfigurationService/SimulateConfiguration 200 ",
  "statemachine.v1beta.StatemachineService/GetConfiguration 200 ",
  "statemachine.v1beta.StatemachineService/GetEventOutcome 404 EVENT_NOT_FOUND",
  "statemachine.v1beta.StatemachineService/StreamAllConfigurations 200 ",
];

describe("a credential for something else of the same tenant", () => {
  const narrowed: [string, () => Promise<string>, readonly string[]][] = [
    [
      "a token for another machine",
      () => makeToken({ machines: [{ configuration: owner.names.configuration, id: owner.otherMachine }] }),
      OF_THE_CONFIGURATION,
    ],
    ["a token for another configuration", () => makeToken({ configurations: [owner.otherConfiguration] }), HARMLESS],
    [
      "a key for another configuration",
      async () =>
        (
          await makeKey("owner", {
            scopes: ["configurations:read", "configurations:write", "machines:read", "machines:write", "events:send"],
            configurations: [owner.otherConfiguration],
          })
        ).secret,
      HARMLESS,
    ],
  ];

  test.each(narrowed)("%s changes nothing and is told nothing", async (_who, make, allowed) => {
    const credential = await make();
    const passed: string[] = [];
    for (const operation of CLOSED) {
      const { reason, text, status } = await ask(operation, owner.names, credential);
      // Many are answered one by one, each as a call of its own.
      const isDenied = reason === "PERMISSION_DENIED" || text.includes('"reason":"PERMISSION_DENIED"');
      if (!isDenied) passed.push(`${operation.name} ${status} ${reason}`);
      expect(text, operation.name).not.toContain(CANARY);
    }
    expect(passed.toSorted()).toEqual(allowed.toSorted());
    const { configuration, machine } = owner.names;
    const { body } = await call(`/api/v1/statemachines/${configuration}/${encodeURIComponent(machine)}`, owner.key);
    expect(body["statemachine"]).toMatchObject({ revision: 1, labels: { secret: CANARY } });
  });

  test("a narrowed credential leaves nothing behind outside of what it reaches", async () => {
    const { configuration, machine, event } = owner.names;
    const token = await makeToken({ machines: [{ configuration: owner.otherConfiguration, id: "1" }] });
    for (const id of ["", machine]) {
      for (const name of ["", configuration]) {
        const sent = { configuration: name, id, event: "stay", event_id: event };
        const { body } = await call("/api/v1/statemachines:send-events", token, { events: [sent] });
        expect(body["results"]).toMatchObject([{ status: 403 }]);
      }
    }
    const looked = await call(`/api/v1/events/${configuration}/${encodeURIComponent(event)}`, owner.key);
    expect(looked.body["result"]).toBe("transitioned");
  });

  test("a narrowed credential pages through the names that it reaches, and its page tokens tell no others", async () => {
    const configurations = ["c-owner", "other-owner"];
    const { secret } = await makeKey("owner", { scopes: ["configurations:read"], configurations });
    await expectOk("/api/v1/configurations", owner.key, { ...chart("d-hidden"), version: "v1" });
    const names: string[] = [];
    for (let token = ""; ;) {
      const path = `/api/v1/configurations?page_size=1&page_token=${encodeURIComponent(token)}`;
      const { body } = await call(path, secret);
      names.push(...(body["configurations"] as { name: string }[]).map(({ name }) => name));
      token = body["next_page_token"] as string;
      expect(atob(token.split(".")[0] ?? "")).not.toBe("d-hidden");
      if (token === "") break;
    }
    expect(names).toEqual(configurations);
  });

  test("a token for a machine does what it says there, and nothing else", async () => {
    const { configuration, machine } = owner.names;
    const reach = { machines: [{ configuration, id: machine }], events: ["stay"], subject: "somebody" };
    const { token } = await expectOk("/api/v1/tokens", owner.key, {
      scopes: ["machines:read", "events:send"],
      ...reach,
    });
    const at = `/api/v1/statemachines/${configuration}/${encodeURIComponent(machine)}`;
    expect(await call(at, token as string)).toMatchObject({ status: 200 });
    expect(await call(`${at}/events`, token as string, { event: "finish" })).toMatchObject({ status: 403 });
    expect(await call(`${at}/events`, token as string, { event: "stay" })).toMatchObject({
      status: 200,
      body: { actor: `token:${owner.names.key}/somebody` },
    });
    const missing = { event: "stay", create_if_missing: {} };
    expect(await call(`${at}/events`, token as string, missing)).toMatchObject({ status: 403 });
    expect(await call("/api/v1/tokens", token as string, { scopes: ["machines:read"], ...reach })).toMatchObject({
      status: 403,
    });
  });
});

/** An answer without what differs in any two answers, and with the names of what was asked for taken out. */
function plain(text: string, names: Names): string {
  let result = text;
  const all = Object.values(names).flatMap((name) => [name, encodeURIComponent(name)]);
  for (const name of all.toSorted((left, right) => right.length - left.length))
    result = result.replaceAll(name, "NAME");
  return (
    result
      // Before a message of a stream stands how long it is.
      .replaceAll(/\P{L}{3}[^]{2}(?=\{"(?:error|type)":)/gu, "FRAME")
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
      .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "UUID")
      .replaceAll(/dtk_\w+|eyJ[\w.-]+/g, "SECRET")
      .replaceAll(/"(?:id|indexLagMs|index_lag_ms)":"?[\w-]*"?/g, "ID")
      // A detail of a Connect error, once more in binary form; beside it stands what is in it.
      .replaceAll(/"value":"[\w+/=]*"/g, "BINARY")
  );
}

async function fetchText(path: string, credential: string): Promise<string> {
  const operation = { name: path, access: undefined, method: "GET", path, hasBody: false } as const;
  return (await ask({ ...operation, isRpc: false, isStream: false, rpc: null }, owner.names, credential)).text;
}
