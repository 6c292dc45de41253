/** The routes of configurations. */
import * as configurations from "../service/configurations.ts";
import { readJson, readQuery } from "./input.ts";
import * as out from "./output.ts";
import { pageSize, param, type Ctx, type Route } from "./route.ts";
import { SHAPES } from "./shapes.ts";

export const CONFIGURATION_ROUTES: readonly Route[] = [
  { method: "POST", path: "/api/v1/configurations", handle: createConfiguration },
  { method: "GET", path: "/api/v1/configurations", handle: listConfigurations },
  { method: "POST", path: "/api/v1/configurations:check", handle: checkConfiguration },
  { method: "GET", path: "/api/v1/configurations/:config_id", handle: getConfiguration },
];

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
