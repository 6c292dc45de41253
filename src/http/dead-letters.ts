/** The routes of dead letters. */
import * as deadLetters from "../service/dead-letters.ts";
import { readJson, readQuery } from "./input.ts";
import * as out from "./output.ts";
import { pageSize, type Ctx, type Route } from "./route.ts";
import { SHAPES } from "./shapes.ts";

export const DEAD_LETTER_ROUTES: readonly Route[] = [
  { method: "GET", path: "/api/v1/dead-letters", handle: listDeadLetters },
  { method: "POST", path: "/api/v1/dead-letters:redrive", handle: redriveDeadLetters },
];

async function listDeadLetters(c: Ctx) {
  const principal = c.env.principal();
  const query = readQuery(c.req.raw, SHAPES.deadLettersQuery);
  const found = await deadLetters.listDeadLetters(c.env.house, principal, {
    pageSize: pageSize(query.page_size),
    pageToken: query.page_token,
  });
  return c.json({ dead_letters: found.deadLetters.map(out.deadLetterJson), next_page_token: found.nextPageToken });
}

async function redriveDeadLetters(c: Ctx) {
  const principal = c.env.principal();
  readQuery(c.req.raw, SHAPES.empty);
  const { ids } = await readJson(c.req.raw, SHAPES.redrive);
  return c.json(await deadLetters.redriveDeadLetters(c.env.house, principal, ids ?? []));
}
