/** detent.v1: a file per service. */
import type { ConnectRouter } from "@connectrpc/connect";
import { registerConfigurations } from "./v1-configurations.ts";
import { registerDeadLetters } from "./v1-dead-letters.ts";
import { registerEvents } from "./v1-events.ts";
import { registerFeeds } from "./v1-feeds.ts";
import { registerJobs } from "./v1-jobs.ts";
import { registerMachines } from "./v1-machines.ts";
import { registerWatch } from "./v1-watch.ts";

export function registerV1(router: ConnectRouter): void {
  registerConfigurations(router);
  registerMachines(router);
  registerWatch(router);
  registerEvents(router);
  registerFeeds(router);
  registerJobs(router);
  registerDeadLetters(router);
}
