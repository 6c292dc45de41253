/**
 * Every operation of the JSON door and what is said about it. A route names one of these, so that a route without a
 * description does not compile; a description without a route fails a test.
 */
import { CONFIGURATION_OPERATIONS } from "./configuration-operations.ts";
import { DATA_RIGHTS_OPERATIONS } from "./data-rights-operations.ts";
import type { Description } from "./description.ts";
import { DIAGRAM_OPERATIONS } from "./diagram-operations.ts";
import { EVENT_OPERATIONS } from "./event-operations.ts";
import { FEED_OPERATIONS } from "./feed-operations.ts";
import { INTERVENTION_OPERATIONS } from "./intervention-operations.ts";
import { JOB_OPERATIONS } from "./job-operations.ts";
import { KEY_OPERATIONS } from "./key-operations.ts";
import { MACHINE_OPERATIONS } from "./machine-operations.ts";
import { SERVICE_OPERATIONS } from "./service-operations.ts";
import { STATESERVICE_OPERATIONS } from "./stateservice-operations.ts";
import { TENANT_OPERATIONS } from "./tenant-operations.ts";
import { WATCH_OPERATIONS } from "./watch-operations.ts";

export const OPERATIONS = {
  ...CONFIGURATION_OPERATIONS,
  ...MACHINE_OPERATIONS,
  ...WATCH_OPERATIONS,
  ...DIAGRAM_OPERATIONS,
  ...EVENT_OPERATIONS,
  ...FEED_OPERATIONS,
  ...INTERVENTION_OPERATIONS,
  ...JOB_OPERATIONS,
  ...STATESERVICE_OPERATIONS,
  ...KEY_OPERATIONS,
  ...TENANT_OPERATIONS,
  ...DATA_RIGHTS_OPERATIONS,
  ...SERVICE_OPERATIONS,
} as const satisfies Record<string, Description>;

export type OperationId = keyof typeof OPERATIONS;
