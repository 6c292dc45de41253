/** What the page runs: a generated module and the client, as a browser application would. */
import { createClient } from "../../../src/client/index.ts";
import { typedOrders } from "../../../examples/orders/orders.ts";

async function walkAnOrder(url: string, credential: string): Promise<string[]> {
  const machines = typedOrders.machines(createClient({ url, credential: () => credential }));
  const { id } = await machines.create({ data: { customer: "Ada", total: 10 } });
  const order = machines.machine(id);
  const told: string[] = [];
  const stop = new AbortController();
  const watched = (async () => {
    for await (const change of order.watch({ afterRevision: -1, signal: stop.signal })) {
      told.push(change.kind === "event" ? change.event : change.kind);
      if (told.length === 3) stop.abort();
    }
  })();
  const refused = await order.trySend("ship", { data: { tracking: "t" } });
  await order.send("pay", { data: { amount: 10 } });
  const { duplicate } = await order.send("ship", { data: { tracking: "t" }, eventId: "e 1/ü" });
  const again = await order.send("ship", { data: { tracking: "t" }, eventId: "e 1/ü" });
  await watched;
  return [refused.result, String(duplicate), String(again.duplicate), ...told];
}

Object.assign(globalThis, { walkAnOrder });
