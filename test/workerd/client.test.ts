/** The client in a Worker: the same as everywhere, on the fetch of the real runtime. */
import { exports } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import configuration from "../../examples/orders/order.json" with { type: "json" };
import { typedOrders } from "../../examples/orders/orders.ts";
import { createClient, DetentError } from "../../src/client/index.ts";

const worker = (exports as unknown as { default: Fetcher }).default;
const client = createClient({
  url: "http://localhost",
  // Of what a request may say, the runtime refuses what it does not know.
  fetch: async (input, init) => await worker.fetch(new Request(input, init)),
});

beforeAll(async () => {
  await client.upload(configuration);
});

test("an order is created, refused, moved and watched", async () => {
  const machines = typedOrders.machines(client);
  const { id } = await machines.create({ data: { customer: "c", total: 1 } });
  const order = machines.machine(id);
  expect(await order.trySend("ship", { data: { tracking: "t" } })).toMatchObject({ result: "refused" });
  expect(await order.send("pay", { data: { amount: 1 } })).toMatchObject({ to: "paid" });
  const told: string[] = [];
  for await (const { kind } of order.watch({ afterRevision: -1 })) if (told.push(kind) === 2) break;
  expect(told).toEqual(["creation", "event"]);
});

test("a machine that is not there is an error with its reason", async () => {
  const failure: unknown = await typedOrders
    .machines(client)
    .machine("nobody")
    .get()
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(DetentError);
  expect(failure).toMatchObject({ reason: "MACHINE_NOT_FOUND" });
});
