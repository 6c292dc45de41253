/** Paths: percent-encoding, ids with every sign, routes that are not there. */
import { expect, test } from "vitest";
import { machinePath } from "../../doors/json.ts";
import { send, sendJson } from "../doors/caller.ts";
import { CONFIGURATIONS, MACHINES, configuration, expectProblem } from "./orders.ts";

test.each(["%zz", "%", "%ff", "a%2"])("malformed percent-encoding %s is 400", async (id) => {
  await expectProblem(sendJson(`${MACHINES}/orders/${id}`), 400, "INVALID_ARGUMENT");
});

test.each(["a/b", "a#b", "50%", "a?b", "a&b", "a b", "größe-日本-😀", "%2F", "a/history", "events/e1"])(
  "the id %j, its Location and its sub-routes",
  async (id) => {
    const name = await configuration();
    const created = await sendJson(MACHINES, { config_id: name, id });
    const location = created.headers.get("location") ?? "";
    expect(location).toBe(machinePath(name, id));
    expect((await sendJson(location)).body.id).toBe(id);
    expect((await sendJson(`${location}/events`, { event: "accept", event_id: id })).body.machine.id).toBe(id);
    expect((await sendJson(`${location}/events/${encodeURIComponent(id)}`)).body.event_id).toBe(id);
    expect((await sendJson(`${location}/history`)).body.history).toHaveLength(1);
  },
);

test("an unknown route is 404", async () => {
  await expectProblem(sendJson("/api/v2/anything"), 404, "NOT_FOUND");
});

test("a machine without its configuration is 404 and says where machines live", async () => {
  const problem = await expectProblem(sendJson(`${MACHINES}/m`), 404, "NOT_FOUND");
  expect(problem.detail).toContain("/api/v1/statemachines/{configuration}/{id}");
});

test("POST /api/v1/events is 405 and says where events go", async () => {
  const problem = await expectProblem(sendJson("/api/v1/events", {}), 405, "METHOD_NOT_ALLOWED");
  expect(problem.detail).toContain("/api/v1/statemachines/{configuration}/{id}/events");
});

test("another method is 405 and says which are allowed", async () => {
  const response = await send(CONFIGURATIONS, { method: "PUT" });
  expect(response.status).toBe(405);
  expect(await response.json()).toMatchObject({ metadata: { allow: "POST, GET, HEAD" } });
});

test("every error page is served without a credential", async () => {
  const response = await send("/errors/NO_TRANSITION", { headers: { "x-forwarded-for": "192.0.2.1" } });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toContain("text/html");
  await response.text();
});

test.each(["is=%zz", "is=%ff", "is=%"])("malformed percent-encoding in a query, %s, is 400", async (query) => {
  await expectProblem(sendJson(`${MACHINES}/orders/m/state?${query}`), 400, "INVALID_ARGUMENT");
});
