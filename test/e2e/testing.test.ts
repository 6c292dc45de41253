/** What the test kit promises on every target, on a running service: the same tests as in memory; and what only that has. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { create, createKit, inMemory, none, runScenarios, service } from "../../src/testing/index.ts";
import { findFreePort } from "../free-port.ts";
import { CASES } from "../kit/cases.ts";
import { NAP, TICKET } from "../kit/ticket.ts";
import { startServer, type Server } from "./server.ts";

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server?.stop();
});

const call = async (path: string, init?: RequestInit): Promise<{ status: number; answer: Record<string, unknown> }> => {
  const response = await fetch(server.url + path, init);
  return { status: response.status, answer: await response.json() };
};

describe("on a running service", () => {
  test.each(CASES)("$name", ({ run }) => run(service({ url: server.url })));
});

test("a time that would take too long is refused, not waited for", async () => {
  const kit = createKit(TICKET, { target: service({ url: server.url, waitAtMost: "2s" }) });
  const parked = kit.given(create({ state: "parked" }));
  await expect(parked.after("PT3S").thenState("assigned").run()).rejects.toThrow(
    /^step 2, after PT3S: 3 s are to pass.*at most 2 s \(waitAtMost\)/,
  );
});

test("another configuration under the same name and version is not tested in its place", async () => {
  const kit = createKit({ ...TICKET, defer_for: "PT2H" }, { target: service({ url: server.url }) });
  await expect(kit.given(create()).run()).rejects.toThrow(/CONFIGURATION_EXISTS.*give this one another version/);
});

test("a configuration that is stored is tested as it is", async () => {
  const kit = createKit({ configId: "ticket:v1" }, { target: service({ url: server.url }) });
  await kit.given(create()).when("assign").thenState("assigned");
  expect((await kit.coverage()).states.missed).toEqual(["parked", "resolved"]);
  const unknown = createKit({ configId: "nothing:v9" }, { target: service({ url: server.url }) });
  await expect(unknown.given(create()).run()).rejects.toThrow(/CONFIGURATION_NOT_FOUND/);
  await expect(createKit({ configId: "ticket:v1" }).given(create()).run()).rejects.toThrow(
    /in memory there is no stored/,
  );
});

test("machines are deleted when their test has passed, and kept when it has not", async () => {
  const kit = createKit(TICKET, { target: service({ url: server.url }) });
  const { id } = await kit.given(create());
  expect((await call(`/api/v1/statemachines/ticket/${id}`)).status).toBe(410);
  const failure = await kit
    .given(create())
    .when("assign")
    .thenState("parked")
    .run()
    .catch((error: unknown) => error);
  const [, kept] = /\(machine (\S+)\)/.exec(failure instanceof Error ? failure.message : "") ?? [];
  expect((await call(`/api/v1/statemachines/ticket/${kept}`)).answer["statemachine"]).toMatchObject({
    state: "assigned",
  });
});

test("a key is taken along, and one that may not is told so", async () => {
  const makeKey = async (scopes: readonly string[]) => {
    const made = await call("/api/v1/keys", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "of a test", scopes }),
    });
    return String(made.answer["secret"]);
  };
  const kitWith = (key: string) => createKit(TICKET, { target: service({ url: server.url, key }) });
  const may = await makeKey(["configurations:write", "machines:read", "machines:write", "events:send"]);
  await kitWith(may).given(create()).when("assign").thenState("assigned");
  const mayNot = await makeKey(["configurations:read", "machines:read"]);
  await expect(kitWith(mayNot).given(none()).run()).rejects.toThrow(/PERMISSION_DENIED/);
  const maySendNothing = kitWith(await makeKey(["configurations:write", "machines:read", "machines:write"]));
  const sent = maySendNothing.given(create()).when("assign");
  await expect(sent.thenRefused().run()).rejects.toThrow("says nothing about the machine: PERMISSION_DENIED");
  await expect(maySendNothing.table()).rejects.toMatchObject({ name: "TargetError", reason: "PERMISSION_DENIED" });
  await sent.thenRefused("PERMISSION_DENIED");
  expect(await maySendNothing.diagram({ withRefusals: true })).not.toContain("PERMISSION_DENIED");
  const wrong = createKit(TICKET, { target: service({ url: server.url, key: "dtk_wrong" }) });
  await expect(wrong.given(none()).run()).rejects.toThrow(/UNAUTHENTICATED/);
});

test("where nobody answers, or somebody else, that is what is said", async () => {
  const url = `http://127.0.0.1:${await findFreePort()}`;
  const silent = createKit(TICKET, { target: service({ url }) });
  await expect(silent.given(create()).run()).rejects.toThrow(`no Detent answers at ${url}`);
  const elsewhere = createKit(TICKET, { target: service({ url: `${server.url}/elsewhere` }) });
  await expect(elsewhere.given(create()).run()).rejects.toThrow(`${server.url}/elsewhere`);
});

test("a file of scenarios says the same of a service as in memory", async () => {
  const text = `
configuration: ${JSON.stringify(NAP)}
scenarios:
  - name: a ticket is resolved
    steps: [{ when: resolve, deferred: true }, { when: assign, then: resolved }]
  - name: a ticket wakes
    given: { state: parked }
    steps: [{ after: 3s, then: assigned }]
  - name: a ticket is lost
    steps: [{ when: assign, then: resolved }]
coverage: all
`;
  const results = [inMemory(), service({ url: server.url })].map(async (target) => {
    const { scenarios, problems, coverage } = await runScenarios(text, { target });
    const untimed = scenarios.map(({ name, passed, line, failedLine }) => ({ name, passed, line, failedLine }));
    return { untimed, problems, coverage: coverage.toString() };
  });
  const [inThisProcess, onService] = await Promise.all(results);
  expect(onService).toEqual(inThisProcess);
  expect(onService?.untimed.map(({ passed }) => passed)).toEqual([true, true, false]);
});

test("the example's tests ask a service as they ask a machine in memory", async () => {
  const { VITEST: _vitest, NODE_OPTIONS: _options, ...inherited } = process.env;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--test", "--test-reporter=tap", "examples/self-healing-order/order.test.ts"],
    { cwd: join(import.meta.dirname, "../.."), env: { ...inherited, DETENT_URL: server.url } },
  );
  expect(stdout).toMatch(/^# pass 6$/m);
  expect(stdout).toMatch(/^# skipped 5$/m);
});
