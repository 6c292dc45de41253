/** The routes of events. */
import * as events from "../service/events.ts";
import * as out from "./output.ts";
import { idempotencyKey, ifMatch, onlyOne } from "./preconditions.ts";
import { instant, MACHINE, machineOf, param, route } from "./route.ts";
import { SHAPES } from "./shapes.ts";

const sendEvent = route({
  operation: "SendEvent",
  method: "POST",
  path: `${MACHINE}/events`,
  body: SHAPES.event,
  handle: async ({ c, house, principal, body }) => {
    const receipt = await events.sendEvent(house, principal, {
      ...machineOf(c),
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
  },
});

const getMachineEvent = route({
  operation: "GetEvent",
  method: "GET",
  path: `${MACHINE}/events/:event_id`,
  handle: async ({ c, house, principal }) => {
    const query = { ...machineOf(c), eventId: param(c, "event_id") };
    return c.json(out.receiptJson(await events.getEvent(house, principal, query)));
  },
});

const getEvent = route({
  operation: "GetEvent",
  method: "GET",
  path: "/api/v1/events/:configuration/:event_id",
  handle: async ({ c, house, principal }) => {
    const query = { configuration: param(c, "configuration"), id: "", eventId: param(c, "event_id") };
    return c.json(out.receiptJson(await events.getEvent(house, principal, query)));
  },
});

export const EVENT_ROUTES = [sendEvent, getMachineEvent, getEvent];
