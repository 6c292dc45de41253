/** A machine at its end through every door: out of the lists, gone for its callers, its events failed ones. */
import { createClient } from "@connectrpc/connect";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { objectNameOf, type Bindings } from "../../../src/env.ts";
import { EventOutcome_StatusCode, StatemachineService } from "../../../src/gen/statemachine/v1beta/statemachine_pb.ts";
import { machinePath, type Json } from "../../doors/json.ts";
import { until } from "../../until.ts";
import { connectBinary, sendJson } from "../doors/caller.ts";
import { CONFIGURATIONS, expectProblem, MACHINES, orders } from "./orders.ts";

const bindings = env as unknown as Bindings;
const WITHIN_MS = 20_000;
const v1beta = createClient(StatemachineService, connectBinary);

/** Alarms are not waited for: they are called. */
async function wake(name: string, id: string): Promise<void> {
  const address = { tenant: "dev", configuration: name, id };
  await runDurableObjectAlarm(bindings.MACHINES.getByName(objectNameOf(address)));
}

const name = orders().name;
const path = machinePath(name, "m");

beforeAll(async () => {
  await sendJson(CONFIGURATIONS, { ...orders(name), retention: { final: "PT0.2S", outcomes: "P1D" } });
  await sendJson(MACHINES, { config_id: name, id: "m" });
  await sendJson(MACHINES, { config_id: name, id: "other" });
  for (const event of ["accept", "finish"]) await sendJson(`${path}/events`, { event, event_id: event });
  await until(
    WITHIN_MS,
    async () => {
      await wake(name, "m");
      return (await sendJson(path)).status;
    },
    (status) => status === 410,
  );
});

test("reads and creation are 410", async () => {
  for (const route of ["", "/history", "/allowed-events", "/state?is=done", "/events/accept"]) {
    await expectProblem(sendJson(path + route), 410, "MACHINE_GONE");
  }
  await expectProblem(sendJson(MACHINES, { config_id: name, id: "m" }), 410, "MACHINE_GONE");
});

test("an event fails as FsmNotFound with the reason, and is found by its id and in the feed", async () => {
  const problem = await expectProblem(
    sendJson(`${path}/events`, { event: "accept", event_id: "late" }),
    410,
    "MACHINE_GONE",
  );
  expect(problem.receipt).toMatchObject({ result: "failed", code: "FsmNotFound", reason: "MACHINE_GONE" });
  const { outcome } = await v1beta.sendEvent({
    config: name,
    id: "m",
    event: { eventId: "later", transition: { event: "accept" } },
  });
  expect(outcome?.code).toBe(EventOutcome_StatusCode.FsmNotFound);
  const found = await sendJson(`/api/v1/events/${name}/late`);
  expect(found).toMatchObject({ status: 200, body: { code: "FsmNotFound", reason: "MACHINE_GONE" } });
  const { body } = await sendJson(`/api/v1/failures?configuration=${name}`);
  expect(body.failures.map(({ event_id }: Json) => event_id)).toEqual(["late", "later"]);
});

test("no list knows it, and the feed of transitions tells of its end", async () => {
  const { body } = await until(
    WITHIN_MS,
    async () => {
      await wake(name, "m");
      return await sendJson(`/api/v1/transitions?configuration=${name}`);
    },
    (answer) => answer.body.transitions.some(({ kind }: Json) => kind === "deleted"),
  );
  const own = body.transitions.filter(({ id }: Json) => id === "m");
  expect(own.map(({ kind, revision }: Json) => [kind, revision])).toEqual([
    ["created", 0],
    ["changed", 1],
    ["changed", 2],
    ["deleted", 3],
  ]);
  const list = await sendJson(`${MACHINES}?configuration=${name}`);
  expect(list.body.statemachines.map(({ id }: Json) => id)).toEqual(["other"]);
  expect((await v1beta.getAllInState({ config: name })).ids).toEqual(["other"]);
});

test("a minute later the object keeps no more than that it is gone", async () => {
  const object = bindings.MACHINES.getByName(objectNameOf({ tenant: "dev", configuration: name, id: "m" }));
  // The minute is not waited for: the end was that much earlier.
  await runInDurableObject(object, (_instance, { storage }) => {
    storage.sql.exec("UPDATE identity SET retired_at = retired_at - 60000");
  });
  await evictDurableObject(object);
  const rows = () =>
    runInDurableObject(object, (_instance, { storage }) =>
      storage.sql.exec("SELECT kind, event_id, event_data FROM transitions").toArray(),
    );
  const left = await until(
    WITHIN_MS,
    async () => {
      await wake(name, "m");
      return await rows();
    },
    ({ length }) => length === 1,
  );
  expect(left).toEqual([{ kind: "pruned", event_id: null, event_data: null }]);
});
