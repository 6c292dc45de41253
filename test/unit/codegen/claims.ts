/** What the types of a generated module must let through, and what they must not: the text of a module beside `orders.ts`. */

export const TYPE_CLAIMS = `
import { createClient, RefusedError, type Client, type JsonObject } from "detent/client";
import { orders, type OrdersEvent, type OrdersMachine, type OrdersState } from "./orders.ts";

const client: Client = createClient({ url: "http://localhost:8787", credential: async () => "key" });
const all = orders.machines(client);
const order = all.machine("7");
declare const machine: OrdersMachine;
type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

export async function sends(): Promise<void> {
  const shipped = await order.send("ship", { data: { tracking: "t", weight: 1 }, eventId: "e", expectedRevision: 3 });
  if (shipped.result === "transitioned") {
    shipped.event satisfies "ship";
    switch (shipped.to) {
      case "shipped":
        break;
      case "cancelled":
        // The event leads nowhere else here, but may in another version.
        shipped.to satisfies string;
        break;
      default:
        shipped.to satisfies string;
        // @ts-expect-error: a machine of another version may be in a state that is not known
        shipped.to satisfies never;
    }
  }
  await order.send("cancel");
  await order.send("cancel", { data: { reason: "late" } });
  await order.send("change", { data: { whatever: [1, null, { x: true }] }, expectedState: "pending" });
  await order.sendEvent({ event: "cancel" }, { details: "by hand" });
  declare_event satisfies OrdersEvent;
  await order.sendEvent(declare_event);
  // @ts-expect-error: no such event
  await order.send("shipp", { data: { tracking: "t", weight: 1 } });
  // @ts-expect-error: an event that needs data has none
  await order.send("ship");
  // @ts-expect-error: nor has it any here
  await order.send("ship", {});
  // @ts-expect-error: a field is missing
  await order.send("ship", { data: { tracking: "t" } });
  // @ts-expect-error: a field has another type
  await order.send("ship", { data: { tracking: "t", weight: "1" } });
  // @ts-expect-error: a field that the schema does not name
  await order.send("ship", { data: { tracking: "t", weight: 1, wieght: 2 } });
  // @ts-expect-error: not one of the values
  await order.send("cancel", { data: { reason: "bored" } });
  // @ts-expect-error: no such state
  await order.send("change", { expectedState: "paid" });
  // @ts-expect-error: an option that is not there
  await order.send("change", { evntId: "e" });
  // One of several events: its data fits each of them, and is there when one of them needs it.
  const either = "ship" as "ship" | "cancel";
  const harmless = "cancel" as "cancel" | "change";
  await order.send(either, { data: { tracking: "t", weight: 1, reason: "late" } });
  await order.send(harmless);
  await order.send(harmless, { data: { reason: "late" } });
  // @ts-expect-error: one of them needs data
  await order.send(either);
  // @ts-expect-error: nor has it any here
  await order.trySend(either, { eventId: "e" });
  // @ts-expect-error: data that one of them does not take
  await order.dryRun(either, { data: { reason: "late" } });
  // @ts-expect-error: nor this
  await order.send(either, { data: { tracking: "t", weight: 1, reason: "bored" } });
  // @ts-expect-error: nor is it taken where it may be left out
  await order.send(harmless, { data: { reason: "bored" } });
  // @ts-expect-error: an interface may gain members elsewhere
  await order.send("change", { data: declared });
  await order.send("change", { data: { ...declared } });
  // @ts-expect-error: JSON has no functions
  await order.send("change", { data: { f: () => 1 } });
  // @ts-expect-error: no such event
  await order.dryRun("pay");
  // @ts-expect-error: no such event
  await order.trySend("pay");
  // @ts-expect-error: no such event
  await order.sendEvent({ event: "pay" });
  // @ts-expect-error: data of another event
  await order.sendEvent({ event: "ship", data: { reason: "late" } });
  const tried = await order.trySend("cancel");
  switch (tried.result) {
    case "transitioned":
      tried.to satisfies string;
      break;
    case "ignored":
    case "deferred":
      // @ts-expect-error: it did not move
      tried.to satisfies string;
      break;
    case "refused":
      tried.reason satisfies string;
      tried.allowedEvents.includes("ship");
      break;
    case "other":
      tried.otherResult satisfies string;
      break;
    default:
      tried satisfies never;
  }
}
declare const declare_event: OrdersEvent;
interface Declared {
  readonly a: string;
}
declare const declared: Declared;

export async function creates(): Promise<void> {
  await order.create();
  await order.create({ data: { anything: 1 }, labels: { region: "eu" } });
  await all.create({ state: "pending", data: { customer: "c" } });
  await order.send("change", { createIfMissing: { state: "pending", data: { customer: "c" } } });
  // @ts-expect-error: a machine cannot be created in this state
  await order.create({ state: "shipped", data: { tracking: "t" } });
  // @ts-expect-error: the state needs data
  await order.create({ state: "pending" });
  // @ts-expect-error: the data is of another state
  await order.create({ state: "pending", data: { tracking: "t" } });
  // @ts-expect-error: nor is it created so by an event
  await order.send("change", { createIfMissing: { state: "cancelled" } });
}

export function matches(): void {
  const text = orders.match(
    machine,
    {
      start: ({ data }) => data["x"] ?? null,
      pending: ({ data }) => data.customer.length,
      shipped: ({ data, state }) => \`\${state satisfies "shipped"} \${data.tracking}\`,
      cancelled: () => false as const,
    },
    ({ configId, otherState }) => [configId, otherState],
  );
  const equal: Equals<typeof text extends infer R ? (R extends string[] ? "list" : never) : never, "list"> = true;
  equal satisfies true;
  // @ts-expect-error: what comes out is more than a text
  text satisfies string;
  orders.match(
    machine,
    // @ts-expect-error: a state is missing
    { start: () => 1, pending: () => 2, shipped: () => 3 },
    () => 4,
  );
  orders.match(
    machine,
    // @ts-expect-error: a state that is not there
    { start: () => 1, pending: () => 2, shipped: () => 3, cancelled: () => 4, paid: () => 5 },
    () => 6,
  );
  orders.match(
    machine,
    {
      start: () => 1,
      // @ts-expect-error: data of another state
      pending: ({ data }) => data.tracking,
      shipped: () => 3,
      cancelled: () => 4,
    },
    () => 5,
  );
  // @ts-expect-error: machines of another version are thought of
  orders.match(machine, { start: () => 1, pending: () => 2, shipped: () => 3, cancelled: () => 4 });
  const some: number | string = orders.matchOr(machine, { shipped: ({ data }) => data.tracking }, ({ revision }) => revision);
  some satisfies number | string;
  // @ts-expect-error: a state that is not there
  orders.matchOr(machine, { paid: () => 1 }, () => 2);
}

export function narrows(state: OrdersState): string | undefined {
  // @ts-expect-error: no such state
  if (machine.state === "paid") return "";
  if (machine.state === "shipped") return machine.data.tracking;
  if (machine.state === undefined) return machine.otherState;
  // @ts-expect-error: only in one state
  machine.data.tracking satisfies string;
  switch (machine.state) {
    case "start":
    case "cancelled":
      machine.data satisfies JsonObject;
      return undefined;
    case "pending":
      machine satisfies OrdersState;
      return machine.data.customer;
    default:
      machine satisfies never;
  }
  return state.state === "shipped" ? state.data.parts?.[0]?.parts?.[0]?.name : undefined;
}

export async function reads(): Promise<void> {
  for await (const change of order.watch({ afterRevision: -1 })) {
    if (change.kind === "event" && change.event === "ship") change.to satisfies string;
    // @ts-expect-error: the machine did not move from anywhere
    if (change.kind === "creation") change.from satisfies string;
    if (change.kind === "other") change.otherKind satisfies string;
    if (change.kind === "deletion") break;
  }
  for await (const { kind } of order.history({ order: "desc" })) kind satisfies "event" | "migration" | "override" | "other";
  const { events } = await order.allowedEvents();
  events.filter(({ event, to }) => event === "ship" && to === "shipped");
  const states: readonly ("start" | "pending" | "shipped" | "cancelled")[] = orders.states;
  states satisfies readonly string[];
  const name = "ship" as string;
  if (orders.isEvent(name)) name satisfies "accept" | "ship" | "change" | "cancel";
  orders.configId satisfies "orders:v3";
  try {
    await order.get({ atRevision: 1 });
  } catch (error) {
    if (error instanceof RefusedError) error.receipt.allowedEvents satisfies readonly string[];
  }
}
`;
