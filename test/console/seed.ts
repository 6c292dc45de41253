/** Fills the tenant `dev` of a fresh server with something of everything that the console shows. */
import type { Server } from "../e2e/server.ts";
import { Api, forEach } from "./api.ts";
import { BIG, DEVICES, UNUSED, ORDERS_V1, ORDERS_V2, ORDERS_V3 } from "./configurations.ts";
import { HOSTILE, HOSTILE_IDS, HOSTILE_TEXTS, IMAGE, SCRIPT } from "./hostile.ts";
import { LETTER_IDS, LOST_EVENT_COUNT, seedDeadLetters, seedFailures } from "./seed-failures.ts";
import { seedJobs, type SeededJobs } from "./seed-jobs.ts";
import { seedKeys, TENANTS, type SeededKeys } from "./seed-keys.ts";
import { ORDER_IDS, ORDERS, seedOrders } from "./seed-orders.ts";

export interface Seeded {
  readonly keys: SeededKeys;
  /** Ids of jobs. */
  readonly jobs: SeededJobs;
  /** Tenants besides `dev`. */
  readonly tenants: typeof TENANTS;
  /** Names in the order of the list. */
  readonly configurations: readonly string[];
  /** Ids of orders by what is particular about them. */
  readonly orders: typeof ORDER_IDS;
  /** How many orders live: the deleted one is not counted. */
  readonly orderCount: number;
  /** Half of them are refused by the job `send`; all are off after it. */
  readonly devices: readonly string[];
  readonly hostile: { readonly machines: readonly string[]; readonly texts: readonly string[] };
  /** Ids of dead letters, oldest first; the fifth is no JSON, the sixth hostile. */
  readonly deadLetters: readonly string[];
  /** How many events failed since their machine or configuration does not exist. */
  readonly failedEventCount: number;
}

const CONFIGURATIONS = [ORDERS_V1, ORDERS_V2, ORDERS_V3, DEVICES, UNUSED, BIG, HOSTILE];
const DEVICE_IDS = Array.from({ length: 8 }, (_, at) => `device-${at + 1}`);
const CREATE = "/api/v1/statemachines";

async function seedDevices(api: Api): Promise<void> {
  await forEach(DEVICE_IDS, (id) =>
    api.call(CREATE, { body: { config_id: "devices:v1", id, labels: { floor: "1" } } }),
  );
  const events = DEVICE_IDS.slice(0, 4).map((id) => ({
    configuration: "devices",
    id,
    event_id: `${id}-on`,
    event: "start",
  }));
  await api.call(`${CREATE}:send-events`, { body: { events } });
}

async function seedHostile(api: Api): Promise<void> {
  await forEach(HOSTILE_IDS, async (id) => {
    const body = {
      config_id: "hostile:v1",
      id,
      labels: { [IMAGE]: SCRIPT, plain: id.slice(0, 20) },
      data: { [SCRIPT]: IMAGE, text: id },
    };
    await api.call(CREATE, { body });
  });
  const events = HOSTILE_IDS.map((id, at) => ({
    configuration: "hostile",
    id,
    event_id: `${at} ${IMAGE}`,
    event: IMAGE,
    details: SCRIPT,
    originator: IMAGE,
  }));
  await api.call(`${CREATE}:send-events`, { body: { events } });
}

/**
 * For a server of `startServer`, and for an empty tenant: twice is once too often. Takes some seconds.
 * Rejects at the first thing that the server refuses, apart from events that are meant to be refused.
 */
export async function seed({ url, stateDir }: Pick<Server, "url" | "stateDir">): Promise<Seeded> {
  const api = new Api(url);
  for (const body of CONFIGURATIONS) await api.call("/api/v1/configurations", { body });
  const [keys] = await Promise.all([
    seedKeys(api, stateDir),
    seedOrders(api),
    seedDevices(api),
    seedHostile(api),
    api.call(CREATE, { body: { config_id: "big:v1", id: "big-1" } }),
  ]);
  await api.call("/api/v1/configurations/orders:v1/deprecate", { method: "POST" });
  await seedFailures(api);
  // Alone: while the file is locked, the server answers 503.
  await seedDeadLetters(stateDir);
  const jobs = await seedJobs(api);
  return {
    keys,
    jobs,
    tenants: TENANTS,
    configurations: [...new Set(CONFIGURATIONS.map(({ name }) => name))].toSorted(),
    orders: ORDER_IDS,
    orderCount: ORDERS.length - 1,
    devices: DEVICE_IDS,
    hostile: { machines: HOSTILE_IDS, texts: HOSTILE_TEXTS },
    deadLetters: LETTER_IDS,
    failedEventCount: LOST_EVENT_COUNT,
  };
}
