/** The route of a watch: Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
import { clip } from "../engine/names.ts";
import { invalid } from "../errors.ts";
import { getState } from "../service/machines.ts";
import { watchMachine, type WatchMessage } from "../service/watch.ts";
import * as out from "../output.ts";
import { problemOf } from "./problem.ts";
import { MACHINE, machineOf, route, type Ctx } from "./route.ts";
import { SHAPES } from "./shapes.ts";
import { readerOf } from "./text-stream.ts";

const HEADERS = { "content-type": "text/event-stream", "cache-control": "no-store, no-transform" };

/** How long a browser waits before it comes back, in ms. */
const RETRY_MS = 1_000;

const watch = route({
  operation: "WatchMachine",
  access: "machines:read",
  method: "GET",
  path: `${MACHINE}/watch`,
  query: SHAPES.watchQuery,
  handle: async ({ c, house, principal, query }) => {
    const { configuration, id } = machineOf(c);
    const { after_revision: after } = query;
    // A browser that comes back asks for what it asked at first, and says in a header what it has got since.
    const afterRevision =
      lastEventId(c.req.header("last-event-id")) ?? (after === undefined ? undefined : Number(after));
    if (c.req.method === "HEAD") {
      await getState(house, principal, configuration, id);
      return new Response(null, { headers: HEADERS });
    }
    const { signal, toBody } = readerOf(c);
    const messages = await watchMachine(house, principal, { configuration, id, afterRevision, signal });
    return new Response(toBody(toEvents(c, messages)), { headers: HEADERS });
  },
});

function lastEventId(header: string | undefined): number | undefined {
  if (header === undefined || header === "") return undefined;
  if (/^-?\d{1,15}$/.test(header)) return Number(header);
  const message = "Last-Event-ID must be a revision";
  throw invalid([{ pointer: "/last-event-id", rule: "range", message, value: clip(header) }]);
}

async function* toEvents(c: Ctx, messages: AsyncIterable<WatchMessage>): AsyncGenerator<string> {
  yield `retry: ${RETRY_MS}\n\n`;
  try {
    for await (const message of messages) yield toEvent(message);
  } catch (error) {
    c.env.house.log.fail(error);
    yield `event: problem\ndata: ${JSON.stringify(problemOf(error, c.env.requestId))}\n\n`;
  }
}

/** Changes have no name, so that `onmessage` gets them. */
function toEvent({ revision, change }: WatchMessage): string {
  if (change === undefined) return `event: heartbeat\nid: ${revision}\ndata: ${JSON.stringify({ revision })}\n\n`;
  return `id: ${revision}\ndata: ${JSON.stringify(out.historyJson(change))}\n\n`;
}

export const WATCH_ROUTES = [watch];
