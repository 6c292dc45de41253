/** The routes of feeds. */
import * as feeds from "../service/feeds.ts";
import { readQuery } from "./input.ts";
import * as out from "./output.ts";
import { pageSize, type Ctx, type Route } from "./route.ts";
import { SHAPES } from "./shapes.ts";

export const FEED_ROUTES: readonly Route[] = [
  { method: "GET", path: "/api/v1/transitions", handle: listTransitions },
  { method: "GET", path: "/api/v1/failures", handle: listFailures },
];

async function listTransitions(c: Ctx) {
  const found = await feeds.listTransitions(c.env.house, c.env.principal(), readInput(c));
  return c.json({ transitions: found.transitions.map(out.transitionJson), next_cursor: found.nextCursor });
}

async function listFailures(c: Ctx) {
  const found = await feeds.listFailures(c.env.house, c.env.principal(), readInput(c));
  return c.json({ failures: found.failures.map(out.failureJson), next_cursor: found.nextCursor });
}

function readInput(c: Ctx): feeds.ReadFeedInput {
  const { after, configuration, page_size: size } = readQuery(c.req.raw, SHAPES.feedQuery);
  return { after, configuration, pageSize: pageSize(size) };
}
