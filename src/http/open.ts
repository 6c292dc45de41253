/** The routes that need no credential: health, and the pages that problems point to. */
import { quote } from "../engine/names.ts";
import { DetentError, REASONS, type Reason } from "../errors.ts";
import { checkHealth } from "../service/health.ts";
import { renderErrorPage } from "./error-pages.ts";
import { param, type Ctx, type Route } from "./route.ts";

export const OPEN_ROUTES: readonly Route[] = [
  { operation: "Check", method: "GET", path: "/health", isOpen: true, handle: health },
  { operation: "GetErrorPage", method: "GET", path: "/errors/:reason", isOpen: true, handle: errorPage },
];

async function health(c: Ctx) {
  const { ready, checks } = await checkHealth(c.env.house);
  const body = {
    state: ready ? "READY" : "NOT_READY",
    release: c.env.release,
    checks: checks.map((check) => ({
      name: check.name,
      state: check.ready ? "READY" : "NOT_READY",
      detail: check.detail,
    })),
  };
  return c.json(body, ready ? 200 : 503);
}

function errorPage(c: Ctx) {
  const reason = param(c, "reason");
  if (!Object.hasOwn(REASONS, reason)) throw new DetentError("NOT_FOUND", `there is no reason ${quote(reason)}`);
  return c.html(renderErrorPage(reason as Reason));
}
