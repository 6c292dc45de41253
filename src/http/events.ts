/** The routes of events. */
import * as events from "../service/events.ts";
import { readJson, readQuery } from "./input.ts";
import * as out from "./output.ts";
import { idempotencyKey, ifMatch, onlyOne } from "./preconditions.ts";
import { instant, MACHINE, param, type Ctx, type Route } from "./route.ts";
import { SHAPES } from "./shapes.ts";

export const EVENT_ROUTES: readonly Route[] = [
  { method: "POST", path: `${MACHINE}/events`, handle: sendEvent },
  { method: "GET", path: `${MACHINE}/events/:event_id`, handle: getMachineEvent },
  { method: "GET", path: "/api/v1/events/:configuration/:event_id", handle: getEvent },
];

async function sendEvent(c: Ctx) {
  const principal = c.env.principal();
  readQuery(c.req.raw, SHAPES.empty);
  const body = await readJson(c.req.raw, SHAPES.event);
  const receipt = await events.sendEvent(c.env.house, principal, {
    configuration: param(c, "configuration"),
    id: param(c, "id"),
    event: body.event,
    eventId: onlyOne("event_id", body.event_id, idempotencyKey(c.req.header("idempotency-key"))),
    data: body.data,
    details: body.details,
    originator: body.originator,
    timestamp: instant(body.timestamp),
    expectedState: body.expected_state,
    expectedRevision: onlyOne("expected_revision", body.expected_revision, ifMatch(c.req.header("if-match"))),
  });
  events.acceptedOrThrow(receipt);
  // A duplicate tells of a revision that may be long past: as an If-Match it would only fail.
  if (!receipt.duplicate) c.header("etag", `"${receipt.revision}"`);
  return c.json(out.receiptJson(receipt));
}

async function getMachineEvent(c: Ctx) {
  const principal = c.env.principal();
  readQuery(c.req.raw, SHAPES.empty);
  const query = { configuration: param(c, "configuration"), id: param(c, "id"), eventId: param(c, "event_id") };
  return c.json(out.receiptJson(await events.getEvent(c.env.house, principal, query)));
}

async function getEvent(c: Ctx) {
  const principal = c.env.principal();
  readQuery(c.req.raw, SHAPES.empty);
  const query = { configuration: param(c, "configuration"), id: "", eventId: param(c, "event_id") };
  return c.json(out.receiptJson(await events.getEvent(c.env.house, principal, query)));
}
