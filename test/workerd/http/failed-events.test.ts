/** Events that find no machine: answered, stored before the answer, found again, announced, never replayed. */
import { createClient } from "@connectrpc/connect";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { Bindings } from "../../../src/env.ts";
import { EventOutcome_StatusCode, StatemachineService } from "../../../src/gen/statemachine/v1beta/statemachine_pb.ts";
import { machinePath, type Json } from "../../doors/json.ts";
import { until } from "../../until.ts";
import { connectBinary, sendJson } from "../doors/caller.ts";
import { configuration, expectProblem, machine } from "./orders.ts";

const { CATALOG } = env as unknown as Bindings;
const v1beta = createClient(StatemachineService, connectBinary);

test("no machine, no configuration: the receipt is found at once by configuration and event id, whole", async () => {
  const name = await configuration();
  const unknown = `nowhere${crypto.randomUUID()}`;
  for (const [config, code, reason] of [
    [name, "FsmNotFound", "MACHINE_NOT_FOUND"],
    [unknown, "ConfigurationNotFound", "CONFIGURATION_NOT_FOUND"],
  ] as const) {
    const event = { event: "accept", event_id: "e1", data: { weight: 3 }, details: "d" };
    const problem = await expectProblem(sendJson(`${machinePath(config, "nobody")}/events`, event), 404, reason);
    expect(problem.receipt).toMatchObject({ result: "failed", code, reason, event_id: "e1", duplicate: false });
    const found = await sendJson(`/api/v1/events/${config}/e1`);
    expect(found).toMatchObject({ status: 200, body: { code, reason, data: { weight: 3 }, details: "d" } });
    const outcome = await v1beta.getEventOutcome({ config, id: "e1" });
    expect(outcome.outcome?.code).toBe(EventOutcome_StatusCode[code]);
  }
});

test("no configuration named: v1beta answers MissingDestination, and the feed of failures has it", async () => {
  const eventId = crypto.randomUUID();
  const event = { eventId, transition: { event: "accept" } };
  const { outcome } = await v1beta.sendEvent({ id: "m", event });
  expect(outcome?.code).toBe(EventOutcome_StatusCode.MissingDestination);
  const { body } = await sendJson("/api/v1/failures?page_size=1000");
  const found = body.failures.find(({ event_id }: Json) => event_id === eventId);
  expect(found).toMatchObject({ result: "failed", code: "MissingDestination", reason: "MISSING_DESTINATION" });
});

test("a failed event is not replayed: sent again it is decided anew, and look-up answers the newest", async () => {
  const name = await configuration();
  const path = machinePath(name, "m");
  const send = () => sendJson(`${path}/events`, { event: "accept", event_id: "again" });
  expect((await send()).body.receipt).toMatchObject({ code: "FsmNotFound", duplicate: false });
  expect((await send()).body.receipt).toMatchObject({ code: "FsmNotFound", duplicate: false });
  expect((await sendJson("/api/v1/statemachines", { config_id: name, id: "m" })).status).toBe(201);
  expect((await send()).body).toMatchObject({ code: "Ok", duplicate: false, revision: 1 });
  const found = await until(
    5_000,
    () => sendJson(`/api/v1/events/${name}/again`),
    ({ body }) => body.code === "Ok",
  );
  expect(found.body).toMatchObject({ code: "Ok", revision: 1 });
  const { body } = await sendJson(`/api/v1/failures?configuration=${name}`);
  expect(body.failures).toHaveLength(2);
});

test("many that fail at once are many failures, and look-up answers the one that was written last", async () => {
  const name = await configuration();
  const path = machinePath(name, "nobody");
  const send = (details: string) => sendJson(`${path}/events`, { event: "accept", event_id: "same", details });
  await Promise.all(Array.from({ length: 20 }, (_, index) => send(`d${index}`)));
  const { body } = await sendJson(`/api/v1/failures?configuration=${name}`);
  expect(body.failures).toHaveLength(20);
  const stored = await CATALOG.prepare(
    "SELECT receipt FROM failures WHERE configuration = ? ORDER BY at DESC, seq DESC",
  )
    .bind(name)
    .first<{ receipt: string }>();
  const { details } = JSON.parse(stored?.receipt ?? "") as { details: string };
  expect((await sendJson(`/api/v1/events/${name}/same`)).body.details).toBe(details);
});

test("the notification is stored with the failure until the queue has it", async () => {
  const name = await configuration();
  await sendJson(`${machinePath(name, "nobody")}/events`, { event: "accept", event_id: "e1" });
  const query = CATALOG.prepare("SELECT notification FROM failures WHERE configuration = ?").bind(name);
  const row = await until(
    5_000,
    () => query.first(),
    (found) => found?.["notification"] === null,
  );
  expect(row).toEqual({ notification: null });
});

test("broken rules and mismatched expectations are not recorded", async () => {
  const { name, path } = await machine();
  await sendJson(`${path}/events`, { event: "accept", event_id: "timer:1" });
  await sendJson(`${path}/events`, { event: "accept", event_id: "e1", expected_revision: 7 });
  expect((await sendJson(`/api/v1/failures?configuration=${name}`)).body.failures).toEqual([]);
  expect((await sendJson(`/api/v1/events/${name}/e1`)).status).toBe(404);
});
