/** The routes of dead letters. */
import * as deadLetters from "../service/dead-letters.ts";
import * as out from "../output.ts";
import { pageSize, route } from "./route.ts";
import { SHAPES } from "./shapes.ts";

const listDeadLetters = route({
  operation: "ListDeadLetters",
  access: "ops",
  method: "GET",
  path: "/api/v1/dead-letters",
  query: SHAPES.pageQuery,
  handle: async ({ c, house, principal, query }) => {
    const found = await deadLetters.listDeadLetters(house, principal, {
      pageSize: pageSize(query.page_size),
      pageToken: query.page_token,
    });
    return c.json({ dead_letters: found.deadLetters.map(out.deadLetterJson), next_page_token: found.nextPageToken });
  },
});

const redriveDeadLetters = route({
  operation: "RedriveDeadLetters",
  access: "ops",
  method: "POST",
  path: "/api/v1/dead-letters:redrive",
  body: SHAPES.redrive,
  handle: async ({ c, house, principal, body }) =>
    c.json(await deadLetters.redriveDeadLetters(house, principal, body.ids ?? [])),
});

export const DEAD_LETTER_ROUTES = [listDeadLetters, redriveDeadLetters];
