/** The routes of configurations. */
import * as configurations from "../service/configurations.ts";
import { simulateConfiguration as simulate } from "../service/simulate.ts";
import * as out from "../output.ts";
import { instant, pageSize, param, route } from "./route.ts";
import { SHAPES } from "./shapes.ts";

const createConfiguration = route({
  operation: "CreateConfiguration",
  access: "configurations:write",
  method: "POST",
  path: "/api/v1/configurations",
  body: SHAPES.configuration,
  handle: async ({ c, house, principal, body }) => {
    const { configuration, warnings } = await configurations.createConfiguration(house, principal, body);
    const { name, version } = configuration.source;
    c.header("location", `/api/v1/configurations/${name}:${version}`);
    return c.json({ ...out.configurationJson(configuration), warnings: warnings.map(out.findingJson) }, 201);
  },
});

const checkConfiguration = route({
  operation: "CheckConfiguration",
  access: "configurations:read",
  method: "POST",
  path: "/api/v1/configurations:check",
  body: SHAPES.configuration,
  handle: ({ c, body }) => {
    const { valid, findings, mermaid } = configurations.checkConfigurationSource(body);
    return c.json({ valid, findings: findings.map(out.findingJson), mermaid });
  },
});

const simulateConfiguration = route({
  operation: "SimulateConfiguration",
  access: "configurations:read",
  method: "POST",
  path: "/api/v1/configurations:simulate",
  body: SHAPES.simulation,
  handle: async ({ c, house, principal, body }) => {
    const events = body.events.map(({ event_id: eventId, timestamp, ...event }) => ({
      ...event,
      eventId,
      timestamp: instant(timestamp),
    }));
    const input = { ...body, configId: body.config_id, events };
    return c.json({ steps: (await simulate(house, principal, input)).map(out.receiptJson) });
  },
});

const listConfigurations = route({
  operation: "ListConfigurations",
  access: "configurations:read",
  method: "GET",
  path: "/api/v1/configurations",
  query: SHAPES.configurationsQuery,
  handle: async ({ c, house, principal, query }) => {
    const found = await configurations.listConfigurations(house, principal, {
      configuration: query.configuration ?? "",
      pageToken: query.page_token ?? "",
      pageSize: pageSize(query.page_size),
    });
    return c.json({ configurations: found.configurations, next_page_token: found.nextPageToken });
  },
});

const getConfiguration = route({
  operation: "GetConfiguration",
  access: "configurations:read",
  method: "GET",
  path: "/api/v1/configurations/:config_id",
  handle: async ({ c, house, principal }) =>
    c.json(out.configurationJson(await configurations.getConfiguration(house, principal, param(c, "config_id")))),
});

const deprecateConfiguration = route({
  operation: "DeprecateConfiguration",
  access: "configurations:write",
  method: "POST",
  path: "/api/v1/configurations/:config_id/deprecate",
  handle: async ({ c, house, principal }) => {
    await configurations.deprecateConfiguration(house, principal, param(c, "config_id"));
    return c.body(null, 204);
  },
});

export const CONFIGURATION_ROUTES = [
  createConfiguration,
  listConfigurations,
  checkConfiguration,
  simulateConfiguration,
  getConfiguration,
  deprecateConfiguration,
];
