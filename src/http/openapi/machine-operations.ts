/** What is said about the operations on machines. */
import type { Description } from "./description.ts";

const address = { configuration: "orders", id: "order-1" };
const listed = {
  config_id: "orders:v1",
  state: "start",
  labels: { customer: "7" },
  revision: 0,
  final: false,
  created_at: "2026-11-24T09:00:01.000Z",
  updated_at: "2026-11-24T09:00:01.000Z",
};
const created = {
  id: "order-1",
  statemachine: { ...listed, data: { total: 12.5 }, timers: [], history: [], history_next_page_token: "" },
};

export const MACHINE_OPERATIONS = {
  CreateMachine: {
    tag: "Machines",
    summary: "Create a machine",
    description:
      "Creates a machine at revision 0. It is in the lists before the answer. Without an `id` a UUID is made.\n\n`UNAVAILABLE` may mean that the machine is there and the index is not: the same request, sent again, completes it.",
    rpc: "detent.v1.MachineService/CreateMachine",
    headers: { "Idempotency-Key": "optional" },
    answers: {
      201: { description: "Created.", shape: "MachineAnswer", headers: ["Location", "ETag"], example: created },
    },
    reasons: ["CONFIGURATION_NOT_FOUND", "CONFIGURATION_DEPRECATED", "MACHINE_EXISTS", "MACHINE_GONE"],
    example: {
      body: { config_id: "orders:v1", id: "order-1", data: { total: 12.5 }, labels: { customer: "7" } },
    },
  },
  ListMachines: {
    tag: "Machines",
    summary: "List machines",
    description:
      "The machines of a configuration, from the index, which may be 5 s behind after an event and knows a new machine at once. A machine that does not change meanwhile is on exactly one page. Label filters need the order `id`.",
    rpc: "detent.v1.MachineService/ListMachines",
    answers: {
      200: {
        description: "A page of machines, without data, timers and history.",
        shape: "MachineList",
        example: { statemachines: [{ id: "order-1", statemachine: listed }], next_page_token: "", index_lag_ms: 0 },
      },
    },
    reasons: [],
    example: { query: { configuration: "orders", state: "start" } },
  },
  CountMachines: {
    tag: "Machines",
    summary: "Count machines",
    description:
      "How many machines a list with the same filters would have, in all and in groups. At most 10,000 groups are answered.",
    rpc: "detent.v1.MachineService/CountMachines",
    answers: {
      200: {
        description: "The counts.",
        shape: "MachineCounts",
        example: { counts: [{ state: "start", count: 1 }], total: 1, index_lag_ms: 0 },
      },
    },
    reasons: [],
    example: { query: { configuration: "orders", group_by: "state" } },
  },
  GetMachine: {
    tag: "Machines",
    summary: "Get a machine",
    description:
      "The machine as it is now, never stale, with its newest 100 changes, oldest first. With `at_revision` its state, data, version, revision and history as they were then.",
    rpc: "detent.v1.MachineService/GetMachine",
    headers: { "If-None-Match": "optional" },
    answers: {
      200: { description: "The machine.", shape: "MachineAnswer", headers: ["ETag"], example: created },
      304: { description: "It has the revision that `If-None-Match` names.", headers: ["ETag"] },
    },
    reasons: ["OUT_OF_RANGE", "MACHINE_NOT_FOUND", "MACHINE_GONE"],
    example: { path: address },
  },
  UpdateLabels: {
    tag: "Machines",
    summary: "Change the labels of a machine",
    description: "Sets the labels named, takes off those that are null, and leaves the others. The revision stays.",
    rpc: "detent.v1.MachineService/UpdateLabels",
    headers: { "If-Match": "optional" },
    answers: {
      200: {
        description: "The machine with its labels.",
        shape: "MachineAnswer",
        headers: ["ETag"],
        example: { ...created, statemachine: { ...created.statemachine, labels: { customer: "7", urgent: "yes" } } },
      },
    },
    reasons: ["REVISION_MISMATCH", "MACHINE_NOT_FOUND", "MACHINE_GONE"],
    example: { path: address, body: { labels: { urgent: "yes", forgotten: null } } },
  },
  ListHistory: {
    tag: "Machines",
    summary: "List the history of a machine",
    description:
      "Its changes, or with `refused=true` the receipts of the events it refused. A page may have fewer entries than asked for although more come.",
    rpc: "detent.v1.MachineService/ListHistory",
    answers: {
      200: {
        description: "`history`, or with `refused=true` `receipts`.",
        shape: "HistoryPage",
        example: {
          history: [
            {
              revision: 1,
              kind: "event",
              event_id: "e-1",
              timestamp: "2026-11-24T09:00:02.000Z",
              transition: { from: "start", to: "pending", event: "accept" },
              originator: "shop",
              actor: "anonymous",
              details: "",
              data: {},
            },
          ],
          next_page_token: "",
        },
      },
    },
    reasons: ["MACHINE_NOT_FOUND", "MACHINE_GONE"],
    example: { path: address, query: { order: "desc", page_size: "10" } },
  },
  ListAllowedEvents: {
    tag: "Machines",
    summary: "List the events a machine would accept",
    description: "Every event of its configuration, and whether it would be accepted in the machine's present state.",
    rpc: "detent.v1.MachineService/ListAllowedEvents",
    answers: {
      200: {
        description: "The events, in the order of the configuration.",
        shape: "AllowedEvents",
        example: {
          state: "start",
          revision: 0,
          events: [
            { event: "accept", allowed: "yes", to: "pending" },
            { event: "ship", allowed: "no", reason: "NO_TRANSITION" },
          ],
        },
      },
    },
    reasons: ["MACHINE_NOT_FOUND", "MACHINE_GONE"],
    example: { path: address },
  },
  GetState: {
    tag: "Machines",
    summary: "Ask whether a machine is in a state",
    description: "For scripts that look only at the status: 200 when it is in the state named by `is`, 406 when not.",
    rpc: null,
    answers: {
      200: { description: "It is.", shape: "CurrentState", example: { state: "start", revision: 0 } },
      406: { description: "It is in another state.", shape: "CurrentState", example: { state: "start", revision: 0 } },
    },
    reasons: ["MACHINE_NOT_FOUND", "MACHINE_GONE"],
    example: { path: address, query: { is: "start" } },
  },
} as const satisfies Record<string, Description>;
