/** The routes that speak StateService's protocol; what they take and answer is StateService's, not this door's. */
import * as machines from "../service/machines.ts";
import * as stateservice from "../service/stateservice.ts";
import { answerCreatedMachine } from "./machines.ts";
import { idempotencyKey } from "./preconditions.ts";
import { machineOf, param, route, type Ctx } from "./route.ts";
import { SHAPES } from "./shapes.ts";

const ADDRESS = "/stateservice/:configuration/:id";

const importChart = route({
  operation: "ImportChart",
  // And "configurations:write", which the use case asks for.
  access: "machines:write",
  method: "POST",
  path: ADDRESS,
  query: SHAPES.chartQuery,
  body: SHAPES.chart,
  reads: "yaml",
  handle: async ({ c, house, principal, query, body }) =>
    answerCreatedMachine(
      c,
      await stateservice.importChart(house, principal, {
        ...machineOf(c),
        chart: body,
        version: query.version,
        timeZone: query.timezone,
        idempotencyKey: idempotencyKey(c.req.header("idempotency-key")),
        traceparent: c.env.traceparent,
      }),
    ),
});

const checkCurrentState = route({
  operation: "CheckCurrentState",
  access: "machines:read",
  method: "GET",
  path: `${ADDRESS}/state`,
  query: SHAPES.currentStateQuery,
  handle: async ({ c, house, principal, query }) => {
    if (query.state === undefined) return c.body(null, 500);
    const { state } = await machines.getState(house, principal, param(c, "configuration"), param(c, "id"));
    return state === query.state ? answerState(c, state) : c.body(null, 406);
  },
});

const updateCurrentState = route({
  operation: "UpdateCurrentState",
  access: "events:send",
  method: "PUT",
  path: `${ADDRESS}/state`,
  query: SHAPES.currentStateQuery,
  handle: async ({ c, house, principal, query: { state } }) => {
    if (state === undefined) return c.body(null, 500);
    const eventId = idempotencyKey(c.req.header("idempotency-key"));
    const input = { ...machineOf(c), state, eventId, traceparent: c.env.traceparent };
    return (await stateservice.countUp(house, principal, input)) ? answerState(c, state) : c.body(null, 500);
  },
});

/** StateService calls it HTML, and a state may be called anything. */
function answerState(c: Ctx, state: string): Response {
  return c.body(state, 200, { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" });
}

export const STATESERVICE_ROUTES = [importChart, checkCurrentState, updateCurrentState];
