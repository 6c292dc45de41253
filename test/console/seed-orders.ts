/** The machines of orders: some forty in their states and versions, and those that a test looks at by name. */
import { forEach, machinePath, type Api } from "./api.ts";

interface Step {
  readonly event: string;
  readonly data?: unknown;
  readonly details?: string;
}

interface Order {
  readonly id: string;
  readonly version: "v1" | "v2" | "v3";
  readonly data?: Readonly<Record<string, unknown>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

const ACCEPT: Step = { event: "accept", data: { address: { street: "Wharf 1", city: "Bergen", country: "NO" } } };
const PAY: Step = { event: "pay", data: { amount: 120, method: "card", note: "thank you", gift: true, count: 3 } };
const SHIP: Step = { event: "ship", data: { tracking: "TR-4711" }, details: "left the house" };
const DELIVER: Step = { event: "deliver" };
const RETURN: Step = { event: "return" };
const REPLACE: Step = { event: "replace" };
const CANCEL: Step = { event: "cancel", data: { reason: "changed my mind" } };

/** Each goes one step further than the one before. */
const WAY = [ACCEPT, PAY, SHIP, DELIVER, RETURN];
const REGIONS = ["eu", "us", "asia"];
const CUSTOMERS = ["ada", "grace", "linus", "margaret"];

/** What the machines are that tests look at by name. */
export const ORDER_IDS = {
  /** In `start`, its timer `abandon` running. */
  fresh: "order-fresh",
  /** In `pending`, its timer `expire` running; its data has a total of 100. */
  pending: "order-pending",
  /** In `shipped`, with 15 revisions; it has refused NO_TRANSITION and UNKNOWN_EVENT. */
  long: "order-1",
  /** In `pending`; it has refused NO_TRANSITION, GUARD_REJECTED, SCHEMA_REJECTED and UNKNOWN_EVENT. */
  refusing: "order-refusing",
  /** In `shipped`; it has ignored a `pay`. */
  ignoring: "order-ignoring",
  /** In `paid`; it has deferred a `deliver`. */
  deferring: "order-deferring",
  /** In `paid` by an operator's override, in place of `pending`. */
  overridden: "order-overridden",
  /** Of v3; it began in v2. */
  migrated: "order-migrated",
  /** Gone: 410. */
  deleted: "order-deleted",
  /** In `cancelled`, which is final. */
  final: "order-final",
  /** In `paid`, its deadline in 2099. */
  deadline: "order-deadline",
  /** Some 200 KB of data. */
  large: "order-large",
} as const;

const LABELS = { customer: "ada", region: "eu" };
const TOTAL = { total: 100 };

const NAMED: readonly Order[] = [
  { id: ORDER_IDS.fresh, version: "v3", steps: [] },
  { id: ORDER_IDS.pending, version: "v3", steps: [ACCEPT] },
  {
    id: ORDER_IDS.long,
    version: "v3",
    steps: [
      ACCEPT,
      { event: "replace" },
      PAY,
      ...Array.from({ length: 4 }, () => [SHIP, RETURN, REPLACE]).flat(),
      { event: "teleport" },
      SHIP,
    ],
  },
  {
    id: ORDER_IDS.refusing,
    version: "v3",
    steps: [
      ACCEPT,
      { event: "ship", data: { tracking: "too early" } },
      { event: "pay", data: { amount: 1, method: "card" } },
      { event: "pay", data: { amount: -5, method: "cash" } },
      { event: "teleport" },
    ],
  },
  { id: ORDER_IDS.ignoring, version: "v3", steps: [ACCEPT, PAY, SHIP, PAY] },
  { id: ORDER_IDS.deferring, version: "v3", steps: [ACCEPT, PAY, DELIVER] },
  { id: ORDER_IDS.overridden, version: "v3", steps: [ACCEPT] },
  { id: ORDER_IDS.migrated, version: "v2", steps: [{ event: "accept" }] },
  { id: ORDER_IDS.deleted, version: "v3", steps: [ACCEPT] },
  { id: ORDER_IDS.final, version: "v3", steps: [ACCEPT, PAY, CANCEL] },
  { id: ORDER_IDS.deadline, version: "v3", data: { ...TOTAL, ship_by: "2099-12-31T12:00:00Z" }, steps: [ACCEPT, PAY] },
  { id: ORDER_IDS.large, version: "v3", data: { ...TOTAL, lines: makeLines(2_000) }, steps: [ACCEPT] },
].map((order) => ({ data: TOTAL, labels: LABELS, ...order }) as Order);

function makeLines(count: number): unknown[] {
  return Array.from({ length: count }, (_, at) => ({
    sku: `SKU-${at}`,
    price: at / 4,
    text: "A thing of some length, in a box",
    sizes: { m: at },
  }));
}

/** order-2 to order-31. */
const PLAIN: readonly Order[] = Array.from({ length: 30 }, (_, at) => {
  const version = at % 3 === 2 ? "v3" : at % 3 === 1 ? "v2" : "v1";
  // No version before v3 can `return` what is not delivered, nor v1 deliver.
  const most = version === "v1" ? 3 : WAY.length;
  return {
    id: `order-${at + 2}`,
    version,
    data: { total: 10 * (1 + (at % 12)) },
    labels: { customer: CUSTOMERS[at % CUSTOMERS.length] ?? "", region: REGIONS[at % REGIONS.length] ?? "" },
    steps: WAY.slice(0, at % (most + 1)),
  };
});

export const ORDERS: readonly Order[] = [...NAMED, ...PLAIN];

/** The id of the nth event that an order was sent, from 0. */
function eventIdOf(id: string, at: number): string {
  return `${id}-event-${at}`;
}

/** Makes the orders, and what operators have done to some. */
export async function seedOrders(api: Api): Promise<void> {
  await forEach(ORDERS, async ({ id, version, data, labels, steps }) => {
    await api.call("/api/v1/statemachines", { body: { config_id: `orders:${version}`, id, data, labels } });
    if (steps.length === 0) return;
    const events = steps.map((step, at) => ({
      configuration: "orders",
      id,
      event_id: eventIdOf(id, at),
      originator: "shop",
      ...step,
    }));
    await api.call("/api/v1/statemachines:send-events", { body: { events } });
  });
  const override = { state: "paid", data: { total: 100, paid_amount: 100 }, comment: "Paid in cash at the counter." };
  const headers = { "if-match": '"1"' };
  await Promise.all([
    api.call(`${machinePath("orders", ORDER_IDS.overridden)}/override`, { body: override, headers }),
    api.call(`${machinePath("orders", ORDER_IDS.migrated)}/migrate`, { body: { to: "v3" } }),
    api.call(machinePath("orders", ORDER_IDS.deleted), { method: "DELETE" }),
  ]);
}
