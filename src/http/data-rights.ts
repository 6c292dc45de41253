/** The routes by which data leaves for good, or is taken along: the export of a tenant, the erasure of machines and tenants. */
import { exportLine } from "../export-line.ts";
import { eraseMachine as erase, eraseTenant as eraseAll } from "../service/erasure.ts";
import { exportTenant as openExport, type ExportMessage } from "../service/export.ts";
import * as out from "../output.ts";
import { problemOf } from "./problem.ts";
import { MACHINE, machineOf, param, route, type Ctx } from "./route.ts";
import { SHAPES } from "./shapes.ts";
import { readerOf } from "./text-stream.ts";

const HEADERS = { "content-type": "application/x-ndjson", "cache-control": "no-store" };

const exportTenant = route({
  operation: "ExportTenant",
  access: "ops",
  method: "GET",
  path: "/api/v1/export",
  query: SHAPES.exportQuery,
  handle: async ({ c, house, principal, query }) => {
    const { signal, toBody } = readerOf(c);
    const messages = await openExport(house, principal, { ...query, signal });
    return new Response(c.req.method === "HEAD" ? null : toBody(toLines(c, messages)), { headers: HEADERS });
  },
});

async function* toLines(c: Ctx, messages: AsyncIterable<ExportMessage>): AsyncGenerator<string> {
  try {
    for await (const message of messages) yield `${exportLine(message)}\n`;
  } catch (error) {
    c.env.house.log.fail(error);
    yield `${JSON.stringify({ ...problemOf(error, c.env.requestId), type: "error" })}\n`;
  }
}

const eraseMachine = route({
  operation: "EraseMachine",
  access: "ops",
  method: "POST",
  path: `${MACHINE}/erase`,
  handle: async ({ c, house, principal }) => {
    const { configuration, id } = machineOf(c);
    await erase(house, principal, configuration, id);
    return c.body(null, 204);
  },
});

const eraseTenant = route({
  operation: "EraseTenant",
  access: "root",
  method: "POST",
  path: "/api/v1/tenants/:name/erase",
  body: SHAPES.erasure,
  handle: async ({ c, house, principal, body }) =>
    c.json(out.tenantJson(await eraseAll(house, principal, param(c, "name"), body.confirm)), 202),
});

export const DATA_RIGHTS_ROUTES = [exportTenant, eraseMachine, eraseTenant];
