/** The routes of one machine. */
import { invalid } from "../errors.ts";
import * as machines from "../service/machines.ts";
import { migrateMachine as migrate } from "../service/migration.ts";
import * as out from "../output.ts";
import { idempotencyKey, ifMatch, isKnown } from "./preconditions.ts";
import { MACHINE, machineOf, machinePath, pageSize, param, route, type Ctx } from "./route.ts";
import { SHAPES } from "./shapes.ts";
import { tryOut } from "./try-out.ts";

const createMachine = route({
  operation: "CreateMachine",
  access: "machines:write",
  method: "POST",
  path: "/api/v1/statemachines",
  body: SHAPES.machine,
  handle: async ({ c, house, principal, body }) => {
    const configId = body.config_id ?? body.configuration_version;
    if (configId === undefined || (body.config_id !== undefined && body.configuration_version !== undefined)) {
      throw invalid([
        {
          pointer: "/config_id",
          rule: "required",
          message: "config_id (or its alias configuration_version) is required, once",
        },
      ]);
    }
    const { traceparent } = c.env;
    const key = idempotencyKey(c.req.header("idempotency-key"));
    const answer = await machines.createMachine(house, principal, {
      ...body,
      configId,
      idempotencyKey: key,
      traceparent,
    });
    return answerCreatedMachine(c, answer);
  },
});

/** A machine that was made by this request. */
export function answerCreatedMachine(c: Ctx, answer: machines.MachineAnswer): Response {
  const [configuration = ""] = answer.machine.configId.split(":");
  c.header("location", machinePath({ configuration, id: answer.id }));
  return answerMachine(c, answer, 201);
}

function answerMachine(c: Ctx, answer: machines.MachineAnswer, status: 200 | 201 = 200): Response {
  c.header("etag", `"${answer.machine.revision}"`);
  return c.json(out.machineJson(answer), status);
}

const getMachine = route({
  operation: "GetMachine",
  access: "machines:read",
  method: "GET",
  path: MACHINE,
  query: SHAPES.machineQuery,
  handle: async ({ c, house, principal, query }) => {
    const { at_revision: at } = query;
    const atRevision = at === undefined ? undefined : Number(at);
    const answer = await machines.getMachine(house, principal, { ...machineOf(c), atRevision });
    const { revision } = answer.machine;
    const etag = `"${revision}"`;
    if (!isKnown(c.req.header("if-none-match"), etag)) return answerMachine(c, answer);
    c.header("etag", etag);
    return c.body(null, 304);
  },
});

const updateLabels = route({
  operation: "UpdateLabels",
  access: "machines:write",
  method: "PATCH",
  path: MACHINE,
  body: SHAPES.labels,
  handle: async ({ c, house, principal, body }) => {
    const expectedRevision = ifMatch(c.req.header("if-match"));
    const input = { ...machineOf(c), labels: body.labels, expectedRevision };
    return answerMachine(c, await machines.updateLabels(house, principal, input));
  },
});

const overrideMachine = route({
  operation: "OverrideMachine",
  access: "ops",
  method: "POST",
  path: `${MACHINE}/override`,
  body: SHAPES.override,
  handle: async ({ c, house, principal, body }) => {
    const expectedRevision = ifMatch(c.req.header("if-match"));
    const input = { ...machineOf(c), ...body, expectedRevision, traceparent: c.env.traceparent };
    return answerMachine(c, await machines.overrideMachine(house, principal, input));
  },
});

const migrateMachine = route({
  operation: "MigrateMachine",
  access: "machines:write",
  method: "POST",
  path: `${MACHINE}/migrate`,
  query: SHAPES.dryRunQuery,
  body: SHAPES.migration,
  handle: async ({ c, house, principal, query, body }) => {
    const isDryRun = query.dry_run === "true";
    const input = {
      ...machineOf(c),
      to: body.to,
      stateMap: body.state_map,
      expectedRevision: ifMatch(c.req.header("if-match")),
      isDryRun,
      traceparent: c.env.traceparent,
    };
    if (isDryRun) return await tryOut(c, async () => out.machineJson(await migrate(house, principal, input)));
    return answerMachine(c, await migrate(house, principal, input));
  },
});

const deleteMachine = route({
  operation: "DeleteMachine",
  access: "machines:write",
  method: "DELETE",
  path: MACHINE,
  handle: async ({ c, house, principal }) => {
    const expectedRevision = ifMatch(c.req.header("if-match"));
    await machines.deleteMachine(house, principal, { ...machineOf(c), expectedRevision });
    return c.body(null, 204);
  },
});

const listHistory = route({
  operation: "ListHistory",
  access: "machines:read",
  method: "GET",
  path: `${MACHINE}/history`,
  query: SHAPES.historyQuery,
  handle: async ({ c, house, principal, query }) => {
    const found = await machines.listHistory(house, principal, {
      ...machineOf(c),
      order: query.order,
      pageToken: query.page_token,
      pageSize: pageSize(query.page_size),
      refused: query.refused === "true",
    });
    const next = { next_page_token: found.nextPageToken };
    return found.refused
      ? c.json({ receipts: found.receipts.map(out.receiptJson), ...next })
      : c.json({ history: found.history.map(out.historyJson), ...next });
  },
});

const listAllowedEvents = route({
  operation: "ListAllowedEvents",
  access: "machines:read",
  method: "GET",
  path: `${MACHINE}/allowed-events`,
  handle: async ({ c, house, principal }) =>
    c.json(
      out.allowedJson(await machines.listAllowedEvents(house, principal, param(c, "configuration"), param(c, "id"))),
    ),
});

const getState = route({
  operation: "GetState",
  access: "machines:read",
  method: "GET",
  path: `${MACHINE}/state`,
  query: SHAPES.stateQuery,
  handle: async ({ c, house, principal, query }) => {
    const { state, revision } = await machines.getState(house, principal, param(c, "configuration"), param(c, "id"));
    return c.json({ state, revision }, state === query.is ? 200 : 406);
  },
});

export const MACHINE_ROUTES = [
  createMachine,
  getMachine,
  updateLabels,
  overrideMachine,
  migrateMachine,
  deleteMachine,
  listHistory,
  listAllowedEvents,
  getState,
];
