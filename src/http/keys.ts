/** The routes of API keys, and of the tokens that are made with them. */
import * as keys from "../service/keys.ts";
import { createToken as issue } from "../service/tokens.ts";
import { describePrincipal } from "../service/principal.ts";
import * as out from "../output.ts";
import { instant, pageSize, param, route, type Ctx } from "./route.ts";
import { SHAPES } from "./shapes.ts";

const KEYS = "/api/v1/keys";
const KEY = `${KEYS}/:id`;

const createKey = route({
  operation: "CreateKey",
  access: "keys:admin",
  method: "POST",
  path: KEYS,
  body: SHAPES.key,
  handle: async ({ c, house, principal, body }) => {
    const input = { ...body, expiresAt: instant(body.expires_at) };
    const shown = await keys.createKey(house, principal, input);
    c.header("location", `${KEYS}/${shown.key.id}`);
    return answerSecret(c, shown, 201);
  },
});

const listKeys = route({
  operation: "ListKeys",
  access: "keys:admin",
  method: "GET",
  path: KEYS,
  query: SHAPES.tenantPageQuery,
  handle: async ({ c, house, principal, query }) => {
    const page = { tenant: query.tenant, pageSize: pageSize(query.page_size), pageToken: query.page_token };
    const { keys: found, nextPageToken } = await keys.listKeys(house, principal, page);
    return c.json({ keys: found.map(out.keyJson), next_page_token: nextPageToken });
  },
});

const getKey = route({
  operation: "GetKey",
  access: "keys:admin",
  method: "GET",
  path: KEY,
  query: SHAPES.tenantQuery,
  handle: async ({ c, house, principal, query }) =>
    c.json(out.keyJson(await keys.getKey(house, principal, param(c, "id"), query.tenant))),
});

const rerollKey = route({
  operation: "RerollKey",
  access: "keys:admin",
  method: "POST",
  path: `${KEY}/reroll`,
  body: SHAPES.reroll,
  isBodyOptional: true,
  handle: async ({ c, house, principal, body }) => {
    const input = { id: param(c, "id"), grace: body?.grace, tenant: body?.tenant };
    return answerSecret(c, await keys.rerollKey(house, principal, input), 200);
  },
});

const revokeKey = route({
  operation: "RevokeKey",
  access: "keys:admin",
  method: "POST",
  path: `${KEY}/revoke`,
  body: SHAPES.tenantQuery,
  isBodyOptional: true,
  handle: async ({ c, house, principal, body }) =>
    c.json(out.keyJson(await keys.revokeKey(house, principal, param(c, "id"), body?.tenant))),
});

const getPrincipal = route({
  operation: "GetPrincipal",
  access: "known",
  method: "GET",
  path: "/api/v1/principal",
  handle: ({ c, principal }) => c.json(out.principalJson(describePrincipal(principal))),
});

const createToken = route({
  operation: "CreateToken",
  access: "any",
  method: "POST",
  path: "/api/v1/tokens",
  body: SHAPES.token,
  handle: async ({ c, house, principal, body }) => {
    const { token, expiresAt } = await issue(house, principal, body);
    return c.json({ token, expires_at: out.timeOf(expiresAt) }, 201);
  },
});

function answerSecret(c: Ctx, { key, secret }: keys.ShownKey, status: 200 | 201): Response {
  return c.json({ key: out.keyJson(key), secret }, status);
}

export const KEY_ROUTES = [createKey, listKeys, getKey, rerollKey, revokeKey, getPrincipal, createToken];
