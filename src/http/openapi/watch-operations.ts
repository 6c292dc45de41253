/** What is said about watching. */
import type { Description } from "./description.ts";

export const WATCH_OPERATIONS = {
  WatchMachine: {
    tag: "Machines",
    summary: "Watch a machine",
    description:
      'Server-Sent Events: one for each change of the machine, in the order of its revisions, first those that the caller has missed, then what happens. Its `data` is an entry of the history, its `id` the revision; creation and deletion are told, too, with the kinds `creation` and `deletion`. After 15 s of silence comes an event `heartbeat`, whose `data` is `{"revision"}` only; without `after_revision` one comes at once.\n\nA watch ends after about five minutes. Whoever goes on asks again with the last id, as `after_revision` or, as browsers do by themselves, in the header `Last-Event-ID`: nothing is missed or told twice. When something goes wrong, an event `problem` has the problem as its `data`, and the stream ends: `MACHINE_GONE` behind the deletion.',
    rpc: "detent.v1.MachineService/WatchMachine",
    headers: { "Last-Event-ID": "optional" },
    answers: { 200: { description: "The changes, as they come.", contentType: "text/event-stream" } },
    reasons: ["OUT_OF_RANGE", "RATE_LIMITED", "MACHINE_NOT_FOUND", "MACHINE_GONE"],
    example: { path: { configuration: "orders", id: "order-1" }, query: { after_revision: "0" } },
  },
} as const satisfies Record<string, Description>;
