/** detent.v1: a file per service. */
import type { Register } from "./register.ts";
import { registerConfigurations } from "./v1-configurations.ts";
import { registerDeadLetters } from "./v1-dead-letters.ts";
import { registerEvents } from "./v1-events.ts";
import { registerFeeds } from "./v1-feeds.ts";
import { registerJobs } from "./v1-jobs.ts";
import { registerMachines } from "./v1-machines.ts";
import { registerTenants } from "./v1-tenants.ts";
import { registerWatch } from "./v1-watch.ts";

export function registerV1(register: Register): void {
  registerConfigurations(register);
  registerMachines(register);
  registerWatch(register);
  registerEvents(register);
  registerFeeds(register);
  registerJobs(register);
  registerDeadLetters(register);
  registerTenants(register);
}
