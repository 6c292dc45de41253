/** What is said about the operations on events. */
import type { Description } from "./description.ts";

const address = { configuration: "orders", id: "order-1" };
const receipt = {
  event_id: "e-1",
  event: "accept",
  config_id: "orders:v1",
  machine: { configuration: "orders", id: "order-1" },
  result: "transitioned",
  code: "Ok",
  from: "start",
  to: "pending",
  revision: 1,
  at: "2026-11-24T09:00:02.000Z",
  originator: "shop",
  actor: "anonymous",
  duplicate: false,
  details: "",
  data: { by: "web" },
};

export const EVENT_OPERATIONS = {
  SendEvent: {
    tag: "Events",
    summary: "Send an event to a machine",
    description:
      "Applies the event once, or refuses it once: the same event id again, with equal `event`, `data` and `details`, is answered with the same receipt and `duplicate: true`.\n\nA refused event is a problem with its `receipt`; the machine is unchanged, and `receipt.allowed_events` names what it would take. An event to no machine fails in the same way, but its id stays free.\n\nAn event that the state has no transition for may be `ignored` or `deferred`, as the configuration's `unhandled` says; neither is a problem, and nothing changes. A deferred event is tried again after each change; its receipt is then replaced by the final one.\n\nSend an `event_id` of your own and repeat the request after a timeout: it is applied once.\n\nWith `dry_run=true` the answer is the same and nothing is changed or recorded. With `Prefer: respond-async` the event is put on the events queue and answered once the queue has it; what becomes of it is told at `status_url`. With `create_if_missing` a machine that does not exist is created together with the event; a refused event creates nothing.",
    rpc: "detent.v1.MachineService/SendEvent",
    headers: { "If-Match": "optional", "Idempotency-Key": "optional", Prefer: "optional" },
    answers: {
      200: {
        description: "The machine took the event. There is no `ETag` on a duplicate, whose revision may be long past.",
        shape: "SentEvent",
        headers: ["ETag"],
        example: receipt,
      },
      202: {
        description: "The queue has the event: the answer to `Prefer: respond-async`.",
        shape: "EnqueuedEvent",
        headers: ["Location", "Preference-Applied"],
        example: { event_id: "e-1", status_url: "/api/v1/statemachines/orders/order-1/events/e-1" },
      },
    },
    reasons: [
      "UNKNOWN_EVENT",
      "NO_TRANSITION",
      "GUARD_REJECTED",
      "ASSIGN_REJECTED",
      "SCHEMA_REJECTED",
      "DEFER_LIMIT",
      "DEFER_EXPIRED",
      "REVISION_MISMATCH",
      "STATE_MISMATCH",
      "EVENT_ID_REUSED",
      "CONFIGURATION_NOT_FOUND",
      "CONFIGURATION_DEPRECATED",
      "MACHINE_NOT_FOUND",
      "MACHINE_GONE",
    ],
    example: {
      path: address,
      headers: { "If-Match": '"0"' },
      body: { event: "accept", event_id: "e-1", data: { by: "web" }, originator: "shop" },
    },
  },
  SendEvents: {
    tag: "Events",
    summary: "Send many events",
    description:
      "Up to 100 events in 8 MiB; those of a machine in their order. Each has the result that SendEvent would have answered, in the same order: one that is refused does not hinder the others. After `UNAVAILABLE` those behind it for the same machine are `UNAVAILABLE`, too, so that sending them again keeps the order.",
    rpc: "detent.v1.MachineService/SendEvents",
    answers: {
      200: {
        description: "What became of each.",
        shape: "SentEvents",
        example: {
          results: [
            {
              status: 200,
              receipt: {
                ...receipt,
                event_id: "e-2",
                event: "ship",
                from: "pending",
                to: "shipped",
                revision: 2,
                data: {},
              },
            },
            {
              status: 200,
              receipt: {
                ...receipt,
                event_id: "e-1",
                machine: { configuration: "orders", id: "order-2" },
                created: true,
                data: {},
              },
            },
          ],
        },
      },
    },
    reasons: [],
    example: {
      body: {
        events: [
          { ...address, event: "ship", event_id: "e-2" },
          { configuration: "orders", id: "order-2", event: "accept", event_id: "e-1", create_if_missing: {} },
        ],
      },
    },
  },
  GetEvent: {
    tag: "Events",
    summary: "Get the receipt of an event from its machine",
    description: "What became of an event, straight from the machine: it knows at once.",
    rpc: "detent.v1.MachineService/GetEvent",
    answers: { 200: { description: "The receipt, also of a refused event.", shape: "Receipt", example: receipt } },
    reasons: ["EVENT_NOT_FOUND", "MACHINE_NOT_FOUND", "MACHINE_GONE"],
    example: { path: { ...address, event_id: "e-1" } },
  },
  FindEvent: {
    tag: "Events",
    summary: "Find the receipt of an event by configuration and event id",
    description:
      "For who does not know the machine. The newest event of that id is answered, and failed ones are found, too. It comes from the index: an event may take 5 s to appear, and an accepted one is found for as long as `DETENT_LOOKUP_RETENTION` says, a day unless set otherwise. Ids that begin with `timer:` or `detent:` are the machines' own and found through their machine.",
    rpc: "detent.v1.MachineService/GetEvent",
    answers: {
      200: { description: "The receipt, also of a refused or failed event.", shape: "Receipt", example: receipt },
    },
    reasons: ["EVENT_NOT_FOUND"],
    example: { path: { configuration: "orders", event_id: "e-1" } },
  },
} as const satisfies Record<string, Description>;
