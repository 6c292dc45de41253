/** The routes of feeds. */
import type * as v from "valibot";
import * as feeds from "../service/feeds.ts";
import * as out from "../output.ts";
import { pageSize, route, type Ctx } from "./route.ts";
import { SHAPES } from "./shapes.ts";

const listTransitions = route({
  operation: "ListTransitions",
  access: "machines:read",
  method: "GET",
  path: "/api/v1/transitions",
  query: SHAPES.feedQuery,
  handle: async ({ c, house, principal, query }) => {
    const found = await feeds.listTransitions(house, principal, toInput(c, query));
    return c.json({ transitions: found.transitions.map(out.transitionJson), next_cursor: found.nextCursor });
  },
});

const listFailures = route({
  operation: "ListFailures",
  access: "machines:read",
  method: "GET",
  path: "/api/v1/failures",
  query: SHAPES.feedQuery,
  handle: async ({ c, house, principal, query }) => {
    const found = await feeds.listFailures(house, principal, toInput(c, query));
    return c.json({ failures: found.failures.map(out.failureJson), next_cursor: found.nextCursor });
  },
});

function toInput(c: Ctx, query: v.InferOutput<typeof SHAPES.feedQuery>): feeds.ReadFeedInput {
  return { ...query, pageSize: pageSize(query.page_size), signal: c.req.raw.signal };
}

export const FEED_ROUTES = [listTransitions, listFailures];
