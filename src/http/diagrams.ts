/** The routes of diagrams. */
import { drawConfiguration, drawMachine, type DiagramFormat } from "../service/diagrams.ts";
import type { OperationId } from "./openapi/operations.ts";
import { isKnown } from "./preconditions.ts";
import { MACHINE, machineOf, param, route } from "./route.ts";

const HEADERS: Readonly<Record<DiagramFormat, Readonly<Record<string, string>>>> = {
  svg: {
    "content-type": "image/svg+xml; charset=utf-8",
    // Opened by itself an SVG document is a page like any other; this one has a style and nothing else.
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",
  },
  mmd: {
    // https://www.iana.org/assignments/media-types/application/vnd.mermaid
    "content-type": "application/vnd.mermaid; charset=utf-8",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",
  },
};

export const DIAGRAM_ROUTES = [
  configurationRoute("GetConfigurationSvg", "svg"),
  configurationRoute("GetConfigurationMermaid", "mmd"),
  machineRoute("GetMachineSvg", "svg"),
  machineRoute("GetMachineMermaid", "mmd"),
];

function configurationRoute(operation: OperationId, format: DiagramFormat) {
  return route({
    operation,
    access: "configurations:read",
    method: "GET",
    path: `/api/v1/configurations/:config_id/diagram.${format}`,
    handle: async ({ c, house, principal }) =>
      c.body(await drawConfiguration(house, principal, param(c, "config_id"), format), 200, HEADERS[format]),
  });
}

function machineRoute(operation: OperationId, format: DiagramFormat) {
  return route({
    operation,
    access: "machines:read",
    method: "GET",
    path: `${MACHINE}/diagram.${format}`,
    handle: async ({ c, house, principal }) => {
      const diagram = await drawMachine(house, principal, machineOf(c), format);
      const etag = `"${diagram.revision}"`;
      if (isKnown(c.req.header("if-none-match"), etag)) return c.body(null, 304, { etag });
      return c.body(diagram.draw(), 200, { ...HEADERS[format], etag });
    },
  });
}
