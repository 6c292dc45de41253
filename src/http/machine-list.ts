/** The routes of many machines. */
import * as machineCount from "../service/machine-count.ts";
import * as machineList from "../service/machine-list.ts";
import type * as v from "valibot";
import * as out from "../output.ts";
import { instant, pageSize, route } from "./route.ts";
import { SHAPES } from "./shapes.ts";

const listMachines = route({
  operation: "ListMachines",
  access: "machines:read",
  method: "GET",
  path: "/api/v1/statemachines",
  query: SHAPES.machinesQuery,
  handle: async ({ c, house, principal, query }) => {
    const found = await machineList.listMachines(house, principal, {
      ...filterOf(query),
      order: query.order,
      pageSize: pageSize(query.page_size),
      pageToken: query.page_token,
    });
    return c.json({
      statemachines: found.statemachines.map(out.listedMachineJson),
      next_page_token: found.nextPageToken,
      index_lag_ms: found.indexLagMs,
    });
  },
});

const countMachines = route({
  operation: "CountMachines",
  access: "machines:read",
  method: "GET",
  path: "/api/v1/statemachines:count",
  query: SHAPES.machineCountQuery,
  handle: async ({ c, house, principal, query }) => {
    const groupBy = query.group_by ? query.group_by.split(",") : [];
    const found = await machineCount.countMachines(house, principal, { ...filterOf(query), groupBy });
    return c.json({ counts: found.counts, total: found.total, index_lag_ms: found.indexLagMs });
  },
});

function filterOf(query: v.InferOutput<typeof SHAPES.machineCountQuery> | v.InferOutput<typeof SHAPES.machinesQuery>) {
  return {
    configuration: query.configuration,
    version: query.version,
    state: query.state,
    updatedAfter: instant(query.updated_after),
    updatedBefore: instant(query.updated_before),
    labels: query.label,
  };
}

export const MACHINE_LIST_ROUTES = [listMachines, countMachines];
