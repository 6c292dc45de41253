/** Whatever is asked of a machine that is not there: the answer names it. */
import { MachineService } from "../../../src/gen/detent/v1/machine_service_pb.ts";
import { StatemachineService } from "../../../src/gen/statemachine/v1beta/statemachine_pb.ts";
import { createClient, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { connectJson, send, sendJson } from "../doors/caller.ts";
import { configuration, expectProblem, machine, MACHINES } from "./orders.ts";

const IF_MATCH = { "if-match": '"0"' };
const JSON_TYPE = { "content-type": "application/json" };

/** Every route of a machine. */
const QUESTIONS: readonly (readonly [method: string, route: string, body?: object])[] = [
  ["GET", ""],
  ["GET", "?at_revision=1"],
  ["PATCH", "", { labels: {} }],
  ["DELETE", ""],
  ["POST", "/override", { state: "done", comment: "c" }],
  ["POST", "/migrate", { to: "v1" }],
  ["GET", "/history"],
  ["GET", "/history?refused=true"],
  ["GET", "/allowed-events"],
  ["GET", "/state?is=done"],
  ["GET", "/events/e1"],
  ["GET", "/diagram.svg"],
  ["POST", "/events", { event: "accept" }],
];

async function ask(path: string, [method, route, body]: (typeof QUESTIONS)[number]) {
  const headers = body === undefined ? IF_MATCH : { ...IF_MATCH, ...JSON_TYPE };
  const response = await send(path + route, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** What the doors of RPC say of it. */
async function hear(name: string, id: string): Promise<string[]> {
  const machines = createClient(MachineService, connectJson);
  const beta = createClient(StatemachineService, connectJson);
  const asked = [
    machines.getMachine({ configuration: name, id }),
    beta.getFiniteStateMachine({ config: name, query: { case: "id", value: id } }),
  ];
  const results = await Promise.allSettled(asked);
  return results.map((result) =>
    result.status === "rejected" ? ConnectError.from(result.reason).rawMessage : "answered",
  );
}

test("a machine that was never there", async () => {
  const name = await configuration();
  const message = `configuration "${name}" has no machine "x"`;
  for (const question of QUESTIONS) {
    const problem = await expectProblem(ask(`${MACHINES}/${name}/x`, question), 404, "MACHINE_NOT_FOUND");
    expect([...question, problem.detail]).toEqual([...question, message]);
  }
  expect(await hear(name, "x")).toEqual([message, message]);
});

test("a machine that is gone", async () => {
  const { name, path } = await machine();
  expect((await send(path, { method: "DELETE" })).status).toBe(204);
  const message = `machine "m" of configuration "${name}" was deleted or retired`;
  for (const question of QUESTIONS) {
    const problem = await expectProblem(ask(path, question), 410, "MACHINE_GONE");
    expect([...question, problem.detail]).toEqual([...question, message]);
  }
  const again = sendJson(MACHINES, { config_id: name, id: "m" });
  expect((await expectProblem(again, 410, "MACHINE_GONE")).detail).toBe(message);
  expect(await hear(name, "m")).toEqual([message, message]);
});

test("a long id is cut", async () => {
  const name = await configuration();
  const id = "é".repeat(200);
  const problem = await expectProblem(
    sendJson(`${MACHINES}/${name}/${encodeURIComponent(id)}`),
    404,
    "MACHINE_NOT_FOUND",
  );
  expect(problem.detail).toBe(`configuration "${name}" has no machine "${"é".repeat(64)}…"`);
});
