/** Use case: a server exchanges its key for a token that lives for minutes, for a browser. */
import type { Principal } from "../auth/principal.ts";
import { requireConfiguration } from "../auth/reach.ts";
import type { Scope } from "../auth/scope.ts";
import { parseDuration } from "../engine/duration.ts";
import { checkConfigurationName, checkId, checkStateOrEventName, clip } from "../engine/names.ts";
import { DetentError, invalid } from "../errors.ts";
import type { House } from "./house.ts";
import { checkNames, checkScopes, refuseMore } from "./keys.ts";
import { Rules } from "./rules.ts";

/** What may be done from a browser; what is about the whole tenant may not. */
const TOKEN_SCOPES: readonly Scope[] = ["configurations:read", "machines:read", "machines:write", "events:send"];
const LIFE_MS = { usual: 5 * 60_000, longest: 60 * 60_000 };
/** It travels in a header, and servers take 16 KiB of those at most. */
const MOST_TOKEN_CHARACTERS = 8_000;

export interface CreateTokenInput {
  readonly scopes: readonly string[];
  /** Names: every machine of these configurations. Either these or machines. */
  readonly configurations?: readonly string[] | undefined;
  readonly machines?: readonly { readonly configuration: string; readonly id: string }[] | undefined;
  /** Names of the events that it may send; absent or empty: every one. */
  readonly events?: readonly string[] | undefined;
  /** Whom it is for, in the words of whoever asks: it stands in receipts as a part of the actor. */
  readonly subject?: string | undefined;
  /** A duration; absent or empty: five minutes. */
  readonly ttl?: string | undefined;
}

/** A token and when it ends, in epoch ms. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresAt: number;
}

/** Makes a token. It has nothing that the key has not, and ends with the key at the latest. */
export async function createToken(house: House, principal: Principal, input: CreateTokenInput): Promise<IssuedToken> {
  const { keyId } = principal;
  if (keyId === undefined) throw new DetentError("PERMISSION_DENIED", "tokens are made with a key, not with a token");
  const { configurations = [], machines = [], events = [], subject = "" } = input;
  const rules = new Rules();
  const scopes = checkScopes(rules, input.scopes, TOKEN_SCOPES);
  if (configurations.length > 0 === machines.length > 0) {
    const [rule, some] = configurations.length > 0 ? ["contradiction", "and not both"] : ["required", "one at least"];
    rules.broken("/machines", rule ?? "", `a token is narrowed to configurations or to machines, ${some ?? ""}`);
  }
  checkNames(rules, "/configurations", configurations, checkConfigurationName);
  checkMachines(rules, machines);
  checkNames(rules, "/events", events, checkStateOrEventName);
  if (subject !== "") rules.name("/subject", subject, checkId);
  const lifeMs = checkLife(rules, input.ttl || undefined);
  rules.enforce();
  refuseMore(principal, scopes);
  const names = new Set([...configurations, ...machines.map(({ configuration }) => configuration)]);
  for (const name of names) requireConfiguration(principal, name);
  const now = house.now();
  const expiresAt = Math.floor(Math.min(now + lifeMs, principal.expiresAt ?? Infinity) / 1_000);
  const token = await house.signToken(
    {
      tenant: principal.tenant,
      key: keyId,
      subject,
      scopes,
      configurations: [...names],
      ...(machines.length > 0 && { machines: machines.map(({ configuration, id }) => [configuration, id] as const) }),
      ...(events.length > 0 && { events }),
      expiresAt,
    },
    house.uuid(),
  );
  refuseLong(token);
  return { token, expiresAt: expiresAt * 1_000 };
}

function checkMachines(rules: Rules, machines: NonNullable<CreateTokenInput["machines"]>): void {
  const ids = machines.map(({ id }) => id);
  checkNames(rules, "/machines", ids, checkId);
  for (const [index, { configuration }] of machines.entries()) {
    rules.name(`/machines/${index}/configuration`, configuration, checkConfigurationName);
  }
}

function checkLife(rules: Rules, ttl: string | undefined): number {
  if (ttl === undefined) return LIFE_MS.usual;
  const ms = parseDuration(ttl);
  if (ms === undefined || ms < 1_000) {
    rules.broken(
      "/ttl",
      "duration",
      `ttl must be a duration like PT5M or 5m, a second at least, got "${clip(ttl)}"`,
      ttl,
    );
    return LIFE_MS.usual;
  }
  if (ms > LIFE_MS.longest) rules.broken("/ttl", "limit_exceeded", `ttl is ${ttl}, the limit is an hour`, ttl);
  return ms;
}

function refuseLong(token: string): void {
  if (token.length <= MOST_TOKEN_CHARACTERS) return;
  const message = `the token would have ${token.length} characters, the limit is ${MOST_TOKEN_CHARACTERS}: name fewer machines or events`;
  throw invalid([{ pointer: "", rule: "limit_exceeded", message, value: String(token.length) }]);
}
