/** The JSON door: every route, who may take it, and what is no route. A handler translates one request to one use case. */
import { Hono } from "hono/tiny";
import { clip } from "../engine/names.ts";
import { DetentError } from "../errors.ts";
import { addConsole } from "./console.ts";
import { CONFIGURATION_ROUTES } from "./configurations.ts";
import { DIAGRAM_ROUTES } from "./diagrams.ts";
import { DATA_RIGHTS_ROUTES } from "./data-rights.ts";
import { DEAD_LETTER_ROUTES } from "./dead-letters.ts";
import { EVENT_ROUTES } from "./events.ts";
import { FEED_ROUTES } from "./feeds.ts";
import { JOB_ROUTES } from "./jobs.ts";
import { KEY_ROUTES } from "./keys.ts";
import { MACHINE_LIST_ROUTES } from "./machine-list.ts";
import { MACHINE_ROUTES } from "./machines.ts";
import { METRICS_ROUTES } from "./metrics.ts";
import { OPEN_ROUTES } from "./open.ts";
import { REBUILD_ROUTES } from "./rebuild.ts";
import type { HttpCall, Route } from "./route.ts";
import { STATESERVICE_ROUTES } from "./stateservice.ts";
import { TENANT_ROUTES } from "./tenants.ts";
import { WATCH_ROUTES } from "./watch.ts";

const CLOSED_ROUTES: readonly Route[] = [
  ...CONFIGURATION_ROUTES,
  ...DIAGRAM_ROUTES,
  ...MACHINE_ROUTES,
  ...MACHINE_LIST_ROUTES,
  ...WATCH_ROUTES,
  ...EVENT_ROUTES,
  ...FEED_ROUTES,
  ...DEAD_LETTER_ROUTES,
  ...JOB_ROUTES,
  ...REBUILD_ROUTES,
  ...METRICS_ROUTES,
  ...STATESERVICE_ROUTES,
  ...KEY_ROUTES,
  ...TENANT_ROUTES,
  ...DATA_RIGHTS_ROUTES,
];
/** The router table: every route there is. */
export const ROUTES: readonly Route[] = [...OPEN_ROUTES, ...CLOSED_ROUTES];

export function createJsonApp(): Hono<{ Bindings: HttpCall }> {
  const app = new Hono<{ Bindings: HttpCall }>();
  const add = ({ operation, method, path, handle }: Route): void => {
    app.on(method, path, (c) => {
      c.env.onOperation(operation);
      return handle(c);
    });
  };
  for (const route of OPEN_ROUTES) add(route);
  addConsole(app);
  // Default deny: what is not open is closed, whatever its handler forgets, and an unknown route tells nothing.
  app.use(async (c, next) => {
    await c.env.authenticate();
    await next();
  });
  for (const route of CLOSED_ROUTES) add(route);
  for (const path of new Set(ROUTES.map((route) => route.path))) {
    const methods = ROUTES.filter((route) => route.path === path).map((route) => route.method);
    // Whatever is read by GET can be asked by HEAD.
    const allow = methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : method)).join(", ");
    app.all(path, (c) => {
      const message = `${c.req.method} is not allowed here; allowed: ${allow}`;
      throw new DetentError("METHOD_NOT_ALLOWED", message, { metadata: { allow } });
    });
  }
  app.all("/api/v1/events", () => {
    const message = "events are sent to POST /api/v1/statemachines/{configuration}/{id}/events";
    throw new DetentError("METHOD_NOT_ALLOWED", message, { metadata: { allow: "" } });
  });
  app.all("/api/v1/statemachines/:id", () => {
    throw new DetentError("NOT_FOUND", "a machine lives at /api/v1/statemachines/{configuration}/{id}");
  });
  app.notFound((c) => {
    throw new DetentError("NOT_FOUND", `there is no route ${c.req.method} ${clip(c.req.path)}`);
  });
  app.onError((error) => {
    throw error;
  });
  return app;
}
