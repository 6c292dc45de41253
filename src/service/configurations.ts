/** Use cases on configurations: create, get, list, check. */
import * as catalog from "../catalog/configurations.ts";
import { compileConfiguration } from "../engine/compile-configuration.ts";
import { configIdOf, type ConfigurationSource } from "../engine/configuration.ts";
import type { Finding } from "../engine/finding.ts";
import { renderMermaid } from "../diagram/mermaid.ts";
import { checkConfigurationName, checkVersion } from "../engine/names.ts";
import { DetentError, invalid, type Violation } from "../errors.ts";
import { canonicalJson, isEmpty } from "../json.ts";
import type { Principal } from "../auth/principal.ts";
import { reachesConfiguration, requireConfiguration } from "../auth/reach.ts";
import type { House } from "./house.ts";
import { cutPage, pageSizeOf, readPageToken } from "./paging.ts";
import { Rules } from "./rules.ts";

/** A configuration as it is answered: its source with name and version filled in. */
export interface ConfigurationView {
  readonly source: ConfigurationSource & { name: string; version: string };
  readonly createdAt: number;
  /** Since when it takes no new machines; null: it does. */
  readonly deprecatedAt: number | null;
}

/** Stores a configuration once and for all; `warnings` do not hinder that. */
export async function createConfiguration(
  house: House,
  principal: Principal,
  source: ConfigurationSource,
): Promise<{ configuration: ConfigurationView; warnings: readonly Finding[] }> {
  const compiled = compileConfiguration(source);
  if (!compiled.ok) throw invalid(compiled.errors.map((finding) => toViolation(finding)));
  const { name, version } = compiled.configuration;
  requireConfiguration(principal, name);
  const full = { ...source, name, version };
  const stored = { name, version, source: JSON.stringify(full), createdAt: house.now() };
  const db = house.catalog(principal.tenant);
  const most = principal.quotas?.configurations;
  if (!(await catalog.insertConfiguration(db, stored, most))) {
    const existing = await catalog.findConfiguration(db, name, version);
    if (existing === undefined && most !== undefined) {
      throw new DetentError("QUOTA_EXCEEDED", `the tenant has ${most} configurations, which is its quota`, {
        metadata: { quota: "configurations", limit: String(most) },
      });
    }
    const identical =
      existing !== undefined && canonicalJson(shorten(JSON.parse(existing.source))) === canonicalJson(shorten(full));
    throw new DetentError(
      "CONFIGURATION_EXISTS",
      `configuration "${configIdOf(name, version)}" exists and never changes`,
      {
        metadata: { identical: String(identical) },
      },
    );
  }
  return {
    configuration: { source: full, createdAt: stored.createdAt, deprecatedAt: null },
    warnings: compiled.warnings,
  };
}

/** What an upload would find; stores nothing. */
export function checkConfigurationSource(source: ConfigurationSource) {
  const compiled = compileConfiguration(source);
  if (!compiled.ok) return { valid: false, findings: [...compiled.errors, ...compiled.warnings], mermaid: "" };
  return { valid: true, findings: compiled.warnings, mermaid: renderMermaid(compiled.configuration) };
}

export async function getConfiguration(
  house: House,
  principal: Principal,
  configId: string,
): Promise<ConfigurationView> {
  return toConfigurationView(await findStored(house, principal, configId));
}

/** From now on it takes no new machines; those it has go on. Deprecated before, it stays so since then. */
export async function deprecateConfiguration(house: House, principal: Principal, configId: string): Promise<void> {
  const { name, version } = await findStored(house, principal, configId);
  await catalog.deprecateConfiguration(house.catalog(principal.tenant), name, version, house.now());
}

/** Names in order with their versions, newest first, and which of these are deprecated. */
export async function listConfigurations(
  house: House,
  principal: Principal,
  query: { configuration?: string; pageSize?: number; pageToken?: string },
) {
  const limit = pageSizeOf(query.pageSize);
  const name = query.configuration ?? "";
  const binding = [principal.tenant, "configurations", name];
  const after = (await readPageToken(house, binding, query.pageToken)) ?? "";
  const found = await findReached(house, principal, { name, after, limit: limit + 1 });
  const { page, nextPageToken } = await cutPage(house, binding, { found, limit }, (last) => last.name);
  return { configurations: page, nextPageToken };
}

const NAMES_PER_READ = 1_000;

/** Those that the caller reaches. A page token tells where it ends, so it ends at one of them. */
async function findReached(
  house: House,
  principal: Principal,
  query: { readonly name: string; readonly after: string; readonly limit: number },
): Promise<catalog.ListedConfiguration[]> {
  const db = house.catalog(principal.tenant);
  if (principal.reach === undefined) return await catalog.listConfigurations(db, query);
  const reached: catalog.ListedConfiguration[] = [];
  let { after } = query;
  for (;;) {
    const page = await catalog.listConfigurations(db, { ...query, after, limit: NAMES_PER_READ });
    reached.push(...page.filter(({ name }) => reachesConfiguration(principal, name)));
    const last = page.at(-1);
    if (last === undefined || page.length < NAMES_PER_READ || reached.length >= query.limit) return reached;
    after = last.name;
  }
}

/** Every version of a configuration in full, newest first; read as consumed. */
export async function* streamConfigurations(house: House, principal: Principal, name: string) {
  requireConfiguration(principal, name);
  for await (const stored of catalog.streamVersions(house.catalog(principal.tenant), name))
    yield toConfigurationView(stored);
}

/** The stored configuration of a `config_id`; a missing version is `v1`. */
export async function findStored(
  house: House,
  principal: Principal,
  configId: string,
): Promise<catalog.StoredConfiguration> {
  const { name, version } = parseConfigId(configId);
  requireConfiguration(principal, name);
  const stored = await catalog.findConfiguration(house.catalog(principal.tenant), name, version);
  if (stored === undefined)
    throw new DetentError("CONFIGURATION_NOT_FOUND", `there is no configuration "${configIdOf(name, version)}"`);
  return stored;
}

/** The parts of a `config_id`; a missing version is `v1`. Malformed names are refused. */
export function parseConfigId(configId: string): { name: string; version: string } {
  const colon = configId.indexOf(":");
  const name = colon < 0 ? configId : configId.slice(0, colon);
  const version = colon < 0 ? "v1" : configId.slice(colon + 1);
  const rules = new Rules();
  rules.name("/config_id", name, checkConfigurationName);
  rules.name("/config_id", version, checkVersion);
  rules.enforce();
  return { name, version };
}

/** Without empty texts, lists and objects, which say as much as none and which protobuf cannot tell from none. */
function shorten(value: unknown, depth = 0): unknown {
  if (Array.isArray(value)) return value.map((item) => shorten(item, depth + 1));
  if (typeof value !== "object" || value === null) return value;
  // `state_options.S.schema` is open JSON, in which nothing may be left out.
  const isOpen = (key: string): boolean => key === "schema" && depth === 2;
  const members = Object.entries(value).map(
    ([key, member]) => [key, isOpen(key) ? member : shorten(member, depth + 1)] as const,
  );
  return Object.fromEntries(members.filter(([key, member]) => isOpen(key) || !isEmpty(member)));
}

/** A configuration as it is answered. */
export function toConfigurationView({
  source,
  createdAt,
  deprecatedAt,
}: catalog.StoredConfiguration): ConfigurationView {
  return { source: JSON.parse(source) as ConfigurationView["source"], createdAt, deprecatedAt };
}

/** A finding as the violation of a request in which the configuration stands at `prefix`. */
export function toViolation({ pointer, code, message, value }: Finding, prefix = ""): Violation {
  return { pointer: prefix + pointer, rule: code, message, ...(value !== undefined && { value }) };
}
