/** What is said about the operations for who runs the service, and about its own pages. */
import type { Description } from "./description.ts";

const progress = {
  started_at: "2026-11-24T10:00:00.000Z",
  walked: 0,
  corrected: 0,
  removed: 0,
  failed: 0,
};

export const SERVICE_OPERATIONS = {
  CheckHealth: {
    tag: "Operation",
    summary: "Check the health of the service",
    description: "Asks every part that a request may need.",
    rpc: "grpc.health.v1.Health/Check",
    answers: {
      200: {
        description: "Every part answers.",
        shape: "Health",
        example: {
          state: "READY",
          release: "0.1.0",
          checks: [
            { name: "catalog", state: "READY" },
            { name: "objects", state: "READY" },
          ],
        },
      },
      503: {
        description: "A part does not answer.",
        shape: "Health",
        headers: ["Retry-After"],
        example: {
          state: "NOT_READY",
          release: "0.1.0",
          checks: [
            { name: "catalog", state: "NOT_READY", detail: "catalog does not answer" },
            { name: "objects", state: "READY" },
          ],
        },
      },
    },
    reasons: [],
    example: {},
  },
  GetMetrics: {
    tag: "Operation",
    summary: "Get metrics of the tenant's machines",
    description:
      "OpenMetrics 1.0 text for a collector such as Prometheus: events by configuration, result and reason, machines created and deleted, what the index has taken and how late, dead letters. Counts of the caller's tenant alone.",
    rpc: null,
    answers: {
      200: { description: "The metrics.", contentType: "application/openmetrics-text; version=1.0.0; charset=utf-8" },
    },
    reasons: [],
    example: {},
  },
  StartRebuild: {
    tag: "Operation",
    summary: "Make the index right again",
    description:
      "Without a body it starts a walk over the tenant's registry, in which every machine tells the index what is true; one that is under way goes on. With `machines`, at most 100, those are asked at once: for what the registry itself has lost.",
    rpc: null,
    answers: {
      202: { description: "The walk is under way.", shape: "RebuildProgress", example: progress },
      200: {
        description: "The machines named were asked.",
        shape: "ToldMachines",
        example: { told: 1, missing: [{ configuration: "orders", id: "order-9" }] },
      },
    },
    reasons: [],
    example: { status: 202 },
  },
  GetRebuild: {
    tag: "Operation",
    summary: "See how far a rebuild of the index is",
    description: "The walk under way, or the last one. `NOT_FOUND` when there never was one.",
    rpc: null,
    answers: {
      200: {
        description: "How far it is.",
        shape: "RebuildProgress",
        example: { ...progress, finished_at: "2026-11-24T10:00:03.000Z", walked: 1 },
      },
    },
    reasons: ["NOT_FOUND"],
    example: {},
  },
  GetErrorPage: {
    tag: "Operation",
    summary: "Read what a reason means",
    description: "The page that the `type` of a problem points to.",
    rpc: null,
    answers: { 200: { description: "A page.", contentType: "text/html" } },
    reasons: ["NOT_FOUND"],
    example: { path: { reason: "NO_TRANSITION" } },
  },
  GetOpenApi: {
    tag: "Operation",
    summary: "Get this description as OpenAPI",
    description: "OpenAPI 3.1.",
    rpc: null,
    headers: { "If-None-Match": "optional" },
    answers: {
      200: { description: "The document.", contentType: "application/json", headers: ["ETag"] },
      304: { description: "It is the one that `If-None-Match` names.", headers: ["ETag"] },
    },
    reasons: [],
    example: {},
  },
  GetDocs: {
    tag: "Operation",
    summary: "Read this description as a page",
    description: "Made from the OpenAPI document; it loads nothing from elsewhere.",
    rpc: null,
    headers: { "If-None-Match": "optional" },
    answers: {
      200: { description: "A page.", contentType: "text/html", headers: ["ETag"] },
      304: { description: "It is the one that `If-None-Match` names.", headers: ["ETag"] },
    },
    reasons: [],
    example: {},
  },
} as const satisfies Record<string, Description>;
