/** The routes of events. */
import type * as v from "valibot";
import type { Principal } from "../auth/principal.ts";
import { LIMITS } from "../engine/limits.ts";
import { enqueueEvents, refuseCrowd } from "../service/enqueued-events.ts";
import type { SendEventInput } from "../service/event-input.ts";
import { getEvent as lookUp } from "../service/event-lookup.ts";
import * as events from "../service/events.ts";
import * as out from "../output.ts";
import { idempotencyKey, ifMatch, onlyOne, prefersAsync } from "./preconditions.ts";
import { problemOf } from "./problem.ts";
import { tryOut } from "./try-out.ts";
import { instant, MACHINE, machineOf, machinePath, param, route, type Ctx } from "./route.ts";
import { SHAPES } from "./shapes.ts";

const sendEvent = route({
  operation: "SendEvent",
  access: "events:send",
  method: "POST",
  path: `${MACHINE}/events`,
  query: SHAPES.dryRunQuery,
  body: SHAPES.event,
  handle: async ({ c, house, principal, query, body }) => {
    const isDryRun = query.dry_run === "true";
    const input: SendEventInput = {
      ...toInput(machineOf(c), body),
      eventId: onlyOne("event_id", body.event_id, idempotencyKey(c.req.header("idempotency-key"))),
      expectedRevision: onlyOne("expected_revision", body.expected_revision, ifMatch(c.req.header("if-match"))),
      traceparent: c.env.traceparent,
      isDryRun,
    };
    // Of the two the dry run is the order: a preference may be passed over, as RFC 7240 allows.
    if (isDryRun) {
      return await tryOut(c, async () =>
        out.receiptJson(events.acceptedOrThrow(await events.sendEvent(house, principal, input))),
      );
    }
    if (prefersAsync(c.req.header("prefer"))) return await enqueue(c, principal, input);
    const receipt = events.acceptedOrThrow(await events.sendEvent(house, principal, input));
    // A duplicate tells of a revision that may be long past: as an If-Match it would only fail.
    if (!receipt.duplicate) c.header("etag", `"${receipt.revision}"`);
    return c.json(out.receiptJson(receipt));
  },
});

async function enqueue(c: Ctx, principal: Principal, input: SendEventInput): Promise<Response> {
  const [enqueued] = await enqueueEvents(c.env.house, principal, [input]);
  if (enqueued === undefined) throw new Error("the queue has an event that has no id");
  const statusUrl = `${machinePath(enqueued)}/events/${encodeURIComponent(enqueued.eventId)}`;
  c.header("preference-applied", "respond-async");
  c.header("location", statusUrl);
  return c.json({ event_id: enqueued.eventId, status_url: statusUrl }, 202);
}

/** A body in the house's words. */
function toInput(
  machine: { readonly configuration: string; readonly id: string },
  body: v.InferOutput<typeof SHAPES.event>,
): SendEventInput {
  return {
    ...machine,
    event: body.event,
    eventId: body.event_id,
    data: body.data,
    details: body.details,
    originator: body.originator,
    timestamp: instant(body.timestamp),
    expectedState: body.expected_state,
    expectedRevision: body.expected_revision,
    createIfMissing: body.create_if_missing,
  };
}

const sendEvents = route({
  operation: "SendEvents",
  access: "events:send",
  method: "POST",
  path: "/api/v1/statemachines:send-events",
  query: SHAPES.dryRunQuery,
  body: SHAPES.events,
  bodyBytes: LIMITS.batchBytes,
  handle: async ({ c, house, principal, query, body }) => {
    refuseCrowd(body.events.length);
    const { traceparent } = c.env;
    const isDryRun = query.dry_run === "true";
    const inputs = body.events.map((event) => ({ ...toInput(event, event), traceparent, isDryRun }));
    const sent = await events.sendEvents(house, principal, inputs);
    const dryRun = isDryRun ? { dry_run: true } : {};
    return c.json({ results: sent.map((result) => resultJson(c, result)), ...dryRun });
  },
});

/** What a call of its own would have answered. */
function resultJson(c: Ctx, sent: events.Sent) {
  try {
    if ("error" in sent) throw sent.error;
    return { status: 200, receipt: out.receiptJson(events.acceptedOrThrow(sent.receipt)) };
  } catch (error) {
    c.env.house.log.fail(error);
    const problem = problemOf(error, c.env.requestId);
    return { status: problem.status, problem };
  }
}

const getEvent = route({
  operation: "GetEvent",
  access: "machines:read",
  method: "GET",
  path: `${MACHINE}/events/:event_id`,
  handle: async ({ c, house, principal }) => {
    const query = { ...machineOf(c), eventId: param(c, "event_id") };
    return c.json(out.receiptJson(await lookUp(house, principal, query)));
  },
});

const findEvent = route({
  operation: "FindEvent",
  access: "machines:read",
  method: "GET",
  path: "/api/v1/events/:configuration/:event_id",
  handle: async ({ c, house, principal }) => {
    const query = { configuration: param(c, "configuration"), id: "", eventId: param(c, "event_id") };
    return c.json(out.receiptJson(await lookUp(house, principal, query)));
  },
});

export const EVENT_ROUTES = [sendEvent, sendEvents, getEvent, findEvent];
