/**
 * A shop that talks to Detent by queues alone. Over HTTP it takes checkouts and puts them on Detent's queue of events; of
 * Detent's changes it hears that an order is to be charged, charges, and answers with another event. Whatever it does it may
 * do again: the ids of its events and payments are made of what caused them.
 */
import { eventFor, type EventMessage, isChange, orderOf, type Telling } from "./messages.ts";
import type { Order } from "./order.ts";

export { Order } from "./order.ts";

interface Env {
  readonly EVENTS: Queue<EventMessage>;
  readonly ORDERS: DurableObjectNamespace<Order>;
}

const CHECKOUT = new URLPattern({ pathname: "/orders/:order/checkout" });
/** An event's id has at most 255. */
const LONGEST_KEY = 200;
const ORDER = new URLPattern({ pathname: "/orders/:order" });

async function checkOut(request: Request, env: Env, order: string): Promise<Response> {
  const key = request.headers.get("idempotency-key");
  if (!key || key.length > LONGEST_KEY)
    return refuse(`An Idempotency-Key of up to ${LONGEST_KEY} characters is needed.`);
  const body: { amount?: unknown } | null = await request.json<{ amount?: unknown }>().catch(() => null);
  const amount = body?.amount;
  if (typeof amount !== "number" || !(amount > 0)) return refuse("The body is {amount}, a number above 0.");
  // Who sends the same checkout again after a broken connection sends the same event.
  const eventId = `checkout-${key}`;
  await env.EVENTS.send(eventFor(order, "checkout", eventId, { amount }));
  // What becomes of it is told by queue.
  return Response.json(
    { order, event_id: eventId },
    { status: 202, headers: { location: `/orders/${encodeURIComponent(order)}` } },
  );
}

async function show(env: Env, order: string): Promise<Response> {
  const known = await env.ORDERS.getByName(order).show();
  if (known.standing === undefined && known.problem === undefined)
    return refuse(`Nothing is known of "${order}".`, 404);
  return Response.json({ order, ...known });
}

function refuse(error: string, status = 400): Response {
  return Response.json({ error }, { status });
}

/** The part of a path, decoded; undefined: it is malformed. */
function read(part: string | undefined): string | undefined {
  try {
    return decodeURIComponent(part ?? "");
  } catch {
    return undefined;
  }
}

async function answer(request: Request, env: Env): Promise<Response> {
  const checkout = CHECKOUT.exec(request.url)?.pathname.groups["order"];
  const order = read(checkout ?? ORDER.exec(request.url)?.pathname.groups["order"]);
  if (!order) return refuse("There are POST /orders/{order}/checkout and GET /orders/{order}.", 404);
  if (checkout !== undefined && request.method === "POST") return checkOut(request, env, order);
  if (checkout === undefined && request.method === "GET") return show(env, order);
  return refuse(`${request.method} is not possible here.`, 405);
}

export default {
  fetch: answer,

  async queue(batch, env) {
    for (const message of batch.messages) {
      const order = orderOf(message.body);
      // Machines of others are told on the same queues.
      if (order === undefined) continue;
      try {
        const object = env.ORDERS.getByName(order);
        await (isChange(message.body) ? object.stand(order, message.body) : object.hear(message.body));
      } catch (error) {
        console.error(`${message.body.id} is tried again: ${String(error)}`);
        message.retry();
      }
    }
  },
} satisfies ExportedHandler<Env, Telling>;
