/** Whatever door an event comes by, its trace is kept with it, from where it goes into what leaves. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { objectNameOf, type Bindings } from "../../../src/env.ts";
import { configuration } from "../http/orders.ts";
import { send } from "./caller.ts";

const bindings = env as unknown as Bindings;
const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

async function post(path: string, body: unknown): Promise<void> {
  const headers = { "content-type": "application/json", traceparent: TRACEPARENT };
  const response = await send(path, { method: "POST", headers, body: JSON.stringify(body) });
  expect(response.status, await response.text()).toBeLessThan(300);
}

const V1 = "/detent.v1.MachineService";
const V1BETA = "/statemachine.v1beta.StatemachineService";

const DOORS: Record<string, (name: string) => Promise<void>> = {
  JSON: async (name) => {
    await post("/api/v1/statemachines", { config_id: name, id: "m" });
    await post(`/api/v1/statemachines/${name}/m/events`, { event: "accept" });
    await post("/api/v1/statemachines:send-events", { events: [{ configuration: name, id: "m", event: "remind" }] });
  },
  "detent.v1": async (name) => {
    await post(`${V1}/CreateMachine`, { configId: name, id: "m" });
    await post(`${V1}/SendEvent`, { configuration: name, id: "m", event: "accept" });
    await post(`${V1}/SendEvents`, { events: [{ configuration: name, id: "m", event: "remind" }] });
  },
  v1beta: async (name) => {
    await post(`${V1BETA}/PutFiniteStateMachine`, { id: "m", fsm: { configId: name } });
    for (const event of ["accept", "remind"]) {
      await post(`${V1BETA}/SendEvent`, { config: name, id: "m", event: { transition: { event } } });
    }
  },
};

test.each(Object.entries(DOORS))("%s", async (_, act) => {
  const name = await configuration();
  await act(name);
  const stub = bindings.MACHINES.getByName(objectNameOf({ tenant: "dev", configuration: name, id: "m" }));
  const kept = await runInDurableObject(stub, (_object, { storage }) =>
    storage.sql.exec("SELECT traceparent FROM transitions ORDER BY revision").toArray(),
  );
  expect(kept.map(({ traceparent }) => traceparent)).toEqual([TRACEPARENT, TRACEPARENT, TRACEPARENT]);
});
