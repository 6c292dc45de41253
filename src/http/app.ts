/** The JSON door: a table of routes, each translating one request to one use case. */
import { Hono, type Context } from "hono";
import { clip, quote } from "../engine/names.ts";
import { invalid, DetentError, REASONS, type Reason } from "../errors.ts";
import { checkHealth } from "../service/health.ts";
import type { House, Principal } from "../service/house.ts";
import * as configurations from "../service/configurations.ts";
import * as events from "../service/events.ts";
import * as machines from "../service/machines.ts";
import { renderErrorPage } from "./error-pages.ts";
import { readJson, readQuery } from "./input.ts";
import * as out from "./output.ts";
import { SHAPES } from "./shapes.ts";

/** What every request brings along. */
export interface HttpCall {
  readonly house: House;
  readonly release: string;
  /** Throws UNAUTHENTICATED. */
  readonly principal: () => Principal;
}

type Ctx = Context<{ Bindings: HttpCall }>;
type Route = {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly handle: (c: Ctx) => Response | Promise<Response>;
};

/** What needs no credential. */
const OPEN = /^\/(?:health$|errors\/)/;

const MACHINE = "/api/v1/statemachines/:configuration/:id";

const ROUTES: readonly Route[] = [
  { method: "GET", path: "/health", handle: health },
  { method: "GET", path: "/errors/:reason", handle: errorPage },
  { method: "POST", path: "/api/v1/configurations", handle: createConfiguration },
  { method: "GET", path: "/api/v1/configurations", handle: listConfigurations },
  { method: "POST", path: "/api/v1/configurations:check", handle: checkConfiguration },
  { method: "GET", path: "/api/v1/configurations/:config_id", handle: getConfiguration },
  { method: "POST", path: "/api/v1/statemachines", handle: createMachine },
  { method: "GET", path: MACHINE, handle: getMachine },
  { method: "GET", path: `${MACHINE}/history`, handle: getHistory },
  { method: "GET", path: `${MACHINE}/allowed-events`, handle: getAllowedEvents },
  { method: "GET", path: `${MACHINE}/state`, handle: getState },
  { method: "POST", path: `${MACHINE}/events`, handle: sendEvent },
  { method: "GET", path: `${MACHINE}/events/:event_id`, handle: getMachineEvent },
  { method: "GET", path: "/api/v1/events/:configuration/:event_id", handle: getEvent },
];

export function createJsonApp(): Hono<{ Bindings: HttpCall }> {
  const app = new Hono<{ Bindings: HttpCall }>();
  // Default deny: a route that is forgotten in a list is closed, and an unknown one tells nothing.
  app.use((c, next) => {
    if (!OPEN.test(c.req.path)) c.env.principal();
    return next();
  });
  for (const { method, path, handle } of ROUTES) app.on(method, path, handle);
  for (const path of new Set(ROUTES.map((route) => route.path))) {
    const allowed = ROUTES.filter((route) => route.path === path).map((route) => route.method);
    app.all(path, (c) => {
      throw new DetentError(
        "METHOD_NOT_ALLOWED",
        `${c.req.method} is not allowed here; allowed: ${allowed.join(", ")}`,
        {
          metadata: { allow: allowed.join(", ") },
        },
      );
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

const param = (c: Ctx, name: string): string => c.req.param(name) ?? "";

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

async function createConfiguration(c: Ctx) {
  const principal = c.env.principal();
  readQuery(c.req.raw, SHAPES.empty);
  const source = await readJson(c.req.raw, SHAPES.configuration);
  const { configuration, warnings } = await configurations.createConfiguration(c.env.house, principal, source);
  const { name, version } = configuration.source;
  c.header("location", `/api/v1/configurations/${name}:${version}`);
  return c.json({ ...out.configurationJson(configuration), warnings: warnings.map(out.findingJson) }, 201);
}

async function checkConfiguration(c: Ctx) {
  c.env.principal();
  readQuery(c.req.raw, SHAPES.empty);
  const source = await readJson(c.req.raw, SHAPES.configuration);
  const { valid, findings, mermaid } = configurations.checkConfigurationSource(source);
  return c.json({ valid, findings: findings.map(out.findingJson), mermaid });
}

async function listConfigurations(c: Ctx) {
  const principal = c.env.principal();
  const query = readQuery(c.req.raw, SHAPES.configurationsQuery);
  const found = await configurations.listConfigurations(c.env.house, principal, {
    configuration: query.configuration ?? "",
    pageToken: query.page_token ?? "",
    pageSize: pageSize(query.page_size),
  });
  return c.json({ configurations: found.configurations, next_page_token: found.nextPageToken });
}

async function getConfiguration(c: Ctx) {
  const principal = c.env.principal();
  readQuery(c.req.raw, SHAPES.empty);
  return c.json(
    out.configurationJson(await configurations.getConfiguration(c.env.house, principal, param(c, "config_id"))),
  );
}

async function createMachine(c: Ctx) {
  const principal = c.env.principal();
  readQuery(c.req.raw, SHAPES.empty);
  if (c.req.header("idempotency-key") !== undefined) {
    const message = "Idempotency-Key is not supported at creation by this release; give the machine an id instead";
    throw invalid([{ pointer: "/idempotency-key", rule: "not_supported", message }]);
  }
  const body = await readJson(c.req.raw, SHAPES.machine);
  const configId = body.config_id ?? body.configuration_version;
  if (configId === undefined || (body.config_id !== undefined && body.configuration_version !== undefined)) {
    throw invalid([
      {
        pointer: "/config_id",
        rule: "required",
        message: "config_id (or its alias configuration_version) is required, once",
      },
    ]);
  }
  const answer = await machines.createMachine(c.env.house, principal, { ...body, configId });
  const [configuration = ""] = answer.machine.configId.split(":");
  c.header("location", `/api/v1/statemachines/${configuration}/${encodeURIComponent(answer.id)}`);
  c.header("etag", `"${answer.machine.revision}"`);
  return c.json(out.machineJson(answer), 201);
}

async function getMachine(c: Ctx) {
  const principal = c.env.principal();
  readQuery(c.req.raw, SHAPES.empty);
  const answer = await machines.getMachine(c.env.house, principal, param(c, "configuration"), param(c, "id"));
  c.header("etag", `"${answer.machine.revision}"`);
  return c.json(out.machineJson(answer));
}

async function getHistory(c: Ctx) {
  const principal = c.env.principal();
  const query = readQuery(c.req.raw, SHAPES.historyQuery);
  const found = await machines.listHistory(c.env.house, principal, {
    configuration: param(c, "configuration"),
    id: param(c, "id"),
    order: query.order,
    pageToken: query.page_token,
    pageSize: pageSize(query.page_size),
    refused: query.refused === "true",
  });
  const next = { next_page_token: found.nextPageToken };
  return found.refused
    ? c.json({ receipts: found.receipts.map(out.receiptJson), ...next })
    : c.json({ history: found.history.map(out.historyJson), ...next });
}

async function getAllowedEvents(c: Ctx) {
  const principal = c.env.principal();
  readQuery(c.req.raw, SHAPES.empty);
  const view = await machines.listAllowedEvents(c.env.house, principal, param(c, "configuration"), param(c, "id"));
  return c.json(out.allowedJson(view));
}

async function getState(c: Ctx) {
  const principal = c.env.principal();
  const { is } = readQuery(c.req.raw, SHAPES.stateQuery);
  const { state, revision } = await machines.getState(
    c.env.house,
    principal,
    param(c, "configuration"),
    param(c, "id"),
  );
  return c.json({ state, revision }, state === is ? 200 : 406);
}

async function sendEvent(c: Ctx) {
  const principal = c.env.principal();
  readQuery(c.req.raw, SHAPES.empty);
  const body = await readJson(c.req.raw, SHAPES.event);
  const receipt = await events.sendEvent(c.env.house, principal, {
    configuration: param(c, "configuration"),
    id: param(c, "id"),
    event: body.event,
    eventId: onlyOne("event_id", body.event_id, idempotencyKey(c.req.header("idempotency-key"))),
    data: body.data,
    details: body.details,
    originator: body.originator,
    timestamp: body.timestamp === undefined ? undefined : Date.parse(body.timestamp),
    expectedState: body.expected_state,
    expectedRevision: onlyOne("expected_revision", body.expected_revision, ifMatch(c.req.header("if-match"))),
  });
  events.acceptedOrThrow(receipt);
  // A duplicate tells of a revision that may be long past: as an If-Match it would only fail.
  if (!receipt.duplicate) c.header("etag", `"${receipt.revision}"`);
  return c.json(out.receiptJson(receipt));
}

async function getMachineEvent(c: Ctx) {
  const principal = c.env.principal();
  readQuery(c.req.raw, SHAPES.empty);
  const query = { configuration: param(c, "configuration"), id: param(c, "id"), eventId: param(c, "event_id") };
  return c.json(out.receiptJson(await events.getEvent(c.env.house, principal, query)));
}

async function getEvent(c: Ctx) {
  const principal = c.env.principal();
  readQuery(c.req.raw, SHAPES.empty);
  const query = { configuration: param(c, "configuration"), id: "", eventId: param(c, "event_id") };
  return c.json(out.receiptJson(await events.getEvent(c.env.house, principal, query)));
}

function pageSize(text: string | undefined): number {
  if (text === undefined || text === "") return 0;
  if (/^-?\d+$/.test(text)) return Number(text);
  const message = "page_size must be a whole number";
  throw invalid([{ pointer: "/page_size", rule: "range", message, value: clip(text) }]);
}

/** `"<revision>"`, as the ETag shows it. */
function ifMatch(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const revision = /^"(\d{1,10})"$/.exec(header.trim())?.[1];
  if (revision !== undefined) return Number(revision);
  throw invalid([
    {
      pointer: "/if-match",
      rule: "etag",
      message: 'If-Match must be a revision in quotes, like "7"',
      value: clip(header),
    },
  ]);
}

/** Bare ASCII, or quoted as a structured-field string (RFC 9651). An empty one would make every retry a new event. */
function idempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const bare = /^[!#-~](?:[ -~]*[!-~])?$/.exec(header.trim())?.[0];
  const quoted = /^"((?:[ !#-[\]-~]|\\["\\])+)"$/.exec(header.trim())?.[1];
  const key = bare ?? quoted?.replace(/\\(["\\])/g, "$1");
  if (key !== undefined) return key;
  const message = "Idempotency-Key must be ASCII, bare or in double quotes, and not empty";
  throw invalid([{ pointer: "/idempotency-key", rule: "idempotency_key", message, value: clip(header) }]);
}

/** A value that header and body may both give, as long as they agree. */
function onlyOne<T extends string | number>(field: string, body: T | undefined, header: T | undefined): T | undefined {
  if (body !== undefined && header !== undefined && body !== header) {
    throw invalid([
      { pointer: `/${field}`, rule: "contradiction", message: `${field} and its header differ`, value: String(body) },
    ]);
  }
  return body ?? header;
}
