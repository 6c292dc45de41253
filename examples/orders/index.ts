/**
 * An order from its creation to the carrier, through the client of its own types: `orders.ts` is generated from `order.json`.
 *
 * `node examples/orders/index.ts`, with `DETENT_URL` (default http://localhost:8787) and, beyond a laptop, `DETENT_KEY`.
 */
import { createClient, RefusedError } from "../../src/client/index.ts";
import configuration from "./order.json" with { type: "json" };
import { typedOrders, type TypedOrdersMachine } from "./orders.ts";

const client = createClient({
  url: process.env["DETENT_URL"] ?? "http://localhost:8787",
  credential: process.env["DETENT_KEY"],
  onRetry: ({ error, waitMs }) => console.error(`${error.message}; trying again in ${Math.round(waitMs)} ms`),
});

/** A text for every state: without one for a state, or with one too many, this does not compile. */
function describe(order: TypedOrdersMachine): string {
  return typedOrders.match(
    order,
    {
      open: ({ data }) => `${data.customer} has to pay ${data.total}`,
      paid: () => "paid, and waiting for a parcel",
      shipped: ({ data }) => `on its way as ${data.tracking}`,
      cancelled: ({ data }) => `cancelled, ${data.reason ?? "nobody knows why"}`,
    },
    ({ configId, otherState }) => `${otherState}, says ${configId}, which this program does not know`,
  );
}

const { configId, created } = await client.upload(configuration);
console.log(`${configId} ${created ? "uploaded" : "is there"}`);

const first = await typedOrders
  .machines(client)
  .create({ data: { customer: "Ada", total: 30 }, labels: { shop: "north" } });
console.log(describe(first));

const order = typedOrders.machines(client).machine(first.id);
// From its creation on, beside what follows; it ends with the machine.
const watched = (async () => {
  for await (const change of order.watch({ afterRevision: -1 })) {
    console.log(`  #${change.revision} ${change.kind === "event" ? `${change.event}: ${change.to}` : change.kind}`);
  }
})();

try {
  await order.send("ship", { data: { tracking: "T-1" } });
} catch (error) {
  if (!(error instanceof RefusedError)) throw error;
  console.log(`refused, ${error.reason}; it would take ${error.receipt.allowedEvents.join(" or ")}`);
}

// A refusal that is expected is no exception.
const tried = await order.trySend("pay", { data: { amount: 20 } });
if (tried.result === "refused") console.log(`refused, ${tried.reason}`);

// The same id twice, as after an answer that got lost: paid once.
for (const attempt of [1, 2]) {
  const receipt = await order.send("pay", { data: { amount: 30 }, eventId: `payment-${first.id}` });
  console.log(`attempt ${attempt}: ${receipt.result}${receipt.duplicate ? ", as before" : ""}`);
}

const shipped = await order.send("ship", { data: { tracking: "T-1" } });
if (shipped.result === "transitioned") console.log(`${shipped.from} -> ${shipped.to}`);
console.log(describe(await order.get()));

await client.machines.deleteMachine({ configuration: order.configuration, id: order.id });
await watched;
console.log("gone");
