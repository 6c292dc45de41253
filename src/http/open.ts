/** The routes that need no credential: health, the description of the routes, and the pages that problems point to. */
import { quote } from "../engine/names.ts";
import { DetentError, RETRY_AFTER_SECONDS } from "../errors.ts";
import { checkHealth } from "../service/health.ts";
import { serveDocsPage, serveErrorPage, serveOpenApi, type Served } from "./documents.ts";
import { isKnown } from "./preconditions.ts";
import { param, type Ctx, type Route } from "./route.ts";

export const OPEN_ROUTES: readonly Route[] = [
  { operation: "CheckHealth", method: "GET", path: "/health", access: "open", handle: health },
  { operation: "GetErrorPage", method: "GET", path: "/errors/:reason", access: "open", handle: errorPage },
  {
    operation: "GetOpenApi",
    method: "GET",
    path: "/api/openapi.json",
    access: "open",
    handle: async (c) => unlessKnown(c, await serveOpenApi(c.env.readAsset)),
  },
  {
    operation: "GetDocs",
    method: "GET",
    path: "/api/docs",
    access: "open",
    handle: async (c) => unlessKnown(c, await serveDocsPage(c.env.readAsset)),
  },
];

/** 304 for who has it already. */
function unlessKnown(c: Ctx, { text, headers }: Served): Response {
  return isKnown(c.req.header("if-none-match"), headers["etag"] ?? "")
    ? new Response(null, { status: 304, headers })
    : new Response(text, { headers });
}

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
  return ready ? c.json(body) : c.json(body, 503, { "retry-after": String(RETRY_AFTER_SECONDS.UNAVAILABLE) });
}

async function errorPage(c: Ctx) {
  const reason = param(c, "reason");
  const page = await serveErrorPage(c.env.readAsset, reason);
  if (page === undefined) throw new DetentError("NOT_FOUND", `there is no reason ${quote(reason)}`);
  return new Response(page.text, { headers: page.headers });
}
