/** The routes of machines. */
import { invalid } from "../errors.ts";
import { listMachines as listPage } from "../service/machine-list.ts";
import * as machines from "../service/machines.ts";
import { readJson, readQuery } from "./input.ts";
import * as out from "./output.ts";
import { instant, MACHINE, pageSize, param, type Ctx, type Route } from "./route.ts";
import { SHAPES } from "./shapes.ts";

export const MACHINE_ROUTES: readonly Route[] = [
  { method: "POST", path: "/api/v1/statemachines", handle: createMachine },
  { method: "GET", path: "/api/v1/statemachines", handle: listMachines },
  { method: "GET", path: MACHINE, handle: getMachine },
  { method: "GET", path: `${MACHINE}/history`, handle: getHistory },
  { method: "GET", path: `${MACHINE}/allowed-events`, handle: getAllowedEvents },
  { method: "GET", path: `${MACHINE}/state`, handle: getState },
];

async function createMachine(c: Ctx) {
  const principal = c.env.principal();
  readQuery(c.req.raw, SHAPES.empty);
  if (c.req.header("idempotency-key") !== undefined) {
    const message = "Idempotency-Key is not supported at creation by this release; give the machine an id instead";
    throw invalid([{ pointer: "/idempotency-key", rule: "not_supported", message }]);
  }
  const body = await readJson(c.req.raw, SHAPES.machine);
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
  const answer = await machines.createMachine(c.env.house, principal, { ...body, configId });
  const [configuration = ""] = answer.machine.configId.split(":");
  c.header("location", `/api/v1/statemachines/${configuration}/${encodeURIComponent(answer.id)}`);
  c.header("etag", `"${answer.machine.revision}"`);
  return c.json(out.machineJson(answer), 201);
}

async function listMachines(c: Ctx) {
  const principal = c.env.principal();
  const query = readQuery(c.req.raw, SHAPES.machinesQuery);
  const found = await listPage(c.env.house, principal, {
    configuration: query.configuration,
    version: query.version,
    state: query.state,
    updatedAfter: instant(query.updated_after),
    updatedBefore: instant(query.updated_before),
    order: query.order,
    pageSize: pageSize(query.page_size),
    pageToken: query.page_token,
  });
  return c.json({
    statemachines: found.statemachines.map(out.listedMachineJson),
    next_page_token: found.nextPageToken,
  });
}

async function getMachine(c: Ctx) {
  const principal = c.env.principal();
  readQuery(c.req.raw, SHAPES.empty);
  const answer = await machines.getMachine(c.env.house, principal, param(c, "configuration"), param(c, "id"));
  c.header("etag", `"${answer.machine.revision}"`);
  return c.json(out.machineJson(answer));
}

async function getHistory(c: Ctx) {
  const principal = c.env.principal();
  const query = readQuery(c.req.raw, SHAPES.historyQuery);
  const found = await machines.listHistory(c.env.house, principal, {
    configuration: param(c, "configuration"),
    id: param(c, "id"),
    order: query.order,
    pageToken: query.page_token,
    pageSize: pageSize(query.page_size),
    refused: query.refused === "true",
  });
  const next = { next_page_token: found.nextPageToken };
  return found.refused
    ? c.json({ receipts: found.receipts.map(out.receiptJson), ...next })
    : c.json({ history: found.history.map(out.historyJson), ...next });
}

async function getAllowedEvents(c: Ctx) {
  const principal = c.env.principal();
  readQuery(c.req.raw, SHAPES.empty);
  const view = await machines.listAllowedEvents(c.env.house, principal, param(c, "configuration"), param(c, "id"));
  return c.json(out.allowedJson(view));
}

async function getState(c: Ctx) {
  const principal = c.env.principal();
  const { is } = readQuery(c.req.raw, SHAPES.stateQuery);
  const { state, revision } = await machines.getState(
    c.env.house,
    principal,
    param(c, "configuration"),
    param(c, "id"),
  );
  return c.json({ state, revision }, state === is ? 200 : 406);
}
