/** A wrong index is made right through the routes. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { Bindings } from "../../../src/env.ts";
import { until } from "../../until.ts";
import { send, sendJson } from "../doors/caller.ts";
import { expectProblem, machine } from "./orders.ts";

const { CATALOG } = env as unknown as Bindings;
const PATH = "/api/v1/index:rebuild";

/** The tenant's rebuild, from its start to its end. */
async function rebuild() {
  const started = await send(PATH, { method: "POST" });
  expect(started.status).toBe(202);
  const { body } = await until(
    20_000,
    () => sendJson(PATH),
    (answer) => answer.body.finished_at !== undefined,
  );
  return body;
}

test("before any rebuild there is no progress to tell", async () => {
  await CATALOG.prepare("DELETE FROM machines WHERE tenant = 'dev'").run();
  await expectProblem(sendJson(PATH), 404, "NOT_FOUND");
});

test("a rebuild writes what the machines say over what the rows said, and takes out rows about nobody", async () => {
  const { name, path } = await machine();
  await sendJson(`${path}/events`, { event: "accept", event_id: "e1" });
  const listed = () => sendJson(`/api/v1/statemachines?configuration=${name}`);
  await until(5_000, listed, ({ body }) => body.statemachines[0]?.statemachine.revision === 1);
  await CATALOG.batch([
    CATALOG.prepare(
      `INSERT INTO machines SELECT tenant, configuration, 'nobody', version, state, revision, change, created_at, updated_at,
         labels, retired_at, due_at FROM machines WHERE configuration = ?`,
    ).bind(name),
    CATALOG.prepare(
      "UPDATE machines SET state = 'wrong', revision = 99, change = 99 WHERE configuration = ? AND id = 'm'",
    ).bind(name),
  ]);
  const progress = await rebuild();
  expect(progress).toMatchObject({ corrected: 1, removed: 1, failed: 0 });
  const { statemachines } = (await listed()).body;
  expect(statemachines).toMatchObject([{ id: "m", statemachine: { state: "pending", revision: 1 } }]);
  expect(await rebuild()).toMatchObject({ corrected: 0, removed: 0 });
});

test("no body, an empty one and an empty object are the same: walk the registry", async () => {
  const headers = { "content-type": "application/json" };
  const empty = new Blob([]).stream();
  for (const init of [{}, { body: "" }, { body: empty, duplex: "half" }, { body: "{}", headers }]) {
    expect((await send(PATH, { method: "POST", ...init })).status).toBe(202);
  }
  expect((await send(PATH, { method: "POST", body: "{}", headers: { "content-type": "text/plain" } })).status).toBe(
    415,
  );
});

test("machines that the registry has lost tell it again when they are named", async () => {
  const { name } = await machine();
  await CATALOG.prepare("DELETE FROM machines WHERE configuration = ?").bind(name).run();
  const missing = { configuration: name, id: "never was" };
  const told = await sendJson(PATH, { machines: [{ configuration: name, id: "m" }, missing] });
  expect(told).toMatchObject({ status: 200, body: { told: 1, missing: [missing] } });
  const { statemachines } = (await sendJson(`/api/v1/statemachines?configuration=${name}`)).body;
  expect(statemachines).toMatchObject([{ id: "m", statemachine: { state: "start" } }]);
});

test("too many names, unknown fields and other methods are refused", async () => {
  const machines = Array.from({ length: 101 }, () => ({ configuration: "c", id: "m" }));
  await expectProblem(sendJson(PATH, { machines }), 400, "LIMIT_EXCEEDED", ["/machines"]);
  await expectProblem(sendJson(PATH, { names: [] }), 400, "INVALID_ARGUMENT", ["/names"]);
  expect((await send(PATH, { method: "DELETE" })).status).toBe(405);
});
