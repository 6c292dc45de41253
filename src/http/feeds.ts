/** The routes of feeds. */
import * as feeds from "../service/feeds.ts";
import * as out from "./output.ts";
import { pageSize, route } from "./route.ts";
import { SHAPES } from "./shapes.ts";

const listTransitions = route({
  operation: "ListTransitions",
  method: "GET",
  path: "/api/v1/transitions",
  query: SHAPES.feedQuery,
  handle: async ({ c, house, principal, query }) => {
    const input = { ...query, pageSize: pageSize(query.page_size) };
    const found = await feeds.listTransitions(house, principal, input);
    return c.json({ transitions: found.transitions.map(out.transitionJson), next_cursor: found.nextCursor });
  },
});

const listFailures = route({
  operation: "ListFailures",
  method: "GET",
  path: "/api/v1/failures",
  query: SHAPES.feedQuery,
  handle: async ({ c, house, principal, query }) => {
    const found = await feeds.listFailures(house, principal, { ...query, pageSize: pageSize(query.page_size) });
    return c.json({ failures: found.failures.map(out.failureJson), next_cursor: found.nextCursor });
  },
});

export const FEED_ROUTES = [listTransitions, listFailures];
